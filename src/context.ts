import { ContextConsumer, ContextRoot, createContext, type Context } from '@lit/context';
import type { ReactiveController, ReactiveElement } from 'lit';
import type { Channel } from './client/channel.js';
import type { ChatClient } from './client/client.js';
import type { ChannelState, ClientState } from './client/state.js';
import type { Store } from './client/store.js';
import type { Terms } from './locales/en.js';

// A page may define its elements in any order: who asks before a provider is there is answered later.
// Where pages are rendered on a server there is nobody to ask.
if (globalThis.document) new ContextRoot().attach(document.documentElement);

/** The session's client; undefined until `<chat-session>` has one. */
export const clientContext = createContext<ChatClient | undefined>(Symbol('chat-client'));
/** The nearest channel; undefined while none is open. */
export const channelContext = createContext<Channel | undefined>(Symbol('chat-channel'));
/** The words of the session's locale. */
export const termsContext = createContext<Terms>(Symbol('chat-terms'));

/**
 * Follows one part of the state of the nearest holder in context; re-renders its host when that part
 * changes (`Object.is`), and not for anything else. The only bridge from client to elements.
 */
class Slice<H extends { readonly state: Store<S> }, S, T> implements ReactiveController {
  /** The holder itself, for calling its methods; undefined outside one. */
  holder: H | undefined;
  #value: T | undefined;
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

  /** The selected part; undefined outside a holder. */
  get value(): T | undefined {
    return this.#value;
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
    if (!force && Object.is(next, this.#value)) return;
    this.#value = next;
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
