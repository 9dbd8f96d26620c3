import { css, html, nothing, type TemplateResult } from 'lit';
import type { Channel } from '../../../client/channel.js';
import { typing } from '../../../locales/en-typing.js';
import type { Terms } from '../../../locales/en.js';
import type { User } from '../../../protocol.js';
import { people } from '../../../styles/people.js';
import { avatar, nameOf } from '../avatar.js';
import { isDirect } from '../channel-view.js';

export const styles = css`
  ${people}
  [part~='base'] {
    --_s: var(--_avatar, var(--chat-avatar-message));
    display: flex;
    align-items: center;
    gap: 8px;
    margin-block-start: var(--chat-space-3);
  }
  [part~='label'] {
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
  [part~='dots'] {
    display: inline-flex;
    flex: none;
    align-items: center;
    gap: 4px;
    block-size: 34px;
    padding-inline: 13px;
    border-radius: var(--chat-radius-bubble);
    border-end-start-radius: var(--chat-radius-joint);
    outline: 1px solid transparent; /* seen in forced colours, where fills vanish */
    outline-offset: -1px;
    background: var(--chat-other-bg, #eee);
  }
  i {
    border: 3px solid var(--chat-typing-color, var(--chat-text-3));
    border-radius: 50%;
    animation: breathe var(--chat-typing-duration, 1.3s) ease-in-out infinite;
  }
  i:nth-child(2) {
    animation-delay: 0.16s;
  }
  i:nth-child(3) {
    animation-delay: 0.32s;
  }
  @keyframes breathe {
    0%,
    60%,
    100% {
      opacity: 0.35;
    }
    30% {
      opacity: 1;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    i {
      animation: none;
    }
  }
`;

/** Who is typing, in one sentence that names at most `max` of them. */
export function sentenceOf(users: readonly User[], max: number, terms: Terms): string {
  const names = users.map((user) => nameOf(user, terms));
  return typing(names.slice(0, max), Math.max(0, names.length - max));
}

/** Dots in a bubble; in a group, the picture of the first who began and the sentence as well. */
export function bubble(channel: Channel, first: User, sentence: string, terms: Terms): TemplateResult {
  const group = !isDirect(channel.state.value, channel.client.userId);
  return html`<div part="base" aria-hidden="true">
    ${group ? avatar({ ...first, name: nameOf(first, terms) }) : nothing}
    <slot name="icon"
      ><span part="dots"><i></i><i></i><i></i></span
    ></slot>
    ${group ? html`<span part="label">${sentence}</span>` : nothing}
  </div>`;
}

/** Typing is announced at most this often (the design's figure): it comes and goes. */
const ANNOUNCE_MS = 10_000;

/** What is said aloud of who is typing. */
export class Speech {
  #spoken = '';
  #spokenAt = -Infinity;

  /** What to say now, `sentence` or still the last one; nothing when nobody types. */
  say(sentence = ''): string {
    if (!sentence) return (this.#spoken = '');
    if (Date.now() - this.#spokenAt < ANNOUNCE_MS) return this.#spoken;
    this.#spokenAt = Date.now();
    return (this.#spoken = sentence);
  }
}
