import type { Access } from './access.js';
import { notAllowed, shown } from './errors.js';

/** Members may pin; where everybody may write, only the channel's owner and its moderators. */
export function mayPin({ owner, moderator, type, member }: Access): boolean {
  return owner || moderator || (!type.open && member !== undefined);
}

/** @throws {ApiError} 17 unless the caller may pin messages in the channel. */
export function requirePinner(access: Access, userId: string): void {
  if (!mayPin(access)) throw notAllowed(userId, `pin messages in channel ${shown(access.channel.cid)}`);
}
