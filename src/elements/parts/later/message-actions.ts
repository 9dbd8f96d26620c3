import type { Channel } from '../../../client/channel.js';
import type { LocalMessage } from '../../../client/state.js';
import type { ChatError } from '../../../errors.js';
import { words } from '../../../locales/en-list.js';
import { ChatErrorEvent, ChatMessageActionEvent, type MessageAction } from '../../events.js';
import { compose } from '../composition.js';
import { may } from '../may.js';
import { COPY, EDIT, REPLY } from './icon-paths.js';
import { TRASH } from '../icons.js';

/** One thing that can be done with a message. */
export interface Offer {
  readonly action: Exclude<MessageAction, 'react'>;
  readonly label: string;
  readonly icon: string;
  /** The letter that does it while the message has the focus. */
  readonly key: string;
}

const isThere = ({ status, type, deleted_at }: LocalMessage) =>
  status === 'sent' && (type === 'regular' || type === 'reply') && !deleted_at;

/** Whether the visitor may react to the message. */
export function mayReact({ state }: Channel, message: LocalMessage): boolean {
  const { data } = state.value;
  return isThere(message) && data?.config?.['reactions'] !== false && may(data, 'send-reaction');
}

/** What this visitor may do with the message, in the order of the menu. */
export function offersFor(channel: Channel, message: LocalMessage): Offer[] {
  if (!isThere(message)) return [];
  const { data } = channel.state.value;
  const own = message.user?.id === channel.client.userId;
  const mayChange = (verb: 'update' | 'delete') =>
    own
      ? may(data, `${verb}-own-message`, `${verb}-any-message`)
      : data?.own_capabilities?.includes(`${verb}-any-message`) === true;
  const quotes =
    data?.config?.['quotes'] !== false && may(data, 'send-message') && may(data, 'quote-message');
  const offers: (Offer | false)[] = [
    quotes && { action: 'reply', label: words.reply, icon: REPLY, key: 'r' },
    Boolean(message.text) && { action: 'copy', label: words.copyText, icon: COPY, key: 'c' },
    mayChange('update') && { action: 'edit', label: words.edit, icon: EDIT, key: 'e' },
    mayChange('delete') && { action: 'delete', label: words.delete, icon: TRASH, key: 'Delete' },
  ];
  return offers.filter((offer) => offer !== false);
}

/** Does it, unless the page prevents that; what goes wrong is told to the page. */
export async function perform(
  host: EventTarget,
  channel: Channel,
  action: MessageAction,
  message: LocalMessage,
  reaction?: string,
): Promise<void> {
  if (!host.dispatchEvent(new ChatMessageActionEvent(channel.cid, action, message, reaction))) return;
  try {
    if (action === 'reply' || action === 'edit') compose(channel, { kind: action, message });
    else if (action === 'copy') await navigator.clipboard.writeText(message.text ?? '');
    else if (action === 'delete') await channel.deleteMessage(message.id);
    else if (reaction) await react(channel, message, reaction);
  } catch (error) {
    if (action !== 'copy') host.dispatchEvent(new ChatErrorEvent(error as ChatError));
  }
}

function react(channel: Channel, { id, own_reactions: own = [] }: LocalMessage, type: string): Promise<void> {
  const given = own.some((reaction) => reaction.type === type);
  return given ? channel.deleteReaction(id, type) : channel.sendReaction(id, type);
}
