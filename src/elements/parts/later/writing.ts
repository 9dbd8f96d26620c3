import type { Channel } from '../../../client/channel.js';
import type { ChatError } from '../../../errors.js';
import { ChatErrorEvent, ChatMessageSendEvent, ChatMessageSentEvent } from '../../events.js';
import type { MessageComposerElement } from '../../message-composer.js';
import { drafts } from '../drafts.js';

/**
 * Sends what was typed, unless the page prevents it.
 *
 * @returns Whether it is too long: the client refuses that before it shows anything, and the text stays.
 */
export function send(
  composer: MessageComposerElement,
  channel: Channel,
  text: string,
  limit: number,
): boolean {
  if (!composer.dispatchEvent(new ChatMessageSendEvent(channel.cid, text))) return false;
  const tooLong = text.length > limit;
  if (!tooLong) composer.value = '';
  channel.sendMessage({ text }).then(
    (message) => composer.dispatchEvent(new ChatMessageSentEvent(channel.cid, message)),
    (error: ChatError) => {
      keep(channel, text);
      composer.requestUpdate();
      composer.dispatchEvent(new ChatErrorEvent(error));
    },
  );
  return tooLong;
}

/** A refused message waits in the list. One that never came there comes back, unless more was typed. */
function keep(channel: Channel, text: string): void {
  const listed = channel.state.value.messages.some((m) => m.status !== 'sent' && m.text === text);
  if (!listed && !drafts.get(channel)) drafts.set(channel, text);
}
