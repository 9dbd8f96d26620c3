import { css, html, nothing, type TemplateResult } from 'lit';
import type { Channel } from '../../../client/channel.js';
import type { LocalMessage } from '../../../client/state.js';
import { words } from '../../../locales/en-receipts.js';
import type { Terms } from '../../../locales/en.js';
import { icons } from '../../../styles/icons.js';
import { people } from '../../../styles/people.js';
import { avatar, nameOf } from '../avatar.js';
import { isDirect } from '../channel-view.js';
import { momentOf } from '../moment.js';
import { readersOf } from '../readers.js';
import { ticks } from '../ticks.js';

/** How many readers are pictured and named before the rest become a number. */
const FACES = 3;

export const styles = css`
  ${icons}
  ${people}
  [part~='base'] {
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 5px;
    min-block-size: 18px;
    margin-block-start: 4px;
    color: var(--chat-text-3);
    font-size: var(--chat-size-sm);
    font-variant-numeric: tabular-nums;
  }
  [part~='avatars'] {
    --_s: 17px;
    display: inline-flex;
  }
  [part~='avatar'] {
    box-shadow: 0 0 0 1.5px var(--chat-surface);
    font-size: 7px;
  }
  [part~='avatar'] + [part~='avatar'] {
    margin-inline-start: -4px;
  }
  .clock .i {
    inline-size: 13px;
    block-size: 13px;
  }
`;

/** How far an own message of the channel has come: a mark, and who has read it or when. */
export function receipt(message: LocalMessage, channel: Channel, terms: Terms): TemplateResult {
  const state = channel.state.value;
  const readers = message.status === 'sent' ? readersOf(message, Object.values(state.reads)) : [];
  const [reader] = readers;
  const how = reader ? 'read' : message.status;
  const direct = isDirect(state, channel.client.userId);
  const faces = direct ? [] : readers.slice(0, FACES).map((user) => ({ ...user, name: nameOf(user, terms) }));
  const others = readers.length - faces.length;
  let label = terms[how];
  let line = how === 'failed' ? label : '';
  if (reader && direct)
    line = label = words.readAt(momentOf(state.reads[reader.id]?.last_read ?? '', new Date(), terms));
  else if (reader) {
    label = words.readBy(
      faces.map(({ name }) => name),
      others,
    );
    if (others) line = `+${others}`;
  }
  return html`<div part="base" role="img" aria-label=${label}>
    ${how === 'failed' ? nothing : ticks(how, terms)}
    ${faces.length ? html`<span part="avatars">${faces.map((user) => avatar(user, { short: true }))}</span>` : nothing}
    ${line ? html`<bdi part="line">${line}</bdi>` : nothing}
  </div>`;
}
