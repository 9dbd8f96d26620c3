import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startServer, type RunningServer } from '../../src/app.js';
import { startCluster, type Cluster } from '../cluster.js';
import { newChannel, Person, refused, SECRET, sentBy, until, type Answer, type Socket } from '../support.js';

async function serve(databaseUrl: string): Promise<RunningServer> {
  return startServer({
    ...{ port: 0, dataDir: 'memory://', apiKey: 'key', apiSecret: SECRET, rateLimit: 0 },
    ...{ databaseUrl, log: () => undefined },
  });
}

/** A server, two people, a channel, and somebody who watches it. */
class Stage {
  server!: RunningServer;
  ada!: Person;
  cid!: string;
  watcher!: Socket;

  async open(cluster: Cluster): Promise<this> {
    this.server = await serve(await cluster.database());
    this.ada = await Person.known(this.server, 'ada');
    const bob = await Person.known(this.server, 'bob');
    this.cid = await newChannel(this.ada);
    this.watcher = await bob.watching(this.cid);
    return this;
  }

  send(id: string): Promise<Answer> {
    return this.ada.send(this.cid, { id, text: `${id} ${'x'.repeat(4000)}` });
  }

  /** Sends again what was put off: each is stored once, whether the first try was or not. */
  async sendAgain(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const answer = await this.send(id);
      if (answer.status !== 201) refused(answer, 400, 4, /already exists/);
    }
    const stored = await this.ada.call('GET', `/channels/${this.cid.replace(':', '/')}/messages`, undefined, {
      ids: ids.slice(0, 50).join(','),
    });
    assert.equal((stored.body['messages'] as unknown[]).length, Math.min(ids.length, 50));
  }
}

describe('S4 a database that is frozen', () => {
  let cluster: Cluster;
  before(async () => void (cluster = await startCluster()));
  after(() => cluster.stop());

  it('puts writes off by 503 in time, answers what needs no database, and loses nothing', async () => {
    const stage = await new Stage().open(cluster);
    await sentBy(stage.ada, stage.cid, { text: 'before' });
    const ids = Array.from({ length: 30 }, (_, n) => `frozen-${n}`);

    cluster.freeze();
    const frozen = performance.now();
    const asked = ids.map((id) => stage.send(id));
    const waits: number[] = [];
    let waiting = true;
    const healthy = (async () => {
      while (waiting) {
        const began = performance.now();
        assert.equal((await fetch(`${stage.server.url}/healthz`)).status, 200);
        waits.push(performance.now() - began);
      }
    })();
    const answers = await Promise.all(asked);
    waiting = false;
    await healthy;
    const took = performance.now() - frozen;
    cluster.thaw();

    for (const answer of answers) refused(answer, 503, -1, /Try again/);
    assert.ok(took < 30_000, `${took.toFixed(0)} ms`);
    waits.sort((a, b) => a - b);
    assert.ok((waits[Math.floor(waits.length * 0.99)] ?? 0) < 2000, 'the process stays awake');
    await until(async () => (await stage.send('thawed')).status !== 503);
    await stage.sendAgain(ids);
    assert.equal(stage.watcher.peer.readyState, stage.watcher.peer.OPEN);
    await stage.server.close();
  });
});

describe('S3 a disk that is full', () => {
  let folder: string;
  let cluster: Cluster;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chat-disk-'));
    const { status, stderr } = spawnSync(
      'mount',
      ['-t', 'tmpfs', '-o', 'size=160m,mode=0755', 'tmpfs', folder],
      {
        encoding: 'utf8',
      },
    );
    if (status !== 0)
      throw new Error(`A disk that can be filled needs the right to mount one: run as root. ${stderr}`);
    cluster = await startCluster('on', folder);
  });
  after(async () => {
    await cluster.stop();
    spawnSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('puts writes off by 503, lets reading and sockets go on, and all is well once there is room', async () => {
    const stage = await new Stage().open(cluster);
    const kept = ['full-0', 'full-1', 'full-2'];
    for (const id of kept) assert.equal((await stage.send(id)).status, 201);

    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(join(folder, 'filler'), new Uint8Array(bavail * bsize));
    const putOff: string[] = [];
    for (let n = 3; n < 500 && putOff.length < 3; n++) {
      const answer = await stage.send(`full-${n}`);
      if (answer.status === 201) kept.push(`full-${n}`);
      else {
        refused(answer, 503, -1, /Try again/);
        putOff.push(`full-${n}`);
      }
    }
    assert.equal(putOff.length, 3);
    assert.equal((await stage.ada.call('GET', `/messages/${kept[0] ?? ''}`)).status, 200);
    assert.equal(stage.watcher.peer.readyState, stage.watcher.peer.OPEN);

    rmSync(join(folder, 'filler'));
    const freed = performance.now();
    await until(async () => (await stage.send('roomy')).status === 201);
    assert.ok(performance.now() - freed < 10_000);
    await stage.sendAgain([...kept.slice(-20), ...putOff]);
    await stage.server.close();
  });
});
