import { html, nothing, type TemplateResult } from 'lit';
import type { Terms } from '../../locales/en.js';

/** What a picture of a person or a channel is made of. */
export interface Pictured {
  id: string;
  name?: string | undefined;
  image?: string | undefined;
}

/** Marks, embeddings, overrides and isolates: one in a name would turn round the words after it. */
const BIDI_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The name to show for somebody: theirs, or else their id, on one line and without direction controls. */
export function nameOf(person: { id?: string; name?: unknown } | undefined, terms: Terms): string {
  const clean = (text: unknown) =>
    typeof text === 'string' ? text.replace(BIDI_CONTROLS, '').replace(/\s+/g, ' ').trim() : '';
  return clean(person?.name) || clean(person?.id) || terms.unknownUser;
}

/** The class of one of the eight hues (`h0` … `h7`, base.ts), the same for an id on every page. */
export function hueClass(id: string): string {
  let hash = 0;
  for (let i = 0; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) >>> 0;
  return `h${hash % 8}`;
}

/** `ML` for "Mara Lindqvist"; one letter in scripts without capitals, where two would join. */
export function initials(name: string): string {
  const words = name.split(/[\s_@-]+/).filter(Boolean);
  const first = letter(words[0] ?? '');
  const last = words.length > 1 ? letter(words[words.length - 1] ?? '') : '';
  return first.toLowerCase() === first.toUpperCase() ? first : (first + last).toUpperCase();
}

function letter(text: string): string {
  return [...text][0] ?? '';
}

/** Whether a URL from others may become an image's source. */
function isImageUrl(url: unknown): url is string {
  return typeof url === 'string' && /^(https?:)?\/\/|^\/|^data:image\/|^blob:/i.test(url);
}

// A class, not removal: the element belongs to Lit, and its next source may be good.
const broken = (event: Event) => (event.target as Element).classList.add('broken');
const loaded = (event: Event) => (event.target as Element).classList.remove('broken');

/**
 * A decorative avatar: initials on the hue of the id, under the image if one loads. Its size is `--_s`.
 * `square` for channels; `short` leaves
 * one letter, for the smallest; `online` adds the presence dot.
 */
export function avatar(
  of: Pictured,
  {
    square = false,
    short = false,
    online = false,
  }: { square?: boolean; short?: boolean; online?: boolean } = {},
): TemplateResult {
  return html`<span part="avatar" class="${hueClass(of.id)} ${square ? 'square' : ''}" aria-hidden="true"
    >${short ? letter(initials(of.name || of.id)) : initials(of.name || of.id)}${
      isImageUrl(of.image)
        ? html`<img
            src=${of.image}
            alt=""
            loading="lazy"
            referrerpolicy="no-referrer"
            @error=${broken}
            @load=${loaded}
          />`
        : nothing
    }${online ? html`<i part="presence"></i>` : nothing}</span
  >`;
}
