import { html, type TemplateResult } from 'lit';
import type { Terms } from '../../locales/en.js';
import { icon } from './icons.js';

/** How far an own message has come, as far as others let us know. */
export type Receipt = 'sending' | 'sent' | 'read' | 'failed';

/** The mark of one own message: a clock, one tick, or two strong ticks; an `img` with its name. */
export function ticks(receipt: Exclude<Receipt, 'failed'>, terms: Terms): TemplateResult {
  if (receipt === 'sending')
    return html`<span part="ticks" class="clock" role="img" aria-label=${terms.sending}
      >${icon('clock')}</span
    >`;
  const read = receipt === 'read';
  return html`<svg
    part="ticks"
    class="ticks ${read ? 'read' : 'one'}"
    viewBox="0 0 ${read ? 17 : 12} 12"
    role="img"
    aria-label=${read ? terms.read : terms.sent}
  >
    <path d=${read ? 'm1.2 6.6 3 3L9.9 3M8.3 9l.6.6L14.6 3' : 'm1.5 6.6 3 3L10.2 3'} />
  </svg>`;
}
