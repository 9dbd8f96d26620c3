import { ChatError } from '../../errors.js';
import type { Message, Reaction, User } from '../../protocol.js';
import type { RequestOptions } from '../../transport/http.js';
import type { Channel } from '../channel.js';
import { findMessage } from '../messages.js';
import type { LocalMessage } from '../state.js';
import { checkText } from './check-text.js';

/** What a user does to messages that the server has: shown at once, and taken back where it is refused. */
export class MessageChanges {
  #channel: Channel;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** @throws {ChatError} as `Channel.updateMessage`. */
  async edit(id: string, text: string, mentioned?: readonly User[]): Promise<void> {
    const held = this.#held(id);
    checkText(text, this.#channel.state.value, held.attachments?.length);
    if (text === held.text) return;
    const { client } = this.#channel;
    const people = mentioned && { mentioned_users: [...mentioned] };
    const set = { text, ...(mentioned && { mentioned_users: mentioned.map((user) => user.id) }) };
    const shown = { text, ...people, message_text_updated_at: client.now() };
    await this.#change(held, shown, { method: 'PUT', body: { set } });
  }

  /** @throws {ChatError} as `Channel.deleteMessage`. */
  async remove(id: string): Promise<void> {
    const deleted_at = this.#channel.client.now();
    const shown: Partial<Message> = { type: 'deleted', text: '', attachments: [], deleted_at };
    await this.#change(this.#held(id), shown, { method: 'DELETE' });
  }

  /** @throws {ChatError} as `Channel.sendReaction`. */
  async react(id: string, type: string): Promise<void> {
    const held = this.#held(id);
    const own = { type, user_id: this.#channel.client.userId ?? '', message_id: id };
    await this.#change(held, counted(held, own, 1), {
      method: 'POST',
      path: '/reaction',
      body: { reaction: { type } },
    });
  }

  /** @throws {ChatError} as `Channel.deleteReaction`. */
  async unreact(id: string, type: string): Promise<void> {
    const held = this.#held(id);
    const own = held.own_reactions?.find((reaction) => reaction.type === type);
    if (!own) return;
    const path = `/reaction/${encodeURIComponent(type)}`;
    await this.#change(held, counted(held, own, -1), { method: 'DELETE', path });
  }

  async #change(
    held: LocalMessage,
    shown: Partial<Message>,
    { path = '', ...request }: Partial<RequestOptions> & Pick<RequestOptions, 'method'>,
  ): Promise<void> {
    const channel = this.#channel;
    const changed = { ...held, ...shown };
    channel.apply({ type: 'local.sent', message: changed });
    try {
      const { message } = await channel.client.request<{ message: Message }>({
        ...request,
        path: `/messages/${encodeURIComponent(held.id)}${path}`,
      });
      channel.apply({ type: 'local.sent', message });
    } catch (error) {
      // What the server told of it meanwhile is truer than what stood before.
      if (findMessage(channel.state.value.messages, held.id)?.updated_at === held.updated_at)
        channel.apply({ type: 'local.sent', message: held });
      throw error;
    }
  }

  #held(id: string): LocalMessage {
    const message = findMessage(this.#channel.state.value.messages, id);
    if (message?.status === 'sent' && message.type !== 'deleted') return message;
    throw new ChatError(
      'invalid-message',
      `Only a message that is loaded, sent and not deleted can be changed; "${id}" is none.`,
    );
  }
}

/** The reactions of a message with one more of ours, or one fewer. */
function counted(message: LocalMessage, own: Reaction, by: 1 | -1): Partial<Message> {
  const { reaction_groups: groups, own_reactions: held = [] } = message;
  const { type } = own;
  const others = held.filter((reaction) => reaction.type !== type);
  const count = (groups?.[type]?.count ?? 0) + (by > 0 ? Number(others.length === held.length) : -1);
  return {
    own_reactions: by > 0 ? [...others, own] : others,
    reaction_groups: { ...groups, [type]: { ...groups?.[type], count } },
  };
}
