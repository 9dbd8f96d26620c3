import { expect } from '@open-wc/testing';
import sinon from 'sinon';
import type { ChannelState } from '../../src/client/state.js';
import type { MessageComposerElement } from '../../src/elements/message-composer.js';
import '../../src/elements/message-composer.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';
import { compose } from '../../src/elements/parts/composition.js';
import { ChatError, type ChatErrorCode } from '../../src/errors.js';
import type { Attachment } from '../../src/protocol.js';
import { fakeChannel, find, group, parts, refusing, settled, text, told } from '../support/elements.js';
import { composing as inChannel, press, sendButton, type } from '../support/composer.js';
import { ada, channelState, sent } from '../support/fixtures.js';

before(fetchAll);

const data = channelState().data!;
const file = (name: string, type = 'text/plain') => new File(['some words'], name, { type });

async function composing(fields: Partial<ChannelState> = {}) {
  const provided = await inChannel(fields);
  /** Uploads that the test lets end: the newest last. */
  const ends: { resolve: (attachment: Attachment) => void; reject: (error: ChatError) => void }[] = [];
  const pend = () => {
    provided.channel.upload = sinon.fake(
      () => new Promise<Attachment>((resolve, reject) => ends.push({ resolve, reject })),
    ) as never;
  };
  return { ...provided, pend, ends };
}

async function attach(el: MessageComposerElement, ...files: File[]): Promise<void> {
  el.attach(files);
  await settled(el);
  await settled(el);
}

async function send(el: MessageComposerElement, words = ''): Promise<void> {
  await type(el, words);
  press(el);
  await settled(el);
}

/** A paste of `given`: not every engine lets a page make one with content. */
function pasteOf(given: DataTransfer): Event {
  const paste = new Event('paste', { cancelable: true });
  Object.defineProperty(paste, 'clipboardData', { value: given });
  return paste;
}

const named = (name: string) => ({ type: 'file', title: name, asset_url: `https://a.example/${name}` });
const heard = (el: MessageComposerElement) => find(el, '[role=status].sr').textContent;

describe('files in a composer', () => {
  afterEach(() => sinon.restore());

  it('are uploaded at once, and sent with the words or without', async () => {
    const { el, channel } = await composing();

    await attach(el, file('a.txt'), file('b.txt'));
    expect(text(el, 'tray-item')).to.equal('a.txt1 KB');
    await expect(el).to.be.accessible();
    await send(el, 'Here');
    await attach(el, file('c.txt'));
    sendButton(el).click();
    await settled(el);

    expect(channel.sendMessage.args).to.deep.equal([
      [{ text: 'Here', attachments: [named('a.txt'), named('b.txt')] }],
      [{ text: '', attachments: [named('c.txt')] }],
    ]);
    expect(parts(el, 'tray')).to.have.length(0);
  });

  it('show how far they have come; nothing is sent before they are there', async () => {
    const { el, channel, pend, ends } = await composing();
    pend();
    await attach(el, file('a.txt'));
    const [, { onProgress }] = channel.upload.firstCall.args as unknown as [File, { onProgress: (a: number, b: number) => void }]; // prettier-ignore

    onProgress(3, 10);
    await settled(el);
    expect(find<HTMLProgressElement>(el, 'progress').value).to.equal(0.3);
    expect(heard(el)).to.equal('Uploading a.txt');
    await send(el, 'too early');
    expect([channel.sendMessage.callCount, sendButton(el).disabled, el.value]).to.deep.equal([
      0,
      true,
      'too early',
    ]);
    ends[0]?.resolve(named('a.txt'));
    await settled(el);
    await settled(el);

    expect([sendButton(el).disabled, heard(el)]).to.deep.equal([false, 'a.txt is ready to send']);
  });

  it('are given up by their button, also on the way', async () => {
    const { el, channel, pend } = await composing();
    pend();
    await attach(el, file('a.png', 'image/png'));
    const [, { signal }] = channel.upload.firstCall.args as unknown as [File, { signal: AbortSignal }];
    expect(find<HTMLImageElement>(el, "[part='tray-item'] img").alt).to.equal('a.png');

    find(el, "[aria-label='Remove a.png']").click();
    await settled(el);

    expect([signal.aborted, parts(el, 'tray').length]).to.deep.equal([true, 0]);
  });

  it('leave no preview behind, whichever way they go', async () => {
    const given = sinon.spy(URL, 'createObjectURL');
    const back = sinon.spy(URL, 'revokeObjectURL');
    const { el } = await composing();

    await attach(el, file('a.png', 'image/png'), file('b.png', 'image/png'));
    find(el, "[aria-label='Remove a.png']").click();
    await settled(el);
    await send(el);
    await settled(el);

    expect(given.callCount).to.equal(2);
    expect(back.args.flat()).to.deep.equal(given.returnValues);
  });

  const problems: [code: ChatErrorCode, says: string][] = [
    ['too-large', 'a.txt is too large'],
    ['invalid-input', 'This file type is not allowed'],
    ['network', 'Not uploaded'],
  ];
  for (const [code, says] of problems)
    it(`say why they did not arrive: ${says}; the others go on`, async () => {
      const { el, channel, pend, ends } = await composing();
      pend();
      await attach(el, file('a.txt'), file('b.txt'));
      ends[0]?.reject(new ChatError(code, 'no'));
      ends[1]?.resolve(named('b.txt'));
      await settled(el);
      await settled(el);

      expect(text(el, 'tray-item')).to.equal(`a.txt${says}`);
      await expect(el).to.be.accessible();
      find(el, "[aria-label='Upload a.txt again']").click();
      await settled(el);
      ends[2]?.resolve(named('a.txt'));
      await settled(el);
      await send(el);

      expect(channel.sendMessage.args).to.deep.equal([
        [{ text: '', attachments: [named('b.txt'), named('a.txt')] }],
      ]);
    });

  it('are ten at most; what is more is said', async () => {
    const { el, channel } = await composing();

    await attach(el, ...Array.from({ length: 12 }, (_, n) => file(`${n}.txt`)));

    expect([channel.upload.callCount, parts(el, 'tray-item').length]).to.deep.equal([10, 10]);
  });

  it('come by paste, by drop and by choice', async () => {
    const { el, channel } = await composing();
    const given = new DataTransfer();
    given.items.add(file('pasted.txt'));
    const field = find(el, "[part='field']");

    field.dispatchEvent(pasteOf(given));
    const over = new DragEvent('dragover', { dataTransfer: given, cancelable: true });
    field.dispatchEvent(over);
    field.dispatchEvent(new DragEvent('drop', { dataTransfer: given, cancelable: true }));
    const input = find<HTMLInputElement>(el, 'input');
    input.files = given.files;
    input.dispatchEvent(new Event('change'));
    await settled(el);

    expect([channel.upload.callCount, over.defaultPrevented]).to.deep.equal([3, true]);
  });

  it('have a button, which does not take the focus that the composer is given', async () => {
    const { el } = await composing();

    el.focus();

    expect((el.renderRoot as ShadowRoot).activeElement).to.equal(find(el, 'textarea'));
  });

  it('leave a paste of words alone', async () => {
    const { el, channel } = await composing();
    const given = new DataTransfer();
    given.setData('text/plain', 'words');
    const paste = pasteOf(given);

    find(el, "[part='field']").dispatchEvent(paste);

    expect([paste.defaultPrevented, channel.upload.callCount]).to.deep.equal([false, 0]);
  });

  const without: [what: string, fields: Partial<ChannelState>][] = [
    ['visitor may not', { data: { ...data, own_capabilities: ['send-message'] } }],
    ['channel has none', { data: { ...data, config: { uploads: false } } }],
  ];
  for (const [what, fields] of without)
    it(`have no button and are not taken where the ${what}`, async () => {
      const { el, channel } = await composing(fields);

      await attach(el, file('a.txt'));

      expect([parts(el, 'icon-button').length, channel.upload.callCount]).to.deep.equal([0, 0]);
    });

  it('wait while a message is changed, and while another channel is open', async () => {
    const { el, channel, open } = await composing();
    await attach(el, file('a.txt'));

    compose(channel as never, { kind: 'edit', message: sent(2, ada, { text: 'mine' }) });
    await settled(el);
    await send(el, 'better');
    expect(channel.updateMessage.args).to.deep.equal([['m2', 'better', []]]);
    open(fakeChannel({ ...group, cid: 'messaging:other' }));
    await settled(el);
    expect(parts(el, 'tray')).to.have.length(0);
    open(channel);
    await settled(el);

    expect(text(el, 'tray-item')).to.contain('a.txt');
  });

  it('are told to the page before they are sent, and stay if it prevents that', async () => {
    const { el, channel } = await composing();
    await attach(el, file('a.txt'));
    const asked = told(el, 'chat-message-send');
    el.addEventListener('chat-message-send', (event) => event.preventDefault());

    await send(el, 'Here');

    expect((await asked).attachments).to.deep.equal([named('a.txt')]);
    expect([channel.sendMessage.callCount, parts(el, 'tray-item').length]).to.deep.equal([0, 1]);
  });

  it('are there again when their message was not even shown', async () => {
    const { el, channel } = await composing();
    channel.sendMessage = refusing(new ChatError('disconnected', 'no'));
    await attach(el, file('a.txt'));

    await send(el, 'Here');
    await settled(el);

    expect([el.value, parts(el, 'tray-item').length]).to.deep.equal(['Here', 1]);
  });
});
