import type { ChatClient } from '../client/client.js';
import type { ConnectionStatus } from '../client/state.js';
import type { ChatError, ChatErrorCode } from '../errors.js';
import type { TransportName } from '../transport/transport.js';
import { ChatConnectionChangeEvent, ChatErrorEvent, ChatMessageNewEvent } from './events.js';

/** Tells a page, by events of one element, what its session's client goes through. */
export class SessionWatch {
  #host: HTMLElement;
  #status: ConnectionStatus = 'idle';
  #transport: TransportName | undefined;
  /** What was told since the connection last worked: a server that is away is one error, not one a second. */
  #told = new Set<ChatErrorCode>();
  #undo: (() => void)[] = [];

  constructor(host: HTMLElement) {
    this.#host = host;
  }

  /** Follows `client` instead of the one before; nobody when undefined. */
  follow(client: ChatClient | undefined): void {
    for (const undo of this.#undo.splice(0)) undo();
    this.#told.clear();
    if (!client) return this.#show('idle', undefined);
    const news = (event: { cid?: string; message: ChatMessageNewEvent['message'] }) => {
      const cid = event.cid ?? event.message.cid;
      if (cid && event.message.user?.id !== client.userId)
        this.#host.dispatchEvent(new ChatMessageNewEvent(cid, event.message));
    };
    const look = () => {
      const { status, transport, error } = client.state.value.connection;
      if (status === 'live') this.#told.clear();
      else if (error) this.tell(error);
      this.#show(status, transport);
    };
    this.#undo = [
      client.state.subscribe(look),
      client.on('message.new', news),
      client.on('notification.message_new', news),
    ];
    look();
  }

  /** Fires `chat-error`, unless the page knows it of this connection already. */
  tell(error: ChatError): void {
    if (this.#told.has(error.code)) return;
    this.#told.add(error.code);
    this.#host.dispatchEvent(new ChatErrorEvent(error));
  }

  #show(status: ConnectionStatus, transport: TransportName | undefined): void {
    if (status === this.#status && transport === this.#transport) return;
    this.#status = status;
    this.#transport = transport;
    this.#host.dispatchEvent(new ChatConnectionChangeEvent(status, transport));
  }
}
