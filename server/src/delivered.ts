import { mayDisclose } from '../../src/protocol.js';
import { readableChannel } from './access.js';
import { formatTime } from './clock.js';
import { toWatchers } from './deliver.js';
import type { Deps } from './deps.js';
import { ApiError } from './errors.js';
import type { MarkDelivered } from './shapes/events.js';
import type { BodyOf } from './shapes/operation.js';
import { findMessage } from './store/messages.js';
import { markDelivered } from './store/reads.js';
import type { ChannelRow, MemberRow } from './store/schema.js';
import { eventIn, People } from './wire.js';

/**
 * Notes up to which message each channel has arrived at the caller, and tells who may know. What is no news is ignored,
 * and so is a channel of which they are no member, or which has no receipts.
 */
export async function markAllDelivered(
  deps: Deps,
  userId: string,
  { latest_delivered_messages: entries }: BodyOf<typeof MarkDelivered>,
): Promise<void> {
  for (const { cid, id } of entries) {
    const access = await readableChannel(deps, userId, cid).catch(refusedOrThrow);
    const message = await findMessage(deps.db, id);
    if (!access?.type.config['delivery_events'] || message?.cid !== cid || message.parent_id !== null)
      continue;
    await deps.inOrder(cid, async () => {
      const row = await markDelivered(deps.db, message, userId);
      if (row) await tellDelivered(deps, access.channel, row);
    });
  }
}

/** That a channel is not the caller's is no news to tell; a failure is. */
function refusedOrThrow(error: unknown): undefined {
  if (!(error instanceof ApiError) || error.status >= 500) throw error;
}

async function tellDelivered(deps: Deps, channel: ChannelRow, row: MemberRow): Promise<void> {
  const user = (await People.load(deps, [row.user_id])).eventUser(row.user_id);
  if (!mayDisclose(user, 'message.delivered')) return;
  toWatchers(deps, {
    ...eventIn(channel, 'message.delivered', deps.clock.now()),
    user,
    ...(row.last_delivered_at === null ? {} : { last_delivered_at: formatTime(row.last_delivered_at) }),
    last_delivered_message_id: row.last_delivered_message_id,
  });
}
