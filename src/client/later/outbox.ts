import { ChatError } from '../../errors.js';
import { parseCid, type Message } from '../../protocol.js';
import { pageHost } from '../../transport/page-host.js';
import type { Channel } from '../channel.js';
import type { ChatClient } from '../client.js';
import { findMessage } from '../messages.js';
import type { LocalMessage } from '../state.js';
import { unsent } from './parts.js';
import { SendQueue } from './send-queue.js';
import type { UnsentStore } from './unsent.js';

/** Sends under way at the same time, in all channels together (reliability.md §4). */
const AT_ONCE = 4;

/**
 * A user's messages on their way: shown at once, kept until the server has them, sent in order within a channel,
 * each exactly once. They outlive the page where the browser stores them; else `state.keepsUnsent` says so.
 */
export class Outbox {
  #client: ChatClient;
  #queues = new Map<string, SendQueue>();
  #busy = 0;
  #free: (() => void)[] = [];
  /** Local time in milliseconds before which nothing is sent: a server's limit is one for all channels. */
  #quietUntil = 0;
  #store: Promise<UnsentStore | undefined>;
  /** Told that the server has taken a message, where no event has said so yet. */
  #taken: () => void = () => undefined;
  #ended = false;

  constructor(client: ChatClient, userId: string) {
    this.#client = client;
    this.#store = this.#open(userId);
  }

  /** Deletes what is stored of a user for whom nothing has been sent here. */
  static async wipe(client: ChatClient, userId: string): Promise<void> {
    const { UnsentStore } = await unsent.load();
    const store = await UnsentStore.open(scopeOf(client, userId), pageHost(client.host)).catch(
      () => undefined,
    );
    await store?.close(true);
  }

  /** Shows and sends it. Settles as `Channel.sendMessage` does. */
  async send(channel: Channel, message: LocalMessage): Promise<LocalMessage> {
    channel.apply({ type: 'local.message', message });
    this.#keep(message);
    return this.#deliver(channel, message);
  }

  /** Takes a failed message away. */
  discard(channel: Channel, id: string): void {
    channel.apply({ type: 'local.dropped', id });
    this.#drop(id);
  }

  /**
   * The connection is live: sends what waits, also what tabs that are gone have left.
   *
   * @param taken - Runs when the server has taken a message, unless its event has come before the answer.
   */
  wake(taken: () => void): void {
    this.#taken = taken;
    for (const queue of this.#queues.values()) queue.wake();
    void this.restore();
  }

  /** Shows and sends again what an earlier page, or a tab that is gone, could not. */
  async restore(): Promise<void> {
    const store = await this.#store;
    for (const message of (await store?.adopt()) ?? []) {
      if (this.#ended) return;
      const name = parseCid(message.cid);
      const channel = name && this.#client.channel(name.type, name.id);
      if (!channel || findMessage(channel.state.value.messages, message.id)) continue;
      channel.apply({ type: 'local.message', message });
      // Nobody waits for it: its end is seen in the list.
      if (message.status === 'sending') this.#deliver(channel, message).catch(() => undefined);
    }
  }

  /** Gives up what waits. @param wipe - Also what is stored: the user signed out. */
  async end(error: ChatError, wipe: boolean): Promise<void> {
    this.#ended = true;
    for (const queue of this.#queues.values()) queue.clear(error);
    for (const go of this.#free.splice(0)) go();
    const store = await this.#store;
    await store?.close(wipe);
  }

  async #open(userId: string): Promise<UnsentStore | undefined> {
    try {
      const { UnsentStore } = await unsent.load();
      return await UnsentStore.open(scopeOf(this.#client, userId), pageHost(this.#client.host));
    } catch (error) {
      if (this.#ended) return undefined;
      this.#client.patch({ keepsUnsent: false });
      this.#client.log(`unsent messages are held in memory alone: ${String(error)}`);
      return undefined;
    }
  }

  async #deliver(channel: Channel, message: LocalMessage): Promise<LocalMessage> {
    const { cid } = channel;
    const queue = this.#queues.get(cid) ?? this.#queue();
    this.#queues.set(cid, queue);
    try {
      await queue.add(() => this.#inTurn(() => this.#submit(channel, message)));
    } catch (reason) {
      const error = reason as ChatError;
      const failed = { ...message, status: 'failed', error } as const;
      channel.apply({ type: 'local.message', message: failed });
      if (!this.#ended) this.#keep(failed);
      throw error;
    }
    this.#drop(message.id);
    return findMessage(channel.state.value.messages, message.id) ?? message;
  }

  #queue(): SendQueue {
    const { host } = this.#client;
    const live = () => this.#client.isLive || this.#ended;
    return new SendQueue(host, live, () => this.#quietUntil - host.now());
  }

  async #inTurn(run: () => Promise<void>): Promise<void> {
    while (this.#busy >= AT_ONCE) await new Promise<void>((go) => this.#free.push(go));
    this.#busy++;
    try {
      await run();
    } finally {
      this.#busy--;
      this.#free.shift()?.();
    }
  }

  /** One try. The server's echo may have come before, or instead of, the answer. */
  async #submit(channel: Channel, message: LocalMessage): Promise<void> {
    if (findMessage(channel.state.value.messages, message.id)?.status === 'sent') return;
    let stored: Message;
    try {
      const answer = await channel.command<{ message: Message }>('message', { message: payloadOf(message) });
      stored = answer.message;
    } catch (error) {
      stored = await this.#alreadyStored(channel, message.id, this.#heeded(channel, error as ChatError));
    }
    // Some refusals are a success by status (protocol.md §12.2, 12): too long, frozen, moderated.
    if (stored.type === 'error')
      throw new ChatError('refused', `The server did not take the message: ${stored.text}`);
    if (findMessage(channel.state.value.messages, message.id)?.status !== 'sent') this.#taken();
    channel.apply({ type: 'local.sent', message: stored });
  }

  /** Takes note of when the next message may come. Of slow mode a refusal does not say how slow it is. */
  #heeded({ state }: Channel, error: ChatError): ChatError {
    const { code, message, apiCode, retryAfterMs = 0 } = error;
    if (code === 'rate-limited') this.#quietUntil = this.#client.host.now() + retryAfterMs;
    const slowMs = Number(state.value.data?.['cooldown'] ?? 0) * 1000;
    if (code !== 'cooldown' || retryAfterMs || !(slowMs > 0)) return error;
    return new ChatError(code, message, { apiCode, retryAfterMs: slowMs, cause: error });
  }

  /** An earlier try had arrived and only its answer was lost: then that message is ours (§10.2). */
  async #alreadyStored(channel: Channel, id: string, error: unknown): Promise<Message> {
    if (!(error instanceof ChatError && error.apiCode === 4 && error.message.includes('already exists')))
      throw error;
    const path = `/messages/${encodeURIComponent(id)}`;
    const { message } = await this.#client.request<{ message: Message }>({ method: 'GET', path });
    if (message.user?.id !== this.#client.userId || message.cid !== channel.cid) throw error;
    return message;
  }

  #keep(message: LocalMessage): void {
    void this.#store.then((store) => store?.put(message)).catch(this.#unkept);
  }

  #drop(id: string): void {
    void this.#store.then((store) => store?.drop(id)).catch(this.#unkept);
  }

  #unkept = (error: unknown): void => {
    this.#client.patch({ keepsUnsent: false });
    this.#client.log(`an unsent message could not be stored: ${String(error)}`);
  };
}

/** Whose messages, towards which server. */
function scopeOf({ baseURL, apiKey }: ChatClient, userId: string): string {
  return JSON.stringify([baseURL, apiKey, userId]);
}

/** What of a message a server takes from its author. */
function payloadOf(message: LocalMessage): object {
  const {
    user: _u,
    cid: _c,
    type: _t,
    created_at: _a,
    updated_at: _b,
    status: _s,
    error: _e,
    quoted_message: _q,
    mentioned_users: mentioned,
    ...payload
  } = message;
  return mentioned ? { ...payload, mentioned_users: mentioned.map(({ id }) => id) } : payload;
}
