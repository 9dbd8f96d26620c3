import { expect } from '@open-wc/testing';
import { html } from 'lit';
import sinon from 'sinon';
import type { ChannelState } from '../../src/client/state.js';
import type { MessageComposerElement } from '../../src/elements/message-composer.js';
import '../../src/elements/message-composer.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';
import { ChatError } from '../../src/errors.js';
import {
  direct,
  fakeChannel,
  find,
  outside,
  parts,
  providing,
  refusing,
  render,
  settled,
  text,
  told,
} from '../support/elements.js';
import { composing, field, press, sendButton as button, type } from '../support/composer.js';
import { ada, channelState, sent } from '../support/fixtures.js';

before(fetchAll);

const tag = html`<message-composer></message-composer>`;
const data = channelState().data;
const limited = (max_message_length: number): Partial<ChannelState> => ({
  data: data && { ...data, config: { max_message_length } },
});

describe('message-composer', () => {
  afterEach(() => sinon.restore());

  it('passes an accessibility audit', async () => {
    const { el } = await composing();
    await type(el, 'Hello');

    await expect(el).to.be.accessible();
  });

  it('passes an accessibility audit when empty, near its limit and read-only', async () => {
    const empty = await composing();
    const near = await composing(limited(5));
    await type(near.el, 'Hello you');
    const closed = await composing({ data: data && { ...data, own_capabilities: [] } });

    for (const { el } of [empty, near, closed]) await expect(el).to.be.accessible();
  });

  it('names the channel it writes to, and in a conversation of two nobody', async () => {
    const many = await composing();
    const two = await composing({ ...direct, data: data && { ...data, name: undefined } });

    expect(field(many.el).placeholder).to.equal('Message General');
    expect(field(two.el).getAttribute('aria-label')).to.equal('Message');
  });

  it('sends with Enter, trimmed, and empties itself', async () => {
    const { el, channel } = await composing();
    await type(el, ' Hello \n');

    const event = press(el);
    await settled(el);

    expect(channel.sendMessage.args).to.deep.equal([[{ text: 'Hello' }]]);
    expect(field(el).value).to.equal('');
    expect(event.defaultPrevented).to.equal(true);
  });

  it('sends with its button and keeps the focus', async () => {
    const { el, channel } = await composing();
    await type(el, 'Hello');

    button(el).click();

    expect(channel.sendMessage.callCount).to.equal(1);
    expect(el.shadowRoot?.activeElement).to.equal(field(el));
  });

  it('begins a line with Shift+Enter', async () => {
    const { el, channel } = await composing();
    await type(el, 'Hello');

    const event = press(el, { shiftKey: true });

    expect(event.defaultPrevented).to.equal(false);
    expect(channel.sendMessage.callCount).to.equal(0);
  });

  it('does not send while an input method composes', async () => {
    const { el, channel } = await composing();
    await type(el, 'にほん');

    press(el, { isComposing: true });
    press(el, { keyCode: 229 });

    expect(channel.sendMessage.callCount).to.equal(0);
  });

  it('begins a line with Enter under a finger', async () => {
    sinon.stub(window, 'matchMedia').returns({ matches: true } as MediaQueryList);
    const { el, channel } = await composing();
    await type(el, 'Hello');

    const event = press(el);

    expect(channel.sendMessage.callCount).to.equal(0);
    expect(event.defaultPrevented).to.equal(false);
    expect(field(el).getAttribute('enterkeyhint')).to.equal('enter');
  });

  it('sends nothing that is only space', async () => {
    const { el, channel } = await composing();
    await type(el, ' \n ');

    press(el);

    expect(channel.sendMessage.callCount).to.equal(0);
    expect(button(el).disabled).to.equal(true);
  });

  it('asks the page before it sends, and keeps the text when the page refuses', async () => {
    const { el, channel } = await composing();
    await type(el, 'Hello');
    const asked: [string, string][] = [];
    el.addEventListener('chat-message-send', (event) => {
      asked.push([event.cid, event.text]);
      event.preventDefault();
    });

    press(el);
    await settled(el);

    expect(asked).to.deep.equal([[channel.cid, 'Hello']]);
    expect(channel.sendMessage.callCount).to.equal(0);
    expect(field(el).value).to.equal('Hello');
  });

  it('tells when the server has the message', async () => {
    const { el, channel } = await composing();
    await type(el, 'Hello');

    const event = told(el, 'chat-message-sent');
    press(el);
    const { cid, message, bubbles, composed } = await event;

    expect(cid).to.equal(channel.cid);
    expect(message.text).to.equal('Hello');
    expect(bubbles && composed).to.equal(true);
  });

  it('tells of a refusal; the text waits in the list, not here', async () => {
    const { el, channel, set } = await composing();
    const refusal = new ChatError('not-allowed', 'no');
    channel.sendMessage = sinon.fake((_: { text: string }) => {
      set({ messages: [sent(1, ada, { text: 'Hello', status: 'failed' })] });
      return Promise.reject(refusal);
    });
    await type(el, 'Hello');

    const event = told(el, 'chat-error');
    press(el);

    expect((await event).error).to.equal(refusal);
    expect(el.value).to.equal('');
  });

  it('gets back a text that was refused before it was listed', async () => {
    const { el, channel } = await composing();
    channel.sendMessage = refusing(new ChatError('not-connected', 'no'));
    await type(el, 'Hello');

    const event = told(el, 'chat-error');
    press(el);
    await event;
    await settled(el);

    expect(field(el).value).to.equal('Hello');
  });

  it('does not put a refused text over one that was typed since', async () => {
    const { el, channel } = await composing();
    channel.sendMessage = refusing(new ChatError('not-connected', 'no'));
    await type(el, 'Hello');

    const event = told(el, 'chat-error');
    press(el);
    await type(el, 'More');
    await event;

    expect(el.value).to.equal('More');
  });

  it('says how many characters are left when few are', async () => {
    const { el } = await composing(limited(110));

    await type(el, 'x'.repeat(9));
    expect(parts(el, 'composer-note')).to.be.empty;

    await type(el, 'x'.repeat(62));
    expect(text(el, 'composer-note')).to.equal('48 characters left');
  });

  it('refuses what is too long in a sentence, and keeps it', async () => {
    const { el, channel } = await composing(limited(5));
    channel.sendMessage = refusing(new ChatError('message-too-long', 'no'));
    await type(el, 'Hello you');

    const event = told(el, 'chat-error');
    press(el);
    const { error } = await event;
    await settled(el);

    expect(error.code).to.equal('message-too-long');
    expect(text(el, 'composer-note')).to.equal(
      'A message can have 5 characters, this one has 9. Shorten it to send it.',
    );
    expect(find(el, '[role=alert]').parentElement?.id).to.equal(field(el).getAttribute('aria-describedby'));
    expect(field(el).getAttribute('aria-invalid')).to.equal('true');
    expect(field(el).value).to.equal('Hello you');
  });

  it('tells the channel of keystrokes, and when it was emptied', async () => {
    const { el, channel } = await composing();

    await type(el, 'H');
    expect(channel.keystroke.callCount).to.equal(1);

    await type(el, '');
    expect(channel.keystroke.callCount).to.equal(1);
    expect(channel.stopTyping.callCount).to.equal(1);
  });

  it('stops typing when it leaves the page', async () => {
    const { el, channel } = await composing();
    await type(el, 'H');

    el.remove();

    expect(channel.stopTyping.callCount).to.equal(1);
  });

  it('keeps a draft for each channel while another is open', async () => {
    const first = fakeChannel();
    const second = fakeChannel();
    const { parentNode, open } = providing(first);
    const el = await render<MessageComposerElement>(parentNode, tag);
    await type(el, 'for the first');

    open(second);
    await settled(el);
    expect(field(el).value).to.equal('');
    expect(first.stopTyping.callCount).to.equal(1);

    open(first);
    await settled(el);
    expect(field(el).value).to.equal('for the first');
  });

  it('can be written to only in a channel', async () => {
    const alone = await render<MessageComposerElement>(outside(), tag);
    const { el } = await composing();

    expect(field(alone).disabled).to.equal(true);
    expect(field(el).disabled).to.equal(false);
  });

  it('says so where the visitor may not post', async () => {
    const { el } = await composing({ data: data && { ...data, own_capabilities: ['read-events'] } });

    expect(text(el, 'readonly')).to.equal('You cannot post here');
    expect(parts(el, 'input')).to.be.empty;
  });

  it('grows with its lines', async () => {
    const { el } = await composing();
    const one = field(el).clientHeight;

    await type(el, 'a\nb\nc');

    expect(field(el).clientHeight).to.be.greaterThan(one + 30);
  });

  it('holds a word of ten thousand characters', async () => {
    const { el, parentNode } = await composing(limited(20_000));

    await type(el, 'x'.repeat(10_000));

    expect(parentNode.scrollWidth).to.equal(parentNode.clientWidth);
  });

  it('does not render while somebody types', async () => {
    const { el, set } = await composing();

    set({ typing: [ada] });

    expect(el.isUpdatePending).to.equal(false);
  });
});
