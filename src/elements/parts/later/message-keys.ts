import { rowOf } from './tab-stop.js';

const INSIDE = 'a, button';

/** Where in the messages `rows` a key leads to; undefined for a key that is not theirs. */
export function goal(event: KeyboardEvent, rows: readonly HTMLElement[]): HTMLElement | undefined {
  const { key, altKey, target } = event;
  const row = rowOf(target);
  if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return undefined;
  const at = rows.indexOf(row);
  const inside = [row, ...row.querySelectorAll<HTMLElement>(INSIDE)];
  const within = inside.indexOf(target as HTMLElement);
  const [forth, back] = row.matches(':dir(rtl)')
    ? (['ArrowLeft', 'ArrowRight'] as const)
    : (['ArrowRight', 'ArrowLeft'] as const);
  const ways: Record<string, HTMLElement | false | undefined> = altKey
    ? { ArrowDown: rows.at(-1) }
    : {
        ArrowUp: rows[at - 1],
        ArrowDown: rows[at + 1],
        Home: rows[0],
        End: rows.at(-1),
        [forth]: inside[within + 1],
        [back]: inside[within - 1],
        Enter: !within && inside[1],
        Escape: within > 0 && row,
      };
  return ways[key] || undefined;
}
