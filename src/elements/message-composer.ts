import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Channel } from '../client/channel.js';
import { ChannelSlice } from '../context.js';
import { words } from '../locales/en-composer.js';
import { MAX_MESSAGE_LENGTH } from '../protocol.js';
import { base } from '../styles/base.js';
import { composer } from '../styles/composer.js';
import { controls } from '../styles/controls.js';
import { ChatElement } from './chat-element.js';
import { define } from './define.js';
import { Attaching } from './parts/attaching.js';
import { channelFace, othersIn } from './parts/channel-view.js';
import { composerMode, modeStyles } from './parts/composer-mode.js';
import { compose, compositionOf, onComposition, type Composition } from './parts/composition.js';
import { drafts } from './parts/drafts.js';
import { fields } from './parts/fields.js';
import { icon, SEND } from './parts/icons.js';
import { adopt, Lazy } from './parts/lazy.js';
import { may } from './parts/may.js';
import { CHECK } from './parts/later/icon-paths.js';
import type { Mentions } from './parts/later/mentions.js';
import { states } from './parts/states.js';

/** From here on the visitor is told how many characters are left. */
const NEAR_LIMIT = 100;

const mentions = new Lazy(() => import('./parts/later/mentions.js'));
const writing = new Lazy(() => import('./parts/later/writing.js'));

/**
 * Writes messages to the nearest channel. Enter sends and Shift+Enter begins a line; with a finger Enter
 * begins a line too. What is typed stays when the channel changes, when the page refuses it and when it is
 * too long. Works offline: the message waits in the list. Arrow up in an empty
 * field changes one's newest message; Escape ends that, and a reply.
 *
 * @tag message-composer
 * @slot start - Before the field, for buttons.
 * @slot end - Between the field and the send button.
 * @event {ChatMessageSendEvent} chat-message-send - Before a message leaves; `preventDefault()` keeps it here.
 * @event {ChatMessageSentEvent} chat-message-sent - The server has the message.
 * @event {ChatErrorEvent} chat-error - It was refused, or could not be sent.
 * @csspart field - The field with its buttons.
 * @csspart input - The text area.
 * @csspart send - The send button.
 * @csspart popover - The people who may be meant behind an `@`.
 * @csspart option - One of them.
 * @csspart avatar - Their picture.
 * @csspart presence - Whether they are online.
 * @csspart tray - Files that go with the next message.
 * @csspart tray-item - One of them.
 * @csspart icon-button - The button that attaches files, and the one that ends an answer or a change.
 * @csspart composer-reply - Which message is answered or changed.
 * @csspart composer-note - What is said under the field.
 * @csspart readonly - Stands here where the visitor may not write.
 * @cssprop [--chat-radius-field=22px] - Corners of the field.
 * @cssprop [--chat-content=760px] - Widest composer.
 */
export class MessageComposerElement extends ChatElement {
  static override shadowRootOptions: ShadowRootInit = {
    ...LitElement.shadowRootOptions,
    delegatesFocus: true,
  };
  static override styles = [base, controls, composer, modeStyles];

  #slice = new ChannelSlice(this, fields('data', 'members'));
  #channel: Channel | undefined;
  #refused = false;
  #unlisten: (() => void) | undefined;
  #mode: Composition | undefined;
  /** Made with the first `@`. */
  #mentions: Mentions | undefined;
  #attaching = new Attaching(this, () => ({ channel: this.#channel, changing: this.#mode?.kind === 'edit' }));

  /** What is typed now. Setting it replaces the draft and tells nobody that somebody types. */
  get value(): string {
    const mode = compositionOf(this.#channel);
    if (mode?.kind === 'edit') return mode.text ?? mode.message.text ?? '';
    return (this.#channel && drafts.get(this.#channel)) ?? '';
  }

  set value(text: string) {
    const mode = compositionOf(this.#channel);
    if (mode?.kind === 'edit') mode.text = text;
    else if (this.#channel) drafts.set(this.#channel, text);
    this.requestUpdate();
  }

  /** Goes to where one writes, and not to the first of the buttons. */
  override focus(options?: FocusOptions): void {
    this.#input?.focus(options);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unlisten = onComposition((channel) => channel === this.#channel && this.#follow());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unlisten?.();
    this.#channel?.stopTyping();
  }

  /** Takes up what the composer of this channel is at now. */
  #follow(): void {
    this.#mode = compositionOf(this.#channel);
    this.requestUpdate();
    if (this.#mode) void this.updateComplete.then(() => this.#input?.focus());
  }

  #endMode = (): void => {
    if (this.#channel) compose(this.#channel, undefined);
    this.#input?.focus();
  };

  protected override willUpdate(): void {
    const { holder } = this.#slice;
    if (holder === this.#channel) return;
    this.#channel?.stopTyping();
    this.#channel = holder;
    this.#mode = compositionOf(holder);
  }

  protected override updated(): void {
    const input = this.#input;
    // Not bound: the field changes by itself, and Lit would compare with what it bound last.
    if (input && input.value !== this.value) input.value = this.value;
    if (!input || CSS.supports('field-sizing', 'content')) return;
    input.style.blockSize = 'auto';
    input.style.blockSize = `${input.scrollHeight}px`;
  }

  override render(): TemplateResult {
    const { terms } = this;
    const channel = this.#channel;
    const state = channel?.state.value;
    if (!may(state?.data, 'send-message'))
      return html`<div part="readonly">${states.for(this)?.readOnly()}</div>`;
    const { length } = this.value.trim();
    const left = this.#limit - length;
    const face = state && channelFace(state, channel?.client.userId, terms);
    // A conversation of two needs no name.
    const label = terms.compose(face?.person ? undefined : face?.name);
    return html`
      <div
        part="field"
        class=${left < 0 ? 'invalid' : nothing}
        @paste=${this.#attaching}
        @dragover=${this.#attaching}
        @drop=${this.#attaching}
      >
        ${this.#mentions?.view(() => this.#input, terms) ?? nothing} ${this.#attaching.tray(terms.locale)}
        ${this.#mode ? composerMode(this.#mode, terms, this.#endMode) : nothing} ${this.#attaching.button()}
        <slot name="start"></slot>
        <textarea
          part="input"
          rows="1"
          dir="auto"
          enterkeyhint=${fingers() ? 'enter' : 'send'}
          placeholder=${label}
          aria-label=${label}
          aria-describedby="note"
          aria-autocomplete="list"
          aria-controls=${this.#mentions?.active ? 'options' : nothing}
          aria-activedescendant=${this.#mentions?.active ?? nothing}
          aria-invalid=${left < 0}
          ?disabled=${!channel}
          @input=${this.#onInput}
          @keydown=${this.#onKey}
          @blur=${() => this.#mentions?.close()}
        ></textarea>
        <slot name="end"></slot>
        ${this.#sendButton(length)}
      </div>
      <div class="sr" role="status"></div>
      ${left > NEAR_LIMIT ? nothing : states.for(this)?.note(length, this.#limit, this.#refused)}
    `;
  }

  #sendButton(length: number): TemplateResult {
    const { ready, busy } = this.#attaching;
    const changing = this.#mode?.kind === 'edit';
    const empty = !length && (changing || !ready.length);
    return html`<button
      part="send"
      aria-label=${changing ? words.save : this.terms.send}
      ?disabled=${busy || empty}
      @click=${this.#onSend}
    >
      ${icon(changing ? CHECK : SEND)}
    </button>`;
  }

  get #input(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea');
  }

  get #limit(): number {
    return this.#slice.value?.data?.config?.max_message_length ?? MAX_MESSAGE_LENGTH;
  }

  /** Puts files into the tray and uploads them, to go with the next message. */
  attach(files: readonly File[]): void {
    this.#attaching.add(files);
  }

  #onInput(event: Event): void {
    this.#refused = false;
    this.value = (event.target as HTMLTextAreaElement).value;
    if (this.value) this.#channel?.keystroke();
    else this.#channel?.stopTyping();
    this.#suggest();
  }

  /** Offers people once an `@` is typed, and as what is behind it changes. */
  #suggest(): void {
    const [channel, input] = [this.#channel, this.#input];
    if (!channel || !input || !(this.#mentions || this.value.includes('@'))) return;
    const others = othersIn(channel.state.value, channel.client.userId);
    mentions.run(({ Mentions, styles }) => {
      adopt(this.renderRoot as ShadowRoot, styles);
      this.#mentions ??= new Mentions(this);
      this.#mentions.update(input, others);
    });
  }

  #onKey(event: KeyboardEvent): void {
    // 229: Safari ends a composition before the Enter that confirms it.
    const composing = event.isComposing || event.keyCode === 229;
    if (composing) return;
    if (this.#mentions?.onKey(event)) {
      event.stopPropagation();
      return event.preventDefault();
    }
    if (event.key === 'Escape' && this.#mode) {
      event.stopPropagation(); // the innermost closes
      return this.#endMode();
    }
    if (event.key === 'ArrowUp' && !this.value && !this.#mode) return this.#editLast(event);
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || fingers()) return;
    event.preventDefault();
    this.#send();
  }

  /** Begins to change the newest message of one's own. */
  #editLast(event: KeyboardEvent): void {
    const channel = this.#channel;
    const held = channel?.state.value;
    if (!may(held?.data, 'update-own-message')) return;
    const message = held?.messages.findLast(
      ({ user, type, status, text }) =>
        user?.id === channel?.client.userId && type === 'regular' && status === 'sent' && text,
    );
    if (!channel || !message) return;
    event.preventDefault();
    compose(channel, { kind: 'edit', message });
  }

  #onSend(): void {
    this.#send();
    this.#input?.focus();
  }

  #send(): void {
    const channel = this.#channel;
    const text = this.value.trim();
    const { ready, busy } = this.#attaching;
    // Not before all its files are there.
    if (!channel || busy || !(text || ready.length)) return;
    writing.run(({ edit, send }) => {
      const mode = this.#mode;
      if (mode?.kind === 'edit') edit(this, channel, mode, text);
      else this.#refused = send(this, channel, text, this.#limit, mode?.message);
      this.requestUpdate();
    });
  }
}

function fingers(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}

define('message-composer', MessageComposerElement);

declare global {
  interface HTMLElementTagNameMap {
    'message-composer': MessageComposerElement;
  }
}
