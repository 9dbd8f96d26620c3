import { ContextProvider } from '@lit/context';
import type { ReactiveController, ReactiveElement } from 'lit';
import type { Channel } from '../client/channel.js';
import type { ChatClient } from '../client/client.js';
import { channelContext } from '../context.js';
import { ChatError } from '../errors.js';
import { parseCid } from '../protocol.js';
import { ChatErrorEvent } from './events.js';
import { asChatError } from './parts/problem.js';

/** How many hosts on this page show a channel: the last to leave stops watching it. */
const viewers = new WeakMap<Channel, number>();

/**
 * Watches one channel while its host is connected and provides it to what is inside the host. What goes
 * wrong is told by `chat-error`; what trying again cannot mend is kept in `problem`.
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
  #wasLive = false;
  #unsubscribe: (() => void) | undefined;

  constructor(host: ReactiveElement) {
    this.#host = host;
    this.#provider = new ContextProvider(host, { context: channelContext });
    host.addController(this);
  }

  /** Opens the channel `cid` of `client` and leaves the one before. Either may be missing: then none is open. */
  show(client: ChatClient | undefined, cid: string): void {
    if (client !== this.#client) {
      this.#leave();
      this.#unsubscribe?.();
      this.#client = client;
      this.#unsubscribe = this.#host.isConnected ? client?.state.subscribe(this.#sync) : undefined;
    }
    this.#cid = cid;
    this.#sync();
  }

  hostConnected(): void {
    this.#unsubscribe ??= this.#client?.state.subscribe(this.#sync);
    this.#sync();
  }

  hostDisconnected(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#sync();
  }

  #sync = (): void => {
    // Without a user no request can be made: the state tells when there is one.
    const user = this.#host.isConnected ? this.#client?.userId : undefined;
    const wanted = user !== undefined && this.#cid ? `${user} ${this.#cid}` : '';
    const live = this.#client?.state.value.connection.status === 'live';
    const back = live && !this.#wasLive;
    this.#wasLive = live;
    if (wanted === this.#entered) {
      // What the network refused is asked for again when it is back.
      if (back && this.#channel?.state.value.phase === 'failed' && !this.problem) this.#load(this.#channel);
      return;
    }
    this.#leave();
    this.#entered = wanted;
    if (this.#client && wanted) this.#enter(this.#client);
  };

  #enter(client: ChatClient): void {
    try {
      const parts = parseCid(this.#cid);
      if (!parts)
        throw new ChatError(
          'invalid-channel',
          `A channel is named "type:id", for example "messaging:lobby"; got ${JSON.stringify(this.#cid.slice(0, 60))}. Pass its cid.`,
        );
      const channel = client.channel(parts.type, parts.id);
      this.#channel = channel;
      viewers.set(channel, (viewers.get(channel) ?? 0) + 1);
      this.#provider.setValue(channel);
      this.#load(channel);
    } catch (error) {
      this.#fail(error);
    }
  }

  #load(channel: Channel): void {
    channel.watch().catch((error: unknown) => {
      if (channel === this.#channel) this.#fail(error);
    });
  }

  #fail(cause: unknown): void {
    const error = asChatError(cause);
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
    const client = this.#client;
    this.#entered = '';
    this.#channel = undefined;
    this.#provider.setValue(undefined);
    if (this.problem) this.#host.requestUpdate();
    this.problem = undefined;
    if (!channel || !client) return;
    viewers.set(channel, (viewers.get(channel) ?? 1) - 1);
    // A task later: a host that is only moved comes back at once. A list that shows the channel needs its events.
    setTimeout(() => {
      if (viewers.get(channel) || client.state.value.channels.includes(channel)) return;
      channel.stopWatching().catch(() => {}); // gone either way: the server forgets watchers with the connection
    });
  }
}
