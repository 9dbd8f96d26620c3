import { addressAt, openable, type Address } from './links.js';

/** A piece of a text: plain, an address, or marked in one way with what is inside. */
export type Piece = string | Link | Marked | Code | Block | Mention;

export interface Link {
  readonly kind: 'link';
  readonly href: string;
  readonly inside: readonly Piece[];
}

export interface Marked {
  readonly kind: 'strong' | 'em' | 'del';
  readonly inside: readonly Piece[];
}

export interface Code {
  readonly kind: 'code';
  readonly text: string;
}

/** Code between fences, on lines of its own. */
export interface Block {
  readonly kind: 'block';
  readonly text: string;
  /** What the fence says of its language; empty without. */
  readonly language: string;
}

/** Somebody who was told of the message. */
export interface Mention {
  readonly kind: 'mention';
  readonly text: string;
  readonly id: string;
}

/** By the name that stands after `@`. */
export type Mentioned = ReadonlyMap<string, string>;

const MARKS = [
  ['**', 'strong'],
  ['__', 'strong'],
  ['~~', 'del'],
  ['*', 'em'],
  ['_', 'em'],
] as const;

/** Marks inside marks are read so deep; what is deeper stays as it was typed. */
const DEPTH = 4;
const FENCE = /(?:^|\n)```([\w+#.-]*)[^\S\n]*\n([\s\S]*?)\n?```(?=\n|$)\n?/g;
const WORD = /[\p{L}\p{N}_]/u;
const NOBODY: Mentioned = new Map();

/**
 * Reads the small part of Markdown that messages use: strong, emphasis, deleted, code, links, addresses, mentions.
 * Whatever it does not know stays the text that it is.
 */
export function parse(text: string, mentioned = NOBODY): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(FENCE)) {
    const [whole, language = '', code = ''] = match;
    pieces.push(...inline(text.slice(done, match.index), mentioned, 0));
    pieces.push({ kind: 'block', text: code, language });
    done = match.index + whole.length;
  }
  return [...pieces, ...inline(text.slice(done), mentioned, 0)];
}

/** The text without its marks, for one line of it. */
export function plain(text: string): string {
  const bare = (piece: Piece): string =>
    typeof piece === 'string' ? piece : 'inside' in piece ? piece.inside.map(bare).join('') : piece.text;
  return parse(text).map(bare).join('');
}

type Found = { piece: Piece; end: number } | undefined;

function inline(text: string, mentioned: Mentioned, depth: number): Piece[] {
  const pieces: Piece[] = [];
  let plain = '';
  for (let at = 0; at < text.length;) {
    const found = findAt(text, at, mentioned, depth);
    if (!found) {
      plain += text[at++];
      continue;
    }
    if (plain) pieces.push(plain);
    plain = '';
    pieces.push(found.piece);
    at = found.end;
  }
  return plain ? [...pieces, plain] : pieces;
}

function findAt(text: string, at: number, mentioned: Mentioned, depth: number): Found {
  switch (text[at]) {
    case '`':
      return codeAt(text, at);
    case '[':
      return linkAt(text, at, mentioned, depth);
    case '@':
      return mentionAt(text, at, mentioned);
    case '*':
    case '_':
    case '~':
      return markedAt(text, at, mentioned, depth);
    case 'h':
    case 'H':
    case 'm':
    case 'M':
      return found(addressAt(text, at), at);
    default:
      return undefined;
  }
}

function found(address: Address | undefined, at: number): Found {
  if (!address) return undefined;
  const { href, text } = address;
  return { piece: { kind: 'link', href, inside: [text] }, end: at + text.length };
}

function codeAt(text: string, at: number): Found {
  const end = text.indexOf('`', at + 1);
  const code = text.slice(at + 1, end);
  if (end < 0 || !code.trim() || code.includes('\n')) return undefined;
  return { piece: { kind: 'code', text: code }, end: end + 1 };
}

/** `[words](address)`, on one line. */
function linkAt(text: string, at: number, mentioned: Mentioned, depth: number): Found {
  const middle = text.indexOf('](', at);
  const end = middle < 0 ? -1 : text.indexOf(')', middle);
  if (end < 0 || depth >= DEPTH) return undefined;
  const words = text.slice(at + 1, middle);
  const href = openable(text.slice(middle + 2, end));
  if (!href || !words.trim() || /[[\n]/.test(words)) return undefined;
  // No link in a link: its own address would hide where it leads.
  const inside = inline(words, mentioned, DEPTH).flatMap((piece) =>
    typeof piece === 'object' && piece.kind === 'link' ? piece.inside : [piece],
  );
  return { piece: { kind: 'link', href, inside }, end: end + 1 };
}

function mentionAt(text: string, at: number, mentioned: Mentioned): Found {
  if (WORD.test(text[at - 1] ?? '')) return undefined; // an address of mail
  for (const [name, id] of mentioned) {
    const end = at + 1 + name.length;
    if (text.startsWith(name, at + 1) && !/[\p{L}\p{N}]/u.test(text[end] ?? ''))
      return { piece: { kind: 'mention', text: `@${name}`, id }, end };
  }
  return undefined;
}

/** What a pair of marks encloses: beside no blank, on one line; underscores not inside of words. */
function markedAt(text: string, at: number, mentioned: Mentioned, depth: number): Found {
  if (depth >= DEPTH) return undefined;
  const [mark = '', kind = 'em'] = MARKS.find(([mark]) => text.startsWith(mark, at)) ?? [];
  const begin = at + mark.length;
  if (!mark || /\s/.test(text[begin] ?? ' ')) return undefined;
  const inWord = mark.startsWith('_') && WORD.test(text[at - 1] ?? '');
  const end = inWord ? -1 : closing(text, mark, begin + 1);
  const words = text.slice(begin, end);
  if (end < 0 || words.includes('\n')) return undefined;
  return { piece: { kind, inside: inline(words, mentioned, depth + 1) }, end: end + mark.length };
}

function closing(text: string, mark: string, from: number): number {
  for (let end = text.indexOf(mark, from); end >= 0; end = text.indexOf(mark, end + 1)) {
    const after = text[end + mark.length] ?? '';
    const single = mark.length > 1 || (after !== mark && text[end - 1] !== mark);
    if (single && !/\s/.test(text[end - 1] ?? ' ') && !(mark.startsWith('_') && WORD.test(after))) return end;
    if (text.slice(from, end).includes('\n')) return -1;
  }
  return -1;
}
