const BETWEEN_LOOKS_MS = 15;

/**
 * Resolves with what `look` finds, once that is neither false nor nothing.
 *
 * @throws {Error} When there is none within `limitMs`; a busy machine is slow, not wrong.
 */
export async function eventually<T>(
  look: () => T | Promise<T>,
  what: string,
  limitMs = 45_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && (found as unknown) !== false) return found;
    if (performance.now() > end) throw new Error(`Within ${limitMs} ms there never was: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
  }
}
