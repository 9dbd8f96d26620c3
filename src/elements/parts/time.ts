import type { Timestamp } from '../../protocol.js';
import type { Terms } from '../../locales/en.js';

const DAY_MS = 86_400_000;

export const TIME = { hour: '2-digit', minute: '2-digit' } as const;
export const DAY = { day: 'numeric', month: 'short' } as const;

// Making a formatter costs some 50 µs, a list has one time per row.
const formats = new Map<string, Intl.DateTimeFormat>();

export function format(date: Date, terms: Terms, options: Intl.DateTimeFormatOptions): string {
  // An impossible time from a server must not take the list down.
  if (Number.isNaN(date.getTime())) return '';
  const key = terms.locale + JSON.stringify(options);
  const made = formats.get(key) ?? new Intl.DateTimeFormat(terms.locale, options);
  formats.set(key, made);
  return made.format(date);
}

/** `10:42`, or as the locale writes it. Empty for what is no time. */
export function timeOfDay(at: Timestamp, terms: Terms): string {
  return format(new Date(at), terms, TIME);
}

/** The local calendar day of `at`, as one number that grows by 1 a day. NaN for what is no time. */
export function dayOf(at: Timestamp | Date): number {
  const date = new Date(at);
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY_MS;
}

/**
 * `Today`, `Yesterday`, the weekday under 7 days, then `12 Mar`, with the year where it differs. A day that has not
 * come by this machine's clock, which may be wrong, is today.
 */
export function dayLabel(at: Timestamp, now: Date, terms: Terms): string {
  const date = new Date(at);
  const days = dayOf(now) - dayOf(date);
  if (days <= 0) return terms.today;
  if (days === 1) return terms.yesterday;
  if (days > 1 && days < 7) return format(date, terms, { weekday: 'long' });
  const year = date.getFullYear() === now.getFullYear() ? undefined : 'numeric';
  return format(date, terms, { ...DAY, year });
}

/** For lists: the time today, else the day. */
export function listTime(at: Timestamp, now: Date, terms: Terms): string {
  return dayOf(at) >= dayOf(now) ? timeOfDay(at, terms) : dayLabel(at, now, terms);
}
