import { expect } from '@open-wc/testing';
import sinon from 'sinon';
import type { ChannelState } from '../../src/client/state.js';
import type { MessageComposerElement } from '../../src/elements/message-composer.js';
import '../../src/elements/message-composer.js';
import { compose, compositionOf } from '../../src/elements/parts/composition.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';
import { ChatError } from '../../src/errors.js';
import { fakeChannel, find, group, parts, settled, text, told, refusing } from '../support/elements.js';
import { composing as inChannel, field, press as pressKey, type } from '../support/composer.js';
import { ada, bob, channelState, sent } from '../support/fixtures.js';

before(fetchAll);

const theirs = sent(1, bob, { text: 'theirs' });
const mine = sent(2, ada, { text: 'mine' });

async function composing(fields: Partial<ChannelState> = {}) {
  const its = await inChannel({ messages: [theirs, mine], ...fields });
  return { ...its, holder: its.channel as never };
}

async function press(el: MessageComposerElement, key: string): Promise<void> {
  pressKey(el, { key });
  await settled(el);
}

async function begin(el: MessageComposerElement, holder: never, kind: 'reply' | 'edit') {
  compose(holder, { kind, message: kind === 'reply' ? theirs : mine });
  await settled(el);
}

describe('a composer that answers a message', () => {
  afterEach(() => sinon.restore());

  it('says which, takes the focus, and sends it with what was typed', async () => {
    const { el, channel, holder } = await composing();
    await type(el, 'typed before');

    await begin(el, holder, 'reply');
    expect(text(el, 'composer-reply')).to.equal('Reply to Bobtheirs');
    expect(field(el).matches(':focus')).to.equal(true);
    expect(el.value).to.equal('typed before');
    await expect(el).to.be.accessible();
    await press(el, 'Enter');

    expect(channel.sendMessage.args).to.deep.equal([
      [{ text: 'typed before', quoted_message_id: 'm1', quoted_message: theirs }],
    ]);
    expect([el.value, parts(el, 'composer-reply').length, compositionOf(holder)]).to.deep.equal([
      '',
      0,
      undefined,
    ]);
  });

  it('ends that with Escape and with its button, and keeps the words', async () => {
    const { el, holder } = await composing();
    await type(el, 'kept');

    await begin(el, holder, 'reply');
    await press(el, 'Escape');
    const after = parts(el, 'composer-reply').length;
    await begin(el, holder, 'reply');
    parts(el, 'icon-button')[0]?.click();
    await settled(el);

    expect([after, parts(el, 'composer-reply').length, el.value]).to.deep.equal([0, 0, 'kept']);
  });

  it('is at it again, with its words, when the message was not even shown', async () => {
    const { el, channel, holder } = await composing();
    channel.sendMessage = refusing(new ChatError('disconnected', 'no'));
    await type(el, 'an answer');
    await begin(el, holder, 'reply');

    await press(el, 'Enter');
    await settled(el);

    expect([el.value, compositionOf(holder)]).to.deep.equal([
      'an answer',
      { kind: 'reply', message: theirs },
    ]);
  });

  it('is at it again when its channel is opened again', async () => {
    const { el, holder, open, channel } = await composing();
    await begin(el, holder, 'reply');

    open(fakeChannel({ ...group, cid: 'messaging:other' }));
    await settled(el);
    expect(parts(el, 'composer-reply')).to.have.length(0);
    open(channel);
    await settled(el);

    expect(text(el, 'composer-reply')).to.contain('Reply to Bob');
  });
});

describe('a composer that changes a message', () => {
  afterEach(() => sinon.restore());

  it('has its words, and what was typed before once that has ended', async () => {
    const { el, holder } = await composing();
    await type(el, 'a draft');

    await begin(el, holder, 'edit');
    expect([field(el).value, find(el, "[part='send']").ariaLabel]).to.deep.equal(['mine', 'Save']);
    await type(el, 'half changed');
    await press(el, 'Escape');

    expect([field(el).value, find(el, "[part='send']").ariaLabel]).to.deep.equal(['a draft', 'Send']);
  });

  it('changes it', async () => {
    const { el, channel, holder } = await composing();
    await begin(el, holder, 'edit');

    await type(el, 'better');
    await press(el, 'Enter');

    expect(channel.updateMessage.args).to.deep.equal([['m2', 'better', []]]);
    expect(channel.sendMessage.callCount).to.equal(0);
    expect([el.value, compositionOf(holder)]).to.deep.equal(['', undefined]);
  });

  it('is there again with all words when that is refused', async () => {
    const { el, channel, holder } = await composing();
    channel.updateMessage = sinon.fake.rejects(new ChatError('network', 'no')) as never;
    await begin(el, holder, 'edit');
    const failed = told(el, 'chat-error');

    await type(el, 'better');
    await press(el, 'Enter');
    expect((await failed).error.code).to.equal('network');
    await settled(el);

    expect([el.value, compositionOf(holder)?.kind]).to.deep.equal(['better', 'edit']);
  });

  it('begins with the newest of one’s own by the arrow up in an empty field', async () => {
    const { el, holder } = await composing({ messages: [mine, sent(3, ada, { text: '' }), sent(4, bob)] });
    await type(el, 'not empty');

    await press(el, 'ArrowUp');
    expect(compositionOf(holder)).to.equal(undefined);
    await type(el, '');
    await press(el, 'ArrowUp');

    expect(compositionOf(holder)?.message.id).to.equal('m2');
    expect(field(el).value).to.equal('mine');
  });

  it('does not begin where nobody may change theirs', async () => {
    const { data = { id: '', type: '', cid: '' } } = channelState();
    const { el, holder } = await composing({ data: { ...data, own_capabilities: ['send-message'] } });

    await press(el, 'ArrowUp');

    expect(compositionOf(holder)).to.equal(undefined);
  });

  it('is at it again, with all words, when its channel is opened again', async () => {
    const { el, holder, open, channel } = await composing();
    await type(el, 'a draft');
    await begin(el, holder, 'edit');
    await type(el, 'half changed');

    open(fakeChannel({ ...group, cid: 'messaging:other' }));
    await settled(el);
    const other = field(el).value;
    open(channel);
    await settled(el);
    const again = field(el).value;
    await press(el, 'Escape');

    expect([other, again, field(el).value]).to.deep.equal(['', 'half changed', 'a draft']);
  });
});
