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
const PLACED: Readonly<Record<string, () => Promise<unknown>>> = {
  'privacy-settings': () => import('./elements/privacy-settings.js'),
};

function fetchPlaced(): void {
  for (const [tag, fetch] of Object.entries(PLACED))
    if (!customElements.get(tag) && document.querySelector(tag)) fetch().catch(() => undefined);
}

// It may be placed later, too. What is inside of shadow roots of the page's own is for its author to import.
new MutationObserver(fetchPlaced).observe(document, { childList: true, subtree: true });
fetchPlaced();
