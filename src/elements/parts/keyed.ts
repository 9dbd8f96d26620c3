import { render, type TemplateResult } from 'lit';

/** One child of a keyed list. */
export interface Keyed {
  /** Unique in its list. What keeps its key keeps its node, and so focus and scroll position. */
  readonly key: string;
  /** What it is drawn from: while all of these stay the same, it is not drawn again. */
  readonly from: readonly unknown[];
  /** Exactly one element, always of the same template. */
  readonly draw: () => TemplateResult;
}

interface Drawn {
  /** Where Lit made the node, and finds it again; the node itself has moved into the list. */
  readonly root: DocumentFragment;
  readonly node: Element;
  readonly from: readonly unknown[];
}

const lists = new WeakMap<Element, Map<string, Drawn>>();

/** Makes `items` the children of `parent`, which nobody else fills. Touches only what changed. */
export function renderKeyed(parent: Element, items: readonly Keyed[]): void {
  const before = lists.get(parent) ?? new Map<string, Drawn>();
  const after = new Map<string, Drawn>();
  for (const item of items) after.set(item.key, drawn(item, before.get(item.key)));
  lists.set(parent, after);
  for (const [key, { node }] of before) if (!after.has(key)) node.remove();
  let next = parent.firstElementChild;
  for (const { node } of after.values())
    if (node === next) next = next.nextElementSibling;
    else parent.insertBefore(node, next);
}

function drawn({ from, draw }: Keyed, last: Drawn | undefined): Drawn {
  if (last && from.every((value, i) => value === last.from[i])) return last;
  const root = last?.root ?? document.createDocumentFragment();
  render(draw(), root);
  return { root, node: last?.node ?? (root.firstElementChild as Element), from };
}
