import type { Terms } from '../../locales/en.js';
import type { Timestamp } from '../../protocol.js';
import { DAY, dayOf, format, TIME, timeOfDay } from './time.js';

/** The time today, else day and time: when something was read. */
export function momentOf(at: Timestamp, now: Date, terms: Terms): string {
  if (dayOf(at) >= dayOf(now)) return timeOfDay(at, terms);
  return format(new Date(at), terms, { ...DAY, ...TIME });
}
