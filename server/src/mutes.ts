import type { User } from '../../src/protocol.js';
import { formatTime } from './clock.js';
import type { Deps } from './deps.js';
import type { Json } from './input.js';
import { channelsById } from './store/channels.js';
import { mutedPlaces, userMutes } from './store/own-place.js';
import { channelOf, isMuted, People } from './wire.js';

/** What a user does not want to hear of, as `me` carries it. */
export interface Mutes {
  mutes: { user: User; target: User; created_at: string; updated_at: string; expires?: string }[];
  channel_mutes: { user: User; channel: Json; created_at: string; updated_at: string; expires?: string }[];
}

export const NO_MUTES: Mutes = { mutes: [], channel_mutes: [] };

/** The user's mutes that hold now. */
export async function mutesOf(deps: Deps, userId: string): Promise<Mutes> {
  const { db, clock } = deps;
  const now = clock.now();
  const users = await userMutes(db, userId, now);
  const places = (await mutedPlaces(db, userId)).filter((row) => isMuted(row, now));
  if (!users.length && !places.length) return NO_MUTES;
  const channels = new Map((await channelsById(db, places.map((row) => row.cid))).map((row) => [row.cid, row])); // prettier-ignore
  const people = await People.load(deps, [
    userId,
    ...users.map((row) => row.target_id),
    ...[...channels.values()].map((row) => row.created_by),
  ]);
  const user = people.user(userId);
  const ends = (end: number | null) => (end === null ? {} : { expires: formatTime(end) });
  return {
    mutes: users.map((row) => ({
      user,
      target: people.user(row.target_id),
      created_at: formatTime(row.created_at),
      updated_at: formatTime(row.updated_at),
      ...ends(row.expires),
    })),
    channel_mutes: places.flatMap((row) => {
      const channel = channels.get(row.cid);
      const at = formatTime(row.muted_at ?? now);
      if (!channel) return [];
      const shown = channelOf(channel, (id) => people.user(id));
      return [{ user, channel: shown, created_at: at, updated_at: at, ...ends(row.mute_expires) }];
    }),
  };
}
