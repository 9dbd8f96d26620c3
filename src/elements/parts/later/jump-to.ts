import type { Listing } from './list-life.js';
import { rowWith } from './tab-stop.js';

/** Older pages that are read at most on the way to a message. */
const MOST_PAGES = 20;
const RING_MS = 2000;

/** Brings a message into view and rings it; reads older pages until it is there. Nothing happens where it is not. */
export async function showMessage({ host, channel }: Listing, id: string): Promise<void> {
  const row = () => rowWith(host.renderRoot, id);
  for (let pages = 0; !row() && pages < MOST_PAGES && channel()?.state.value.hasOlder; pages++) {
    // The list shows that it failed.
    const more = await channel()
      ?.loadOlder()
      .then(
        () => true,
        () => false,
      );
    if (!more) break;
    await host.updateComplete;
  }
  row()?.scrollIntoView({ block: 'center' });
  row()?.focus({ preventScroll: true });
  const ring = ['0 0 0 3px var(--chat-accent-text)', '0 0 0 3px transparent'];
  row()
    ?.querySelector("[part~='bubble']")
    ?.animate({ boxShadow: ring }, { duration: RING_MS, easing: 'ease-in' });
}
