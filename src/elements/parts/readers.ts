import { compareTimes, type Message, type ReadEntry, type User } from '../../protocol.js';

/** The users who have read `message`, its author apart (protocol.md §9.2): `last_read` at or after its time. */
export function readersOf(message: Pick<Message, 'created_at' | 'user'>, reads: Iterable<ReadEntry>): User[] {
  return [...reads]
    .filter(
      ({ user, last_read }) =>
        user.id !== message.user?.id && compareTimes(last_read, message.created_at) >= 0,
    )
    .map(({ user }) => user);
}
