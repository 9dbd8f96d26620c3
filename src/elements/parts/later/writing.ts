import type { Channel } from '../../../client/channel.js';
import type { LocalMessage } from '../../../client/state.js';
import type { ChatError } from '../../../errors.js';
import type { Attachment, User } from '../../../protocol.js';
import { ChatErrorEvent, ChatMessageSendEvent, ChatMessageSentEvent } from '../../events.js';
import type { MessageComposerElement } from '../../message-composer.js';
import { othersIn } from '../channel-view.js';
import { compose, compositionOf, type Composition } from '../composition.js';
import { drafts } from '../drafts.js';
import { may } from '../may.js';
import { attachmentsOf, forget, putBack, takeFiles, trayOf, type TrayItem } from '../trays.js';
import { mentionedIn } from './mentions.js';

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
): boolean {
  const ready = attachmentsOf(trayOf(channel));
  if (!(text || ready.length)) return false;
  if (!composer.dispatchEvent(new ChatMessageSendEvent(channel.cid, text, ready))) return false;
  const tooLong = text.length > limit;
  if (!tooLong) {
    composer.value = '';
    if (answered) compose(channel, undefined);
  }
  const items = tooLong ? [] : takeFiles(channel);
  const attachments = attachmentsOf(items);
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
      (message) => {
        forget(items);
        composer.dispatchEvent(new ChatMessageSentEvent(channel.cid, message));
      },
      (error: ChatError) => {
        if (isListed(channel, text, attachments)) forget(items);
        else comeBack(channel, text, items, answered);
        composer.requestUpdate();
        composer.dispatchEvent(new ChatErrorEvent(error));
      },
    );
  return tooLong;
}

/** Who is to be told of a message with this text: those of the channel whose names stand in it behind an `@`. */
function mentioned({ state: { value }, client }: Channel, text: string): User[] {
  if (!text.includes('@') || !may(value.data, 'create-mention')) return [];
  return mentionedIn(text, othersIn(value, client.userId));
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

/** Whether a message that was refused waits in the list. */
function isListed({ state }: Channel, text: string, attachments: readonly Attachment[]): boolean {
  return state.value.messages.some(
    (message) =>
      message.status !== 'sent' &&
      message.text === text &&
      (!attachments.length || message.attachments === attachments),
  );
}

/** What never came to the list is in the composer again, unless more was typed there. */
function comeBack(
  channel: Channel,
  text: string,
  items: readonly TrayItem[],
  answered: LocalMessage | undefined,
): void {
  putBack(channel, items);
  if (!drafts.get(channel)) drafts.set(channel, text);
  if (answered && !compositionOf(channel)) compose(channel, { kind: 'reply', message: answered });
}
