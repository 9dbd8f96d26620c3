import { ChatError } from '../../errors.js';
import {
  mayDisclose,
  type Attachment,
  type ChannelStateResponse,
  type Message,
  type Timestamp,
  type User,
} from '../../protocol.js';
import { uuid } from '../../transport/host.js';
import type { Channel } from '../channel.js';
import { findMessage, PAGE_SIZE, upsert } from '../messages.js';
import type { ChannelState, LocalMessage } from '../state.js';
import { prepend } from './change-messages.js';
import { checkText } from './check-text.js';
import { MessageChanges } from './message-changes.js';
import { privacyOf } from './privacy.js';
import { TypingSender } from './typing-sender.js';
import { upload, type UploadOptions } from './uploads.js';

export { Outbox } from './outbox.js';
export { privacyOf } from './privacy.js';

/** Marking read is sent at most this often (protocol.md §9.2). */
const READ_EVERY_MS = 500;

/** What a page writes. Custom fields may stand beside the text. */
export interface MessageDraft {
  text: string;
  /** Made by us when absent. The same id never makes a second message. */
  id?: string;
  /** What it answers. */
  quoted_message_id?: string;
  /** The same as it is shown until the server tells it; stays here. */
  quoted_message?: Message;
  /** What `Channel.upload` answered, or addresses of your own. */
  attachments?: Attachment[];
  /** Who is told of it: of each the id is sent. */
  mentioned_users?: User[];
  [custom: string]: unknown;
}

/** What the user does in one channel. */
export class ChannelActions {
  readonly typing: TypingSender;
  readonly changes: MessageChanges;
  #channel: Channel;
  #nextRead: Promise<void> | undefined;
  #readPause = Promise.resolve();
  #filling: Promise<void> | undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
    this.changes = new MessageChanges(channel);
    this.typing = new TypingSender(channel.client.host, (event) =>
      channel.command('event', { event: { type: event } }),
    );
  }

  get #state(): ChannelState {
    return this.#channel.state.value;
  }

  async create(data: object): Promise<void> {
    const channel = this.#channel;
    const body = { data, state: true, watch: true, presence: true, messages: { limit: PAGE_SIZE } };
    channel.take(await channel.command<ChannelStateResponse>('query', body));
    channel.client.channels.show(channel);
  }

  async stopWatching(): Promise<void> {
    const { client } = this.#channel;
    this.#channel.watched = false;
    // The connection is also that of other tabs, which may look at this channel.
    if (client.options.shareConnection || client.state.value.connection.transport === 'longpoll') return;
    await this.#channel.command('stop-watching', {});
  }

  /** @throws {ChatError} as `Channel.sendMessage`. */
  send(draft: MessageDraft): Promise<LocalMessage> {
    const message = this.#compose(draft);
    this.typing.stop();
    return this.#channel.client.outbox.send(this.#channel, message);
  }

  /** @throws {ChatError} as `Channel.upload`. */
  upload(file: File, options: UploadOptions): Promise<Attachment> {
    return upload(this.#channel, file, options);
  }

  /** @throws {ChatError} as `Channel.sendMessage`; `invalid-message` when none of this id has failed. */
  retry(id: string): Promise<LocalMessage> {
    const { error: _, ...message } = this.#failed(id);
    return this.#channel.client.outbox.send(this.#channel, { ...message, status: 'sending' });
  }

  /** @throws {ChatError} `invalid-message` when none of this id has failed. */
  discard(id: string): void {
    this.#channel.client.outbox.discard(this.#channel, this.#failed(id).id);
  }

  keystroke(): void {
    const { client } = this.#channel;
    const wanted =
      this.#state.data?.config?.typing_events !== false &&
      mayDisclose(client.state.value.user, 'typing.start');
    if (wanted && client.state.value.connection.status === 'live' && !client.quietMs) this.typing.keystroke();
  }

  async markRead(): Promise<void> {
    const { unread, data } = this.#state;
    if (!unread || data?.config?.read_events === false) return;
    await (this.#nextRead ??= this.#readPause
      // While the server asks for less, the messages go first.
      .then(() => this.#sleep(this.#channel.client.quietMs))
      .then(() => {
        this.#nextRead = undefined;
        this.#readPause = this.#sleep(READ_EVERY_MS);
        return this.#markRead();
      }));
  }

  async loadOlder(): Promise<void> {
    const { hasOlder, olderPhase, messages } = this.#state;
    const oldest = messages.find((message) => message.status === 'sent');
    if (!hasOlder || olderPhase === 'loading' || !oldest) return;
    this.#channel.set({ olderPhase: 'loading' });
    try {
      const older = await this.#pageBefore(oldest.id);
      this.#channel.set({
        messages: prepend(this.#state.messages, older),
        hasOlder: older.length >= PAGE_SIZE,
        olderPhase: 'ready',
      });
    } catch (error) {
      this.#channel.set({ olderPhase: 'failed' });
      throw error;
    }
  }

  loadGap(): Promise<void> {
    return (this.#filling ??= this.#fillGap().finally(() => (this.#filling = undefined)));
  }

  async #fillGap(): Promise<void> {
    const { gap } = this.#state;
    if (!gap) return;
    const page = await this.#pageBefore(gap);
    const { messages, gap: present } = this.#state;
    if (present !== gap) return; // closed, or another one, meanwhile
    const joined = page.length < PAGE_SIZE || page.some(({ id }) => findMessage(messages, id));
    this.#channel.set({
      messages: page.reduce(upsert, messages),
      gap: joined ? undefined : page[0]?.id,
    });
  }

  async #pageBefore(id: string): Promise<ChannelStateResponse['messages']> {
    const body = { state: true, watch: false, messages: { limit: PAGE_SIZE, id_lt: id } };
    return (await this.#channel.command<ChannelStateResponse>('query', body)).messages;
  }

  async #markRead(): Promise<void> {
    const channel = this.#channel;
    await privacyOf(channel.client).settled();
    const { event } = await channel.command<{ event?: { created_at?: Timestamp } | null }>('read', {});
    const newest = this.#state.messages.findLast((message) => message.status === 'sent');
    const user = { id: channel.client.userId ?? '' };
    const created_at = event?.created_at ?? newest?.created_at;
    channel.apply({ type: 'message.read', user, created_at, last_read_message_id: newest?.id });
  }

  #compose({ id = uuid(), text, ...custom }: MessageDraft): LocalMessage {
    const { client, cid } = this.#channel;
    checkText(text, this.#state, custom.attachments?.length);
    const created_at = client.now();
    const { user } = client.state.value;
    return {
      ...custom,
      id,
      text,
      user,
      cid,
      type: 'regular',
      created_at,
      updated_at: created_at,
      status: 'sending',
    };
  }

  #failed(id: string): LocalMessage {
    const message = findMessage(this.#state.messages, id);
    if (message?.status !== 'failed')
      throw new ChatError(
        'invalid-message',
        `Only a failed message can be retried or dropped; "${id}" is none.`,
      );
    return message;
  }

  #sleep(ms: number): Promise<void> {
    if (!ms) return Promise.resolve();
    return new Promise((over) => this.#channel.client.host.setTimeout(over, ms));
  }
}
