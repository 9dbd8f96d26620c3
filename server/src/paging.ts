import type { Json } from './input.js';
import { isMessageId } from './access.js';
import { badInput, shown } from './errors.js';
import { parseTime } from './clock.js';
import type { Db } from './store/schema.js';
import { findMessage, type Page } from './store/messages.js';

type Anchor = NonNullable<Page['anchor']>;

const BY_ID: Readonly<Record<string, Omit<Anchor, 'at'>>> = {
  id_lt: { side: 'before', inclusive: false },
  id_lte: { side: 'before', inclusive: true },
  id_gt: { side: 'after', inclusive: false },
  id_gte: { side: 'after', inclusive: true },
  id_around: { side: 'around', inclusive: true },
};
const BY_TIME: Readonly<Record<string, Omit<Anchor, 'at'>>> = {
  before: { side: 'before', inclusive: false },
  before_or_equal: { side: 'before', inclusive: true },
  after: { side: 'after', inclusive: false },
  after_or_equal: { side: 'after', inclusive: true },
  around: { side: 'around', inclusive: true },
};

/**
 * Reads the protocol's message paging keys, of which one at most may be given.
 *
 * @param cid - The channel that an anchor message must stand in.
 * @param by - The time that orders the messages, and names the keys: `created_at_before`, ….
 * @throws {ApiError} 4 for several keys, or an unknown anchor.
 */
export async function readPage(
  db: Db,
  cid: string,
  options: Json & { limit: number },
  by: 'created_at' | 'pinned_at' = 'created_at',
): Promise<Page> {
  const { limit } = options;
  const times = Object.keys(BY_TIME).map((side) => `${by}_${side}`);
  const keys = [...Object.keys(BY_ID), ...times].filter((key) => (options[key] ?? null) !== null);
  const [key] = keys;
  if (key === undefined) return { limit };
  if (keys.length > 1) throw badInput(`Page by one key at a time; got ${keys.join(', ')}`);
  const value = options[key];
  const byTime = key.startsWith(by) ? BY_TIME[key.slice(by.length + 1)] : undefined;
  if (byTime) {
    return { limit, anchor: { at: parseTime(value) ?? 0, ...byTime } };
  }
  const byId = BY_ID[key];
  const message = isMessageId(value) ? await findMessage(db, value) : undefined;
  const at = message?.cid === cid ? message[by] : null;
  if (!byId || at === null)
    throw badInput(
      `${key} must name a ${by === 'pinned_at' ? 'pinned ' : ''}message of this channel; got ${shown(value)}`,
    );
  return { limit, anchor: { at, ...byId } };
}
