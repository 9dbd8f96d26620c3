import { ContextConsumer, ContextEvent, createContext, type Context } from '@lit/context';
import type { ReactiveController, ReactiveElement } from 'lit';
import type { Channel } from './client/channel.js';
import type { ChatClient } from './client/client.js';
import type { ChannelState, ClientState } from './client/state.js';
import type { Store } from './client/store.js';
import type { Terms } from './locales/en.js';

/** The session's client; undefined until `<chat-session>` has one. */
export const clientContext = createContext<ChatClient | undefined>(Symbol('chat-client'));
/** The nearest channel; undefined while none is open. */
export const channelContext = createContext<Channel | undefined>(Symbol('chat-channel'));
/** The words of the session's locale. */
export const termsContext = createContext<Terms>(Symbol('chat-terms'));

type Request = ContextEvent<Context<unknown, unknown>>;

const OURS = new Set<unknown>([clientContext, channelContext, termsContext]);
/** A page may define its elements in any order: who asks before a provider is there is answered later. */
const unanswered = new Set<Request>();

function keep(request: Request): void {
  for (const other of unanswered) if (!other.contextTarget.isConnected) unanswered.delete(other);
  if (OURS.has(request.context)) unanswered.add(request);
}

function askAgain(): void {
  const requests = [...unanswered];
  unanswered.clear();
  for (const { context, contextTarget, callback } of requests)
    contextTarget.dispatchEvent(new ContextEvent(context, contextTarget, callback, true));
}

// On a server, which only renders, there is nobody to ask.
const root = 'document' in globalThis ? document.documentElement : undefined;
root?.addEventListener('context-request', keep);
root?.addEventListener('context-provider', askAgain);

/**
 * Follows one part of the state of the nearest holder in context; re-renders its host when that part
 * changes (`Object.is`), and not for anything else. The only bridge from client to elements.
 */
class Slice<H extends { readonly state: Store<S> }, S, T> implements ReactiveController {
  /** The holder itself, for calling its methods; undefined outside one. */
  holder: H | undefined;
  /** The selected part; undefined outside a holder. */
  value: T | undefined;
  #host: ReactiveElement;
  #select: (state: S, holder: H) => T;
  #unsubscribe: (() => void) | undefined;

  constructor(
    host: ReactiveElement,
    context: Context<symbol, H | undefined>,
    select: (state: S, holder: H) => T,
  ) {
    this.#host = host;
    this.#select = select;
    host.addController(this);
    new ContextConsumer(host, {
      context,
      subscribe: true,
      callback: (holder) => this.#follow(holder),
    });
  }

  hostConnected(): void {
    this.#follow(this.holder);
  }

  hostDisconnected(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  #follow(holder: H | undefined): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    const moved = holder !== this.holder;
    this.holder = holder;
    if (holder && this.#host.isConnected) this.#unsubscribe = holder.state.subscribe(() => this.#update());
    this.#update(moved);
  }

  #update(force = false): void {
    const next = this.holder && this.#select(this.holder.state.value, this.holder);
    if (!force && Object.is(next, this.value)) return;
    this.value = next;
    this.#host.requestUpdate();
  }
}

/** Follows one part of the nearest channel's state. `holder` is the `Channel`. */
export class ChannelSlice<T> extends Slice<Channel, ChannelState, T> {
  constructor(host: ReactiveElement, select: (state: ChannelState, channel: Channel) => T) {
    super(host, channelContext as Context<symbol, Channel | undefined>, select);
  }
}

/** Follows one part of the session's client state. `holder` is the `ChatClient`. */
export class ClientSlice<T> extends Slice<ChatClient, ClientState, T> {
  constructor(host: ReactiveElement, select: (state: ClientState, client: ChatClient) => T) {
    super(host, clientContext as Context<symbol, ChatClient | undefined>, select);
  }
}
