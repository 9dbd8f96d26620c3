import { randomUUID } from 'node:crypto';
import type { Micros } from './clock.js';
import type { UserRow } from './store/schema.js';

/** The `role` of guests. */
export const GUEST = 'guest';

/** What the ids of anonymous visitors begin with: no user can have such a one. */
const ANONYMOUS = '!anon-';

/** The id of a new anonymous visitor, who lives as long as their connection. */
export function anonymousId(): string {
  return `${ANONYMOUS}${randomUUID()}`;
}

export function isAnonymous(userId: string): boolean {
  return userId.startsWith(ANONYMOUS);
}

/** How an anonymous visitor looks, of whom nothing is kept. */
export function anonymousRow(id: string, now: Micros): UserRow {
  return {
    id,
    role: 'anonymous',
    data: {},
    privacy: {},
    invisible: true,
    created_at: now,
    updated_at: now,
    last_active: null,
  };
}

/** The id of a guest who asked to be `wanted`: nobody can take another's by asking for it. */
export function guestId(wanted: string): string {
  return `guest-${randomUUID()}-${wanted}`;
}
