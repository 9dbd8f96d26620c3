import { ContextProvider } from '@lit/context';
import type { ReactiveElement } from 'lit';
import type { ChatClient } from '../client/client.js';
import type { ChatClientOptions } from '../client/options.js';
import type { ConnectionStatus } from '../client/state.js';
import { clientContext } from '../context.js';
import type { ChatError, ChatErrorCode } from '../errors.js';
import type { Message, PrivacySettings, User } from '../protocol.js';
import type { TransportName } from '../transport/transport.js';
import { ChatConnectionChangeEvent, ChatErrorEvent, ChatMessageNewEvent } from './events.js';
import { asChatError } from './parts/errors.js';
import { fetchAll } from './parts/lazy.js';
import { address, readUser, sessionKey, tokenSource, type SessionSettings } from './session-settings.js';

/** The session that is asked for. */
interface Wanted {
  /** Tells it from any other; empty for none. */
  readonly key: unknown;
  readonly given?: ChatClient;
  readonly user?: User | undefined;
  /** Why it cannot begin. */
  readonly error?: ChatError;
}

/** What the privacy switches are called on the wire. */
const SWITCHES = [
  ['noTypingIndicators', 'typing_indicators'],
  ['noReadReceipts', 'read_receipts'],
] as const;

/**
 * Keeps at most one session alive, the one that its host's settings ask for, and provides its client to what
 * is inside the host. Events of the host tell the page what the session goes through.
 *
 * The old session ends before the new one begins. What comes back for a session that is over is dropped.
 */
export class SessionRunner {
  /** The page's own client: the page connects and disconnects it. */
  given: ChatClient | undefined;
  /** The client of the session that runs. */
  client: ChatClient | undefined;
  /** Why there is nothing to show; undefined while there is, or may yet be. */
  problem: ChatError | undefined;

  #host: ReactiveElement & SessionSettings;
  #create: (apiKey: string, options: ChatClientOptions) => ChatClient;
  #provider: ContextProvider<typeof clientContext, ReactiveElement>;
  #running: Wanted = { key: '' };
  #undo: (() => void)[] = [];
  #status: ConnectionStatus = 'idle';
  #transport: TransportName | undefined;
  /** Told since the connection last worked: a server that is away is one error, not one a second. */
  #told = new Set<ChatErrorCode>();
  /** The privacy switches that the server knows to be off. */
  #off = new Set<string>();

  constructor(
    host: ReactiveElement & SessionSettings,
    create: (apiKey: string, options: ChatClientOptions) => ChatClient,
  ) {
    this.#host = host;
    this.#create = create;
    this.#provider = new ContextProvider(host, { context: clientContext });
  }

  /** Looks at the settings, and hands over or begins anew what they have changed. */
  follow(): void {
    const wanted = this.#wanted();
    if (wanted.key !== this.#running.key) void this.#change(wanted);
    else this.#tellPrivacy();
  }

  /** Tries again to begin a session that failed, or to connect now instead of waiting. */
  retry(): void {
    if (this.client && !this.problem) this.client.retryNow();
    else void this.#change(this.#wanted());
  }

  #wanted(): Wanted {
    const { given } = this;
    if (!this.#host.isConnected) return { key: '' };
    if (given) return { key: given, given };
    try {
      const user = readUser(this.#host);
      return { key: user ? sessionKey(this.#host, user) : '', user };
    } catch (thrown) {
      const error = asChatError(thrown);
      return { key: error.message, error };
    }
  }

  async #change(wanted: Wanted): Promise<void> {
    // Only another user, or none, in the place of this one is a sign-out; an element that is gone may come back.
    const keepUnsent = !this.#host.isConnected || wanted.user?.id === this.client?.userId;
    const ended = this.#running.given ? undefined : this.client?.disconnectUser({ keepUnsent });
    this.#running = wanted;
    this.problem = undefined;
    this.#use(undefined);
    try {
      await ended;
      if (wanted.error) await settled(); // a page that is still being put together may yet set what is missing
      if (wanted === this.#running) await this.#begin(wanted);
    } catch (error) {
      if (wanted === this.#running) this.#fail(asChatError(error));
    }
  }

  async #begin({ given, user, error }: Wanted): Promise<void> {
    if (error) throw error;
    if (given) this.#use(given);
    if (!user) return;
    const { apiKey, baseUrl, noWsFallback, shareConnection } = this.#host;
    const source = tokenSource(this.#host, user.id);
    const baseURL = baseUrl && { baseURL: address('base-url', baseUrl) };
    const client = this.#create(apiKey, { enableWSFallback: !noWsFallback, shareConnection, ...baseURL });
    this.#use(client);
    const switches = this.#untold();
    const privacy_settings = { ...user.privacy_settings, ...switches };
    await client.connectUser(switches ? { ...user, privacy_settings } : user, source);
  }

  /** Follows `client` instead of the one before; none when undefined. */
  #use(client: ChatClient | undefined): void {
    for (const undo of this.#undo.splice(0)) undo();
    this.client = client;
    this.#told.clear();
    this.#off.clear();
    this.#provider.setValue(client);
    if (client)
      this.#undo.push(
        client.state.subscribe(this.#look),
        client.on('message.new', this.#hear),
        client.on('notification.message_new', this.#hear),
      );
    this.#look();
  }

  #look = (): void => {
    const { connection, user } = this.client?.state.value ?? {};
    const { status = 'idle', transport, error } = connection ?? {};
    if (status === 'live') {
      void fetchAll(); // while there is a network: some of it is for when there is none
      this.#told.clear();
      this.problem = undefined;
    } else if (error) {
      // Refused before it began there is nothing to show; refused later, <connection-status> says so.
      if (status === 'blocked' && !user) this.problem = error;
      this.#tell(error);
    }
    this.#host.requestUpdate();
    if (status === this.#status && transport === this.#transport) return;
    this.#status = status;
    this.#transport = transport;
    this.#host.dispatchEvent(new ChatConnectionChangeEvent(status, transport));
  };

  #hear = ({ message, cid = message.cid }: { message: Message; cid?: string | undefined }): void => {
    if (cid && message.user?.id !== this.client?.userId)
      this.#host.dispatchEvent(new ChatMessageNewEvent(cid, message));
  };

  #fail(error: ChatError): void {
    if (!error.retryable) this.problem = error;
    this.#host.requestUpdate();
    this.#tell(error);
  }

  /** Fires `chat-error`, unless the page knows it of this connection already. */
  #tell(error: ChatError): void {
    if (this.#told.has(error.code)) return;
    this.#told.add(error.code);
    this.#host.dispatchEvent(new ChatErrorEvent(error));
  }

  /**
   * How the privacy switches differ from what the server knows of them; from here on it knows. One that is
   * on from the beginning leaves what the server has stored as it is.
   */
  #untold(): PrivacySettings | undefined {
    const news: PrivacySettings = {};
    for (const [name, setting] of SWITCHES) {
      const off = this.#host[name];
      if (off === this.#off.has(setting)) continue;
      news[setting] = { enabled: !off };
      this.#off[off ? 'add' : 'delete'](setting);
    }
    return Object.keys(news).length ? news : undefined;
  }

  #tellPrivacy(): void {
    const { client } = this;
    // Asked only of a client with a user: else it is handed over when there is one.
    const switches = client?.userId && this.#untold();
    if (!switches) return;
    client.updatePrivacy(switches).catch((thrown: unknown) => {
      const error = asChatError(thrown);
      // Lost on the way: the client hands it over with its next connect.
      if (client === this.client && !error.retryable) this.#host.dispatchEvent(new ChatErrorEvent(error));
    });
  }
}

/** One task after the page has loaded. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    const later = () => setTimeout(resolve);
    if (document.readyState === 'complete') later();
    else window.addEventListener('load', later, { once: true });
  });
}
