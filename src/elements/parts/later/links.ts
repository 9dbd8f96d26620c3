/** The schemes that may be opened. Stops before spaces, quotes and direction controls, which could show another address than they open. */
const ADDRESS = /\b(?:https?:\/\/|mailto:)[^\s<>"\p{Bidi_C}]+/iuy;

/** An address in a text, and the text that shows it. */
export interface Address {
  readonly href: string;
  readonly text: string;
}

/** Sentence marks at the end belong to the sentence; a bracket only if the address has not opened it. */
function trimmed(url: string): string {
  const closesOwn = () => url.endsWith(')') && url.split(')').length <= url.split('(').length;
  while (/[.,:;!?'*_~)\]]$/.test(url) && !closesOwn()) url = url.slice(0, -1);
  return url;
}

/** The address that begins at this place of `text` and may be opened: http, https or mailto. */
export function addressAt(text: string, at: number): Address | undefined {
  ADDRESS.lastIndex = at;
  const found = ADDRESS.exec(text);
  const url = found ? trimmed(found[0]) : '';
  return url && URL.canParse(url) ? { href: new URL(url).href, text: url } : undefined;
}

const WHOLE = /^(?:https?:\/\/|mailto:)[^\s<>"\p{Bidi_C}]+$/iu;

/** `url` if it is an address that may be opened; undefined for any other. */
export function openable(url: unknown): string | undefined {
  return typeof url === 'string' && WHOLE.test(url) && URL.canParse(url) ? new URL(url).href : undefined;
}
