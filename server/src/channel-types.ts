import type { ChannelConfig } from '../../src/protocol.js';
import { MAX_MESSAGE_LENGTH } from '../../src/protocol.js';
import { isAnonymous } from './visitors.js';

export interface ChannelType {
  config: ChannelConfig & { max_message_length: number; typing_events: boolean; read_events: boolean };
  /** True when every user may read and write, member or not; false when members only. */
  open: boolean;
  /** True when anonymous visitors may read, too. */
  anonymous: boolean;
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
  // protocol.md §1.7: of the built-in types, only this one.
  return { config, open, anonymous: name === 'livestream' };
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

const ANONYMOUS_TYPES = [...TYPES].filter(([, type]) => type.anonymous).map(([name]) => name);

/** The types whose channels this user may read without being a member. */
export function openTypesFor(userId: string): readonly string[] {
  return isAnonymous(userId) ? ANONYMOUS_TYPES : OPEN_TYPES;
}

const SPOKEN = [
  'cast-poll-vote',
  'create-attachment',
  'create-mention',
  'delete-own-message',
  'quote-message',
  'send-custom-events',
  'send-links',
  'send-message',
  'send-poll',
  'send-reaction',
  'send-reply',
  'update-own-message',
  'upload-file',
];

/** Who somebody is in a channel. */
export interface Footing {
  member: boolean;
  owner: boolean;
  moderator: boolean;
  /** They may say nothing: banned, invited only, or anonymous. */
  silent: boolean;
  guest: boolean;
}

/** What a user may do in a channel, for clients to decide what to offer (protocol.md §11.3). */
export function capabilitiesOf(type: ChannelType, who: Footing): string[] {
  const { member, owner, moderator } = who;
  const held = ['connect-events', 'query-poll-votes', 'search-messages'];
  if (!who.silent) {
    held.push(...SPOKEN.filter((name) => !who.guest || !NOT_GUESTS.has(name)), 'flag-message');
    if (type.config.typing_events) held.push('send-typing-events');
    if (owner || moderator || (member && !type.open)) held.push('pin-message');
    if (member) held.push('update-thread');
  }
  if (type.config.typing_events) held.push('typing-events');
  if (type.config.read_events) held.push('read-events');
  if (type.config['delivery_events']) held.push('delivery-events');
  if (member) held.push('leave-channel', 'mute-channel');
  else if (type.open && !who.silent) held.push('join-channel');
  if (owner) held.push('delete-channel', 'update-channel', 'update-channel-members');
  if (moderator) held.push('ban-channel-members', 'delete-any-message');
  return held.sort();
}

/** As `NOT_FOR_GUESTS` in `http/limits-of.ts` has it. */
const NOT_GUESTS = new Set(['create-attachment', 'send-poll', 'upload-file']);
