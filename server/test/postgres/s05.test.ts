import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { IN_MEMORY, startServer, type RunningServer } from '../../src/app.js';
import { startCluster } from '../cluster.js';
import { at, newChannel, Person, refused, SECRET, sentBy, until, type Answer } from '../support.js';

const servers: RunningServer[] = [];
// A test that failed leaves its own behind.
after(() => Promise.all(servers.map((server) => server.close())));

async function serve(databaseUrl: string): Promise<RunningServer> {
  const keys = { apiKey: 'key', apiSecret: SECRET };
  const server = await startServer({
    port: 0,
    dataDir: IN_MEMORY,
    databaseUrl,
    rateLimit: 0,
    log: () => undefined,
    ...keys,
  });
  servers.push(server);
  return server;
}

async function status(server: RunningServer): Promise<unknown> {
  return ((await (await fetch(`${server.url}/healthz`)).json()) as Record<string, unknown>)['status'];
}

describe('a database that goes and comes back (S5)', () => {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const)
    it(`by ${signal}: sockets stay, writes are put off, nothing acknowledged is lost, back within 5 s`, async () => {
      const own = await startCluster('on');
      after(() => own.stop());
      const server = await serve(await own.database());
      const ada = await Person.known(server, 'ada');
      await Person.known(server, 'bob');
      const cid = await newChannel(ada);
      const socket = await ada.watching(cid);
      const acknowledged: string[] = [];
      const odd: Answer[] = [];
      let putOff = 0;
      let going = true;
      const write = async (writer: number) => {
        for (let n = 0; going; n++) {
          const id = `${writer}-${n}`;
          for (
            let answer = await ada.send(cid, { id, text: id });
            ;
            answer = await ada.send(cid, { id, text: id })
          ) {
            const known = /already exists/.test(String(answer.body['message']));
            if (answer.status === 201 || known) break;
            if (answer.status !== 503 || answer.body['code'] !== -1) odd.push(answer);
            if (!going) return;
            putOff++;
            await delay(20);
          }
          acknowledged.push(id);
        }
      };
      const writers = [write(1), write(2), write(3)];
      await until(() => acknowledged.length > 20);

      await own.stop(signal);
      await until(async () => (await status(server)) === 'degraded');
      const health = (await fetch(`${server.url}/healthz`)).status;
      refused(await ada.send(cid, { text: 'too early' }), 503, -1, /Try again/);
      await own.start();
      const back = performance.now();
      const { length: before } = acknowledged;
      await until(() => acknowledged.length > before + 10);
      const took = performance.now() - back;
      going = false;
      await Promise.all(writers);

      const { body } = await ada.call('POST', `/channels/${cid.replace(':', '/')}/query`, {
        messages: { limit: 300, created_at_before: '2100-01-01T00:00:00Z' },
      });
      const kept = (at(body, 'messages') as { id: string }[]).map(({ id }) => id);
      const newest = acknowledged.slice(-100);
      assert.deepEqual(odd, []);
      assert.ok(putOff > 0);
      assert.equal(health, 200);
      assert.ok(took < 5000, `${took} ms`);
      assert.equal(new Set(kept).size, kept.length);
      assert.deepEqual(newest.filter((id) => !kept.includes(id)), []); // prettier-ignore
      assert.equal(socket.peer.readyState, socket.peer.OPEN);
      await sentBy(ada, cid, { text: 'and events go on' });
      await socket.take('message.new');
      await server.close();
    });
});
