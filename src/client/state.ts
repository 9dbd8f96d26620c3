import type { ChatError } from '../errors.js';
import type { ChannelData, Member, Message, OwnUser, ReadEntry, Timestamp, User } from '../protocol.js';
import type { TransportName } from '../transport/transport.js';
import type { Channel } from './channel.js';

/**
 * What a visitor is told of the connection. `reconnecting` follows a loss only after two seconds, so
 * that a blip shows nothing. `blocked` needs the page: a refused token, an unknown key.
 */
export type ConnectionStatus = 'idle' | 'connecting' | 'live' | 'reconnecting' | 'offline' | 'blocked';

export interface ConnectionView {
  readonly status: ConnectionStatus;
  /** What carries the events; undefined while nothing does. */
  readonly transport: TransportName | undefined;
  /** When the next attempt starts, in milliseconds of the local clock; undefined while none is planned. */
  readonly retryAt: number | undefined;
  /** Why, when `blocked` or after a failed attempt. */
  readonly error: ChatError | undefined;
}

/** How far something that is fetched has come. */
export type Phase = 'idle' | 'loading' | 'ready' | 'failed';

export interface ClientState {
  /** The connected user as the server knows it; undefined before the first connect. */
  readonly user: OwnUser | undefined;
  readonly connection: ConnectionView;
  /** The channels of the last `queryChannels` and those that arrived since, newest activity first. */
  readonly channels: readonly Channel[];
  readonly channelsPhase: Phase;
  readonly channelsError: ChatError | undefined;
  /** False: the browser denies storage, and messages that wait for the network end with this page. */
  readonly keepsUnsent: boolean;
}

/** `sending` until the server answered, `failed` when it refused or the way was lost, else `sent`. */
export type DeliveryStatus = 'sending' | 'sent' | 'failed';

/** A message as a page shows it: the wire's, or ours that the server has not taken yet. */
export interface LocalMessage extends Message {
  readonly status: DeliveryStatus;
  /** Why it failed. The text stays; `Channel.retryMessage` sends it again under the same id. */
  readonly error?: ChatError | undefined;
}

export interface ChannelState {
  readonly cid: string;
  readonly phase: Phase;
  readonly error: ChatError | undefined;
  /** The channel as the server describes it; undefined before the first answer. */
  readonly data: ChannelData | undefined;
  /** Oldest first, by server time; those still unsent last, in the order they were sent. */
  readonly messages: readonly LocalMessage[];
  readonly hasOlder: boolean;
  /** The id of the message before which some are missing, after a long absence; see `Channel.loadGap`. */
  readonly gap: string | undefined;
  /** Ids of messages deleted for good lately, and when, in local milliseconds: a late copy must not bring them back. */
  readonly gone: Readonly<Record<string, number>>;
  readonly olderPhase: Phase;
  readonly members: readonly Member[];
  /** Read entries by user id. Entries that a privacy setting withholds never come here. */
  readonly reads: Readonly<Record<string, ReadEntry>>;
  /** Others who are typing in the channel itself (not in a thread), in the order they began. */
  readonly typing: readonly User[];
  /** Messages of others that this user has not read. */
  readonly unread: number;
  /** The newest message's time, or when the channel was made; sorts channel lists. */
  readonly lastActivity: Timestamp;
}
