import { Lazy } from './lazy.js';

/** What is shown where something is amiss, or there is nothing yet: few visits meet any of it. */
export const states = new Lazy(() => import('./later/states.js'));
