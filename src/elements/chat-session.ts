import { ContextProvider } from '@lit/context';
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { ChatClient } from '../client/client.js';
import type { ChatClientOptions } from '../client/options.js';
import { termsContext } from '../context.js';
import { ChatError } from '../errors.js';
import { en } from '../locales/en.js';
import { shown, type User } from '../protocol.js';
import { base } from '../styles/base.js';
import { session } from '../styles/session.js';
import { tokens } from '../styles/tokens.js';
import { define } from './define.js';
import { ChatErrorEvent } from './events.js';
import { OpenChannel } from './open-channel.js';
import { states } from './parts/states.js';
import { SessionRunner } from './session-runner.js';
import type { SessionSettings } from './session-settings.js';

/**
 * A user's chat: connects, and gives everything inside it the connection, the open channel and the words.
 *
 * Without children it is a whole messenger that fits any box. With children (those with a `slot` do not
 * count) it shows them and provides context only. Removing it disconnects; moving it does not. A changed
 * user or token ends the old session before the new one begins. Sessions on one page are independent.
 *
 * @tag chat-session
 * @slot - Elements that use the session, instead of the messenger.
 * @event {ChatConnectionChangeEvent} chat-connection-change - What visitors are told of the connection changed.
 * @event {ChatMessageNewEvent} chat-message-new - A message of somebody else arrived.
 * @event {ChatErrorEvent} chat-error - Something went wrong; `error.code` and `error.message` say what.
 * @csspart layout - The messenger, both panes.
 * @csspart list - The pane of the list.
 * @csspart conversation - The pane of the open channel.
 * @csspart problem - What is shown in the place of a session that cannot begin.
 * @cssprop [--chat-accent=oklch(.53 .19 264)] - Any CSS colour; all other colours follow.
 * @cssprop [--chat-font=inherit] - Font family.
 * @cssprop [--chat-font-size=max(15px, .9375rem)] - Size of messages; all other sizes follow.
 * @cssprop [--chat-radius=18px] - Radius of bubbles; all other radii follow.
 * @cssprop [--chat-density=1] - Scales every gap.
 * @cssprop [--chat-tint=1] - How much of the accent's hue is in the greys, 0 to 2.
 */
export class ChatSessionElement extends LitElement implements SessionSettings {
  static override styles = [tokens, base, session];
  static override properties = {
    apiKey: { attribute: 'api-key' },
    baseUrl: { attribute: 'base-url' },
    user: {},
    token: {},
    tokenUrl: { attribute: 'token-url' },
    tokenProvider: { attribute: false },
    channel: {},
    noWsFallback: { type: Boolean, attribute: 'no-ws-fallback' },
    shareConnection: { type: Boolean, attribute: 'share-connection' },
    noTypingIndicators: { type: Boolean, attribute: 'no-typing-indicators' },
    noReadReceipts: { type: Boolean, attribute: 'no-read-receipts' },
    locale: {},
    theme: { reflect: true },
    client: { attribute: false, noAccessor: true },
    view: { attribute: false },
    custom: { attribute: false },
  };

  /** The app's key. */
  apiKey = '';
  /** Where the server is; may be relative to the page. Empty: the hosted service. */
  baseUrl = '';
  /** Who chats: an id, the user object, or that as JSON. Any custom fields, at most 5 KB. */
  user: User | string | undefined;
  /** A signed token. The attribute is taken and removed at once, so that no secret stands in the page. */
  token: string | undefined;
  /** Address on the page's own backend that answers GET with `{"token": …}` or the token as text. */
  tokenUrl = '';
  /** Fetches a token, at first and at each expiry. Goes before `tokenUrl`, that before `token`. */
  tokenProvider: (() => Promise<string>) | undefined;
  /** The channel to open, as `type:id`. Empty: where both panes fit, the newest. */
  channel = '';
  /** Keeps to WebSocket where it is blocked, instead of long-polling. */
  noWsFallback = false;
  /** One WebSocket for all tabs of this user in a browser, for where connections are counted. */
  shareConnection = false;
  /** Does not tell others when this user types. Without it: as stored with the user, which is on at first. */
  noTypingIndicators = false;
  /** Does not tell others what this user has read. Without it: as stored with the user, which is on at first. */
  noReadReceipts = false;
  /** BCP 47 tag in which dates and times are written. Empty: British English. */
  locale = '';
  /** `light`, `dark`, or `auto` to follow the system. Absent: as the page's `color-scheme`. */
  theme: 'light' | 'dark' | 'auto' | undefined;

  /** Which pane is seen where only one fits. */
  private view: 'list' | 'channel' = 'list';
  private custom = false;

  #terms = new ContextProvider(this, { context: termsContext, initialValue: en });
  #opened = new OpenChannel(this);
  #runner = new SessionRunner(this, (apiKey, options) => this.createClient(apiKey, options));

  constructor() {
    super();
    this.addEventListener('chat-channel-select', (event) => {
      // A microtask later, since the page's own listeners run after this one and may prevent it.
      queueMicrotask(() => event.defaultPrevented || this.openChannel(event.cid));
    });
    this.addEventListener('chat-back', () => (this.view = 'list'));
  }

  /** The session's client. Set one that you connect and disconnect yourself, and no other is made. */
  get client(): ChatClient | undefined {
    return this.#runner.client;
  }

  set client(client: ChatClient | undefined) {
    this.#runner.given = client;
    this.requestUpdate();
  }

  /** Opens a channel, by its `type:id`; where one pane fits, it takes the place of the list. */
  openChannel(cid: string): void {
    this.channel = cid;
    this.view = 'channel';
  }

  /** Tries again to begin a session that failed, or to connect now instead of waiting. */
  retry(): void {
    this.#runner.retry();
  }

  /** Makes the session's client. For subclasses that bring another clock or network. */
  protected createClient(apiKey: string, options: ChatClientOptions): ChatClient {
    return new ChatClient(apiKey, options);
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    if (name !== 'token') return super.attributeChangedCallback(name, old, value);
    if (value === null) return;
    this.token = value;
    this.removeAttribute('token');
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#lookAtChildren();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // A task later: an element that is only moved is connected again by then.
    setTimeout(() => this.#runner.follow());
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('locale')) this.#speak();
    if (changed.has('channel')) this.view = this.channel ? 'channel' : 'list';
    if (this.isConnected) this.#runner.follow();
    this.#opened.show(this.client, this.custom ? this.channel : '');
  }

  override render() {
    const terms = this.#terms.value;
    const { problem } = this.#runner;
    const instead = problem ? (states.for(this)?.sessionProblem(problem) ?? nothing) : nothing;
    const whole = problem
      ? html`<div part="layout">${instead}</div>`
      : html`<chat-messenger
          part="layout"
          role="region"
          aria-label=${terms.chat}
          .cid=${this.channel}
          .view=${this.view}
        ></chat-messenger>`;
    return html`${this.custom ? instead : whole}
      <slot ?hidden=${!this.custom} @slotchange=${this.#lookAtChildren}></slot>`;
  }

  #speak(): void {
    let locale: string | undefined;
    try {
      [locale] = Intl.getCanonicalLocales(this.locale || undefined);
    } catch (cause) {
      const message = `locale is a language tag, like "pt-BR"; got ${shown(this.locale)}. Leave it out for English.`;
      this.dispatchEvent(new ChatErrorEvent(new ChatError('invalid-option', message, { cause })));
    }
    this.#terms.setValue(locale ? { ...en, locale } : en);
  }

  #lookAtChildren = (): void => {
    this.custom = [...this.children].some((child) => !child.slot);
  };
}

define('chat-session', ChatSessionElement);

declare global {
  interface HTMLElementTagNameMap {
    'chat-session': ChatSessionElement;
  }
}
