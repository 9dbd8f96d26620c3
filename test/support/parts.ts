import { actions, engine } from '../../src/client/later.js';
import { fallback, recovery, unsent } from '../../src/client/later/parts.js';

// What a page fetches when it is needed is here from the beginning, so that tests need not wait for it.
await Promise.all([engine, actions, fallback, recovery, unsent].map((part) => part.load()));
