import { html, nothing, type TemplateResult } from 'lit';
import { ClientSlice } from '../context.js';
import './channel-header.js';
import './channel-list.js';
import { messenger } from '../styles/messenger.js';
import { ChatElement } from './chat-element.js';
import './connection-status.js';
import { define } from './define.js';
import './message-list.js';
import { OpenChannel } from './open-channel.js';
import { adopt, Lazy } from './parts/lazy.js';
import { states } from './parts/states.js';

const composer = new Lazy(() => import('./message-composer.js'));

/** Fetches what people write with, if it is not there: a first look does without. */
export function fetchComposer(): void {
  void composer.load();
}

/** A session as wide as this shows both panes; the container query in styles/messenger.ts has the same number. */
const TWO_PANES_PX = 720;

/** Parts of the inner elements, handed on so that a page can style them through the session. */
const PARTS =
  'list-header,list-title,channels,channel,avatar,presence,channel-name,channel-time,channel-preview,badge,ticks,problem,header,back,icon-button,header-title,header-subtitle,header-actions,status-quiet,status-banner,spinner,log,message,bubble,author,text,mention,code,quote,images,file,link-card,reactions,reaction,toolbar,menu,menu-item,meta,failure,avatars,line,day-separator,unread-separator,gap,notice,jump,dots,label,field,input,send,popover,option,tray,tray-item,composer-reply,composer-note,readonly';

/**
 * What a session without children shows: list and conversation, one of them hidden where both do not fit.
 * It draws into the session's own shadow root, and is no element for pages.
 */
class ChatMessengerElement extends ChatElement {
  static override properties = {
    cid: {},
    view: { reflect: true, attribute: 'data-view' },
    moved: { type: Boolean, reflect: true },
    wide: { attribute: false },
  };

  /** The channel to show; empty: where both panes fit, the newest. */
  cid = '';
  /** Which pane is seen where only one fits. */
  view: 'list' | 'channel' = 'list';
  /** The visitor has changed the view: from then on changes slide. */
  private moved = false;
  private wide = false;

  #client = new ClientSlice(this, (state) => state);
  #opened = new OpenChannel(this);
  /** The first of the first list. */
  #newest = '';
  #size = new ResizeObserver(([entry]) => {
    this.wide = (entry?.contentRect.width ?? 0) >= TWO_PANES_PX;
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.wide = this.clientWidth >= TWO_PANES_PX; // at once: the observer waits for a frame, a hidden page for long
    this.#size.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#size.disconnect();
  }

  protected override createRenderRoot(): this {
    adopt(this.getRootNode() as ShadowRoot, messenger);
    return this;
  }

  protected override willUpdate(): void {
    const [first] = this.#client.value?.channels ?? [];
    this.#newest = first ? this.#newest || first.cid : '';
    this.#opened.show(this.#client.holder, this.#shown);
  }

  /** The channel that is on the screen: none while a narrow session shows its list. */
  get #shown(): string {
    if (this.wide) return this.cid || this.#newest;
    return this.view === 'channel' ? this.cid : '';
  }

  override render() {
    const status = html`<connection-status exportparts=${PARTS}></connection-status>`;
    return html`<div class="list" part="list">
        ${status}
        <channel-list
          exportparts=${PARTS}
          @chat-channel-select=${(event: Event) => this.#move(event, 'message-composer')}
        ></channel-list>
      </div>
      <div class="conversation" part="conversation">
        ${
          this.#shown
            ? html`<channel-header
                back
                exportparts=${PARTS}
                @chat-back=${(event: Event) => this.#move(event, 'channel-list')}
              ></channel-header>`
            : nothing
        }
        ${status}${this.#conversation()}
      </div>`;
  }

  #conversation(): TemplateResult | typeof nothing {
    if (this.#opened.problem) return states.for(this)?.channelProblem() ?? nothing;
    if (!this.#shown) return this.#newest ? (states.for(this)?.noChannelOpen() ?? nothing) : nothing;
    fetchComposer();
    return html`<message-list exportparts=${PARTS}></message-list>
      <message-composer exportparts=${PARTS}></message-composer>`;
  }

  /** Gives the focus, to the composer once it is there. */
  async #give(focus: 'message-composer' | 'channel-list'): Promise<void> {
    await composer.load();
    const element = this.querySelector<HTMLElement & { updateComplete?: Promise<unknown> }>(focus);
    await element?.updateComplete;
    element?.focus();
  }

  /** A microtask later, since the page's own listeners run after this one and may prevent it. */
  #move(event: Event, focus: 'message-composer' | 'channel-list'): void {
    queueMicrotask(() => {
      if (event.defaultPrevented) return;
      this.moved = true;
      // On a touch screen focus would cover half of the conversation with the keyboard.
      if (focus === 'channel-list' || !matchMedia('(pointer: coarse)').matches)
        setTimeout(() => void this.#give(focus)); // once it is drawn
    });
  }
}

define('chat-messenger', ChatMessengerElement);
