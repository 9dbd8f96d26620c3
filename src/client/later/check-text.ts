import { ChatError } from '../../errors.js';
import { MAX_MESSAGE_LENGTH, shown } from '../../protocol.js';
import type { ChannelState } from '../state.js';

/**
 * Refuses what the server would refuse.
 *
 * @param attached - Truthy for a message that says something without words.
 * @throws {ChatError} `invalid-message` without a text, `message-too-long`.
 */
export function checkText(text: unknown, { data }: ChannelState, attached: unknown): asserts text is string {
  const limit = data?.config?.max_message_length ?? MAX_MESSAGE_LENGTH;
  if (typeof text !== 'string' || !(text.trim() || attached))
    throw new ChatError(
      'invalid-message',
      `A message needs a text; got ${shown(text)}. Pass { text: "Hello" }.`,
    );
  if (text.length > limit)
    throw new ChatError(
      'message-too-long',
      `A message takes ${limit} characters; got ${text.length}. Shorten it.`,
    );
}
