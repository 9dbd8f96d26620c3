import { ContextProvider } from '@lit/context';
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import { ChatClient } from '../client/client.js';
import type { ChatClientOptions } from '../client/options.js';
import { clientContext, termsContext } from '../context.js';
import type { ChatError } from '../errors.js';
import { en } from '../locales/en.js';
import type { User } from '../protocol.js';
import { base } from '../styles/base.js';
import { tokens } from '../styles/tokens.js';
import { define } from './define.js';
import { ChatErrorEvent, type ChatChannelSelectEvent } from './events.js';
import { OpenChannel } from './open-channel.js';
import { asChatError, sessionProblem } from './parts/problem.js';
import { layoutStyles, messenger, TWO_PANES_PX, type SessionView } from './session-layout.js';
import type { SessionPlan, SessionSettings } from './session-plan.js';
import { SessionPrivacy } from './session-privacy.js';
import { SessionRunner } from './session-runner.js';
import { termsFor } from './session-terms.js';
import { SessionWatch } from './session-watch.js';

/** A change of one of these is a change of the session. */
const SESSION_SETTINGS = [
  'apiKey',
  'baseUrl',
  'user',
  'token',
  'tokenUrl',
  'tokenProvider',
  'noWsFallback',
  'client',
] as const;

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
  static override styles = [tokens, base, layoutStyles];

  /** The app's key. */
  @property({ attribute: 'api-key' }) apiKey = '';
  /** Where the server is; may be relative to the page. Empty: the hosted service. */
  @property({ attribute: 'base-url' }) baseUrl = '';
  /** Who chats: an id, the user object, or that as JSON. Any custom fields, at most 5 KB. */
  @property() user: User | string | undefined;
  /** A signed token. The attribute is taken and removed at once, so that no secret stands in the page. */
  @property() token: string | undefined;
  /** Address on the page's own backend that answers GET with `{"token": …}` or the token as text. */
  @property({ attribute: 'token-url' }) tokenUrl = '';
  /** Fetches a token, at first and at each expiry. Goes before `tokenUrl`, that before `token`. */
  @property({ attribute: false }) tokenProvider: (() => Promise<string>) | undefined;
  /** The channel to open, as `type:id`. Empty: where both panes fit, the newest. */
  @property() channel = '';
  /** Keeps to WebSocket where it is blocked, instead of long-polling. */
  @property({ type: Boolean, attribute: 'no-ws-fallback' }) noWsFallback = false;
  /** Does not tell others when this user types. Without it: as stored with the user, which is on at first. */
  @property({ type: Boolean, attribute: 'no-typing-indicators' }) noTypingIndicators = false;
  /** Does not tell others what this user has read. Without it: as stored with the user, which is on at first. */
  @property({ type: Boolean, attribute: 'no-read-receipts' }) noReadReceipts = false;
  /** BCP 47 tag in which dates and times are written. Empty: British English. */
  @property() locale = '';
  /** `light`, `dark`, or `auto` to follow the system. Absent: as the page's `color-scheme`. */
  @property({ reflect: true }) theme: 'light' | 'dark' | 'auto' | undefined;

  @state() private view: SessionView = 'list';
  @state() private wide = false;
  @state() private custom = false;
  @state() private problem: ChatError | undefined;

  #client: ChatClient | undefined;
  #given: ChatClient | undefined;
  #provider = new ContextProvider(this, { context: clientContext });
  #terms = new ContextProvider(this, { context: termsContext, initialValue: en });
  #opened = new OpenChannel(this);
  #watch = new SessionWatch(this);
  #privacy = new SessionPrivacy(this, (error) => this.#tell(error));
  #runner = new SessionRunner({
    create: (plan) => this.#create(plan),
    onClient: (client) => this.#use(client),
    onProblem: (error) => this.#fail(error),
  });
  #size = new ResizeObserver(([entry]) => {
    this.wide = (entry?.contentRect.width ?? 0) >= TWO_PANES_PX;
  });
  #unsubscribe: (() => void) | undefined;
  /** Opened where both panes fit and the page names no channel: the first of the first list. */
  #newest = '';
  #moved = false;

  constructor() {
    super();
    this.addEventListener('chat-channel-select', (event) => this.#select(event));
    this.addEventListener('chat-back', () => this.#back());
  }

  /** The session's client. Set one that you connect and disconnect yourself, and no other is made. */
  @property({ attribute: false })
  get client(): ChatClient | undefined {
    return this.#client;
  }

  set client(client: ChatClient | undefined) {
    this.#given = client;
  }

  /** Opens a channel, by its `type:id`; where one pane fits, it takes the place of the list. */
  openChannel(cid: string): void {
    this.channel = cid;
    this.view = 'channel';
  }

  /** Tries again to begin a session that failed, or to connect now instead of waiting. */
  retry(): void {
    if (this.#client && !this.problem) return this.#client.retryNow();
    this.#runner.forget();
    this.#begin();
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
    this.wide = this.clientWidth >= TWO_PANES_PX; // at once: the observer waits for a frame, a hidden page for long
    this.#size.observe(this);
    this.#lookAtChildren();
    if (this.hasUpdated) this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#size.disconnect();
    // A task later: an element that is only moved is connected again by then.
    setTimeout(() => this.#begin());
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('locale')) this.#speak();
    if (changed.has('channel')) this.view = this.channel ? 'channel' : 'list';
    if (SESSION_SETTINGS.some((name) => changed.has(name))) this.#begin();
    this.#privacy.apply();
    this.#opened.show(this.#client, this.#cid);
  }

  override render() {
    const problem = this.problem ? sessionProblem(this.problem, this.#terms.value) : nothing;
    const slot = html`<slot ?hidden=${!this.custom} @slotchange=${this.#lookAtChildren}></slot>`;
    if (this.custom) return html`${problem}${slot}`;
    if (this.problem)
      return html`<div class="layout" part="layout">${problem}</div>
        ${slot}`;
    const layout = messenger({
      terms: this.#terms.value,
      view: this.view,
      moved: this.#moved,
      cid: this.#cid,
      problem: this.#opened.problem,
      choice: this.#newest !== '',
    });
    return html`${layout}${slot}`;
  }

  /** The channel that is on the screen: none while a narrow session shows its list. */
  get #cid(): string {
    if (this.custom) return this.channel;
    if (this.wide) return this.channel || this.#newest;
    return this.view === 'channel' ? this.channel : '';
  }

  #begin(): void {
    void this.#runner.follow(this.isConnected ? this : undefined, this.isConnected ? this.#given : undefined);
  }

  #create({ apiKey, baseURL, enableWSFallback }: SessionPlan): ChatClient {
    return this.createClient(apiKey, { enableWSFallback, ...(baseURL && { baseURL }) });
  }

  #use(client: ChatClient | undefined): void {
    this.#unsubscribe?.();
    this.#client = client;
    this.#newest = '';
    // A client that the page connects knows nothing of our switches yet.
    this.#privacy.follow(client, this.#given ? { noTypingIndicators: false, noReadReceipts: false } : this);
    this.#watch.follow(client);
    this.#unsubscribe = client?.state.subscribe(() => this.#lookAtClient());
    this.#provider.setValue(client);
    this.requestUpdate();
  }

  #lookAtClient(): void {
    const { connection, user, channels } = this.#client?.state.value ?? {};
    // Refused before it began there is nothing to show; refused later, <connection-status> says so.
    if (connection?.status === 'blocked' && !user && connection.error) this.problem = connection.error;
    else if (connection?.status === 'live') this.problem = undefined;
    if (!this.#newest && channels?.[0]) {
      this.#newest = channels[0].cid;
      this.requestUpdate();
    }
    this.#privacy.apply();
  }

  #lookAtChildren = (): void => {
    this.custom = [...this.children].some((child) => !child.slot);
  };

  #fail(error: ChatError | undefined): void {
    this.problem = error?.retryable ? undefined : error;
    if (error && this.#client) this.#watch.tell(error);
    else if (error) this.#tell(error);
  }

  #tell(error: ChatError): void {
    this.dispatchEvent(new ChatErrorEvent(error));
  }

  #speak(): void {
    try {
      this.#terms.setValue(termsFor(this.locale));
    } catch (error) {
      this.#terms.setValue(en);
      this.#tell(asChatError(error));
    }
  }

  // A microtask later, since the page's own listeners run after this one and may prevent it.
  #select(event: ChatChannelSelectEvent): void {
    queueMicrotask(() => {
      if (event.defaultPrevented) return;
      this.#moved = true;
      this.openChannel(event.cid);
      void this.#focus('message-composer');
    });
  }

  #back(): void {
    this.#moved = true;
    this.view = 'list';
    void this.#focus('channel-list');
  }

  async #focus(tag: 'message-composer' | 'channel-list'): Promise<void> {
    await this.updateComplete;
    // On a touch screen focus would cover half of the conversation with the keyboard.
    if (tag === 'message-composer' && matchMedia('(pointer: coarse)').matches) return;
    this.renderRoot.querySelector<HTMLElement>(tag)?.focus();
  }
}

define('chat-session', ChatSessionElement);

declare global {
  interface HTMLElementTagNameMap {
    'chat-session': ChatSessionElement;
  }
}
