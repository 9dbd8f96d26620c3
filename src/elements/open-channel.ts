import { ContextProvider } from '@lit/context';
import type { ReactiveController, ReactiveElement } from 'lit';
import type { Channel } from '../client/channel.js';
import type { ChatClient } from '../client/client.js';
import { channelContext } from '../context.js';
import { ChatError } from '../errors.js';
import { parseCid, shown } from '../protocol.js';
import { ChatErrorEvent } from './events.js';
import { asChatError } from './parts/errors.js';

/** How many hosts on this page show a channel: the last to leave stops watching it. */
const viewers = new WeakMap<Channel, number>();

/**
 * Watches one channel while its host is connected and provides it to what is inside the host. What goes
 * wrong is told by `chat-error`; what trying again cannot mend is kept in `problem`. The client itself asks
 * again, at its next connection, for what the network refused.
 */
export class OpenChannel implements ReactiveController {
  /** Why the channel cannot be shown; undefined while it can, or may yet. */
  problem: ChatError | undefined;
  #host: ReactiveElement;
  #provider: ContextProvider<typeof channelContext, ReactiveElement>;
  #client: ChatClient | undefined;
  #cid = '';
  #channel: Channel | undefined;
  /** Whose channel and which: a client that changes its user makes new channels. */
  #entered = '';

  constructor(host: ReactiveElement) {
    this.#host = host;
    this.#provider = new ContextProvider(host, { context: channelContext });
    host.addController(this);
  }

  /**
   * Opens the channel `cid` of `client` and leaves the one before. Either may be missing: then none is open.
   * To be called whenever the state of the client has changed, too.
   */
  show(client: ChatClient | undefined, cid: string): void {
    if (client !== this.#client) this.#leave();
    this.#client = client;
    this.#cid = cid;
    this.#sync();
  }

  hostConnected(): void {
    this.#sync();
  }

  hostDisconnected(): void {
    this.#sync();
  }

  #sync(): void {
    const client = this.#client;
    // Without a user no request can be made.
    const user = this.#host.isConnected && client?.userId;
    const wanted = user && this.#cid ? `${user} ${this.#cid}` : '';
    if (wanted === this.#entered) return;
    this.#leave();
    this.#entered = wanted;
    if (client && wanted) this.#enter(client);
  }

  #enter(client: ChatClient): void {
    const cid = this.#cid;
    const parts = parseCid(cid);
    if (!parts) {
      const message = `A channel is named "type:id", like "messaging:lobby"; got ${shown(cid)}. Pass its cid.`;
      return this.#fail(new ChatError('invalid-channel', message));
    }
    const channel = client.channel(parts.type, parts.id);
    this.#channel = channel;
    viewers.set(channel, (viewers.get(channel) ?? 0) + 1);
    this.#provider.setValue(channel);
    channel.watch().catch((error: unknown) => {
      if (channel === this.#channel) this.#fail(asChatError(error));
    });
  }

  #fail(error: ChatError): void {
    if (error.code === 'disconnected') return; // the session's end is told by the session
    if (!error.retryable) {
      this.problem = error;
      this.#provider.setValue(undefined);
      this.#host.requestUpdate();
    }
    this.#host.dispatchEvent(new ChatErrorEvent(error));
  }

  #leave(): void {
    const channel = this.#channel;
    this.#entered = '';
    this.#channel = undefined;
    this.#provider.setValue(undefined);
    if (this.problem) this.#host.requestUpdate();
    this.problem = undefined;
    if (!channel) return;
    viewers.set(channel, (viewers.get(channel) ?? 1) - 1);
    // A task later: a host that is only moved comes back at once. A list that shows the channel needs its events.
    setTimeout(() => {
      if (viewers.get(channel) || channel.client.state.value.channels.includes(channel)) return;
      channel.stopWatching().catch(() => {}); // gone either way: the server forgets watchers with the connection
    });
  }
}
