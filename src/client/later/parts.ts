import { actions, Later } from '../later.js';

/** What makes the state right after a loss. */
export const recovery = new Later(() => import('./recovery.js'));
/** What keeps unsent messages over reloads. */
export const unsent = new Later(() => import('./unsent.js'));
/** Long-polling, and one connection for many tabs. */
export const fallback = new Later(() => import('../../transport/fallback.js'));

/** Fetches all of it, while there is a network to fetch it by. What does not come is asked for when it is needed. */
export function loadAhead(): void {
  for (const part of [fallback, actions, unsent, recovery]) part.load().catch(() => undefined);
}
