import { expect } from '@open-wc/testing';
import type { ChannelState } from '../../src/client/state.js';
import type { MessageComposerElement } from '../../src/elements/message-composer.js';
import '../../src/elements/message-composer.js';
import { compose } from '../../src/elements/parts/composition.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';
import { mentionedIn } from '../../src/elements/parts/later/mentions.js';
import { find, members, parts, settled } from '../support/elements.js';
import { composing as inChannel, field, press as pressKey, type } from '../support/composer.js';
import { ada, bob, channelState, sent } from '../support/fixtures.js';

before(fetchAll);

const tomas = { id: 'tom', name: 'Tomás Rey' };
const tina = { id: 'tina', name: 'Tina Bobsen', online: true };
const data = channelState().data!;

const composing = (fields: Partial<ChannelState> = {}) =>
  inChannel({ members: members(ada, bob, tomas, tina), ...fields });
const offered = (el: MessageComposerElement) =>
  parts(el, 'option').map((it) => it.querySelector('.truncate')?.textContent);

async function press(el: MessageComposerElement, key: string): Promise<boolean> {
  const { defaultPrevented } = pressKey(el, { key });
  await settled(el);
  return defaultPrevented;
}

describe('people behind an @', () => {
  it('are offered by any word of their name or their id, whatever its accents; never oneself', async () => {
    const { el } = await composing();
    const seen: unknown[] = [];

    for (const words of ['Hi @', 'Hi @tomas', '@REY', '(@bob', '@tom', '@ada', '@x', 'a@b', '@tomas rey'])
      await type(el, words).then(() => seen.push([words, offered(el)]));

    expect(seen).to.deep.equal([
      ['Hi @', ['Bob', 'Tomás Rey', 'Tina Bobsen']],
      ['Hi @tomas', ['Tomás Rey']],
      ['@REY', ['Tomás Rey']],
      ['(@bob', ['Bob', 'Tina Bobsen']],
      ['@tom', ['Tomás Rey']],
      ['@ada', []],
      ['@x', []],
      ['a@b', []],
      ['@tomas rey', ['Tomás Rey']],
    ]);
  });

  it('are chosen by arrows and Enter, and the rest of the text stays', async () => {
    const { el, channel } = await composing();
    await type(el, 'Ask @t today', 6);
    await expect(el).to.be.accessible();

    await press(el, 'ArrowDown');
    const active = field(el).getAttribute('aria-activedescendant');
    expect(find(el, `#${active}`).getAttribute('aria-selected')).to.equal('true');
    expect(await press(el, 'Enter')).to.equal(true);

    expect([el.value, offered(el), channel.sendMessage.callCount]).to.deep.equal([
      'Ask @Tina Bobsen  today',
      [],
      0,
    ]);
    expect(field(el).selectionStart).to.equal('Ask @Tina Bobsen '.length);
  });

  it('are chosen by pointer', async () => {
    const { el } = await composing();
    await type(el, '@t');

    parts(el, 'option')[0]?.click();
    await settled(el);

    expect([el.value, offered(el)]).to.deep.equal(['@Tomás Rey ', []]);
  });

  it('are gone with Escape, which ends nothing else, and with the focus', async () => {
    const { el, channel } = await composing();
    compose(channel as never, { kind: 'reply', message: sent(1, bob) });
    await settled(el);

    await type(el, '@t');
    await press(el, 'Escape');
    const after = [offered(el).length, parts(el, 'composer-reply').length];
    await type(el, '@t');
    field(el).dispatchEvent(new FocusEvent('blur'));
    await settled(el);

    expect([after, offered(el)]).to.deep.equal([[0, 1], []]);
  });

  it('are told of the message that names them, also one that is changed', async () => {
    const { el, channel } = await composing();

    await type(el, '@Bob and @Tomás Rey, not @Ada or a@Tina');
    await press(el, 'Enter');
    compose(channel as never, { kind: 'edit', message: sent(2, ada, { text: 'mine' }) });
    await settled(el);
    await type(el, 'for @Bob ');
    await press(el, 'Enter');

    expect(channel.sendMessage.firstCall.args).to.deep.equal([
      { text: '@Bob and @Tomás Rey, not @Ada or a@Tina', mentioned_users: [bob, tomas] },
    ]);
    expect(channel.updateMessage.args).to.deep.equal([['m2', 'for @Bob', [bob]]]);
  });

  it('are told of nothing where the visitor may not', async () => {
    const { el, channel } = await composing({ data: { ...data, own_capabilities: ['send-message'] } });

    await type(el, 'hello @Bob ');
    await press(el, 'Enter');

    expect(channel.sendMessage.args).to.deep.equal([[{ text: 'hello @Bob' }]]);
  });

  it('are told apart by the whole of their names, and not meant in code', () => {
    const people = [
      { id: 'a', name: 'Ada' },
      { id: 'b', name: 'Ada Lovelace' },
    ];

    const ids = (text: string) => mentionedIn(text, people).map(({ id }) => id);

    expect([ids('@Ada Lovelace'), ids('@Ada'), ids('**@Ada**'), ids('`@Ada`')]).to.deep.equal([
      ['b'],
      ['a'],
      ['a'],
      [],
    ]);
  });
});
