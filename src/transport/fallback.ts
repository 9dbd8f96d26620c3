// What only some networks and pages need, in one piece that is loaded when they do.
export { longPollTransport } from './longpoll.js';
export { sharedTransport } from './shared.js';
