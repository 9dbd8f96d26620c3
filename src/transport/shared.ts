import type { PageHost } from './page-host.js';
import type { Frame, Link, LinkHandlers, Transport } from './transport.js';

/** From a question to the tab that leads to its answer: any longer, and it is hung or frozen. */
const ANSWER_MS = 2_000;
/** Silence of the tab that leads before it is asked whether it lives; an idle poll is answered every 20 s. */
const SILENCE_MS = 30_000;

/** What tabs tell each other. */
type Note =
  | { type: 'ask' }
  /** Here, but not greeted yet. */
  | { type: 'wait' }
  | { type: 'greeting' | 'frame'; frame: Frame }
  | { type: 'garbage' | 'heard' }
  /** The link is gone, and all that rests on it. */
  | { type: 'end' }
  /** Of a tab that follows, to be sent up. */
  | { type: 'send'; text: string };

/**
 * One link for all tabs of a browser that name the same `scope`: browsers have six connections per host, and held
 * polls of seven tabs would leave none. The tab that holds the lock has the link, the others listen to it. Where
 * the browser has no Web Locks each tab has its own.
 *
 * @param scope - Who connects where. Tabs of one scope share the greeting, and so the connection id.
 */
export function sharedTransport(inner: Transport, host: PageHost, scope: string): Transport {
  const { locks, BroadcastChannel } = host;
  if (!locks || !BroadcastChannel) return inner;
  const name = `chat-session:${inner.name}:${scope}`;
  return {
    name: inner.name,
    open: (endpoint, handlers) =>
      new SharedLink(host, locks, new BroadcastChannel(name), (on) => inner.open(endpoint, on), handlers),
  };
}

class SharedLink implements Link {
  #host: PageHost;
  #locks: LockManager;
  #notes: BroadcastChannel;
  #open: (handlers: LinkHandlers) => Link;
  #handlers: LinkHandlers;
  /** Ends the wait for the lock. */
  #queue = new AbortController();
  /** Gives the lock back. */
  #release: (() => void) | undefined;
  /** Ours, while this tab leads. */
  #link: Link | undefined;
  /** The link's first frame; undefined before it, on all tabs. */
  #greeting: Frame | undefined;
  #watchdog: unknown;
  #closed = false;

  constructor(
    host: PageHost,
    locks: LockManager,
    notes: BroadcastChannel,
    open: (handlers: LinkHandlers) => Link,
    handlers: LinkHandlers,
  ) {
    this.#host = host;
    this.#locks = locks;
    this.#notes = notes;
    this.#open = open;
    this.#handlers = handlers;
    notes.onmessage = ({ data }: MessageEvent<Note>) => this.#hear(data);
    this.#acquire({ signal: this.#queue.signal });
    this.#ask();
  }

  send(text: string): void {
    if (this.#link) this.#link.send(text);
    else this.#tell({ type: 'send', text });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#host.clearTimeout(this.#watchdog);
    this.#link?.close();
    if (this.#link) this.#tell({ type: 'end' });
    this.#queue.abort();
    this.#release?.();
    this.#notes.close();
  }

  #acquire(options: LockOptions): void {
    const held = () =>
      new Promise<void>((release) => {
        this.#release = release;
        this.#lead();
      });
    // Rejects when the wait is over or another tab took the lock from us.
    this.#locks.request(this.#notes.name, options, held).catch(() => this.#link && this.#end());
  }

  /** The lock is ours. A tab that followed another rests on a connection that is gone: it begins anew. */
  #lead(): void {
    if (this.#closed) return this.#release?.();
    this.#host.clearTimeout(this.#watchdog);
    if (this.#greeting) {
      this.#tell({ type: 'end' });
      return this.#end();
    }
    this.#link = this.#open({
      onFrame: (frame) => {
        this.#tell({ type: this.#greeting ? 'frame' : 'greeting', frame });
        this.#greeting ??= frame;
        this.#handlers.onFrame(frame);
      },
      onGarbage: () => {
        this.#tell({ type: 'garbage' });
        this.#handlers.onGarbage();
      },
      onHeard: () => {
        this.#tell({ type: 'heard' });
        this.#handlers.onHeard();
      },
      onClose: () => this.#end(),
    });
  }

  #hear(note: Note): void {
    if (this.#link) return this.#answer(note, this.#link);
    if (note.type === 'ask' || note.type === 'send') return;
    this.#watch();
    if (note.type === 'end') {
      if (this.#greeting) this.#end();
    } else if (note.type === 'greeting') {
      if (this.#greeting) return; // it was for a tab that has just come
      this.#greeting = note.frame;
      this.#handlers.onFrame(note.frame);
    } else if (this.#greeting) {
      if (note.type === 'frame') this.#handlers.onFrame(note.frame);
      else if (note.type === 'garbage') this.#handlers.onGarbage();
      else this.#handlers.onHeard();
    }
  }

  #answer(note: Note, link: Link): void {
    if (note.type === 'send') link.send(note.text);
    else if (note.type === 'ask')
      this.#tell(this.#greeting ? { type: 'greeting', frame: this.#greeting } : { type: 'wait' });
  }

  /** Asks the tab that leads for a sign of life, and takes its place when there is none. */
  #ask(): void {
    this.#tell({ type: 'ask' });
    this.#watchdog = this.#host.setTimeout(() => {
      this.#queue.abort();
      this.#acquire({ steal: true });
    }, ANSWER_MS);
  }

  #watch(): void {
    this.#host.clearTimeout(this.#watchdog);
    this.#watchdog = this.#host.setTimeout(() => this.#ask(), SILENCE_MS);
  }

  #tell(note: Note): void {
    if (!this.#closed || note.type === 'end') this.#notes.postMessage(note);
  }

  /** The link is gone. */
  #end(): void {
    if (this.#closed) return;
    this.close();
    this.#handlers.onClose();
  }
}
