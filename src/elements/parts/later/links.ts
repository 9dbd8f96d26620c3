import { html, type TemplateResult } from 'lit';

/** The schemes that may be opened. Stops before spaces, quotes and direction controls, which could show another address than they open. */
const URLS = /\b(?:https?:\/\/|mailto:)[^\s<>"\p{Bidi_C}]+/giu;

/** Sentence marks at the end belong to the sentence; a bracket only if the address has not opened it. */
function trimmed(url: string): string {
  const closesOwn = () => url.endsWith(')') && url.split(')').length <= url.split('(').length;
  while (/[.,:;!?'*_~)\]]$/.test(url) && !closesOwn()) url = url.slice(0, -1);
  return url;
}

/** Cuts `text` into plain pieces and addresses that may be opened: http, https and mailto. */
export function linked(text: string): (string | { href: string; text: string })[] {
  const pieces: (string | { href: string; text: string })[] = [];
  let done = 0;
  for (const match of text.matchAll(URLS)) {
    const url = trimmed(match[0]);
    if (!URL.canParse(url)) continue;
    pieces.push(text.slice(done, match.index), { href: new URL(url).href, text: url });
    done = match.index + url.length;
  }
  return [...pieces, text.slice(done)].filter(Boolean);
}

/** A message's text with its addresses as links. Strangers' text is bound as text, never as markup. */
export function linkedText(text: string): (string | TemplateResult)[] {
  return linked(text).map((piece) =>
    typeof piece === 'string'
      ? piece
      : html`<a href=${piece.href} target="_blank" rel="noopener noreferrer nofollow" tabindex="-1"
          >${piece.text}</a
        >`,
  );
}
