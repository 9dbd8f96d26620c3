import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startCluster } from './cluster.js';
import { runServer } from './process.js';
import { at, ON_POSTGRES, Person, refused, type Body } from './support.js';

/** reliability.md asks for 50; `KILLS=50` gives them. */
const KILLS = Number(process.env['KILLS'] ?? 5);
const WRITERS = 4;
const PER_ROUND = 20;

let dataDir: string;
let databaseUrl = '';
before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chat-'));
  // Here Postgres writes to disk before it says so, as it does in earnest.
  if (ON_POSTGRES) databaseUrl = await (await startCluster('on')).database();
});
after(() => rm(dataDir, { recursive: true }));

const run = () => runServer({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl });

/** Every message of the channel, page by page. */
async function stored(person: Person): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const [before] = ids;
    const page = { limit: 300, ...(before === undefined ? {} : { id_lt: before }) };
    const { body } = await person.call('POST', '/channels/messaging/kept/query', { messages: page });
    const found = (at(body, 'messages') as { id: string }[]).map(({ id }) => id);
    if (!found.length) return ids;
    ids.unshift(...found);
  }
}

describe('S1: kill -9 under write load', () => {
  it('loses nothing that was acknowledged; what was not, tried again, is there once', async () => {
    const acknowledged = new Set<string>();
    const unsure = new Set<string>();
    const odd: Body[] = [];
    for (let round = 0; round < KILLS; round++) {
      const { child, server } = await run();
      const ada = await Person.known(server, 'ada');
      await ada.call('POST', '/channels/messaging/kept/query', { data: { name: 'Kept' } });
      for (const id of unsure) {
        const answer = await ada.send('messaging:kept', { id, text: id });
        if (answer.status !== 201) refused(answer, 400, 4, /already exists/);
        acknowledged.add(id);
      }
      unsure.clear();
      const died = once(child, 'exit');
      const enough = acknowledged.size + PER_ROUND;
      const write = async (writer: number): Promise<void> => {
        for (let n = 0; ; n++) {
          const id = `${round}-${writer}-${n}`;
          unsure.add(id);
          const { status, body } = await ada.send('messaging:kept', { id, text: id });
          if (status !== 201) odd.push(body);
          unsure.delete(id);
          if (acknowledged.add(id).size === enough) child.kill('SIGKILL');
        }
      };

      await Promise.allSettled(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
      await died;
    }

    const { server } = await run();
    const kept = await stored(await Person.of(server, 'ada'));
    await server.close();
    assert.deepEqual(odd, []);
    assert.ok(acknowledged.size >= PER_ROUND * KILLS);
    assert.equal(new Set(kept).size, kept.length);
    assert.deepEqual([...acknowledged].filter((id) => !kept.includes(id)), []); // prettier-ignore
  });
});
