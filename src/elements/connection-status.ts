import { html, nothing, type TemplateResult } from 'lit';
import { ClientSlice } from '../context.js';
import { base } from '../styles/base.js';
import { ChatElement } from './chat-element.js';
import { define } from './define.js';
import { states } from './parts/states.js';

/**
 * Says in a banner that the session is offline, reconnecting or refused; shows nothing while all is well.
 *
 * @tag connection-status
 * @csspart status-banner - The banner, while there is one.
 * @csspart spinner - Turns while reconnecting.
 */
export class ConnectionStatusElement extends ChatElement {
  static override styles = [base];

  #connection = new ClientSlice(this, (state) => state.connection);
  /** A banner was shown: its end is told to those who only hear it. */
  #troubled = false;

  // The region stays while it is empty: screen readers announce what changes inside a live region.
  override render(): TemplateResult {
    const { holder, value } = this.#connection;
    this.#troubled ||= /offline|reconnecting|blocked/.test(value?.status ?? '');
    const said = this.#troubled && value ? states.for(this)?.banner(this, value, holder) : undefined;
    return html`<div role="status">${said ?? nothing}</div>`;
  }
}

define('connection-status', ConnectionStatusElement);

declare global {
  interface HTMLElementTagNameMap {
    'connection-status': ConnectionStatusElement;
  }
}
