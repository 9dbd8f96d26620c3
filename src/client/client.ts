import { ChatError } from '../errors.js';
import { shown, userProblem } from '../protocol.js';
import type { HealthCheckEvent, OwnUser, PrivacySettings, Timestamp, User } from '../protocol.js';
import { browserHost, type Host } from '../transport/host.js';
import { createRequester, type Requester, type RequestOptions } from '../transport/http.js';
import { webSocketTransport } from '../transport/websocket.js';
import type { Channel } from './channel.js';
import { Channels, type ChannelFilter, type ChannelQuery, type ChannelSort } from './channels.js';
import { EarlyLink } from './early.js';
import { EventBus, type EventName, type EventOf } from './events.js';
import type { Engine } from './later/engine.js';
import type { Outbox } from './later/outbox.js';
import { actions, engine } from './later.js';
import { Login } from './login.js';
import type { ChatClientOptions } from './options.js';
import type { ClientState } from './state.js';
import { Store } from './store.js';
import { TokenSource, type TokenProvider } from './token.js';
import { assertBrowser, authHeaders, checkBaseURL, DEFAULT_BASE_URL, endpointFor, judge } from './wire.js';

const IDLE: ClientState = {
  user: undefined,
  connection: { status: 'idle', transport: undefined, retryAt: undefined, error: undefined },
  channels: [],
  channelsPhase: 'idle',
  channelsError: undefined,
  keepsUnsent: true,
};

/** From one try to fetch the engine to the next, in milliseconds. */
const RELOAD_MS = 3_000;

/**
 * The chat of one user at a time: connection, channels, commands. Headless; the elements stand on it.
 *
 * What the first look needs is here: the first WebSocket, the first queries. What keeps a connection alive and
 * what follows is `later/engine.ts`, fetched meanwhile.
 */
export class ChatClient {
  readonly apiKey: string;
  readonly baseURL: string;
  /** Everything there is to show, but for what is inside a channel. */
  readonly state = new Store<ClientState>(IDLE);
  /** @internal The surroundings: clock, timers, sockets. */
  readonly host: Host;
  /** @internal */
  readonly options: ChatClientOptions;
  /** @internal */
  readonly events: EventBus;
  /** @internal */
  channels = new Channels(this);
  /** @internal */
  connectionId: string | undefined;
  /** @internal Server time of the last greeting. */
  greetedAt: Timestamp = '';

  #login: Login | undefined;
  #early: EarlyLink | undefined;
  #engine: Engine | undefined;
  #outbox: Outbox | undefined;
  #send: Requester;
  /** What the server's clock is ahead of ours, in milliseconds. */
  #aheadMs = 0;
  #quietUntil = 0;

  /** @throws {ChatError} `invalid-option` for an empty key or a base URL that is none. */
  constructor(apiKey: string, options: ChatClientOptions = {}) {
    if (typeof apiKey !== 'string' || !apiKey)
      throw new ChatError('invalid-option', `The api key is a non-empty string; got ${shown(apiKey)}.`);
    this.apiKey = apiKey;
    this.baseURL = checkBaseURL(options.baseURL ?? DEFAULT_BASE_URL);
    this.host = browserHost(options.host);
    this.options = options;
    this.events = new EventBus(this.host);
    this.#send = createRequester({
      host: this.host,
      baseURL: this.baseURL,
      timeoutMs: options.timeouts?.requestMs,
      common: async () => ({
        query: { user_id: this.userId, connection_id: this.connectionId, api_key: this.apiKey },
        headers: authHeaders(await this.login.tokens.get()),
      }),
      renew: (sent) => this.login.tokens.renew(sent.headers['Authorization'] ?? ''),
    });
  }

  /** The id of the user who is connected or connecting. */
  get userId(): string | undefined {
    return this.#login?.user.id;
  }

  /**
   * Connects as `user`, who is created or merged on the server; settles when the server has greeted us.
   * Requests made before wait for it. A second call for the same user joins the first.
   *
   * @param user - `id` and any custom fields; at most 5 KB as JSON.
   * @param tokenOrProvider - A signed token, or a function that fetches one, asked again before each expiry.
   * @returns The user as the server knows it, privacy settings included.
   * @throws {ChatError} At once: `server-side`, `invalid-user`, `invalid-token`, `other-user`. Later:
   *   `token-rejected`, `token-expired`, `unknown-key` … as the server refuses; `timeout` after 15 s without
   *   a greeting, the last failure as `cause`: trying goes on until `disconnectUser`, another call waits for it.
   */
  async connectUser(user: User, tokenOrProvider: string | TokenProvider): Promise<OwnUser> {
    assertBrowser(this.options.allowServerSideConnect);
    const problem = userProblem(user);
    if (problem) throw new ChatError('invalid-user', problem);
    const current = this.#login;
    if (current && current.user.id !== user.id)
      throw new ChatError(
        'other-user',
        `"${current.user.id}" is connected; got "${user.id}". Await disconnectUser() first.`,
      );
    if (current && current.outcome !== 'failed') return current.greeted;
    const tokens = new TokenSource(user.id, tokenOrProvider, this.host, () => this.#aheadMs);
    const login = (this.#login = new Login(user, tokens, this));
    if (this.#engine) this.#engine.connect();
    else if (engine.part) this.#start(login);
    else {
      this.patch({ connection: { ...this.state.value.connection, status: 'connecting' } });
      void this.#openEarly(login);
      this.#fetchEngine(login);
    }
    return login.greeted;
  }

  /**
   * Signs out: closes the connection, forgets user, token and channels. Waiting requests are rejected.
   *
   * @param options - `keepUnsent`: messages that wait stay stored in this browser and are sent when this user
   *   connects again. Default false: they are deleted, since somebody else may use the browser next.
   * @returns Settles when they are.
   */
  async disconnectUser({ keepUnsent = false }: { keepUnsent?: boolean } = {}): Promise<void> {
    const error = new ChatError('disconnected', 'The user was disconnected.');
    const { userId } = this;
    const outbox = this.#outbox;
    this.#early?.close();
    this.#engine?.end();
    this.#login?.end(error);
    this.#early = this.#engine = this.#login = this.#outbox = this.connectionId = undefined;
    this.channels.end();
    this.channels = new Channels(this);
    this.state.value = IDLE;
    if (outbox) await outbox.end(error, !keepUnsent);
    else if (userId && !keepUnsent) await (await actions.load()).Outbox.wipe(this, userId);
  }

  /** Tries to connect now instead of waiting for the planned attempt. */
  retryNow(): void {
    this.#engine?.retryNow();
  }

  /**
   * Changes what others may learn of the user: here at once, then on the server, which keeps it.
   *
   * @throws {ChatError} The server's refusal; the setting is then as before. When the network fails the
   *   setting stays as wanted here, and the server gets it with the next connect.
   */
  async updatePrivacy(settings: PrivacySettings): Promise<OwnUser> {
    void this.login; // throws when there is none
    const { privacyOf } = actions.part ?? (await actions.load());
    return privacyOf(this).update(settings);
  }

  /**
   * The user's channels, newest activity first, watched from now on; they become `state.channels`.
   *
   * @param filter - In the protocol's query language. Default: the channels the user is a member of.
   */
  async queryChannels(
    filter?: ChannelFilter,
    sort: ChannelSort[] = [],
    page: ChannelQuery = {},
  ): Promise<Channel[]> {
    return this.channels.load(filter ?? { members: { $in: [this.login.user.id] } }, sort, page);
  }

  /** The channel of this type and id, known to the server or not. @throws {ChatError} `invalid-channel`. */
  channel(type: string, id: string): Channel {
    return this.channels.get(type, id);
  }

  /** Calls `listener` for every event of this type, or every event (`*`), after the state took it in. */
  on<N extends EventName>(type: N, listener: (event: EventOf<N>) => void): () => void {
    return this.events.on(type, listener);
  }

  /** One command as the connected user. Waits for a `connectUser` under way. */
  async request<T>(options: RequestOptions): Promise<T> {
    const login = await this.ready();
    try {
      return await this.#send<T>({ signal: login.ended.signal, ...options });
    } catch (error) {
      const { retryAfterMs = 0 } = error as ChatError;
      this.#quietUntil = Math.max(this.#quietUntil, this.host.now() + retryAfterMs);
      throw error;
    }
  }

  // ── For what stands on it ──────────────────────────────────────────────────

  /** @internal The stay of the user. @throws {ChatError} `not-connected` */
  get login(): Login {
    if (this.#login) return this.#login;
    throw new ChatError('not-connected', 'No user is connected. Call connectUser first.');
  }

  /** @internal Waits for a `connectUser` under way. */
  async ready(): Promise<Login> {
    const { login } = this;
    if (login.outcome === 'pending') await login.greeted;
    return login;
  }

  /** @internal The messages on their way. To be asked when `actions` are loaded. */
  get outbox(): Outbox {
    return (this.#outbox ??= new actions.part!.Outbox(this, this.login.user.id));
  }

  /** @internal Whether a connection is greeted and complete, or as good as that. */
  get isLive(): boolean {
    return this.#engine?.isLive ?? false;
  }

  /** @internal Something could not be loaded: it is asked for again where that may help. */
  loadLater(): void {
    this.#engine?.loadLater();
  }

  /** @internal For how long the server wants to hear less from us. */
  get quietMs(): number {
    return Math.max(0, this.#quietUntil - this.host.now());
  }

  /** @internal The present, by the server's clock as far as it is known. */
  now(): Timestamp {
    return new Date(this.host.now() + this.#aheadMs).toISOString();
  }

  /** @internal Changes a part of the state. */
  patch(part: Partial<ClientState>): void {
    this.state.value = { ...this.state.value, ...part };
  }

  /** @internal */
  log(line: string): void {
    this.options.logger?.(line);
  }

  /** @internal The server greets: from now on requests go by this connection. */
  greet({ connection_id, created_at = '', me }: HealthCheckEvent): void {
    this.connectionId = connection_id;
    this.greetedAt = created_at;
    this.#aheadMs = Date.parse(created_at) - this.host.now() || 0;
    this.takeMe(me ?? {});
    this.login.succeed(this.state.value.user ?? this.login.user);
  }

  /** @internal Takes over what the server says of us, but for privacy settings that it cannot know yet. */
  takeMe(said: Partial<User>): void {
    const { user, unsaved } = this.login;
    const me = unsaved ? { ...said, privacy_settings: user.privacy_settings } : said;
    const held = this.state.value.user;
    if (held || said.id) this.patch({ user: { ...held, ...(me as User) } });
    // Or the next connect would write stale data back (protocol.md §4.6).
    for (const key of Object.keys(user)) if (key in me) user[key] = me[key];
  }

  // ── Beginning ──────────────────────────────────────────────────────────────

  /** Opens the first WebSocket; what is wrong with it is the engine's to see. */
  async #openEarly(login: Login): Promise<void> {
    const { host, baseURL, apiKey } = this;
    if (!host.online() || this.options.shareConnection) return;
    const token = await login.tokens.get().catch(() => undefined);
    if (!token || login !== this.#login || this.#engine) return;
    const newest = () => token;
    const endpoint = endpointFor('websocket', { baseURL, apiKey, user: login.user, token, newest });
    this.#early = new EarlyLink(webSocketTransport(host), endpoint, (frame) => {
      if (this.#engine || judge(frame).kind !== 'greeting') return;
      this.greet(frame as unknown as HealthCheckEvent);
      this.patch({ connection: { ...IDLE.connection, status: 'live', transport: 'websocket' } });
    });
  }

  #fetchEngine(login: Login): void {
    const start = () => login === this.#login && this.#start(login);
    engine.load().then(start, (error: ChatError) => {
      if (login !== this.#login) return;
      this.patch({ connection: { ...this.state.value.connection, error } });
      this.host.setTimeout(() => login === this.#login && this.#fetchEngine(login), RELOAD_MS);
    });
  }

  #start(login: Login): void {
    this.#engine ??= new engine.part!.Engine(this, this.#early);
    if (login === this.#login) this.#engine.connect();
  }
}
