import type { ChatClient } from '../client/client.js';
import type { ChatError } from '../errors.js';
import { asChatError } from './parts/problem.js';
import { planSession, type SessionPlan, type SessionSettings } from './session-plan.js';

export interface SessionHooks {
  create(plan: SessionPlan): ChatClient;
  /** The client to show; undefined as soon as a session is to end. */
  onClient(client: ChatClient | undefined): void;
  /**
   * Why the session asked for last could not begin, or what its first connect failed with; undefined at
   * every beginning and end. Never told of a session that is over.
   */
  onProblem(error: ChatError | undefined): void;
}

/**
 * Keeps at most one session alive, the one asked for last.
 *
 * The old session ends before the new one begins, and that takes time: every session has a generation
 * number, and what comes back for an older one is dropped. A burst of changes makes one session.
 */
export class SessionRunner {
  #hooks: SessionHooks;
  #asked = 0;
  #generation = 0;
  /** What runs: the key of its plan, or the page's own client. */
  #running: unknown;
  #client: ChatClient | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(hooks: SessionHooks) {
    this.#hooks = hooks;
  }

  /**
   * Begins what `settings` ask for, or shows `given`, which the page itself connects and disconnects.
   * Does nothing if just that runs; without either, ends what runs. Never rejects.
   */
  async follow(settings: SessionSettings | undefined, given?: ChatClient): Promise<void> {
    const asked = ++this.#asked;
    let { plan, wrong } = read(settings, given);
    if (wrong) {
      await settled(); // a page that is still being put together may yet set what is missing
      if (asked !== this.#asked) return;
      ({ plan, wrong } = read(settings, given));
    }
    const wanted = given ?? plan?.key;
    if (wanted !== undefined && wanted === this.#running) return;
    this.#running = wanted;
    this.#end();
    this.#hooks.onProblem(wrong);
    if (given) this.#hooks.onClient(given);
    else await this.#begin(plan);
  }

  /** Forgets what runs, so that the next `follow` begins it anew. */
  forget(): void {
    this.#running = undefined;
  }

  async #begin(plan: SessionPlan | undefined): Promise<void> {
    const generation = this.#generation;
    await this.#ended;
    if (!plan || generation !== this.#generation) return;
    try {
      const client = this.#hooks.create(plan);
      this.#client = client;
      const connected = client.connectUser(plan.user(), plan.token);
      this.#hooks.onClient(client);
      await connected;
    } catch (error) {
      if (generation === this.#generation) this.#hooks.onProblem(asChatError(error));
    }
  }

  #end(): void {
    this.#generation++;
    this.#hooks.onClient(undefined);
    const client = this.#client;
    if (!client) return;
    this.#client = undefined;
    this.#ended = this.#ended.then(() => client.disconnectUser()).catch(() => {}); // over either way
  }
}

function read(settings: SessionSettings | undefined, given: ChatClient | undefined) {
  let plan: SessionPlan | undefined;
  let wrong: ChatError | undefined;
  try {
    plan = settings && !given ? planSession(settings) : undefined;
  } catch (error) {
    wrong = asChatError(error);
  }
  return { plan, wrong };
}

/** One task after the page has loaded. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    const later = () => setTimeout(resolve);
    if (document.readyState === 'complete') later();
    else window.addEventListener('load', later, { once: true });
  });
}
