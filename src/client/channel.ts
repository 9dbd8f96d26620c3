import { ChatError } from '../errors.js';
import {
  latest,
  type Attachment,
  type ChannelStateResponse,
  type ServerEvent,
  type Timestamp,
  type User,
} from '../protocol.js';
import type { ChatClient } from './client.js';
import type { ChannelActions, MessageDraft } from './later/actions.js';
import type { TypingExpiry } from './later/typing-expiry.js';
import type { UploadOptions } from './later/uploads.js';
import { actions, engine } from './later.js';
import { emptyChannel, reduceLocal, type LocalEvent } from './reduce.js';
import type { ChannelState, LocalMessage } from './state.js';
import { Store } from './store.js';

/** Calls of `watch`, of all channels. */
let openings = 0;

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
  /** @internal How late `watch` was called, among all channels: what a visitor opened last is recovered first. */
  opened = 0;
  /** @internal The number of the newest event taken in, where the server numbers them. */
  seq: number | undefined;
  /** @internal Server time up to which nothing is missing, as far as this channel's own events tell. */
  cursor: Timestamp = '';
  /** @internal Server time after which something is missing; undefined while nothing is. */
  since: Timestamp | undefined;
  /** @internal Events that came while something was missing: they wait for it. */
  held: ServerEvent[] | undefined;
  /** @internal Ends the typing of others. */
  expiry: TypingExpiry | undefined;

  #actions: ChannelActions | undefined;
  #watching: Promise<void> | undefined;
  #ended = false;

  /** @internal Use `ChatClient.channel`. */
  constructor(client: ChatClient, type: string, id: string) {
    this.client = client;
    this.type = type;
    this.id = id;
    this.cid = `${type}:${id}`;
    this.state = new Store(emptyChannel(this.cid));
  }

  /**
   * Loads the newest messages and follows the channel from now on, across reconnects. Never makes a
   * channel; see `create`. Once watched, it resolves at once.
   *
   * @throws {ChatError} `not-found` when there is none of this id that the user may see.
   */
  watch(): Promise<void> {
    this.opened = ++openings;
    return this.follow();
  }

  /** @internal As `watch`, without anybody who looks. */
  follow(): Promise<void> {
    if (this.watched && this.state.value.phase === 'ready') return Promise.resolve();
    return (this.#watching ??= this.#watch().finally(() => (this.#watching = undefined)));
  }

  async #watch(): Promise<void> {
    this.#assertOpen();
    if (this.state.value.phase !== 'ready') this.set({ phase: 'loading' });
    try {
      await this.client.ready();
      this.watched = true; // another connection that comes before the answer has to bring it, too
      await this.client.channels.refresh([this]);
    } catch (error) {
      this.watched = (error as ChatError).retryable;
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
    await this.#act((its) => its.create(data));
  }

  /** Ends what `watch` began; the state stays as it is. */
  async stopWatching(): Promise<void> {
    if (this.watched) await this.#act((its) => its.stopWatching());
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
    return this.#act((its) => its.send(draft));
  }

  /** Sends a failed message again, under its id. @throws {ChatError} as `sendMessage`. */
  async retryMessage(id: string): Promise<LocalMessage> {
    return this.#act((its) => its.retry(id));
  }

  /** Drops a failed message. */
  async discardMessage(id: string): Promise<void> {
    await this.#act((its) => its.discard(id));
  }

  /**
   * Changes the text of a sent message: at once, and back if it is refused.
   *
   * @param mentioned - Who is told of it from now on. Default: as before.
   * @throws {ChatError} `invalid-message` without a text or for a message that cannot be changed,
   *   `message-too-long`, `not-allowed`.
   */
  async updateMessage(id: string, text: string, mentioned?: readonly User[]): Promise<void> {
    await this.#act((its) => its.changes.edit(id, text, mentioned));
  }

  /** Deletes a sent message for everybody; its place stays. @throws {ChatError} as `updateMessage`. */
  async deleteMessage(id: string): Promise<void> {
    await this.#act((its) => its.changes.remove(id));
  }

  /**
   * Adds the user's reaction to a sent message, once of each type.
   *
   * @param type - A word of at most 30 characters, such as `like`, `love`, `haha`.
   * @throws {ChatError} as `updateMessage`.
   */
  async sendReaction(id: string, type: string): Promise<void> {
    await this.#act((its) => its.changes.react(id, type));
  }

  /** Takes the user's reaction back. @throws {ChatError} as `updateMessage`. */
  async deleteReaction(id: string, type: string): Promise<void> {
    await this.#act((its) => its.changes.unreact(id, type));
  }

  /**
   * Uploads a file, to be sent with a message: `sendMessage({ text, attachments: [await upload(file)] })`.
   *
   * @throws {ChatError} `too-large` and `invalid-input` for a file that the server does not take, before it is sent;
   *   `network`, and the abort reason of `options.signal` if that is a `ChatError`, else `disconnected`.
   */
  async upload(file: File, options: UploadOptions = {}): Promise<Attachment> {
    return this.#act((its) => its.upload(file, options));
  }

  /** Call for every change of a non-empty input. Sends little, and nothing that a setting withholds. */
  keystroke(): void {
    // What keeps it from being told keeps it from being seen; the next one tries again.
    this.#act((its) => its.keystroke()).catch(() => undefined);
  }

  /** Call when the input is emptied or left. Sending a message does it too. */
  stopTyping(): void {
    this.#actions?.typing.stop();
  }

  /** Tells the server that all is read, at most every 500 ms. Nothing happens with nothing unread. */
  async markRead(): Promise<void> {
    await this.#act((its) => its.markRead());
  }

  /** Reads one page of older messages into the state. Joins a running call. */
  async loadOlder(): Promise<void> {
    await this.#act((its) => its.loadOlder());
  }

  /** Reads one page into the gap, from its newer end. Joins a running call; nothing happens without a gap. */
  async loadGap(): Promise<void> {
    await this.#act((its) => its.loadGap());
  }

  /** @internal Takes in one event of the server or of our own. */
  apply(event: ServerEvent | LocalEvent): void {
    if (engine.part) engine.part.apply(this, event);
    else this.state.value = reduceLocal(this.state.value, event as LocalEvent, this.client.userId ?? '');
  }

  /** @internal Changes a part of the state. */
  set(state: Partial<ChannelState>): void {
    this.apply({ type: 'local.state', state });
  }

  /** @internal Takes in the newest state, which a query or watch answered: nothing is missing any more. */
  take(response: ChannelStateResponse): void {
    const { seq } = response.channel;
    this.watched = true;
    // Events that came while the answer was on its way are newer than it.
    if (!(seq! < this.seq!)) this.seq = seq;
    this.cursor = latest(this.cursor, this.client.greetedAt);
    this.apply({ type: 'local.loaded', response });
  }

  /** @internal The state could not be had, for the moment or for good. What is shown stays. */
  fail(error: ChatError): void {
    this.set({ phase: this.state.value.phase === 'ready' ? 'ready' : 'failed', error });
    this.client.loadLater();
  }

  /** @internal The user signed out: nothing leaves this channel any more. */
  end(): void {
    this.#ended = true;
    this.expiry?.clear();
    this.#actions?.typing.cancel();
  }

  /** Lets `run` act: at once if what it needs is there. */
  async #act<T>(run: (its: ChannelActions) => T): Promise<Awaited<T>> {
    if (!(actions.part && engine.part)) await Promise.all([engine.load(), actions.load()]);
    return await run((this.#actions ??= new actions.part!.ChannelActions(this)));
  }

  #assertOpen(): void {
    if (this.#ended)
      throw new ChatError(
        'disconnected',
        'The user of this channel was disconnected. Connect, and ask for the channel again.',
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
