import { html } from 'lit';
import type { ChannelState } from '../../client/state.js';
import type { Timestamp } from '../../protocol.js';
import { isDirect } from './channel-view.js';
import { renderKeyed, type Keyed } from './keyed.js';
import { messageRow, textOf, type RowActions, type RowView } from './message-row.js';
import { daysOf, type Row, type UnreadMark } from './rows.js';
import { readUntil, receiptOf } from './ticks.js';
import { dayLabel } from './time.js';

/** What all rows of one list share. */
interface Shared extends Pick<RowView, 'terms' | 'selfId' | 'rich' | 'states'> {
  readonly actions: RowActions;
  readonly unread: UnreadMark | undefined;
  /** What stands where messages are missing; undefined until it has come. */
  readonly gap: Keyed | undefined;
}

/** Fills `box` with the days of a channel and their rows; touches only what changed. */
export function drawDays(box: Element, state: ChannelState | undefined, shared: Shared): void {
  const { selfId, terms, unread } = shared;
  const days = state ? daysOf(state.messages, selfId, unread, shared.gap && state.gap) : [];
  renderKeyed(
    box,
    days.map(({ key }) => ({ key, from: [], draw: () => html`<div class="day"></div>` })),
  );
  if (!state) return;
  const direct = isDirect(state, selfId);
  const until = readUntil(state.reads, selfId);
  const read = state.messages.findLast((m) => m.user?.id === selfId && receiptOf(m, until) === 'read');
  const now = new Date();
  days.forEach(({ at, rows }, i) => {
    const day = separator('day-separator', dayLabel(at, now, terms));
    const items = rows.map((row) => item(row, shared, direct, until, read?.id));
    renderKeyed(box.children[i] as Element, [day, ...items]);
  });
}

/** One row. `until`: when somebody else has read; `readId`: the newest own message that was. */
function item(
  row: Row,
  { terms, selfId, actions, rich, states, gap }: Shared,
  direct: boolean,
  until: Timestamp,
  readId: string | undefined,
): Keyed {
  if (row.kind === 'gap') return gap as Keyed;
  if (row.kind === 'unread') return separator('unread-separator', terms.newMessages(row.count));
  const { message, kind } = row;
  const key = kind + row.key;
  if (kind === 'notice') {
    const text = textOf(message, terms);
    return { key, from: [text], draw: () => html`<div part="notice" dir="auto">${text}</div>` };
  }
  const receipt = row.own ? receiptOf(message, until) : undefined;
  const receiptLine = message.id === readId;
  return {
    key,
    from: [message, row.own, row.first, row.last, receipt, receiptLine, direct, terms, rich, states],
    draw: () => messageRow(row, { terms, direct, receipt, receiptLine, selfId, rich, states }, actions),
  };
}

function separator(part: string, label: string): Keyed {
  return {
    key: part,
    from: [label],
    draw: () => html`<div part=${part} role="separator" aria-label=${label}><bdi>${label}</bdi></div>`,
  };
}
