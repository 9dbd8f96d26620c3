import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startServer, type RunningServer } from '../../src/app.js';
import { startCluster, type Cluster } from '../cluster.js';
import { newChannel, Person, refused, SECRET, sentBy, until, type Answer, type Socket } from '../support.js';

async function serve(databaseUrl: string, dataDir = 'memory://'): Promise<RunningServer> {
  return startServer({
    ...{ port: 0, apiKey: 'key', apiSecret: SECRET, rateLimit: 0 },
    ...{ databaseUrl, dataDir, log: () => undefined },
  });
}

/** A server, two people, a channel, and somebody who watches it. */
class Stage {
  server!: RunningServer;
  ada!: Person;
  cid!: string;
  watcher!: Socket;

  async open(server: RunningServer): Promise<this> {
    this.server = server;
    this.ada = await Person.known(this.server, 'ada');
    const bob = await Person.known(this.server, 'bob');
    this.cid = await newChannel(this.ada);
    this.watcher = await bob.watching(this.cid);
    return this;
  }

  send(id: string): Promise<Answer> {
    // Nothing that a store could compress.
    return this.ada.send(this.cid, { id, text: `${id} ${randomBytes(3000).toString('base64')}` });
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
    const stage = await new Stage().open(await serve(await cluster.database()));
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

/** A disk that can be filled. */
class SmallDisk {
  readonly folder = mkdtempSync(join(tmpdir(), 'chat-disk-'));
  #filler = join(this.folder, 'filler');

  constructor(megabytes: number) {
    const options = `size=${megabytes}m,mode=0755`;
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', this.folder], {
      encoding: 'utf8',
    });
    if (status !== 0)
      throw new Error(`A disk that can be filled needs the right to mount one: run as root. ${stderr}`);
  }

  fill(): void {
    const { bavail, bsize } = statfsSync(this.folder);
    writeFileSync(this.#filler, new Uint8Array(bavail * bsize));
  }

  free(): void {
    rmSync(this.#filler);
  }

  remove(): void {
    spawnSync('umount', ['-l', this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Fills the disk under a store, and makes room again. @returns The ids of what was acknowledged. */
async function outlivesFullDisk(stage: Stage, disk: SmallDisk): Promise<string[]> {
  const kept = ['full-0', 'full-1', 'full-2'];
  for (const id of kept) assert.equal((await stage.send(id)).status, 201);

  disk.fill();
  const putOff: string[] = [];
  for (let n = 3; n < 5000 && putOff.length < 3; n++) {
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

  disk.free();
  const freed = performance.now();
  await until(async () => (await stage.send('roomy')).status === 201);
  assert.ok(performance.now() - freed < 10_000);
  await stage.sendAgain([...kept.slice(-20), ...putOff]);
  return [...kept, ...putOff, 'roomy'];
}

describe('S3 a disk that is full', () => {
  let disk: SmallDisk;
  before(() => void (disk = new SmallDisk(160)));
  after(() => disk.remove());

  it('puts writes off by 503, lets reading and sockets go on, and all is well once there is room', async () => {
    const cluster = await startCluster('on', disk.folder);
    const stage = await new Stage().open(await serve(await cluster.database()));

    await outlivesFullDisk(stage, disk);

    await stage.server.close();
    await cluster.stop();
  });

  it('does no more to the embedded store, which has everything when it is opened again', async () => {
    const dataDir = join(disk.folder, 'embedded');
    const stage = await new Stage().open(await serve('', dataDir));

    const kept = await outlivesFullDisk(stage, disk);
    await stage.server.close();

    const again = await serve('', dataDir);
    const ada = await Person.of(again, 'ada');
    for (const id of kept) assert.equal((await ada.call('GET', `/messages/${id}`)).status, 200, id);
    await again.close();
  });
});
