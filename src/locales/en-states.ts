import { count, number } from './count.js';

/** Words for what is amiss, and for what is empty. */
export const words = {
  tryAgain: 'Try again',
  reload: 'Reload',

  // A session as a whole
  startFailed: 'Chat did not start',
  startFailedHint: 'This page has to be set up before you can chat here.',
  signedOut: 'You have been signed out',
  signedOutHint: 'Reload the page to continue this conversation.',
  /** After the server refused for another reason than a token. */
  blocked: 'You cannot chat here at the moment',

  // Connection
  offline: 'You are offline. Messages send when you are back.',
  /** Where the browser keeps nothing beyond this page. */
  offlineUnkept: 'You are offline. Keep this page open: messages send when you are back.',
  reconnecting: 'Reconnecting…',
  nextTry: (seconds: number) => `Next try in ${number(seconds)} s`,
  tryNow: 'Try now',
  connected: 'Connected',

  // Channels
  noChannels: 'No conversations yet',
  noChannelsHint: 'Start one and it will show up here.',
  noChannelOpen: 'Choose a conversation',
  channelsFailed: 'Conversations did not load',
  channelsFailedHint: 'The server did not answer as expected.',
  channelFailed: 'This conversation did not open',
  channelFailedHint: 'It may have ended, or you are not one of its members.',

  // Messages
  channelStart: (channel: string) => `This is the start of ${channel}`,
  channelStartHint: 'Say hello.',
  loadFailed: 'Messages did not load',
  loadFailedHint: 'The server did not answer. Your messages are safe.',
  retry: 'Retry',
  remove: 'Delete',

  // Composer
  readOnly: 'You cannot post here',
  charactersLeft: (n: number) => count(n, 'character left', 'characters left'),
  tooLong: (limit: number, seen: number) =>
    `A message can have ${number(limit)} characters, this one has ${number(seen)}. Shorten it to send it.`,
};
