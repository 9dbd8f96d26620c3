import { inParallel } from '../statistics.js';
import { Asker } from './asker.js';
import { Person, type Address } from './target.js';

/** Says something to everybody in a room, and resolves when the server has taken it. */
export type Say = (room: number, n: number) => Promise<unknown>;

/** As long as the frames of a short message. */
export const FILLER = 'x'.repeat(400);
/** Requests under way at the same time. */
export const AT_ONCE = 16;

/** Makes rooms that everybody may enter. @returns Their cids. */
export async function rooms(target: Address, count: number): Promise<string[]> {
  const ada = await Person.of('ada');
  await ada.ask(target, '/users', { users: { ada: { id: 'ada' } } });
  return inParallel(count, AT_ONCE, async (room) => {
    await ada.ask(target, `/channels/livestream/room-${room}/query`, { state: false });
    return `livestream:room-${room}`;
  });
}

/** Who says events of the application's own kind, by the servers in turn: they are told, and not stored. */
export async function speaker(
  targets: readonly Address[],
  cids: readonly string[],
  filler = FILLER,
): Promise<Say> {
  const ada = await Person.of('ada');
  const headers = `authorization: ${ada.token}\r\nstream-auth-type: jwt\r\n`;
  const paths = cids.map((cid) => `/channels/${cid.replace(':', '/')}/event?${ada.search().toString()}`);
  const askers = targets.map(({ url }) => new Asker(url));
  return (room, n) =>
    (askers[n % askers.length] as Asker).post(
      paths[room] ?? '',
      headers,
      JSON.stringify({ event: { type: 'tap', n, filler } }),
    );
}

/** Who has the bare broadcaster say what is as long as our events are. */
export function bareSpeaker({ url }: Address): Say {
  const asker = new Asker(url);
  const filler = FILLER + FILLER.slice(0, 250);
  return (room, n) => asker.post(`/${room}`, '', JSON.stringify({ type: 'tap', n, filler }));
}
