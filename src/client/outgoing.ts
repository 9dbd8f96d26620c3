import { ChatError } from '../errors.js';
import { MAX_MESSAGE_LENGTH, shown, type Message } from '../protocol.js';
import { uuid } from '../transport/host.js';
import type { Channel } from './channel.js';
import { findMessage } from './messages.js';
import { SendQueue } from './send-queue.js';
import type { LocalMessage } from './state.js';

/** What a page writes. Custom fields may stand beside the text. */
export interface MessageDraft {
  text: string;
  /** Made by us when absent. The same id never makes a second message. */
  id?: string;
  [custom: string]: unknown;
}

/** Our own messages on their way: shown at once, sent in order, each exactly once. */
export class Outgoing {
  #channel: Channel;
  #queue: SendQueue;

  constructor(channel: Channel) {
    this.#channel = channel;
    this.#queue = new SendQueue(channel.client.host);
  }

  /** @throws {ChatError} `invalid-message`, `message-too-long`. */
  compose({ id = uuid(), text, ...custom }: MessageDraft): LocalMessage {
    const { client, cid, state } = this.#channel;
    const limit = state.value.data?.config?.max_message_length ?? MAX_MESSAGE_LENGTH;
    if (typeof text !== 'string' || !(text.trim() || custom['attachments']))
      throw new ChatError(
        'invalid-message',
        `A message needs a text; got ${shown(text)}. Pass { text: "Hello" }.`,
      );
    if (text.length > limit)
      throw new ChatError(
        'message-too-long',
        `A message takes ${limit} characters; got ${text.length}. Shorten it.`,
      );
    const created_at = new Date(client.host.now()).toISOString();
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

  async deliver(message: LocalMessage): Promise<LocalMessage> {
    this.#channel.apply({ type: 'local.message', message });
    try {
      await this.#queue.add(() => this.#submit(message));
    } catch (error) {
      const failed = { ...message, status: 'failed', error: error as ChatError } as const;
      this.#channel.apply({ type: 'local.message', message: failed });
      throw error;
    }
    return findMessage(this.#channel.state.value.messages, message.id) ?? message;
  }

  /** The failed message of this id. @throws {ChatError} `invalid-message` when there is none. */
  failed(id: string): LocalMessage {
    const message = findMessage(this.#channel.state.value.messages, id);
    if (message?.status !== 'failed')
      throw new ChatError(
        'invalid-message',
        `Only a failed message can be retried or dropped; "${id}" is none.`,
      );
    return message;
  }

  wake(): void {
    this.#queue.wake();
  }

  end(error: ChatError): void {
    this.#queue.clear(error);
  }

  /** One try. The server's echo may have come before, or instead of, the answer. */
  async #submit(message: LocalMessage): Promise<void> {
    const channel = this.#channel;
    if (findMessage(channel.state.value.messages, message.id)?.status === 'sent') return;
    const {
      user: _u,
      cid: _c,
      type: _t,
      created_at: _a,
      updated_at: _b,
      status: _s,
      error: _e,
      ...payload
    } = message;
    let stored: Message;
    try {
      stored = (await channel.command<{ message: Message }>('message', { message: payload })).message;
    } catch (error) {
      stored = await this.#alreadyStored(message.id, error);
    }
    // Some refusals are a success by status (protocol.md §12.2, 12): too long, frozen, moderated.
    if (stored.type === 'error')
      throw new ChatError('refused', `The server did not take the message: ${stored.text}`);
    channel.apply({ type: 'local.sent', message: stored });
  }

  /** An earlier try had arrived and only its answer was lost: then that message is ours (§10.2). */
  async #alreadyStored(id: string, error: unknown): Promise<Message> {
    if (!(error instanceof ChatError && error.apiCode === 4 && error.message.includes('already exists')))
      throw error;
    const { client, cid } = this.#channel;
    const path = `/messages/${encodeURIComponent(id)}`;
    const { message } = await client.request<{ message: Message }>({ method: 'GET', path });
    if (message.user?.id !== client.userId || message.cid !== cid) throw error;
    return message;
  }
}
