import { expect, nextFrame } from '@open-wc/testing';
import { html } from 'lit';
import sinon from 'sinon';
import type { ChannelState } from '../../src/client/state.js';
import type { MessageListElement } from '../../src/elements/message-list.js';
import '../../src/elements/message-list.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';
import {
  eventually,
  fakeChannel,
  find,
  group,
  parts,
  providing,
  render,
  settled,
  text,
} from '../support/elements.js';
import { ada, at, bob, readEntry, sent } from '../support/fixtures.js';

before(fetchAll);

const tag = html`<message-list></message-list>`;
const many = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => sent(from + i, i % 3 ? bob : ada));

async function listing(fields: Partial<ChannelState> = {}) {
  const channel = fakeChannel({ ...group, messages: many(100, 140), ...fields });
  const provided = providing(channel);
  const el = await render<MessageListElement>(provided.parentNode, tag);
  const set = async (changes: Partial<ChannelState>) => {
    channel.state.value = { ...channel.state.value, ...changes };
    await settled(el);
  };
  const scroller = find(el, '.scroller');
  // Its `scrollTop` counts from the end: 0 there, negative above it.
  const range = () => scroller.scrollHeight - scroller.clientHeight;
  const fromTop = () => range() + scroller.scrollTop;
  const fromBottom = () => Math.abs(scroller.scrollTop);
  const scroll = async (top: number) => {
    scroller.scrollTop = top - range();
    scroller.dispatchEvent(new Event('scroll'));
    await settled(el);
  };
  const messages = () => channel.state.value.messages;
  return { ...provided, channel, el, set, scroll, scroller, fromTop, fromBottom, messages };
}

/** Where a message stands in the page. */
const topOf = (el: MessageListElement, id: string) =>
  find(el, `[data-id='${id}']`).getBoundingClientRect().top;

describe('message-list, scrolling', () => {
  afterEach(() => sinon.restore());

  it('opens at the bottom', async () => {
    const { fromBottom, fromTop } = await listing();

    expect(fromTop()).to.be.greaterThan(0);
    expect(fromBottom()).to.be.lessThan(1);
  });

  it('stays at the bottom when a message comes', async () => {
    const { set, fromBottom, messages } = await listing();

    await set({ messages: [...messages(), sent(500)] });

    expect(fromBottom()).to.be.lessThan(1);
  });

  it('stays at the bottom when it is made smaller, and when somebody begins to type', async () => {
    const { el, parentNode, set, fromBottom } = await listing();

    parentNode.style.blockSize = '200px';
    await eventually(() => el.clientHeight === 200 && fromBottom() < 1);

    await set({ typing: [bob] });
    await eventually(() => fromBottom() < 1);
  });

  it('holds still for a reader further up, and counts what comes', async () => {
    const { el, set, scroll, fromTop, messages } = await listing();
    await scroll(fromTop() - 300);
    const before = fromTop();

    await set({ messages: [...messages(), sent(500), sent(501), sent(502, bob, { type: 'system' })] });

    expect(fromTop()).to.be.closeTo(before, 1);
    expect(text(el, 'jump')).to.equal('2');
    expect(find(el, "[part='jump']").getAttribute('aria-label')).to.equal('Jump to latest, 2 new messages');
  });

  it('holds still for a reader further up when somebody types, and when somebody reads', async () => {
    const { el, set, scroll, fromTop } = await listing();
    await scroll(fromTop() - 300);
    const seen = topOf(el, 'm126');

    await set({ typing: [bob] });
    await nextFrame();
    expect(topOf(el, 'm126')).to.be.closeTo(seen, 1);

    await set({ reads: { bob: readEntry(bob, 139) } });
    await nextFrame();
    expect(topOf(el, 'm126')).to.be.closeTo(seen, 1);
  });

  it('shows no way down at the bottom, and within 64 pixels of it', async () => {
    const { el, scroll, fromTop } = await listing();
    expect(parts(el, 'jump')).to.be.empty;

    await scroll(fromTop() - 60);
    expect(parts(el, 'jump')).to.be.empty;

    await scroll(fromTop() - 10);
    expect(parts(el, 'jump')).to.have.length(1);
  });

  it('jumps to the latest', async () => {
    const { el, scroll, fromBottom } = await listing();
    await scroll(500);

    find(el, "[part='jump']").click();
    await settled(el);

    expect(fromBottom()).to.be.lessThan(1);
    expect(parts(el, 'jump')).to.be.empty;
  });

  it('goes to the bottom for what the visitor sends', async () => {
    const { set, scroll, fromBottom, messages } = await listing();
    await scroll(500);

    await set({ messages: [...messages(), sent(500, ada, { status: 'sending' })] });

    expect(fromBottom()).to.be.lessThan(1);
  });

  it('loads older messages a screen and a half before the top', async () => {
    const { channel, scroll, scroller, fromTop, el } = await listing({ hasOlder: true });
    expect(fromTop()).to.be.greaterThan(1.5 * scroller.clientHeight);
    expect(channel.loadOlder.callCount).to.equal(0);

    await scroll(1.5 * el.clientHeight - 1);

    expect(channel.loadOlder.callCount).to.be.greaterThan(0);
  });

  it('loads older messages until the screen is full', async () => {
    const { channel } = await listing({ hasOlder: true, messages: many(100, 102) });

    expect(channel.loadOlder.callCount).to.be.greaterThan(0);
  });

  it('asks for no older messages when there are none', async () => {
    const { channel, scroll } = await listing();

    await scroll(0);

    expect(channel.loadOlder.callCount).to.equal(0);
  });

  it('keeps the reader at the same message when older ones come above it', async () => {
    const { el, set, scroll, messages } = await listing({ hasOlder: true });
    await scroll(200);
    await set({ olderPhase: 'loading' });
    const seen = topOf(el, 'm110');

    await set({ olderPhase: 'ready', messages: [...many(60, 100), ...messages()] });

    expect(topOf(el, 'm110')).to.be.closeTo(seen, 1);
  });

  it('offers to load older messages again after a failure, and does not on its own', async () => {
    const { el, channel, set, scroll } = await listing({ hasOlder: true, olderPhase: 'failed' });
    await scroll(0);
    expect(channel.loadOlder.callCount).to.equal(0);

    find(el, 'button.older').click();
    expect(channel.loadOlder.callCount).to.equal(1);

    await set({ olderPhase: 'loading' });
    expect(el.renderRoot.querySelector('button.older')).to.equal(null);
  });

  it('marks where messages are missing, and loads them when asked to', async () => {
    const { el, channel } = await listing({ gap: 'm120' });
    const gap = find(el, '[part="gap"]');
    expect(gap.nextElementSibling).to.have.property('dataset').that.includes({ id: 'm120' });

    gap.querySelector('button')?.click();

    expect(channel.loadGap.callCount).to.equal(1);
  });

  it('loads what is missing by itself when its place comes into view', async () => {
    const { el, channel, scroller } = await listing({ gap: 'm110' });
    expect(channel.loadGap.callCount).to.equal(0);

    find(el, '[part="gap"]').scrollIntoView();
    scroller.dispatchEvent(new Event('scroll'));
    await nextFrame();

    expect(channel.loadGap.callCount).to.be.greaterThan(0);
  });

  it('takes the mark away when nothing is missing any more', async () => {
    const { el, set } = await listing({ gap: 'm120' });

    await set({ gap: undefined });

    expect(el.renderRoot.querySelector('[part="gap"]')).to.equal(null);
  });

  it('opens a third above where the unread messages begin', async () => {
    const { el, scroller } = await listing({ unread: 13, reads: { ada: readEntry(ada, 119) } });

    const separator = find(el, "[part='unread-separator']");
    const from = separator.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    expect(separator.textContent?.trim()).to.equal('13 new messages');
    expect(from).to.be.closeTo(scroller.clientHeight / 3, 1);
    expect(text(el, 'jump')).to.equal('13');
  });

  it('opens at the bottom when all that is unread fits there', async () => {
    const { el, fromBottom } = await listing({ unread: 1, reads: { ada: readEntry(ada, 137) } });

    expect(parts(el, 'unread-separator')).to.have.length(1);
    expect(fromBottom()).to.be.lessThan(1);
    expect(parts(el, 'jump')).to.be.empty;
  });

  it('leaves the unread mark where it was put', async () => {
    const { el, set, messages } = await listing({ unread: 1, reads: { ada: readEntry(ada, 137) } });
    const next = () => find(el, "[part='unread-separator']").nextElementSibling?.getAttribute('data-id');
    const before = next();

    await set({ messages: [...messages(), sent(500)], unread: 0, reads: { ada: readEntry(ada, 500) } });

    expect(next()).to.equal(before);
    expect(text(el, 'unread-separator')).to.equal('1 new message');
  });

  it('puts no unread mark for messages that come later', async () => {
    const { el, set, messages } = await listing();

    await set({ messages: [...messages(), sent(500)], unread: 1 });

    expect(parts(el, 'unread-separator')).to.be.empty;
  });

  it('forgets the unread mark with the channel', async () => {
    const { el, open } = await listing({ unread: 1, reads: { ada: readEntry(ada, 137) } });

    open(fakeChannel({ ...group, messages: many(100, 140) }));
    await settled(el);

    expect(parts(el, 'unread-separator')).to.be.empty;
  });
});

describe('message-list, reading', () => {
  let clock: sinon.SinonFakeTimers;
  let focused: sinon.SinonStub<[], boolean>;
  const unread = { unread: 1, reads: { ada: readEntry(ada, 137) } };

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    focused = sinon.stub(document, 'hasFocus').returns(true);
    sinon.stub(document, 'visibilityState').value('visible');
  });

  afterEach(() => {
    clock.restore();
    sinon.restore();
  });

  /** The browser has said that the list is in view. */
  const inView = () => eventually(() => clock.countTimers() > 0);

  it('marks the channel read after half a second in view', async () => {
    const { channel } = await listing(unread);
    await inView();

    clock.tick(499);
    expect(channel.markRead.callCount).to.equal(0);

    clock.tick(1);
    expect(channel.markRead.callCount).to.equal(1);
  });

  it('does not when the page loses the focus before', async () => {
    const { channel } = await listing(unread);
    await inView();

    focused.returns(false);
    window.dispatchEvent(new Event('blur'));
    clock.tick(1000);

    expect(channel.markRead.callCount).to.equal(0);
  });

  it('does when the page gets the focus back', async () => {
    const { channel } = await listing(unread);
    await inView();
    focused.returns(false);
    window.dispatchEvent(new Event('blur'));

    focused.returns(true);
    window.dispatchEvent(new Event('focus'));
    clock.tick(500);

    expect(channel.markRead.callCount).to.equal(1);
  });

  it('does not while the end is not in view', async () => {
    const { channel, scroll } = await listing(unread);
    await inView();

    await scroll(300);
    clock.tick(1000);

    expect(channel.markRead.callCount).to.equal(0);
  });

  it('does not while it is not on the screen', async () => {
    const { el, channel } = await listing(unread);
    await inView();

    el.hidden = true;
    await eventually(() => clock.countTimers() === 0);
    clock.tick(1000);

    expect(channel.markRead.callCount).to.equal(0);
  });

  it('does not for a channel that was left before', async () => {
    const { el, channel, open } = await listing(unread);
    await inView();

    open(undefined);
    await settled(el);
    clock.tick(1000);

    expect(channel.markRead.callCount).to.equal(0);
  });

  it('does not with nothing unread', async () => {
    const { channel, set, messages } = await listing(unread);
    await inView();

    await set({ unread: 0, messages: [...messages(), sent(500, ada, { created_at: at(500) })] });
    clock.tick(1000);

    expect(channel.markRead.callCount).to.equal(0);
  });

  it('leaves no timer behind when it goes', async () => {
    const { el } = await listing(unread);
    await inView();

    el.remove();

    expect(clock.countTimers()).to.equal(0);
  });
});
