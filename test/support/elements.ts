import { ContextProvider } from '@lit/context';
import { fixture, fixtureSync, nextFrame } from '@open-wc/testing';
import { css, html, LitElement, type TemplateResult } from 'lit';
import sinon from 'sinon';
import type { Channel } from '../../src/client/channel.js';
import type { ChatClient } from '../../src/client/client.js';
import type { ChannelState, ClientState, LocalMessage } from '../../src/client/state.js';
import { Store } from '../../src/client/store.js';
import { channelContext, clientContext, termsContext } from '../../src/context.js';
import { en } from '../../src/locales/en.js';
import type { UploadOptions } from '../../src/client/later/uploads.js';
import type { Attachment, User } from '../../src/protocol.js';
import { browserHost } from '../../src/transport/host.js';
import { base } from '../../src/styles/base.js';
import { tokens } from '../../src/styles/tokens.js';
import { ada, bob, channelState, cyd, sent } from './fixtures.js';

/** Stands where `<chat-session>` does: gives its children tokens, a size and what they take from context. */
class TestFrameElement extends LitElement {
  static override styles = [
    base,
    tokens,
    css`
      :host {
        display: flex;
        flex-direction: column;
        block-size: 400px;
        inline-size: 400px;
        background: var(--chat-surface);
        color: var(--chat-text);
        font: var(--chat-size-lg) / var(--chat-leading-ui) sans-serif;
      }
      /* What a fixture wraps its element in. */
      ::slotted(div) {
        display: contents;
      }
    `,
  ];

  override render(): TemplateResult {
    return html`<slot></slot>`;
  }
}

if (!customElements.get('test-frame')) customElements.define('test-frame', TestFrameElement);

const CLIENT: ClientState = {
  user: ada,
  connection: { status: 'live', transport: 'websocket', retryAt: undefined, error: undefined },
  channels: [],
  channelsPhase: 'ready',
  channelsError: undefined,
  keepsUnsent: true,
};

/** A send that the server refuses. */
export const refusing = <A extends unknown[]>(error: Error) =>
  sinon.fake((..._: A): Promise<LocalMessage> => Promise.reject(error));

/** The next event of this name. */
export function told<K extends keyof HTMLElementEventMap>(
  el: Element,
  name: K,
): Promise<HTMLElementEventMap[K]> {
  return new Promise((resolve) => {
    el.addEventListener(name, (event) => resolve(event as HTMLElementEventMap[K]), { once: true });
  });
}

/** The parts of a channel that elements use, recorded. Its state is set by the test. */
export function fakeChannel(fields: Partial<ChannelState> = {}, self: User = ada) {
  const state = new Store(channelState(fields));
  const client = { userId: self.id, state: new Store(CLIENT), host: browserHost() };
  return {
    cid: state.value.cid,
    client: client as unknown as ChatClient,
    state,
    sendMessage: sinon.fake((draft: { text: string }): Promise<LocalMessage> =>
      Promise.resolve(sent(9000, self, { text: draft.text })),
    ),
    retryMessage: sinon.fake((id: string): Promise<LocalMessage> =>
      Promise.resolve(sent(9000, self, { id })),
    ),
    discardMessage: sinon.fake.resolves(undefined),
    updateMessage: sinon.fake((_id: string, _text: string, _mentioned?: readonly User[]): Promise<void> =>
      Promise.resolve(),
    ),
    deleteMessage: sinon.fake((_id: string): Promise<void> => Promise.resolve()),
    sendReaction: sinon.fake((_id: string, _type: string): Promise<void> => Promise.resolve()),
    deleteReaction: sinon.fake((_id: string, _type: string): Promise<void> => Promise.resolve()),
    upload: sinon.fake((file: File, _options?: UploadOptions): Promise<Attachment> =>
      Promise.resolve({ type: 'file', title: file.name, asset_url: `https://a.example/${file.name}` }),
    ),
    keystroke: sinon.fake(),
    stopTyping: sinon.fake(),
    markRead: sinon.fake(() => Promise.resolve()),
    loadOlder: sinon.fake(() => Promise.resolve()),
    loadGap: sinon.fake(() => Promise.resolve()),
    watch: sinon.fake(() => Promise.resolve()),
  };
}

export type FakeChannel = ReturnType<typeof fakeChannel>;

/** A parent that provides this channel, seen by Ada; it leaves the page with the test. */
export function providing(channel: FakeChannel) {
  const parentNode = fixtureSync<TestFrameElement>(html`<test-frame></test-frame>`);
  new ContextProvider(parentNode, { context: clientContext, initialValue: channel.client });
  new ContextProvider(parentNode, { context: termsContext, initialValue: en });
  const provider = new ContextProvider(parentNode, {
    context: channelContext,
    initialValue: channel as unknown as Channel,
  });
  return {
    parentNode,
    /** Opens another channel in the same place. */
    open: (next: FakeChannel | undefined) => provider.setValue(next as unknown as Channel | undefined),
  };
}

/** A parent that provides a channel with these parts of its state. */
export function providingChannel(fields: Partial<ChannelState> = {}) {
  const channel = fakeChannel(fields);
  const set = (changes: Partial<ChannelState>) => {
    channel.state.value = { ...channel.state.value, ...changes };
  };
  return { ...providing(channel), channel, set };
}

/** A parent that provides nothing. */
export const outside = (): Element => document.createElement('div');

/** Renders the template's one element under `parentNode`, and waits for it and what it holds. */
export async function render<T extends LitElement>(
  parentNode: Element,
  template: TemplateResult,
): Promise<T> {
  const el = await fixture<T>(template, { parentNode });
  await settled(el);
  return el;
}

/** The template's one element in a channel with these parts of its state, and what provides that. */
export async function renderIn<T extends LitElement>(
  template: TemplateResult,
  fields: Partial<ChannelState> = {},
) {
  const provided = providingChannel(fields);
  return { ...provided, el: await render<T>(provided.parentNode, template) };
}

/** Waits until the element and those in its shadow root have rendered. */
export async function settled(el: LitElement): Promise<void> {
  await el.updateComplete;
  for (const child of el.renderRoot.querySelectorAll('*'))
    if (child instanceof LitElement) await child.updateComplete;
  await el.updateComplete;
}

/**
 * Waits, frame by frame, until `condition` holds: for what the browser itself reports, as sizes and views.
 *
 * @throws {Error} When it does not hold within 300 frames.
 */
export async function eventually(condition: () => boolean): Promise<void> {
  for (let frame = 0; frame < 300; frame++) {
    if (condition()) return;
    await nextFrame();
  }
  throw new Error(`The condition did not hold within 300 frames: ${condition.toString()}`);
}

/** The first element in the shadow root that `selector` finds. @throws {Error} when there is none. */
export function find<T extends HTMLElement = HTMLElement>(el: LitElement, selector: string): T {
  const found = el.renderRoot.querySelector<T>(selector);
  if (!found) throw new Error(`${el.localName} has no ${selector}.`);
  return found;
}

/** The elements of one part, in order. */
export function parts(el: LitElement, part: string): HTMLElement[] {
  return [...el.renderRoot.querySelectorAll<HTMLElement>(`[part~='${part}']`)];
}

/** What can be read in a part, or in the whole element, with single spaces; empty without it. */
export function text(el: LitElement, part?: string): string {
  const root = part === undefined ? el.renderRoot : el.renderRoot.querySelector(`[part~='${part}']`);
  return (root?.textContent ?? '').replace(/\s+/g, ' ').trim();
}

/** Members of a channel, for its state. */
export const members = (...users: User[]) => users.map((user) => ({ user_id: user.id, user }));
export const direct = { members: members(ada, bob) };
export const group = { members: members(ada, bob, cyd) };
