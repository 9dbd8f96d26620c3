import type { CSSResult, ReactiveElement } from 'lit';

/** What a part may bring along besides its functions. */
interface Part {
  /** For the shadow root that the part draws into. */
  readonly styles?: CSSResult;
}

const all = new Set<Lazy<object>>();

/**
 * A module that is fetched when it is first needed, once for everybody. One that could not be fetched is
 * missing from what is shown, and nothing else; the next need asks for it again.
 */
export class Lazy<M extends object> {
  /** The module, once it is there. */
  module: M | undefined;
  #fetch: () => Promise<M>;
  #coming: Promise<M | undefined> | undefined;

  /** @param fetch - `() => import('…')`, so that a bundler makes a chunk of it. */
  constructor(fetch: () => Promise<M>) {
    this.#fetch = fetch;
    all.add(this);
  }

  /** Fetches the module, unless it is there or on its way. Never rejects: undefined when it did not come. */
  load(): Promise<M | undefined> {
    return (this.#coming ??= this.#fetch().then(
      (module) => (this.module = module),
      () => (this.#coming = undefined),
    ));
  }

  /** Calls `act` with the module: now if it is there, else when it has come; not at all if it does not. */
  run(act: (module: M) => void): void {
    if (this.module) act(this.module);
    else void this.load().then((module) => module && act(module));
  }

  /** The module for drawing in `host`, which is drawn again when the module has come. */
  for(host: ReactiveElement): M | undefined {
    const { module } = this;
    const { styles } = (module ?? {}) as Part;
    if (styles) adopt(host.renderRoot.getRootNode() as ShadowRoot, styles);
    if (!module) this.run(() => host.requestUpdate());
    return module;
  }
}

/** Puts `styles` into a shadow root that is there already; once. */
export function adopt({ adoptedStyleSheets }: ShadowRoot, { styleSheet }: CSSResult): void {
  if (styleSheet && !adoptedStyleSheets.includes(styleSheet)) adoptedStyleSheets.push(styleSheet);
}

/** Fetches every part that the elements on this page may come to need, one after the other. */
export async function fetchAll(): Promise<void> {
  for (const part of all) await part.load();
}
