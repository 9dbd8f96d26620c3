/** One JSON object, parsed. What it means is not this folder's business. */
export type Frame = Readonly<Record<string, unknown>>;

export type TransportName = 'websocket' | 'longpoll';

/** Where a link opens. Made anew for every attempt, since it carries the token of that moment. */
export interface Endpoint {
  /** Holds the token where the transport cannot send headers: never log it. */
  url: string;
  /** Asked before every request of the link: a token may have been renewed. */
  headers(): Readonly<Record<string, string>>;
}

/** One way to carry frames between page and server. Stateless: `open` makes a link. */
export interface Transport {
  readonly name: TransportName;
  /** Starts one link and returns at once. Handlers run only after it returns, and never after `Link.close`. */
  open(endpoint: Endpoint, handlers: LinkHandlers): Link;
}

export interface LinkHandlers {
  /**
   * One frame. The first says whether the link works: a socket that opens and stays mute does not.
   * A server's refusal comes as `{ error: <body> }` on every transport. A polled batch arrives in one task.
   */
  onFrame(frame: Frame): void;
  /** Something arrived that is no JSON object. It is dropped; the link goes on. */
  onGarbage(): void;
  /** The peer was heard without a frame (an idle poll was answered). */
  onHeard(): void;
  /** Refused, failed or lost. Runs once, and last. */
  onClose(): void;
}

export interface Link {
  /** Sends a JSON text up; a transport that only listens listens anew. */
  send(text: string): void;
  /** Ends the link for good, in silence. Safe to call twice. */
  close(): void;
}
