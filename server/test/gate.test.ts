import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Gate, isNumbered, type Numbered } from '../src/cluster/gate.js';
import type { Delivery } from '../src/deliver.js';
import { until } from './support.js';

const cid = 'messaging:a';

function event(seq: number, fields: Partial<Numbered> = {}): Numbered {
  return { to: 'channel', members: [], event: { type: 'message.new', cid, seq }, ...fields };
}

/** A server with one channel, whose store holds every event up to `stored`. */
class Host {
  told: string[] = [];
  fetched: [number, number][] = [];
  isWatched = true;
  stored = 0;
  away = false;
  gate = new Gate({
    apply: (delivery: Delivery) => {
      if (!isNumbered(delivery)) throw new Error('not numbered');
      this.told.push(`${delivery.event.seq}${delivery.idleOnly ? ' idle' : ''}`);
      return Promise.resolve();
    },
    watched: () => this.isWatched,
    fetch: (_, from, to) => {
      if (this.away) return Promise.reject(new Error('away'));
      this.fetched.push([from, to]);
      const all = Array.from({ length: this.stored }, (_none, index) => event(index + 1));
      return Promise.resolve(all.filter(({ event: { seq } }) => seq >= from && seq <= to));
    },
    newest: () => Promise.resolve(new Map([[cid, this.stored]])),
    report: () => undefined,
  });

  async offer(...seqs: number[]): Promise<string[]> {
    await Promise.all(seqs.map((seq) => this.gate.offer(event(seq))));
    return this.told;
  }
}

let host: Host;
beforeEach(() => {
  host = new Host();
});

describe('the gate of a channel', () => {
  it('lets events through in their order, each once', async () => {
    await host.offer(5, 6);

    assert.deepEqual(await host.offer(6, 8, 7, 5, 9, 8), ['5', '6', '7', '8', '9']);
  });

  it('reads from the store what does not arrive', async () => {
    host.stored = 9;
    await host.offer(5);

    await host.offer(8, 9);

    assert.deepEqual(host.told, ['5']);
    await until(() => host.told.length === 5);
    assert.deepEqual([host.told, host.fetched], [['5', '6', '7', '8', '9'], [[6, 9]]]);
  });

  it('goes on over what is not stored any more', async () => {
    host.stored = 6;
    await host.offer(5);

    await host.offer(9);

    await until(() => host.told.length === 3);
    assert.deepEqual(host.told, ['5', '6', '9']);
    assert.deepEqual(await host.offer(7, 10), ['5', '6', '9', '7 idle', '10']);
  });

  it('tries again when the store is away', async () => {
    host.stored = 7;
    host.away = true;
    await host.offer(5, 7);
    await new Promise((resolve) => setTimeout(resolve, 300));

    host.away = false;

    await until(() => host.told.length === 3);
    assert.deepEqual(host.told, ['5', '6', '7']);
  });

  it('holds events while somebody begins to watch, and leaves out what their answer has', async () => {
    host.isWatched = false;
    host.stored = 7;
    host.gate.open([cid]);
    host.isWatched = true;
    await host.offer(7, 6, 8);
    assert.deepEqual(host.told, []);

    await host.gate.start([cid]);

    await until(() => host.told.length === 3);
    assert.deepEqual(host.told.sort(), ['6 idle', '7 idle', '8']);
  });

  it('asks for no order where nobody watches', async () => {
    host.isWatched = false;

    assert.deepEqual(await host.offer(9, 7, 9, 8), ['9', '7', '8']);
    assert.ok(host.gate.has(cid, 7));
    assert.ok(!host.gate.has(cid, 6));
  });

  it('fetches what is known to exist and was never said', async () => {
    host.stored = 7;
    await host.offer(5);

    host.gate.expect(cid, 7);

    await until(() => host.told.length === 3);
    assert.deepEqual(host.told, ['5', '6', '7']);
    host.gate.close();
  });
});
