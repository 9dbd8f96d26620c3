import { Type } from 'typebox';
import { count, optional, Time } from './fields.js';

/** Of messages in one answer (protocol.md §7.2). */
export const MAX_PAGE = 300;

const BY_ID = ['id_lt', 'id_lte', 'id_gt', 'id_gte', 'id_around'] as const;
const BY_TIME = ['before', 'before_or_equal', 'after', 'after_or_equal', 'around'] as const;

const Anchor = optional(Type.String());
const Moment = optional(Time);

type Keys<By extends 'created_at' | 'pinned_at'> = Record<(typeof BY_ID)[number], typeof Anchor> &
  Record<`${By}_${(typeof BY_TIME)[number]}`, typeof Moment>;

/** The protocol's keys for a page of messages, of which one at most may be given. */
export function page<By extends 'created_at' | 'pinned_at' = 'created_at'>(
  fallback: number,
  by: By = 'created_at' as By,
) {
  const keys = Object.fromEntries([
    ...BY_ID.map((key) => [key, Anchor]),
    ...BY_TIME.map((side) => [`${by}_${side}`, Moment]),
  ]) as Keys<By>;
  return { ...keys, limit: count(MAX_PAGE, fallback) };
}
