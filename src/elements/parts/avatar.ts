import { html, nothing, type TemplateResult } from 'lit';
import type { Terms } from '../../locales/en.js';

/** What a picture of a person or a channel is made of. */
export interface Pictured {
  id: string;
  name?: string | undefined;
  image?: string | undefined;
}

/** Marks, embeddings, overrides and isolates: one in a name would turn round the words after it. */
const BIDI_CONTROLS = /\p{Bidi_C}/gu;

/** The name to show for somebody: theirs, or else their id, on one line and without direction controls. */
export function nameOf(person: { id?: string; name?: unknown } | undefined, terms: Terms): string {
  const clean = (text: unknown) =>
    typeof text === 'string' ? text.replace(BIDI_CONTROLS, '').replace(/\s+/g, ' ').trim() : '';
  return clean(person?.name) || clean(person?.id) || terms.unknownUser;
}

/** Angles that are told apart at a glance. */
const HUES = [20, 55, 105, 150, 195, 240, 285, 340];

/**
 * One of eight hues, the same for an id on every page, as a declaration for `.style=${…}`: a property, since
 * strict pages allow no such attribute.
 */
export function hue(id: string): string {
  let hash = 0;
  for (let i = 0; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) >>> 0;
  return `--chat-hue:${HUES[hash % 8]}`;
}

/** `ML` for "Mara Lindqvist"; one letter in scripts without capitals, where two would join. */
export function initials(name: string): string {
  const letters = name.split(/[\s_@-]+/).flatMap((word) => [...word][0] ?? []);
  const [first = ''] = letters;
  const last = letters.slice(1).at(-1) ?? '';
  return first.toLowerCase() === first.toUpperCase() ? first : (first + last).toUpperCase();
}

/** Whether a URL from others may become an image's source. */
export function isImageUrl(url: unknown): url is string {
  return typeof url === 'string' && /^(https?:)?\/\/|^\/|^data:image\/|^blob:/i.test(url);
}

// Hidden, not removed: the element belongs to Lit, and its next source may be good.
const shown = ({ type, target }: Event) => (target as Element).classList.toggle('broken', type === 'error');

/**
 * A decorative avatar: initials on the hue of the id, under the image if one loads. Its size is `--_s`.
 * `square` for channels; `short` leaves one letter, for the smallest; `online` adds the presence dot.
 */
export function avatar(
  { id, name, image }: Pictured,
  { square, short, online }: { square?: boolean; short?: boolean; online?: boolean } = {},
): TemplateResult {
  const letters = initials(name || id);
  return html`<span part="avatar" class=${square ? 'square' : nothing} .style=${hue(id)} aria-hidden="true"
    >${short ? [...letters][0] : letters}${
      isImageUrl(image)
        ? html`<img
            src=${image}
            alt=""
            loading="lazy"
            referrerpolicy="no-referrer"
            @error=${shown}
            @load=${shown}
          />`
        : nothing
    }${online ? html`<i part="presence"></i>` : nothing}</span
  >`;
}
