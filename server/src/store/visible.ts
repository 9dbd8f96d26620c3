import { sql } from 'kysely';

/**
 * SQL for "is there for this reader": not another's that was sent under a shadow ban, and nothing from before they cleared
 * the channel's history.
 */
export function visibleTo(viewer: string) {
  return sql<boolean>`((not messages.shadowed or messages.user_id = ${viewer}) and not exists (
    select 1 from members cleared where cleared.cid = messages.cid and cleared.user_id = ${viewer}
      and cleared.hide_before >= messages.created_at))`;
}
