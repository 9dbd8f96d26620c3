import { expect } from '@open-wc/testing';
import { html } from 'lit';
import sinon from 'sinon';
import type { ChannelState } from '../../src/client/state.js';
import type { MessageListElement } from '../../src/elements/message-list.js';
import type { TypingIndicatorElement } from '../../src/elements/typing-indicator.js';
import '../../src/elements/message-list.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';
import { ChatError } from '../../src/errors.js';
import type { User } from '../../src/protocol.js';
import {
  direct,
  find,
  group,
  outside,
  parts,
  providingChannel,
  refusing,
  render,
  settled,
  text,
  told,
} from '../support/elements.js';
import { ada, at, bob, channelState, cyd, readEntry, sent } from '../support/fixtures.js';

before(fetchAll);

const tag = html`<message-list></message-list>`;

async function listing(fields: Partial<ChannelState> = {}) {
  const provided = providingChannel({ ...group, ...fields });
  const el = await render<MessageListElement>(provided.parentNode, tag);
  const set = async (changes: Partial<ChannelState>) => {
    provided.set(changes);
    await settled(el);
  };
  return { ...provided, el, set };
}

const labels = (el: MessageListElement) =>
  parts(el, 'message').map((message) => message.getAttribute('aria-label')?.replace(/, \d\d:\d\d/, ''));
const one = async (user: User, fields: object) => (await listing({ messages: [sent(1, user, fields)] })).el;

describe('message-list', () => {
  afterEach(() => sinon.restore());

  for (const scheme of ['light', 'dark'])
    it(`passes an accessibility audit in ${scheme}`, async () => {
      const provided = providingChannel({
        ...group,
        messages: [
          sent(1, bob, { text: 'See https://a.example' }),
          sent(2, ada),
          sent(3, ada, { status: 'sending' }),
          sent(4, ada, { status: 'failed' }),
          sent(5, bob, { type: 'deleted' }),
          sent(6, cyd, { type: 'system' }),
          sent(7, cyd, { text: '🎉' }),
        ],
        reads: { bob: readEntry(bob, 2) },
        typing: [bob],
        unread: 1,
      });
      provided.parentNode.style.colorScheme = scheme;

      const el = await render<MessageListElement>(provided.parentNode, tag);

      await expect(el).to.be.accessible();
    });

  it('passes an accessibility audit while it loads, when it is empty and when it failed', async () => {
    const loading = await listing({ phase: 'loading' });
    const empty = await listing();
    const failed = await listing({ phase: 'failed', error: new ChatError('network', 'no') });

    for (const { el } of [loading, empty, failed]) await expect(el).to.be.accessible();
  });

  it('is a log of the channel that is not announced as a whole', async () => {
    const { el } = await listing({ messages: [sent(1)] });

    const log = find(el, '[role=log]');
    expect(log.getAttribute('aria-label')).to.equal('Messages in General');
    expect(log.getAttribute('aria-live')).to.equal('off');
  });

  it('is empty outside a channel', async () => {
    const el = await render<MessageListElement>(outside(), tag);

    expect(text(el, 'log')).to.equal('');
  });

  it('names each message: who, what, when and how far it came', async () => {
    const { el } = await listing({
      messages: [sent(1), sent(2, ada), sent(3, ada, { message_text_updated_at: at(9) })],
      reads: { bob: readEntry(bob, 2) },
    });

    expect(labels(el)).to.deep.equal(['Bob, text 1', 'You, text 2, Read', 'You, text 3, Edited, Sent']);
  });

  it('puts the name over the first and the picture beside the last of a group', async () => {
    const { el } = await listing({ messages: [sent(1), sent(2), sent(3, ada)] });

    const [first, last, own] = parts(el, 'message');
    expect(first?.querySelector("[part='author']")?.textContent).to.equal('Bob');
    expect(first?.querySelector("[part='avatar']")).to.equal(null);
    expect(last?.querySelector("[part='author']")).to.equal(null);
    expect(last?.querySelector("[part='avatar']")).to.exist;
    expect(own?.querySelector("[part='author'], [part='avatar']")).to.equal(null);
  });

  it('shows neither names nor pictures in a conversation of two', async () => {
    const { el } = await listing({ ...direct, messages: [sent(1), sent(2, ada)] });

    expect(parts(el, 'author')).to.be.empty;
    expect(parts(el, 'avatar')).to.be.empty;
  });

  it('tells the time on the last of a group, and that one was edited on any', async () => {
    const { el } = await listing({
      messages: [sent(1), sent(2, bob, { message_text_updated_at: at(3) }), sent(3)],
    });

    const metas = parts(el, 'message').map((message) => message.querySelector("[part='meta']")?.textContent);
    expect(metas[0]).to.equal(undefined);
    expect(metas[1]).to.contain('Edited');
    expect(metas[2]).to.match(/\d\d:\d\d/);
  });

  it('puts each day over its messages', async () => {
    const { el } = await listing({ messages: [sent(0), sent(86_400), sent(86_401)] });

    expect(parts(el, 'day-separator').map((day) => day.textContent?.trim())).to.deep.equal([
      '2 Jan',
      '3 Jan',
    ]);
  });

  it('keeps the place of a deleted message, but nothing of its content', async () => {
    const el = await one(bob, { type: 'deleted', text: 'secret' });

    expect(text(el, 'text')).to.match(/^Message deleted/);
    expect(el.renderRoot.textContent).to.not.contain('secret');
  });

  it('shows what the channel itself says without a bubble', async () => {
    const el = await one(bob, { type: 'system', text: 'Bob joined' });

    expect(text(el, 'notice')).to.equal('Bob joined');
    expect(parts(el, 'bubble')).to.be.empty;
  });

  it('marks a message on its way with a clock', async () => {
    const el = await one(ada, { status: 'sending' });

    expect(find(el, "[part='ticks']").getAttribute('aria-label')).to.equal('Sending');
  });

  it('shows readers under the newest message that was read', async () => {
    const { el } = await listing({
      messages: [sent(1, ada), sent(2, ada), sent(3, ada)],
      reads: { bob: readEntry(bob, 2) },
    });

    const receipts = [...el.renderRoot.querySelectorAll('read-receipt')];
    expect(receipts.map((receipt) => receipt.messageId)).to.deep.equal(['m2']);
  });

  it('shows no readers when reads are withheld', async () => {
    const { el } = await listing({ messages: [sent(1, ada)], reads: {} });

    expect(el.renderRoot.querySelector('read-receipt')).to.equal(null);
    expect(find(el, "[part='ticks']").getAttribute('aria-label')).to.equal('Sent');
  });

  it('offers to send a failed message again, or to drop it', async () => {
    const { el, channel } = await listing({ messages: [sent(1, ada, { status: 'failed' })] });
    const [retry, remove] = find(el, "[part='failure']").querySelectorAll('button');

    retry?.click();
    remove?.click();

    expect(text(el, 'failure')).to.equal('Not sent · Retry · Delete');
    expect(channel.retryMessage.args).to.deep.equal([['m1']]);
    expect(channel.discardMessage.args).to.deep.equal([['m1']]);
  });

  it('tells when a message failed again', async () => {
    const { el, channel } = await listing({ messages: [sent(1, ada, { status: 'failed' })] });
    const error = new ChatError('not-allowed', 'no');
    channel.retryMessage = refusing(error);

    const event = told(el, 'chat-error');
    find(el, "[part='failure'] button").click();

    expect((await event).error).to.equal(error);
  });

  it('says that an empty channel begins here', async () => {
    const { el } = await listing();

    expect(text(el, 'log')).to.contain('This is the start of General');
  });

  it('offers to try again when messages did not load', async () => {
    const { el, channel } = await listing({ phase: 'failed', error: new ChatError('network', 'no') });

    find(el, "[part='log'] button").click();

    expect(text(el, 'log')).to.contain('Messages did not load');
    expect(channel.watch.callCount).to.equal(1);
  });

  it('offers nothing where trying again cannot help', async () => {
    const { el } = await listing({ phase: 'failed', error: new ChatError('not-found', 'no') });

    expect(text(el, 'log')).to.contain('This conversation did not open');
    expect(el.renderRoot.querySelector('button')).to.equal(null);
  });

  it('draws skeletons while messages load', async () => {
    const { el, set } = await listing({ phase: 'loading' });
    expect(el.renderRoot.querySelectorAll('.skeleton')).to.have.length(4);

    await set({ phase: 'ready', messages: [sent(1)] });
    expect(el.renderRoot.querySelectorAll('.skeleton')).to.have.length(0);
  });

  it('shows markup as text', async () => {
    const el = await one(bob, { text: '<img src=x onerror=alert(1)><b>bold</b>' });

    expect(text(el, 'text')).to.contain('<img src=x onerror=alert(1)><b>bold</b>');
    expect(find(el, "[part='text']").querySelector('img, b')).to.equal(null);
  });

  it('keeps line breaks', async () => {
    const el = await one(bob, { text: 'a\n\nb' });

    expect(find(el, '.words').innerText).to.equal('a\n\nb');
  });

  it('shows emoji alone large and without a bubble', async () => {
    const el = await one(bob, { text: '🎉' });

    expect(find(el, "[part='bubble']").className).to.equal('plain');
  });

  it('links addresses that may be opened, and no others', async () => {
    const el = await one(bob, { text: 'https://a.example javascript:alert(1)' });

    const links = [...el.renderRoot.querySelectorAll('a')].map((link) => link.href);
    expect(links).to.deep.equal(['https://a.example/']);
  });

  it('holds words of ten thousand characters, in texts and names', async () => {
    const long = 'x'.repeat(10_000);
    const { el } = await listing({
      messages: [
        sent(1, { id: 'eve', name: long }, { text: long }),
        sent(2, bob, { type: 'system', text: long }),
      ],
    });

    const scroller = find(el, '.scroller');
    const wide = [...parts(el, 'bubble'), ...parts(el, 'notice')].filter(
      (box) => box.scrollWidth > scroller.clientWidth,
    );
    expect(scroller.scrollWidth).to.equal(scroller.clientWidth);
    expect(wide).to.be.empty;
  });

  it('keeps a direction override inside its message', async () => {
    const { el } = await listing({
      messages: [sent(1, { id: 'eve', name: '\u202eeve' }, { text: '\u202eabc' })],
    });

    expect(text(el, 'author')).to.equal('eve');
    expect(getComputedStyle(find(el, '.words')).unicodeBidi).to.match(/isolate|plaintext/);
  });

  it('mirrors with the page', async () => {
    const provided = providingChannel({ ...group, messages: [sent(1, ada)] });
    provided.parentNode.dir = 'rtl';
    const el = await render<MessageListElement>(provided.parentNode, tag);

    const bubble = find(el, "[part='bubble']").getBoundingClientRect();
    const box = el.getBoundingClientRect();
    expect(bubble.left - box.left).to.be.lessThan(box.right - bubble.right);
  });

  it('does not render while somebody types', async () => {
    const { el, set } = await listing({ messages: [sent(1)] });
    const updates = sinon.spy(el, 'requestUpdate');

    await set({ typing: [bob] });

    expect(updates.callCount).to.equal(0);
    expect(text(find<TypingIndicatorElement>(el, 'typing-indicator'))).to.contain('Bob is typing');
  });

  it('leaves the rows alone that a new message does not concern', async () => {
    const messages = [sent(1), sent(2, ada), sent(3)];
    const { el, set } = await listing({ messages });
    const changed: MutationRecord[] = [];
    const observer = new MutationObserver((records) => changed.push(...records));
    for (const row of parts(el, 'message'))
      observer.observe(row, { subtree: true, childList: true, attributes: true, characterData: true });

    await set({ messages: [...messages, sent(4, ada)] });
    changed.push(...observer.takeRecords());

    const touched = changed.filter((record) => record.attributeName !== 'tabindex');
    expect(parts(el, 'message')).to.have.length(4);
    expect(touched).to.be.empty;
  });

  it('shows another name when the channel is renamed', async () => {
    const { el, set } = await listing({ messages: [sent(1)] });
    const { data } = channelState();

    await set({ data: data && { ...data, name: 'Other' } });

    expect(find(el, '[role=log]').getAttribute('aria-label')).to.equal('Messages in Other');
  });
});
