import type { LocalMessage } from '../../../client/state.js';
import { rowWith } from './tab-stop.js';

/** Lets the rows of messages that just came in view rise into place, where motion is welcome. */
export function rise(root: ParentNode, arrived: readonly LocalMessage[]): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  for (const { id } of arrived)
    rowWith(root, id)?.animate(
      { opacity: [0, 1], translate: ['0 8px', '0 0'] },
      { duration: 240, easing: 'ease-out' },
    );
}
