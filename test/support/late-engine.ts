import { engine } from '../../src/client/later.js';
import { later } from './following.js';

/** A page for which the engine is not there yet; `arrive` brings it, `fail` lets the fetch go wrong once. */
export class LateEngine {
  #part = engine.part;
  #load = engine.load.bind(engine);
  #coming = later<boolean>();

  constructor() {
    engine.part = undefined;
    engine.load = async () => {
      if (await this.#coming.promise) return (engine.part = await this.#load());
      throw new TypeError('not fetched');
    };
  }

  async arrive(): Promise<void> {
    await this.#coming.give(true);
  }

  async fail(): Promise<void> {
    const failing = this.#coming;
    this.#coming = later<boolean>();
    await failing.give(false);
  }

  /** All is as before. */
  restore(): void {
    engine.part = this.#part;
    Reflect.deleteProperty(engine, 'load');
  }
}
