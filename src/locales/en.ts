const list = new Intl.ListFormat('en');
const number = (n: number): string => n.toLocaleString('en');
const count = (n: number, one: string, many = one + 's'): string => `${number(n)} ${n === 1 ? one : many}`;

/**
 * The words, in English. The shape of this object is what every other locale is checked against.
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
  tryAgain: 'Try again',
  reload: 'Reload',
  back: 'Back to channels',
  startFailed: 'Chat did not start',
  startFailedHint: 'This page has to be set up before you can chat here.',
  signedOut: 'You have been signed out',
  signedOutHint: 'Reload the page to continue this conversation.',
  /** After the server refused for another reason than a token. */
  blocked: 'You cannot chat here at the moment',
  channelFailed: 'This conversation did not open',
  channelFailedHint: 'It may have ended, or you are not one of its members.',

  // Connection
  offline: 'You are offline. Messages send when you are back.',
  reconnecting: 'Reconnecting…',
  tryNow: 'Try now',
  connected: 'Connected',
  polling: 'Updates every few seconds',

  // Channels and people
  channels: 'Conversations',
  noChannels: 'No conversations yet',
  noChannelsHint: 'Start one and it will show up here.',
  noChannelOpen: 'Choose a conversation',
  channelsFailed: 'Conversations did not load',
  channelsFailedHint: 'The server did not answer as expected.',
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
  channelStart: (channel: string) => `This is the start of ${channel}`,
  channelStartHint: 'Say hello.',
  loadFailed: 'Messages did not load',
  loadFailedHint: 'The server did not answer. Your messages are safe.',
  deleted: 'Message deleted',
  /** In the place of a message that has files and no text. */
  attachment: 'Attachment',
  edited: 'Edited',
  retry: 'Retry',
  remove: 'Delete',
  newMessages: (n: number) => count(n, 'new message'),
  jump: 'Jump to latest',

  // How far an own message has come
  sending: 'Sending',
  sent: 'Sent',
  failed: 'Not sent',
  read: 'Read',
  readAt: (time: string) => `Read ${time}`,
  readBy: (names: string[], others: number) =>
    `Read by ${names.join(', ')}${others ? `, ${others} more` : ''}`,

  // Typing: the first names, and how many more there are
  typing: (names: string[], others: number) =>
    others
      ? `${names.length + others} people are typing`
      : `${list.format(names)} ${names.length === 1 ? 'is' : 'are'} typing`,

  // Composer
  compose: (channel: string | undefined) => (channel ? `Message ${channel}` : 'Message'),
  send: 'Send',
  charactersLeft: (n: number) => count(n, 'character left', 'characters left'),
  tooLong: (limit: number, seen: number) =>
    `A message can have ${number(limit)} characters, this one has ${number(seen)}. Shorten it to send it.`,
  readOnly: 'You cannot post here',

  // Days and times
  today: 'Today',
  yesterday: 'Yesterday',
};

/** The words of one locale. */
export type Terms = typeof en;
