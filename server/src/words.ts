/** Of one word, in characters; the rest of a longer one is not searched. */
const MAX_WORD = 64;
/** Of words in a query. */
const MAX_TERMS = 12;

/** Words as they are compared: letters and digits, without case or compatibility forms. */
function wordsOf(text: string): string[] {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return [...new Set(words.map((word) => [...word].slice(0, MAX_WORD).join('')))];
}

/** What a message's text can be found by: words with one space between. */
export function indexedWords(text: string): string {
  return wordsOf(text).join(' ');
}

/**
 * A text search query in Postgres's own terms, for messages that hold a word beginning with each word of `text`.
 * Nothing but letters, digits and marks comes from the text: there is nothing to escape.
 *
 * @returns Undefined when `text` has no word, or too many.
 */
export function searchTerms(text: string): string | undefined {
  const words = wordsOf(text);
  if (!words.length || words.length > MAX_TERMS) return undefined;
  return words.map((word) => `'${word}':*`).join(' & ');
}
