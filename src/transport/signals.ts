import type { PageSignal } from './page-host.js';
import type { ConnectionState } from './options.js';

/**
 * What a page's signal asks of a connection: a state to go to, or `begin` (authorize, if there is a network),
 * `hurry` (cut the wait short), `doubt` (prove that the link lives, look for a better one). Undefined: nothing.
 */
export function meaningOf(
  signal: PageSignal,
  state: ConnectionState,
): 'suspended' | 'offline' | 'begin' | 'hurry' | 'doubt' | undefined {
  if (signal === 'hidden' || state === 'blocked') return undefined;
  if (signal === 'suspend') return 'suspended';
  // A page that is put aside hears nothing until it is back, which not every browser says with `resume`.
  if (state === 'suspended') return /resume|visible/.test(signal) ? 'begin' : undefined;
  // "Offline" is true whenever a browser says so; "online" is only a reason to try.
  if (signal === 'offline') return 'offline';
  if (state === 'offline') return signal === 'online' ? 'begin' : undefined;
  if (state === 'waiting') return 'hurry';
  return /live/.test(state) ? 'doubt' : undefined;
}
