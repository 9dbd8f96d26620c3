import { toUser } from './deliver.js';
import type { Deps } from './deps.js';
import type { Json } from './input.js';
import type { ChannelRow } from './store/schema.js';
import { channelOf, eventIn, type People } from './wire.js';

/** Tells a user's own connections that they see a channel again, or no more. @param people - With them and its creator. */
export function tellPlace(
  deps: Deps,
  channel: ChannelRow,
  type: 'channel.visible' | 'channel.hidden',
  people: People,
  userId: string,
  extra: Json = {},
): void {
  toUser(deps, userId, {
    ...eventIn(channel, type, deps.clock.now()),
    channel: { ...channelOf(channel, (id) => people.eventUser(id)), hidden: type === 'channel.hidden' },
    user: people.eventUser(userId),
    ...extra,
  });
}
