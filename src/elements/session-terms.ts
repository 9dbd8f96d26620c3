import { ChatError } from '../errors.js';
import { en, type Terms } from '../locales/en.js';

/**
 * The words for a BCP 47 tag: times and dates as it writes them.
 *
 * @throws {ChatError} `invalid-option` for what is no such tag.
 */
export function termsFor(locale: string): Terms {
  if (!locale) return en;
  try {
    return { ...en, locale: Intl.getCanonicalLocales(locale)[0] ?? en.locale };
  } catch (cause) {
    throw new ChatError(
      'invalid-option',
      `locale is a language tag; got ${JSON.stringify(locale.slice(0, 60))}. Write it like "en-GB" or "pt-BR".`,
      { cause },
    );
  }
}
