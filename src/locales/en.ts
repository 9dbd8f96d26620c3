import { count, number } from './count.js';

/**
 * The words that a first look needs, in English; those of the parts that come later travel with these, in
 * the other files of this room. The shape of this object is what every other locale is checked against.
 * Functions where a number, a name or a list comes in, so that each language has its own plurals.
 */
export const en = {
  /** BCP 47; dates and times are written in it. */
  locale: 'en-GB',

  // A session as a whole
  chat: 'Chat',
  messages: 'Messages',
  you: 'You',
  /** Somebody without a name or an id. */
  unknownUser: 'Someone',
  back: 'Back to channels',
  polling: 'Updates every few seconds',

  // Channels and people
  channels: 'Conversations',
  noMessages: 'No messages yet',
  online: 'Online',
  members: (total: number, online: number) =>
    count(total, 'member') + (online ? `, ${number(online)} online` : ''),
  unread: (n: number) => `${number(n)} unread`,
  typingPreview: (name: string | undefined) => (name ? `${name} is typing…` : 'Typing…'),
  /** A message in one line: in a list of channels, and spoken when it arrives. */
  preview: (author: string, text: string) => `${author}: ${text}`,

  // Messages
  messagesIn: (channel: string) => `Messages in ${channel}`,
  deleted: 'Message deleted',
  /** In the place of a message that has files and no text. */
  attachment: 'Attachment',
  edited: 'Edited',
  newMessages: (n: number) => count(n, 'new message'),

  // How far an own message has come
  sending: 'Sending',
  sent: 'Sent',
  failed: 'Not sent',
  read: 'Read',

  // Composer
  compose: (channel: string | undefined) => (channel ? `Message ${channel}` : 'Message'),
  send: 'Send',

  // Days and times
  today: 'Today',
  yesterday: 'Yesterday',
};

/** The words of one locale. */
export type Terms = typeof en;
