// What the script tag loads first. The composer comes a moment later: nobody writes before there is something to see.
import './elements/chat-session.js';
import './elements/chat-channel.js';
import './elements/channel-list.js';
import './elements/channel-header.js';
import './elements/connection-status.js';
import './elements/message-list.js';
import './elements/typing-indicator.js';
import './elements/read-receipt.js';
import { fetchComposer } from './elements/messenger.js';

fetchComposer();

/** Those that a page may place, and that no first look has: each is fetched when it is there. */
const placed = new Map<string, () => Promise<unknown>>([
  ['privacy-settings', () => import('./elements/privacy-settings.js')],
]);

function fetchPlaced(root: ParentNode): void {
  for (const [tag, fetch] of placed) {
    if (!root.querySelector(tag) && !(root as Partial<Element>).matches?.(tag)) continue;
    placed.delete(tag);
    fetch().catch(() => placed.set(tag, fetch)); // the next one that is placed asks again
  }
}

// It may be placed later, too: of what comes into the page only that is looked through. What is inside of shadow roots
// of the page's own is for its author to import.
new MutationObserver((changes) => {
  for (const { addedNodes } of changes)
    for (const node of addedNodes) if (node instanceof Element) fetchPlaced(node);
}).observe(document, { childList: true, subtree: true });
fetchPlaced(document);
