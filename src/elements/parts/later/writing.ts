import type { Channel } from '../../../client/channel.js';
import type { LocalMessage } from '../../../client/state.js';
import type { ChatError } from '../../../errors.js';
import { ChatErrorEvent, ChatMessageSendEvent, ChatMessageSentEvent } from '../../events.js';
import type { MessageComposerElement } from '../../message-composer.js';
import { compose, compositionOf, type Composition } from '../composition.js';
import { drafts } from '../drafts.js';
import type { User } from '../../../protocol.js';
import { trayOf } from '../trays.js';
import { mentionedIn } from './mentions.js';
import type * as Tray from './tray.js';

/**
 * Sends what was typed, unless the page prevents it.
 *
 * @param answered - The message that it answers.
 * @returns Whether it is too long: the client refuses that before it shows anything, and the text stays.
 */
export function send(
  composer: MessageComposerElement,
  channel: Channel,
  text: string,
  limit: number,
  answered?: LocalMessage,
  tray?: typeof Tray,
): boolean {
  const ready = trayOf(channel).flatMap(({ attachment }) => (attachment ? [attachment] : []));
  if (!(text || ready.length)) return false;
  if (!composer.dispatchEvent(new ChatMessageSendEvent(channel.cid, text, ready))) return false;
  const tooLong = text.length > limit;
  if (!tooLong) {
    composer.value = '';
    if (answered) compose(channel, undefined);
  }
  const items = tooLong ? [] : (tray?.takeFiles(channel) ?? []);
  const attachments = items.flatMap(({ attachment }) => (attachment ? [attachment] : []));
  const mentioned_users = mentioned(channel, text);
  const quoting = answered ? { quoted_message_id: answered.id, quoted_message: answered } : {};
  channel
    .sendMessage({
      text,
      ...quoting,
      ...(attachments.length && { attachments }),
      ...(mentioned_users.length && { mentioned_users }),
    })
    .then(
      (message) => composer.dispatchEvent(new ChatMessageSentEvent(channel.cid, message)),
      (error: ChatError) => {
        if (keep(channel, text)) tray?.putBack(channel, items);
        composer.requestUpdate();
        composer.dispatchEvent(new ChatErrorEvent(error));
      },
    );
  return tooLong;
}

/** Who is to be told of a message with this text: those of the channel whose names stand in it behind an `@`. */
function mentioned({ state, client }: Channel, text: string): User[] {
  const { members, data } = state.value;
  if (!text.includes('@') || data?.own_capabilities?.includes('create-mention') === false) return [];
  const others = members.filter(({ user_id: id }) => id !== client.userId);
  return mentionedIn(text, others.map(({ user, user_id: id }) => user ?? { id })); // prettier-ignore
}

/** Changes a message to what was typed; where that is refused, it is there to be tried again. */
export function edit(
  composer: MessageComposerElement,
  channel: Channel,
  mode: Composition,
  text: string,
): void {
  compose(channel, undefined);
  channel.updateMessage(mode.message.id, text, mentioned(channel, text)).catch((error: ChatError) => {
    composer.dispatchEvent(new ChatErrorEvent(error));
    if (compositionOf(channel)) return; // already at something else
    compose(channel, { ...mode, text });
  });
}

/**
 * A refused message waits in the list. One that never came there comes back, unless more was typed.
 *
 * @returns Whether it never came there.
 */
function keep(channel: Channel, text: string): boolean {
  const listed = channel.state.value.messages.some((m) => m.status !== 'sent' && m.text === text);
  if (!listed && !drafts.get(channel)) drafts.set(channel, text);
  return !listed;
}
