import { html, type TemplateResult } from 'lit';
import type { LocalMessage } from '../../client/state.js';
import type { Terms } from '../../locales/en.js';
import { compareTimes, type ReadEntry, type Timestamp } from '../../protocol.js';
import { CLOCK, icon } from './icons.js';

/** How far an own message has come, as far as others let us know. */
export type Receipt = 'sending' | 'sent' | 'read' | 'failed';

/** Until when somebody else has read; empty while nobody has, or nobody lets us know. */
export function readUntil(reads: Readonly<Record<string, ReadEntry>>, selfId: string | undefined): Timestamp {
  let until = '';
  for (const id in reads) {
    const at = reads[id]?.last_read ?? '';
    if (id !== selfId && compareTimes(at, until) > 0) until = at;
  }
  return until;
}

/** The receipt of an own message. The same rule as `readersOf` for one who asks of every message. */
export function receiptOf(message: LocalMessage, until: Timestamp): Receipt {
  if (message.status !== 'sent') return message.status;
  return compareTimes(until, message.created_at) >= 0 ? 'read' : 'sent';
}

/** The mark of one own message: a clock, one tick, or two strong ticks. */
export function ticks(receipt: Exclude<Receipt, 'failed'>, terms: Terms): TemplateResult {
  const label = terms[receipt];
  if (receipt === 'sending')
    return html`<span part="ticks" class="clock" role="img" aria-label=${label}>${icon(CLOCK)}</span>`;
  const read = receipt === 'read';
  const width = read ? 17 : 12;
  return html`<svg
    part="ticks"
    class="ticks ${receipt}"
    width=${width}
    viewBox="0 0 ${width} 12"
    role="img"
    aria-label=${label}
  >
    <path d=${read ? 'm1.2 6.6 3 3L9.9 3M8.3 9l.6.6L14.6 3' : 'm1.5 6.6 3 3L10.2 3'} />
  </svg>`;
}
