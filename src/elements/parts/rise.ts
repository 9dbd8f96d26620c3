import type { LocalMessage } from '../../client/state.js';

/** Lets the rows of messages that just came in view rise into place, where motion is welcome. */
export function rise(root: ParentNode, arrived: readonly LocalMessage[]): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const ids = new Set(arrived.map((message) => message.id));
  for (const row of root.querySelectorAll<HTMLElement>('[data-id]'))
    if (ids.has(row.dataset['id'] ?? ''))
      row.animate({ opacity: [0, 1], translate: ['0 8px', '0 0'] }, { duration: 240, easing: 'ease-out' });
}
