import type { Channel } from '../../../client/channel.js';
import type { LocalMessage } from '../../../client/state.js';
import type { MessageAction } from '../../events.js';
import { mayReact, offersFor, perform } from './message-actions.js';
import { MessageMenu } from './message-menu.js';
import { rowOf, rowWith } from './tab-stop.js';
import { Toolbar } from './toolbar.js';

/** So long a finger rests on a message to open its menu (the design's figure). */
const LONG_PRESS_MS = 450;
/** A finger that moves further scrolls. */
const MOVED_PX = 10;

/** Toolbar, menu and letters of the messages in one list. */
export class MessageTools {
  #host: HTMLElement;
  #root: ShadowRoot;
  #channel: () => Channel | undefined;
  #toolbar = new Toolbar();
  #menu: MessageMenu;
  /** A long press has just opened the menu, and its finger is still there. */
  #opened = false;
  #press: { timer: ReturnType<typeof setTimeout>; x: number; y: number } | undefined;

  constructor(host: HTMLElement, root: ShadowRoot, channel: () => Channel | undefined) {
    this.#host = host;
    this.#root = root;
    this.#channel = channel;
    this.#menu = new MessageMenu(root);
    root.addEventListener('pointerover', ({ target }) => {
      // It moves over many elements of one message.
      if (rowOf(target) !== this.#pointed) this.#point(target);
    });
    host.addEventListener('pointerleave', () => this.#point(this.#focused));
    root.addEventListener('focusout', () => queueMicrotask(() => this.#unfocused()));
    root.addEventListener('pointerdown', (event) => this.#pressed(event as PointerEvent));
    for (const type of ['pointerup', 'pointercancel']) root.addEventListener(type, () => this.#release());
    root.addEventListener('pointermove', (event) => this.#moved(event as PointerEvent));
    // What the end of a long press would do besides: follow a link, open the browser's own menu.
    for (const type of ['click', 'contextmenu'])
      root.addEventListener(type, (event) => this.#opened && event.preventDefault(), true);
  }

  /** A message, or something in it, got the focus. */
  focused(target: EventTarget | null): void {
    this.#point(target);
  }

  /** Messages were drawn again: what is offered for one may have changed. */
  refresh(): void {
    const { holder } = this.#toolbar;
    if (holder) this.#point(holder);
  }

  /** Another channel is shown. */
  reset(): void {
    this.#toolbar.hide();
    this.#menu.close();
  }

  /** What a letter does to the message that has the focus. @returns Whether it was one. */
  onKey({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
    const row = rowOf(target);
    const message = row && this.#messageOf(row);
    const channel = this.#channel();
    if (!row || row !== target || !message || !channel || ctrlKey || metaKey || altKey) return false;
    if (key === '+' && mayReact(channel, message)) return this.#open(row);
    const offer = offersFor(channel, message).find((one) => one.key.toLowerCase() === key.toLowerCase());
    if (!offer) return false;
    if (offer.action === 'delete') return this.#open(row, true);
    this.#perform(offer.action, row);
    return true;
  }

  /** Gives a reaction of this type, or takes it back. */
  react(id: string, type: string): void {
    const row = rowWith(this.#root, id);
    if (row) this.#perform('react', row, type);
  }

  get #focused(): Element | null {
    return rowOf(this.#root.activeElement)?.matches(':focus-within') ? this.#root.activeElement : null;
  }

  /** The message that has the buttons. */
  get #pointed(): HTMLElement | undefined {
    return rowOf(this.#toolbar.holder ?? null);
  }

  /** The focus may have left the messages: what is pointed at keeps its buttons. */
  #unfocused(): void {
    if (!this.#focused && !this.#toolbar.holder?.matches(':hover')) this.#toolbar.hide();
  }

  #messageOf(row: HTMLElement): LocalMessage | undefined {
    return this.#channel()?.state.value.messages.findLast(({ id }) => id === row.dataset['id']);
  }

  /** Shows the toolbar over the message that `target` is in, or takes it away. */
  #point(target: EventTarget | null): void {
    const row = rowOf(target);
    const [channel, message] = [this.#channel(), row && this.#messageOf(row)];
    const bubble = row?.querySelector("[part~='bubble']");
    if (!row || !bubble || !channel || !message) return this.#toolbar.hide();
    const offers = offersFor(channel, message);
    const reacts = mayReact(channel, message);
    if (!offers.length && !reacts) return this.#toolbar.hide();
    this.#toolbar.show(bubble, {
      react: reacts ? () => this.#open(row) : undefined,
      reply: offers.some(({ action }) => action === 'reply') ? () => this.#perform('reply', row) : undefined,
      more: () => this.#open(row),
    });
  }

  #open(row: HTMLElement, confirm = false): boolean {
    const [channel, message] = [this.#channel(), this.#messageOf(row)];
    if (!channel || !message) return false;
    const [reacts, offers] = [mayReact(channel, message), offersFor(channel, message)];
    if (!reacts && !offers.length) return false;
    const choose = (action: MessageAction, reaction?: string) => this.#perform(action, row, reaction);
    const bubble = row.querySelector("[part~='bubble']") ?? row;
    this.#menu.open(bubble, { message, reacts, offers, choose }, () => row.focus(), confirm);
    return true;
  }

  #perform(action: MessageAction, row: HTMLElement, reaction?: string): void {
    const [channel, message] = [this.#channel(), this.#messageOf(row)];
    if (channel && message) void perform(this.#host, channel, action, message, reaction);
  }

  #pressed({ target, pointerType, clientX: x, clientY: y }: PointerEvent): void {
    const row = rowOf(target);
    this.#release();
    if (pointerType === 'mouse' || !row) return;
    const open = () => (this.#opened = this.#open(row));
    this.#press = { timer: setTimeout(open, LONG_PRESS_MS), x, y };
  }

  #moved({ clientX, clientY }: PointerEvent): void {
    const { x, y } = this.#press ?? {};
    if (x !== undefined && y !== undefined && Math.hypot(clientX - x, clientY - y) > MOVED_PX)
      this.#release();
  }

  #release(): void {
    clearTimeout(this.#press?.timer);
    this.#press = undefined;
    // A click comes after it, in a task of its own.
    setTimeout(() => (this.#opened = false));
  }
}
