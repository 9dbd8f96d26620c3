export { ChatError, type ChatErrorCode } from '../errors.js';
export type * from '../protocol.js';
export { mayDisclose } from '../protocol.js';
export type { ConnectionTimers } from '../transport/connection.js';
export type { Host } from '../transport/host.js';
export type { PageHost } from '../transport/page-host.js';
export type { RequestOptions } from '../transport/http.js';
export type { TransportName } from '../transport/transport.js';
export { Channel } from './channel.js';
export type { ChannelFilter, ChannelQuery, ChannelSort } from './channels.js';
export { ChatClient } from './client.js';
export type { EventName, EventOf } from './events.js';
export type { ChatClientOptions, ChatTimeouts } from './options.js';
export type { MessageDraft } from './later/actions.js';
export type {
  ChannelState,
  ClientState,
  ConnectionStatus,
  ConnectionView,
  DeliveryStatus,
  LocalMessage,
  Phase,
} from './state.js';
export type { Store } from './store.js';
export type { TokenProvider } from './token.js';
