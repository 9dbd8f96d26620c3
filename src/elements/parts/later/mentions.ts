import { css, html, nothing, type ReactiveElement, type TemplateResult } from 'lit';
import { words } from '../../../locales/en-composer.js';
import type { Terms } from '../../../locales/en.js';
import type { User } from '../../../protocol.js';
import { people } from '../../../styles/people.js';
import { avatar, nameOf } from '../avatar.js';
import { parse, type Piece } from './markdown.js';

export const styles = css`
  ${people}
  [part~='popover'] {
    position: absolute;
    inset: auto 16px 100%;
    z-index: 5;
    max-block-size: 300px;
    margin-block-end: 6px;
    padding: 6px;
    overflow-y: auto;
    border-radius: min(16px, var(--chat-radius-bubble));
    outline: 1px solid transparent;
    background: var(--chat-raised);
    box-shadow: var(--chat-shadow-2);
  }
  [part~='option'] {
    --_s: 26px;
    display: flex;
    align-items: center;
    gap: 10px;
    min-block-size: max(36px, var(--chat-control));
    padding: 4px 9px;
    border-radius: var(--chat-radius-control);
    cursor: pointer;
  }
  [part~='option'][aria-selected='true'] {
    background: var(--chat-fill-hover);
  }
`;

/** People who are offered at once. */
const MOST = 8;
/** What is typed of a name before the caret: after an `@` that begins a word, a name and perhaps half of a second. */
const QUERY = /(?:^|[\s(])@([\p{L}\p{N}_.-]*(?: [\p{L}\p{N}_.-]*)?)$/u;

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Those of `users` whose names, in front of an `@`, stand in `text`. */
export function mentionedIn(text: string, users: readonly User[]): User[] {
  const byName = new Map(users.map(({ id, name }) => [name || id, id] as const));
  // The longest first: "Ada Lovelace" is not "Ada".
  const names = new Map([...byName].sort(([a], [b]) => b.length - a.length));
  const ids = new Set<string>();
  const collect = (piece: Piece): void => {
    if (typeof piece === 'string') return;
    if (piece.kind === 'mention') ids.add(piece.id);
    else if ('inside' in piece) piece.inside.forEach(collect);
  };
  parse(text, names).forEach(collect);
  return users.filter(({ id }) => ids.has(id));
}

/** The people whose names may be meant by what is typed behind an `@`. */
export class Mentions {
  #host: ReactiveElement;
  #found: readonly User[] = [];
  #chosen = 0;
  /** Where the `@` stands. */
  #at = 0;

  constructor(host: ReactiveElement) {
    this.#host = host;
  }

  /** To be called when the text or the caret has changed. */
  update({ value, selectionStart: caret, selectionEnd }: HTMLTextAreaElement, users: readonly User[]): void {
    const query = caret === selectionEnd ? QUERY.exec(value.slice(0, caret))?.[1] : undefined;
    const before = this.#found.length;
    this.#found = query === undefined ? [] : matching(query, users);
    this.#at = caret - (query?.length ?? 0) - 1;
    this.#chosen = 0;
    if (before || this.#found.length) this.#host.requestUpdate();
  }

  close(): void {
    if (!this.#found.length) return;
    this.#found = [];
    this.#host.requestUpdate();
  }

  /** What a key does while people are offered. @returns Whether it did something. */
  onKey({ key, shiftKey, target }: KeyboardEvent): boolean {
    const { length } = this.#found;
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    if (!length || shiftKey) return false;
    const step = steps[key];
    if (step) this.#chosen = (this.#chosen + step + length) % length;
    else if (key === 'Enter' || key === 'Tab') this.#take(target as HTMLTextAreaElement, this.#chosen);
    else if (key === 'Escape') this.#found = [];
    else return false;
    this.#host.requestUpdate();
    return true;
  }

  /** The id of the option that is chosen, for `aria-activedescendant`; undefined while nobody is offered. */
  get active(): string | undefined {
    return this.#found.length ? `option-${this.#chosen}` : undefined;
  }

  view(input: () => HTMLTextAreaElement | null, terms: Terms): TemplateResult | typeof nothing {
    if (!this.#found.length) return nothing;
    const take = (index: number) => {
      const field = input();
      if (field) this.#take(field, index);
      this.#host.requestUpdate();
    };
    // The focus stays in the field.
    const keep = (event: Event) => event.preventDefault();
    return html`<div part="popover" id="options" role="listbox" aria-label=${words.people} @mousedown=${keep}>
      ${this.#found.map((user, index) => {
        const name = nameOf(user, terms);
        return html`<div
          part="option"
          id=${`option-${index}`}
          role="option"
          aria-selected=${index === this.#chosen}
          @click=${() => take(index)}
        >
          ${avatar({ ...user, name }, { short: true, online: user.online === true })}
          <span class="truncate" dir="auto">${name}</span>
        </div>`;
      })}
    </div>`;
  }

  #take(field: HTMLTextAreaElement, index: number): void {
    const user = this.#found[index];
    this.#found = [];
    if (!user) return;
    field.setRangeText(`@${user.name || user.id} `, this.#at, field.selectionStart, 'end');
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    field.focus();
  }
}

function matching(query: string, users: readonly User[]): User[] {
  const wanted = plain(query);
  const begins = ({ id, name }: User) =>
    plain(name ?? '')
      .split(/\s+/)
      .some((word) => word.startsWith(wanted)) ||
    plain(name ?? '').startsWith(wanted) ||
    plain(id).startsWith(wanted);
  return users.filter(begins).slice(0, MOST);
}
