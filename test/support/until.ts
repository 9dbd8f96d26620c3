import { setTimeout as delay } from 'node:timers/promises';

/**
 * Resolves when `condition` holds; asks again every 50 ms.
 *
 * @throws {Error} When it does not hold within `limitMs`.
 */
export async function until(condition: () => boolean | Promise<boolean>, limitMs = 30_000): Promise<void> {
  const tries = Math.ceil(limitMs / 50);
  for (let tried = 0; tried < tries; tried++) {
    if (await condition()) return;
    await delay(50);
  }
  throw new Error(`The condition did not hold within ${limitMs} ms: ${condition.toString()}`);
}
