import { ChatError } from '../errors.js';
import {
  mayDisclose,
  shown,
  userProblem,
  type OwnUser,
  type PrivacySettings,
  type User,
} from '../protocol.js';
import type { Connection } from '../transport/connection.js';
import { browserHost, type Host } from '../transport/host.js';
import { createRequester, type Common, type Requester, type RequestOptions } from '../transport/http.js';
import type { Frame } from '../transport/transport.js';
import type { Channel } from './channel.js';
import { Channels, type ChannelFilter, type ChannelQuery, type ChannelSort } from './channels.js';
import { assertBrowser, openConnection } from './connect.js';
import { ConnectionViewer, IDLE_VIEW } from './connection-view.js';
import { EventBus, type EventName, type EventOf } from './events.js';
import { Login } from './login.js';
import type { ChatClientOptions } from './options.js';
import type { ClientState } from './state.js';
import { Store } from './store.js';
import { TokenSource, type TokenProvider } from './token.js';
import { authHeaders, checkBaseURL, DEFAULT_BASE_URL, parseEvent } from './wire.js';

const IDLE: ClientState = {
  user: undefined,
  connection: IDLE_VIEW,
  channels: [],
  channelsPhase: 'idle',
  channelsError: undefined,
};

/** The chat of one user at a time: connection, channels, commands. Headless; the elements stand on it. */
export class ChatClient {
  readonly apiKey: string;
  readonly baseURL: string;
  /** Everything there is to show, but for what is inside a channel. */
  readonly state = new Store<ClientState>(IDLE);
  /** @internal The surroundings: clock, timers, sockets. */
  readonly host: Host;

  #options: ChatClientOptions;
  #login: Login | undefined;
  #connection: Connection | undefined;
  #connectionId: string | undefined;
  #channels = new Channels(this);
  #send: Requester;
  #events: EventBus;
  #viewer: ConnectionViewer;
  #saving = Promise.resolve();

  /** @throws {ChatError} `invalid-option` for an empty key or a base URL that is none. */
  constructor(apiKey: string, options: ChatClientOptions = {}) {
    if (typeof apiKey !== 'string' || !apiKey)
      throw new ChatError('invalid-option', `The api key is a non-empty string; got ${shown(apiKey)}.`);
    this.apiKey = apiKey;
    this.baseURL = checkBaseURL(options.baseURL ?? DEFAULT_BASE_URL);
    this.host = browserHost(options.host);
    this.#options = options;
    this.#events = new EventBus(this.host);
    this.#viewer = new ConnectionViewer(this.host, (connection) => this.patch({ connection }));
    this.#send = createRequester({
      host: this.host,
      baseURL: this.baseURL,
      timeoutMs: options.timeouts?.requestMs,
      common: () => this.#common(),
      renew: (sent) => this.#current().tokens.renew(sent.headers['Authorization'] ?? ''),
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
   * @param tokenOrProvider - A signed token, or a function that fetches one, asked again at each expiry.
   * @returns The user as the server knows it, privacy settings included.
   * @throws {ChatError} At once: `server-side`, `invalid-user`, `invalid-token`, `other-user`. Later:
   *   `token-rejected`, `token-expired`, `unknown-key` … as the server refuses; `timeout` after 15 s without
   *   a greeting, the last failure as `cause`: trying goes on until `disconnectUser`, another call waits for it.
   */
  async connectUser(user: User, tokenOrProvider: string | TokenProvider): Promise<OwnUser> {
    assertBrowser(this.#options.allowServerSideConnect);
    const problem = userProblem(user);
    if (problem) throw new ChatError('invalid-user', problem);
    const current = this.#login;
    if (current && current.user.id !== user.id)
      throw new ChatError(
        'other-user',
        `"${current.user.id}" is connected; got "${user.id}". Await disconnectUser() first.`,
      );
    if (current && current.outcome !== 'failed') return current.greeted;
    const tokens = new TokenSource(user.id, tokenOrProvider, this.host);
    const login = this.#begin(user, tokens);
    this.#connection ??= this.#connect();
    this.#connection.connect();
    return login.greeted;
  }

  /** Signs out: closes the connection, forgets user, token and channels. Waiting requests are rejected. */
  disconnectUser(): Promise<void> {
    const error = new ChatError('disconnected', 'The user was disconnected.');
    this.#connection?.disconnect();
    this.#connection = this.#connectionId = undefined;
    this.#login?.end(error);
    this.#login = undefined;
    this.#channels.end(error);
    this.#channels = new Channels(this);
    this.state.value = IDLE;
    return Promise.resolve();
  }

  /** Tries to connect now instead of waiting for the planned attempt. */
  retryNow(): void {
    this.#connection?.retryNow();
  }

  /**
   * Changes what others may learn of the user: here at once, then on the server, which keeps it.
   *
   * @throws {ChatError} The server's refusal; the setting is then as before. When the network fails the
   *   setting stays as wanted here, and the server gets it with the next connect.
   */
  async updatePrivacy(settings: PrivacySettings): Promise<OwnUser> {
    const login = this.#current();
    const { privacy_settings: before } = this.state.value.user ?? login.user;
    const privacy_settings = { ...before, ...settings };
    if (!mayDisclose({ privacy_settings }, 'typing.start')) this.#channels.stopTyping();
    login.user.privacy_settings = privacy_settings;
    login.unsaved = true;
    this.#takeMe({});
    try {
      await this.#savePrivacy(login);
    } catch (error) {
      if ((error as ChatError).retryable) throw error;
      login.user.privacy_settings = before;
      this.#takeMe({});
      login.unsaved = false;
      throw error;
    }
    return this.state.value.user ?? login.user;
  }

  /** @internal Reads are not marked while the server may not know yet that they are private. */
  async privacySettled(): Promise<void> {
    await this.#saving.catch(() => undefined);
    const login = this.#current();
    if (login.unsaved) await this.#savePrivacy(login);
  }

  /** One after the other, each with the settings of its moment. */
  #savePrivacy(login: Login): Promise<void> {
    const save = async () => {
      const { id, privacy_settings } = login.user;
      const body = { users: [{ id, set: { privacy_settings } }] };
      await this.request({ method: 'PATCH', path: '/users', body });
      if (login.user.privacy_settings === privacy_settings) login.unsaved = false;
    };
    return (this.#saving = this.#saving.then(save, save));
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
    return this.#channels.load(filter ?? { members: { $in: [this.#current().user.id] } }, sort, page);
  }

  /** The channel of this type and id, known to the server or not. @throws {ChatError} `invalid-channel`. */
  channel(type: string, id: string): Channel {
    return this.#channels.get(type, id);
  }

  /** Calls `listener` for every event of this type, or every event (`*`), after the state took it in. */
  on<N extends EventName>(type: N, listener: (event: EventOf<N>) => void): () => void {
    return this.#events.on(type, listener);
  }

  /** One command as the connected user. Waits for a `connectUser` under way. */
  async request<T>(options: RequestOptions): Promise<T> {
    const login = this.#current();
    if (login.outcome === 'pending') await login.greeted;
    return this.#send<T>({ signal: login.ended.signal, ...options });
  }

  // ── For channels ───────────────────────────────────────────────────────────

  /** @internal */
  refresh(channels: readonly Channel[]): Promise<void> {
    return this.#channels.refresh(channels);
  }

  /** @internal Puts a channel into `state.channels`. */
  show(channel: Channel): void {
    this.#channels.show(channel);
  }

  /** @internal Changes a part of the state. */
  patch(part: Partial<ClientState>): void {
    this.state.value = { ...this.state.value, ...part };
  }

  // ── Connecting ─────────────────────────────────────────────────────────────

  #begin(user: User, tokens: TokenSource): Login {
    const limitMs = this.#options.timeouts?.connectMs ?? 15_000;
    const late = () => {
      const { error: cause } = this.state.value.connection;
      const message = `No connection to ${this.baseURL} within ${limitMs} ms. Trying goes on; check the base URL.`;
      return new ChatError('timeout', message, { cause });
    };
    return (this.#login = new Login(user, tokens, this.host, limitMs, late));
  }

  #connect(): Connection {
    const connection = openConnection({
      ...this.#options,
      host: this.host,
      tokens: () => this.#current().tokens,
      opening: () => ({ baseURL: this.baseURL, apiKey: this.apiKey, user: this.#current().user }),
      sync: (greeting) => this.#sync(greeting),
    });
    connection.on('state', (change) => {
      this.#viewer.take(change);
      if (change.state === 'blocked' && change.error) this.#login?.fail(change.error);
    });
    connection.on('frame', (frame) => this.#receive(frame));
    return connection;
  }

  async #sync(greeting: Frame): Promise<void> {
    this.#connectionId = greeting['connection_id'] as string;
    const login = this.#current();
    login.succeed(this.state.value.user ?? login.user);
    login.outcome = 'connected'; // also where those who waited were told otherwise
    if (login.unsaved) void this.#savePrivacy(login).catch(() => undefined);
    await this.#channels.recover();
  }

  #current(): Login {
    if (this.#login) return this.#login;
    throw new ChatError('not-connected', 'No user is connected. Call connectUser first.');
  }

  async #common(): Promise<Common> {
    const { user, tokens } = this.#current();
    return {
      query: { user_id: user.id, connection_id: this.#connectionId, api_key: this.apiKey },
      headers: authHeaders(await tokens.get()),
    };
  }

  // ── Events ─────────────────────────────────────────────────────────────────

  #receive(frame: Frame): void {
    const event = parseEvent(frame);
    if (!event) return this.#options.logger?.('A frame without the fields of its type was dropped.');
    if (event.type === 'health.check') this.#takeMe(event.me ?? {});
    if (event.type === 'user.updated' && event.user.id === this.userId) this.#takeMe(event.user);
    this.#channels.route(event);
    this.#events.emit(event);
  }

  /** Takes over what the server says of us, but for privacy settings that it cannot know yet. */
  #takeMe(said: Partial<User>): void {
    const { user, unsaved } = this.#current();
    const me = unsaved ? { ...said, privacy_settings: user.privacy_settings } : said;
    const held = this.state.value.user;
    if (held || said.id) this.patch({ user: { ...held, ...(me as User) } });
    // Or the next connect would write stale data back (protocol.md §4.6).
    for (const key of Object.keys(user)) if (key in me) user[key] = me[key];
  }
}
