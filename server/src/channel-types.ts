import type { ChannelConfig } from '../../src/protocol.js';
import { MAX_MESSAGE_LENGTH } from '../../src/protocol.js';

export interface ChannelType {
  config: ChannelConfig & { max_message_length: number; typing_events: boolean; read_events: boolean };
  /** True when every user may read and write, member or not; false when members only. */
  open: boolean;
}

function channelType(name: string, open: boolean, events = true, delivery = false): ChannelType {
  // Features this server has not are off here, so that clients do not offer them.
  const config = {
    name,
    typing_events: events,
    read_events: events,
    connect_events: true,
    delivery_events: delivery,
    custom_events: true,
    replies: true,
    search: true,
    reactions: true,
    quotes: true,
    mutes: true,
    uploads: true,
    url_enrichment: false,
    push_notifications: false,
    reminders: false,
    user_message_reminders: false,
    polls: true,
    shared_locations: false,
    mark_messages_pending: false,
    count_messages: false,
    skip_last_msg_update_for_system_msgs: true,
    message_retention: 'infinite',
    max_message_length: MAX_MESSAGE_LENGTH,
    automod: 'disabled',
    automod_behavior: 'flag',
    blocklist_behavior: 'flag',
    commands: [],
  };
  return { config, open };
}

/** The built-in channel types (protocol.md §11.2). */
const TYPES: ReadonlyMap<string, ChannelType> = new Map([
  ['messaging', channelType('messaging', false, true, true)],
  ['livestream', channelType('livestream', true, false)],
  ['team', channelType('team', false)],
  ['gaming', channelType('gaming', true)],
  ['commerce', channelType('commerce', false)],
]);

export function findChannelType(name: string): ChannelType | undefined {
  return TYPES.get(name);
}

/** The types whose channels every user may read. */
export const OPEN_TYPES: readonly string[] = [...TYPES].filter(([, type]) => type.open).map(([name]) => name);

const OF_ALL = [
  'cast-poll-vote',
  'connect-events',
  'create-attachment',
  'create-mention',
  'delete-own-message',
  'query-poll-votes',
  'quote-message',
  'search-messages',
  'send-custom-events',
  'send-links',
  'send-message',
  'send-poll',
  'send-reaction',
  'send-reply',
  'update-own-message',
  'upload-file',
];

/** What a user may do in a channel, for clients to decide what to offer (protocol.md §11.3). */
export function capabilitiesOf(type: ChannelType, member: boolean, owner: boolean): string[] {
  const held = [...OF_ALL];
  if (type.config.typing_events) held.push('typing-events', 'send-typing-events');
  if (type.config.read_events) held.push('read-events');
  if (owner || (member && !type.open)) held.push('pin-message');
  if (type.config['delivery_events']) held.push('delivery-events');
  if (member) held.push('leave-channel', 'mute-channel', 'update-thread');
  else if (type.open) held.push('join-channel');
  if (owner) held.push('delete-channel', 'update-channel', 'update-channel-members');
  return held.sort();
}
