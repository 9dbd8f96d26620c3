import { inParallel } from '../statistics.js';
import { Person, type Place, type Target } from './target.js';
import type { Report } from './report.js';

const MESSAGES = 3000;
const AT_ONCE = 16;
const CHANNELS = 20;

/** Messages acknowledged a second, each committed before. */
export async function writes(report: Report, name: string, places: readonly Place[]): Promise<number> {
  const targets = await Promise.all(places.map((place) => place.start()));
  const [first] = targets as [Target];
  const ada = await Person.of('ada');
  const unique = Math.random().toString(36).slice(2, 8);
  await ada.ask(first, '/users', { users: { ada: { id: 'ada' } } });
  for (let n = 0; n < CHANNELS; n++)
    await ada.ask(first, `/channels/messaging/${unique}-${n}/query`, { state: false });
  const send = (n: number) =>
    ada.ask(targets[n % targets.length] as Target, `/channels/messaging/${unique}-${n % CHANNELS}/message`, {
      message: { text: `Message number ${n} of somebody who writes a lot` },
    });
  await inParallel(300, AT_ONCE, send); // warms up
  const began = performance.now();
  await inParallel(MESSAGES, AT_ONCE, send);
  const rate = (MESSAGES * 1000) / (performance.now() - began);
  report.say(`Messages acknowledged, ${name}`, `${Math.round(rate)} a second`);
  await Promise.all(targets.map((target) => target.close()));
  return rate;
}
