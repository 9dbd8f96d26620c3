import { css, html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { ClientSlice } from '../context.js';
import type { ChatError } from '../errors.js';
import { words } from '../locales/en-privacy.js';
import type { PrivacySettings } from '../protocol.js';
import { base } from '../styles/base.js';
import { ChatElement } from './chat-element.js';
import { define } from './define.js';
import { ChatErrorEvent } from './events.js';

const SWITCHES = [
  ['typing_indicators', 'typing'],
  ['read_receipts', 'reads'],
  ['delivery_receipts', 'delivered'],
] as const satisfies readonly [keyof PrivacySettings, keyof typeof words][];

const styles = css`
  :host {
    padding: var(--chat-space-4);
    color: var(--chat-text);
  }
  h2 {
    margin-block-end: 8px;
    font-size: var(--chat-size-xl);
    font-weight: 600;
  }
  label {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 16px;
    min-block-size: max(40px, var(--chat-control));
    cursor: pointer;
  }
  input {
    flex: none;
    appearance: none;
    inline-size: 40px;
    block-size: 24px;
    margin: 0;
    padding: 3px;
    border-radius: 12px;
    outline: 1px solid transparent; /* seen in forced colours, where fills vanish */
    background: var(--chat-text-3);
    cursor: inherit;
    transition: background var(--chat-time-1);
  }
  input::before {
    content: '';
    display: block;
    inline-size: 18px;
    block-size: 18px;
    border-radius: 50%;
    background: #fff;
    transition: translate var(--chat-time-1);
  }
  input:checked {
    background: var(--chat-accent-fill);
  }
  input:checked::before {
    translate: 16px;
  }
  input:checked:dir(rtl)::before {
    translate: -16px;
  }
  @media (forced-colors: active) {
    input {
      forced-color-adjust: none;
      outline-color: CanvasText;
      background: Canvas;
    }
    input::before {
      background: CanvasText;
    }
    input:checked {
      background: Highlight;
    }
  }
  p {
    min-block-size: 1.4em;
    color: var(--chat-text-2);
    font-size: var(--chat-size-sm);
    line-height: 1.4;
  }
`;

/**
 * Lets visitors choose what others learn of them: whether they type, what they have read, what has reached them. The
 * choice is stored with the user and counts at once, on all their devices. Nothing is reciprocal: who hides theirs still
 * sees those of others. Empty outside a session.
 *
 * @tag privacy-settings
 * @event {ChatErrorEvent} chat-error - A choice could not be stored.
 * @csspart heading - The heading.
 * @csspart switch - One choice with its words.
 * @csspart note - What became of the last choice, when it was not stored.
 */
export class PrivacySettingsElement extends ChatElement {
  static override styles = [base, styles];

  #settings = new ClientSlice(this, (state) => state.user?.privacy_settings);
  #note = '';

  override render(): TemplateResult | typeof nothing {
    const { holder, value } = this.#settings;
    if (!holder) return nothing;
    return html`<h2 part="heading" id="title">${words.title}</h2>
      <div role="group" aria-labelledby="title">
        ${SWITCHES.map(
          ([setting, word]) =>
            html`<label part="switch"
              >${words[word]}
              <input
                type="checkbox"
                role="switch"
                .checked=${live(value?.[setting]?.enabled !== false)}
                @change=${(event: Event) => this.#choose(setting, event.target as HTMLInputElement)}
            /></label>`,
        )}
      </div>
      <p part="note" role="status">${this.#note}</p>`;
  }

  #choose(setting: keyof PrivacySettings, { checked: enabled }: HTMLInputElement): void {
    this.#say('');
    this.#settings.holder?.updatePrivacy({ [setting]: { enabled } }).catch((error: ChatError) => {
      this.#say(error.retryable ? words.notSaved : words.refused);
      this.dispatchEvent(new ChatErrorEvent(error));
    });
  }

  #say(note: string): void {
    this.#note = note;
    // Also draws the switch as the setting is: it may be as before.
    this.requestUpdate();
  }
}

define('privacy-settings', PrivacySettingsElement);

declare global {
  interface HTMLElementTagNameMap {
    'privacy-settings': PrivacySettingsElement;
  }
}
