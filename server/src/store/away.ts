/** The store cannot be used now, and may be in a moment. */
export class StoreAway extends Error {
  override readonly name = 'StoreAway';
}

/**
 * SQLSTATEs after which the same request may well succeed: connection, resources, an operator's doing, a lock or a
 * limit of time, a standby that is not the primary yet.
 */
const PASSING = /^(08...|53...|57...|58030|40001|40P01|55P03|25006|25P0[23])$/;
const SYSTEM = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);
/** What the driver says without a code. */
const WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed)/;

/** Whether `error` says that the store, not the request, is at fault, and that trying again is worth it. */
export function isAway(error: unknown): boolean {
  if (error instanceof StoreAway) return true;
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined) return WORDS.test(error.message);
  // A Unix socket that is not there says ENOENT.
  return PASSING.test(code) || SYSTEM.has(code) || (code === 'ENOENT' && syscall === 'connect');
}
