import { expect } from '@open-wc/testing';
import { html } from 'lit';
import sinon from 'sinon';
import type { ChannelState } from '../../src/client/state.js';
import type { ChatMessageActionEvent } from '../../src/elements/events.js';
import type { MessageListElement } from '../../src/elements/message-list.js';
import '../../src/elements/message-list.js';
import { compositionOf } from '../../src/elements/parts/composition.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';
import { ChatError } from '../../src/errors.js';
import { find, group, parts, refusing, settled, told, renderIn } from '../support/elements.js';
import { ada, bob, channelState, sent } from '../support/fixtures.js';

before(fetchAll);

const data = channelState().data!;
const ALL = ['send-message', 'quote-message', 'send-reaction', 'update-own-message', 'delete-own-message'];
const may = (...own_capabilities: string[]): Partial<ChannelState> => ({
  data: { ...data, own_capabilities },
});
const MESSAGES = [sent(1, bob, { text: 'theirs' }), sent(2, ada, { text: 'mine' })];

const listing = (fields: Partial<ChannelState> = {}) =>
  renderIn<MessageListElement>(html`<message-list></message-list>`, {
    ...group,
    ...may(...ALL),
    messages: MESSAGES,
    ...fields,
  });

const row = (el: MessageListElement, id: string) => find(el, `[data-id='${id}']`);
const point = (el: MessageListElement, id: string) =>
  row(el, id).dispatchEvent(new PointerEvent('pointerover', { bubbles: true }));
const press = (target: Element, key: string) =>
  target.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }),
  );
const names = (buttons: NodeListOf<Element>) =>
  [...buttons].map((one) => {
    const [said] = [...one.childNodes].filter(
      ({ nodeType, textContent }) => nodeType === 3 && textContent?.trim(),
    );
    return one.ariaLabel ?? said?.textContent?.trim();
  });
const tools = (el: MessageListElement) => names(el.renderRoot.querySelectorAll("[part='toolbar'] button"));
const entries = (el: MessageListElement) => names(el.renderRoot.querySelectorAll("[part='menu-item']"));
const active = (el: MessageListElement) => (el.renderRoot as ShadowRoot).activeElement;

/** Opens the menu of a message by its letter, or with the button over it. */
function open(el: MessageListElement, id: string): void {
  point(el, id);
  parts(el, 'toolbar')[0]?.querySelector<HTMLElement>('button:last-child')?.click();
}

describe('the buttons over a message', () => {
  afterEach(() => sinon.restore());

  it('come with the pointer and with the focus, over one message at a time', async () => {
    const { el } = await listing();

    expect(tools(el)).to.deep.equal([]);
    point(el, 'm1');
    expect(tools(el)).to.deep.equal(['Add a reaction', 'Reply', 'More actions']);
    row(el, 'm2').focus();

    expect(parts(el, 'toolbar')).to.have.length(1);
    expect(row(el, 'm2').contains(parts(el, 'toolbar')[0]!)).to.equal(true);
    await expect(el).to.be.accessible();
  });

  it('are as many as the visitor may use', async () => {
    const { el } = await listing(may('send-reaction'));

    point(el, 'm1');

    expect(tools(el)).to.deep.equal(['Add a reaction', 'More actions']);
  });

  for (const [what, fields] of [
    ['deleted', { type: 'deleted' }],
    ['not sent yet', { status: 'sending' }],
    ['not sent', { status: 'failed' }],
  ] as const)
    it(`are none over one that is ${what}`, async () => {
      const { el } = await listing({ messages: [sent(2, ada, fields)] });

      point(el, 'm2');

      expect(tools(el)).to.deep.equal([]);
    });
});

describe('the buttons over a message that is deleted meanwhile', () => {
  it('are gone', async () => {
    const { el, set } = await listing();
    point(el, 'm2');

    set({ messages: [MESSAGES[0]!, sent(2, ada, { type: 'deleted', text: '' })] });
    await settled(el);

    expect(tools(el)).to.deep.equal([]);
  });
});

describe('the menu of a message', () => {
  afterEach(() => sinon.restore());

  it('offers what may be done with one’s own and with others’, and gives the focus back', async () => {
    const { el } = await listing();

    open(el, 'm1');
    expect(entries(el)).to.deep.equal(['Reply', 'Copy text']);
    expect(active(el)?.getAttribute('aria-label')).to.equal('Thumbs up');
    await expect(el).to.be.accessible();
    press(active(el)!, 'Escape');
    expect(active(el)).to.equal(row(el, 'm1'));
    open(el, 'm2');

    expect(entries(el)).to.deep.equal(['Reply', 'Copy text', 'Edit', 'Delete']);
  });

  it('lets moderators delete what others wrote', async () => {
    const { el } = await listing(may(...ALL, 'delete-any-message'));

    open(el, 'm1');

    expect(entries(el)).to.deep.equal(['Reply', 'Copy text', 'Delete']);
  });

  it('is walked by arrows, round its ends', async () => {
    const { el } = await listing();
    open(el, 'm2');

    press(active(el)!, 'ArrowUp');
    expect(active(el)?.textContent).to.contain('Delete');
    press(active(el)!, 'ArrowDown');
    expect(active(el)?.getAttribute('aria-label')).to.equal('Thumbs up');
    press(active(el)!, 'End');
    expect(active(el)?.textContent).to.contain('Delete');
  });

  it('deletes for everyone once that is confirmed', async () => {
    const { el, channel } = await listing();
    open(el, 'm2');

    parts(el, 'menu-item').at(-1)?.click();
    expect(find(el, '.asked').textContent).to.equal('Delete this message for everyone?');
    expect(channel.deleteMessage.callCount).to.equal(0);
    parts(el, 'menu-item')[0]?.click();

    expect(channel.deleteMessage.args).to.deep.equal([['m2']]);
    expect(parts(el, 'menu')).to.have.length(0);
  });

  it('gives a reaction, and takes back one that was given', async () => {
    const given = sent(1, bob, { own_reactions: [{ type: 'love', user_id: 'ada' }] });
    const { el, channel } = await listing({ messages: [given] });

    open(el, 'm1');
    find(el, "[aria-label='Thumbs up']").click();
    open(el, 'm1');
    expect(find(el, "[aria-label='Heart']").getAttribute('aria-checked')).to.equal('true');
    find(el, "[aria-label='Heart']").click();

    expect(channel.sendReaction.args).to.deep.equal([['m1', 'like']]);
    expect(channel.deleteReaction.args).to.deep.equal([['m1', 'love']]);
  });

  it('is gone with its channel', async () => {
    const { el, open: show } = await listing();
    open(el, 'm2');

    show(undefined);
    await settled(el);

    expect(parts(el, 'menu')).to.have.length(0);
  });
});

describe('the letters of a message that has the focus', () => {
  afterEach(() => sinon.restore());

  it('answer, change, ask before they delete, and open the reactions', async () => {
    const { el, channel } = await listing();
    const holder = channel as never;
    row(el, 'm2').focus();

    press(row(el, 'm2'), 'r');
    expect(compositionOf(holder)).to.include({ kind: 'reply' });
    press(row(el, 'm2'), 'E');
    expect(compositionOf(holder)).to.include({ kind: 'edit' });
    press(row(el, 'm2'), 'Delete');
    expect(find(el, '.asked')).to.exist;
    press(active(el)!, 'Escape');
    press(row(el, 'm2'), '+');

    expect(active(el)?.getAttribute('aria-label')).to.equal('Thumbs up');
  });

  it('copy its text', async () => {
    const copied = sinon.stub(navigator.clipboard, 'writeText').resolves();
    const { el } = await listing();

    row(el, 'm1').focus();
    press(row(el, 'm1'), 'c');

    expect(copied.args).to.deep.equal([['theirs']]);
  });

  it('do nothing that the visitor may not', async () => {
    const { el, channel } = await listing();
    row(el, 'm1').focus();

    press(row(el, 'm1'), 'e');
    press(row(el, 'm1'), 'Delete');

    expect(compositionOf(channel as never)).to.equal(undefined);
    expect(parts(el, 'menu')).to.have.length(0);
  });
});

describe('a finger that rests on a message', () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => clock.restore());

  const touch = (target: Element, type: string, clientX = 50) =>
    target.dispatchEvent(
      new PointerEvent(type, { pointerType: 'touch', clientX, clientY: 50, bubbles: true, composed: true }),
    );
  /** The list is drawn by the real clock. */
  async function touched(): Promise<MessageListElement> {
    clock.restore();
    const { el } = await listing({ messages: [sent(1, bob, { text: 'https://a.example' })] });
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    return el;
  }

  it('opens its menu after 450 ms, which stays when the finger goes, and follows no link', async () => {
    const el = await touched();

    touch(row(el, 'm1'), 'pointerdown');
    clock.tick(449);
    expect(parts(el, 'menu')).to.have.length(0);
    clock.tick(1);
    touch(row(el, 'm1'), 'pointerup');
    const click = new MouseEvent('click', { bubbles: true, cancelable: true });
    find(el, '.words a').dispatchEvent(click);

    expect([parts(el, 'menu').length, click.defaultPrevented]).to.deep.equal([1, true]);
    clock.tick(1);
    touch(document.body, 'pointerdown');
    expect(parts(el, 'menu')).to.have.length(0);
  });

  it('scrolls when it moves', async () => {
    const el = await touched();

    touch(row(el, 'm1'), 'pointerdown');
    touch(row(el, 'm1'), 'pointermove', 61);
    clock.tick(1000);

    expect(parts(el, 'menu')).to.have.length(0);
  });
});

describe('what is done with a message', () => {
  it('is told to the page before, which may prevent it', async () => {
    const { el, channel } = await listing();
    const events: ChatMessageActionEvent[] = [];
    el.addEventListener('chat-message-action', (event) => {
      events.push(event);
      event.preventDefault();
    });

    open(el, 'm1');
    find(el, "[aria-label='Thumbs up']").click();

    expect(channel.sendReaction.callCount).to.equal(0);
    const [{ cid, action, reaction, message } = {} as ChatMessageActionEvent] = events;
    expect([cid, action, reaction, message?.id]).to.deep.equal([channel.cid, 'react', 'like', 'm1']);
  });

  it('is told to the page when it is refused', async () => {
    const { el, channel } = await listing();
    channel.sendReaction = refusing(new ChatError('not-allowed', 'no')) as never;
    const failed = told(el, 'chat-error');

    open(el, 'm1');
    find(el, "[aria-label='Thumbs up']").click();

    expect((await failed).error.code).to.equal('not-allowed');
  });
});
