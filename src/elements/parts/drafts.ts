import type { Channel } from '../../client/channel.js';

/** What was typed and not sent, for as long as the page lives: it waits while another channel is open. */
export const drafts = new WeakMap<Channel, string>();
