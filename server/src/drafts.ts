import { formatTime } from './clock.js';
import { toUser } from './deliver.js';
import type { Deps } from './deps.js';
import type { Json } from './input.js';
import type { DraftRow } from './store/schema.js';
import { eventIn } from './wire.js';

/** A draft as its author gets it: mentioned users stay ids. */
export function draftOf(row: DraftRow): Json {
  return {
    channel_cid: row.cid,
    created_at: formatTime(row.created_at),
    message: row.message,
    ...(row.parent_id ? { parent_id: row.parent_id } : {}),
  };
}

/** Tells the author's own connections: nobody else learns of drafts. */
export function tellDraft(deps: Deps, row: DraftRow, type: 'draft.updated' | 'draft.deleted'): void {
  const [channelType = '', id = ''] = row.cid.split(':');
  toUser(deps, row.user_id, {
    ...eventIn({ cid: row.cid, type: channelType, id }, type, deps.clock.now()),
    draft: draftOf(row),
    ...(row.parent_id ? { parent_id: row.parent_id } : {}),
  });
}
