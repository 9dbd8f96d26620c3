import { ChatError } from '../errors.js';
import { mayDisclose, type ChannelStateResponse, type ServerEvent, type Timestamp } from '../protocol.js';
import type { ChatClient } from './client.js';
import { PAGE_SIZE, prepend } from './messages.js';
import { Outgoing, type MessageDraft } from './outgoing.js';
import { emptyChannel, reduce, type LocalEvent } from './reduce.js';
import type { ChannelState, LocalMessage } from './state.js';
import { Store } from './store.js';
import { TypingExpiry, TypingSender } from './typing.js';

/** Marking read is sent at most this often (protocol.md §9.2). */
const READ_EVERY_MS = 500;

/** One conversation: its state, and what the user does in it. Made by `ChatClient.channel`. */
export class Channel {
  readonly client: ChatClient;
  readonly type: string;
  readonly id: string;
  /** `type:id` */
  readonly cid: string;
  /** Everything there is to show. Followed by elements, written only here. */
  readonly state: Store<ChannelState>;
  /** @internal Whether the server is asked for this channel's events on every new connection. */
  watched = false;

  #typing: TypingSender;
  #expiry: TypingExpiry;
  #outgoing: Outgoing;
  #watching: Promise<void> | undefined;
  #nextRead: Promise<void> | undefined;
  #readPause = Promise.resolve();
  #ended = false;

  /** @internal Use `ChatClient.channel`. */
  constructor(client: ChatClient, type: string, id: string) {
    this.client = client;
    this.type = type;
    this.id = id;
    this.cid = `${type}:${id}`;
    this.state = new Store(emptyChannel(this.cid));
    this.#typing = new TypingSender(client.host, (event) =>
      this.command('event', { event: { type: event } }),
    );
    this.#expiry = new TypingExpiry(client.host, (userId) =>
      this.apply({ type: 'typing.stop', user: { id: userId } }),
    );
    this.#outgoing = new Outgoing(this);
  }

  /**
   * Loads the newest messages and follows the channel from now on, across reconnects. Never makes a
   * channel; see `create`. Once watched, it resolves at once.
   *
   * @throws {ChatError} `not-found` when there is none of this id that the user may see.
   */
  watch(): Promise<void> {
    if (this.watched && this.state.value.phase === 'ready') return Promise.resolve();
    return (this.#watching ??= this.#watch().finally(() => (this.#watching = undefined)));
  }

  async #watch(): Promise<void> {
    this.#assertOpen();
    if (this.state.value.phase !== 'ready') this.set({ phase: 'loading' });
    try {
      await this.client.refresh([this]);
    } catch (error) {
      this.watched ||= (error as ChatError).retryable; // then the next connection brings it
      this.fail(error as ChatError);
    }
    const { error } = this.state.value;
    if (error) throw error;
  }

  /**
   * Makes the channel if it does not exist, and watches it.
   *
   * @param data - `members` (user ids, which must exist) and custom fields such as `name`.
   */
  async create(data: { members?: string[]; [custom: string]: unknown } = {}): Promise<void> {
    const body = { data, state: true, watch: true, presence: true, messages: { limit: PAGE_SIZE } };
    const response = await this.command<ChannelStateResponse>('query', body);
    this.watched = true;
    this.apply({ type: 'local.loaded', response });
    this.client.show(this);
  }

  /** Ends what `watch` began; the state stays as it is. */
  async stopWatching(): Promise<void> {
    if (!this.watched) return;
    this.watched = false;
    await this.command('stop-watching', {});
  }

  /**
   * Shows the message at once and sends it, in order with the others of this channel. What the network
   * lost is sent again under the same id when the way is free. Settles when the server has it.
   *
   * @throws {ChatError} `invalid-message` or `message-too-long` before anything is shown; any refusal of
   *   the server after the message was marked `failed`, its text kept.
   */
  async sendMessage(draft: MessageDraft): Promise<LocalMessage> {
    this.#assertOpen();
    const message = this.#outgoing.compose(draft);
    this.#typing.stop();
    return this.#outgoing.deliver(message);
  }

  /** Sends a failed message again, under its id. @throws {ChatError} as `sendMessage`. */
  async retryMessage(id: string): Promise<LocalMessage> {
    const { error: _, ...message } = this.#outgoing.failed(id);
    return this.#outgoing.deliver({ ...message, status: 'sending' });
  }

  /** Drops a failed message. */
  discardMessage(id: string): void {
    this.apply({ type: 'local.dropped', id: this.#outgoing.failed(id).id });
  }

  /** Call for every change of a non-empty input. Sends little, and nothing that a setting withholds. */
  keystroke(): void {
    const { user, connection } = this.client.state.value;
    const wanted =
      this.state.value.data?.config?.typing_events !== false && mayDisclose(user, 'typing.start');
    if (wanted && connection.status === 'live') this.#typing.keystroke();
  }

  /** Call when the input is emptied or left. Sending a message does it too. */
  stopTyping(): void {
    this.#typing.stop();
  }

  /** Tells the server that all is read, at most every 500 ms. Nothing happens with nothing unread. */
  async markRead(): Promise<void> {
    const { unread, data } = this.state.value;
    if (!unread || data?.config?.read_events === false) return;
    return (this.#nextRead ??= this.#readPause.then(() => {
      this.#nextRead = undefined;
      this.#readPause = new Promise((over) => this.client.host.setTimeout(over, READ_EVERY_MS));
      return this.#markRead();
    }));
  }

  async #markRead(): Promise<void> {
    await this.client.privacySettled();
    const { event } = await this.command<{ event?: { created_at?: Timestamp } | null }>('read', {});
    const newest = this.state.value.messages.findLast((message) => message.status === 'sent');
    const user = { id: this.client.userId ?? '' };
    const created_at = event?.created_at ?? newest?.created_at;
    this.apply({ type: 'message.read', user, created_at, last_read_message_id: newest?.id });
  }

  /** Reads one page of older messages into the state. Joins a running call. */
  async loadOlder(): Promise<void> {
    const { hasOlder, olderPhase, messages } = this.state.value;
    const oldest = messages.find((message) => message.status === 'sent');
    if (!hasOlder || olderPhase === 'loading' || !oldest) return;
    this.set({ olderPhase: 'loading' });
    try {
      const body = { state: true, watch: false, messages: { limit: PAGE_SIZE, id_lt: oldest.id } };
      const { messages: older } = await this.command<ChannelStateResponse>('query', body);
      this.set({
        messages: prepend(this.state.value.messages, older),
        hasOlder: older.length >= PAGE_SIZE,
        olderPhase: 'ready',
      });
    } catch (error) {
      this.set({ olderPhase: 'failed' });
      throw error;
    }
  }

  /** @internal Takes in one event of the server or of our own. */
  apply(event: ServerEvent | LocalEvent): void {
    const selfId = this.client.userId ?? '';
    this.state.value = reduce(this.state.value, event, selfId);
    if (event.type === 'typing.start' && event.user.id !== selfId) this.#expiry.extend(event.user.id);
    if (event.type === 'typing.stop') this.#expiry.end(event.user.id);
    if (event.type === 'message.new' && event.message.user) this.#expiry.end(event.message.user.id);
  }

  /** @internal Changes a part of the state. */
  set(state: Partial<ChannelState>): void {
    this.apply({ type: 'local.state', state });
  }

  /** @internal The state could not be had, for the moment or for good. What is shown stays. */
  fail(error: ChatError): void {
    this.set({ phase: this.state.value.phase === 'ready' ? 'ready' : 'failed', error });
  }

  /** @internal The connection is live again. */
  wake(): void {
    this.#outgoing.wake();
  }

  /** @internal The user signed out: nothing leaves this channel any more. */
  end(error: ChatError): void {
    this.#ended = true;
    this.#typing.cancel();
    this.#expiry.clear();
    this.#outgoing.end(error);
  }

  #assertOpen(): void {
    if (this.#ended)
      throw new ChatError(
        'disconnected',
        'The user of this channel was disconnected. Connect, and ask the client for the channel again.',
      );
  }

  /** @internal One POST below this channel's path. */
  async command<T>(action: string, body: object): Promise<T> {
    this.#assertOpen();
    return this.client.request<T>({
      method: 'POST',
      path: `/channels/${this.type}/${this.id}/${action}`,
      body,
    });
  }
}
