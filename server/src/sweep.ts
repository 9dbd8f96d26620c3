import type { Deps } from './deps.js';
import { CLOSE_UNWANTED } from './stream.js';

/** How long a ban or a revocation made by another server may stay unnoticed, and a peer that takes nothing unclosed. */
const SWEEP_MS = 2000;

/** Ends the connections of those who may have none any more. Their next attempt is told why. */
export async function closeUnwanted({ hub, standing }: Deps): Promise<void> {
  const changed = await standing.refresh();
  if (!changed.size) return;
  for (const stream of hub.streams) {
    if (!changed.has('') && !changed.has(stream.userId)) continue;
    if (stream.bearer && standing.refusal(stream.bearer)) stream.end(CLOSE_UNWANTED);
  }
}

/** Looks again and again for connections to end. @returns Stops it; settles when nothing is at work. */
export function startSweeping(deps: Deps): () => Promise<void> {
  let work = Promise.resolve();
  const timer = setInterval(() => {
    for (const stream of deps.hub.streams) stream.endIfStalled();
    work = work
      .then(() => closeUnwanted(deps))
      .catch((error: unknown) => {
        // That the store is away has been said once.
        if (deps.store.reachable()) deps.report('Reading who is banned failed', error);
      });
  }, SWEEP_MS);
  return () => {
    clearInterval(timer);
    return work;
  };
}
