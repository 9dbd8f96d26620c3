import { readableMessage } from './access.js';
import { formatTime } from './clock.js';
import type { Deps } from './deps.js';
import { ApiError, badInput } from './errors.js';
import { checkSize, type Json } from './input.js';
import type { Flag, Unflag } from './shapes/moderation.js';
import type { BodyOf } from './shapes/operation.js';
import { deleteFlag, insertFlag, type NewFlag } from './store/flags.js';
import type { FlagRow } from './store/schema.js';
import { requireUsers } from './store/users.js';
import { People } from './wire.js';

/**
 * Reports a message or a user to whoever runs the application.
 *
 * @throws {ApiError} 4 for bad input or what the caller has flagged before, 16 for what is not there for them.
 */
export async function flag(deps: Deps, userId: string, body: BodyOf<typeof Flag>): Promise<Json> {
  const target = await flagged(deps, userId, body);
  const { custom, reason } = body;
  checkSize(custom, "A flag's custom data");
  const flagOf: NewFlag = { userId, ...target, reason, custom };
  const row = await insertFlag(deps.db, flagOf, deps.clock.now());
  if (!row) throw badInput(`This ${target.kind} is flagged by you already.`);
  return { flag: await flagView(deps, row) };
}

/** @throws {ApiError} 4 for bad input, 16 for what the caller has not flagged. */
export async function unflag(deps: Deps, userId: string, body: Target): Promise<Json> {
  const target = targetOf(body);
  const row = await deleteFlag(deps.db, { userId, ...target });
  if (!row) throw new ApiError(16, `This ${target.kind} is not flagged by you.`);
  return { flag: await flagView(deps, row) };
}

type Target = BodyOf<typeof Unflag>;

function targetOf({
  target_message_id: message,
  target_user_id: user,
}: Target): Pick<NewFlag, 'kind' | 'targetId'> {
  const targetId = message ?? user;
  if (targetId === undefined || (message !== undefined && user !== undefined))
    throw badInput('A flag names one of target_message_id and target_user_id.');
  return { kind: message === undefined ? 'user' : 'message', targetId };
}

async function flagged(
  deps: Deps,
  userId: string,
  body: Target,
): Promise<Pick<NewFlag, 'kind' | 'targetId'>> {
  const target = targetOf(body);
  if (target.kind === 'message') await readableMessage(deps, userId, target.targetId);
  else await requireUsers(deps.db, [target.targetId]);
  return target;
}

async function flagView(deps: Deps, row: FlagRow): Promise<Json> {
  const people = await People.load(deps, [row.user_id, row.kind === 'user' ? row.target_id : row.user_id]);
  const at = formatTime(row.created_at);
  return {
    user: people.user(row.user_id),
    ...(row.kind === 'user'
      ? { target_user: people.user(row.target_id) }
      : { target_message_id: row.target_id }),
    reason: row.reason,
    custom: row.custom,
    created_at: at,
    updated_at: at,
  };
}
