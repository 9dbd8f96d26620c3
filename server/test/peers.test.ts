import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Peers, type PeerWord } from '../src/cluster/peers.js';
import { Hub } from '../src/hub.js';
import { PollStream } from '../src/stream.js';

let now = 0;
let hub: Hub;
let said: PeerWord[];
let peers: Peers;
beforeEach(() => {
  now = 0;
  hub = new Hub();
  said = [];
  peers = new Peers(
    hub,
    (word) => said.push(word),
    30_000,
    () => now,
  );
  hub.listener = peers;
});

const whole = (users: string[], watching: [string, string[]][] = []): PeerWord => ({
  is: 'whole',
  users,
  watching,
});

describe('servers that share their users', () => {
  it('say who comes, who watches, and who goes', () => {
    const stream = new PollStream('ada', { holdMs: 1, expiryMs: 60_000 });

    hub.add(stream);
    hub.watch(stream, 'a:1');
    hub.remove(stream);

    assert.deepEqual(said, [
      { is: 'online', userId: 'ada', on: true },
      { is: 'watching', cid: 'a:1', userId: 'ada', on: true },
      { is: 'watching', cid: 'a:1', userId: 'ada', on: false },
      { is: 'online', userId: 'ada', on: false },
    ]);
    stream.end();
  });

  it('count a user once, on however many servers', () => {
    const stream = new PollStream('ada', { holdMs: 1, expiryMs: 60_000 });
    hub.add(stream);
    hub.watch(stream, 'a:1');

    peers.hear('b', whole(['ada', 'bob'], [['a:1', ['ada', 'bob']]]));
    peers.hear('c', whole(['bob'], [['a:1', ['bob']]]));

    assert.equal(peers.watcherCount('a:1'), 2);
    peers.hear('b', whole([]));
    assert.deepEqual([peers.isOnline('bob'), peers.watcherCount('a:1')], [true, 2]);
    peers.hear('c', { is: 'online', userId: 'bob', on: false });
    peers.hear('c', { is: 'watching', cid: 'a:1', userId: 'bob', on: false });
    assert.deepEqual(
      [peers.isOnline('bob'), peers.isOnline('ada'), peers.watcherCount('a:1')],
      [false, true, 1],
    );
    stream.end();
  });

  it('ask one that they did not know for all it has to say, and answer the same', () => {
    peers.hear('b', { is: 'beat' });
    assert.deepEqual(said.splice(0), [{ is: 'hello' }]);

    peers.hear('b', { is: 'hello' });
    assert.deepEqual(said, [{ is: 'whole', users: [], watching: [] }]);
  });

  it('ask nothing of one unheard for 2 s, and forget one unheard for 30 s', () => {
    peers.hear('b', whole(['bob']));
    assert.deepEqual([peers.lives('b'), peers.lives('c')], [true, false]);

    now = 2001;
    assert.deepEqual([peers.lives('b'), peers.gone], [false, []]);
    now = 30_001;

    assert.deepEqual(peers.gone, ['b']);
    assert.deepEqual(peers.forget('b'), ['bob']);
    assert.equal(peers.isOnline('bob'), false);
  });

  it('forget nobody for not being heard while nobody could be', () => {
    peers.hear('b', whole(['bob']));
    for (now = 1000; now < 60_000; now += 1000) peers.excuse();

    assert.deepEqual([peers.gone, peers.isOnline('bob')], [[], true]);
  });

  it('forget nobody after having stood still themselves', () => {
    peers.hear('b', whole(['bob']));
    now = 60_000;

    peers.wait();

    assert.deepEqual([peers.lives('b'), peers.gone], [true, []]);
  });

  it('forget at once who says goodbye', () => {
    peers.hear('b', whole(['bob']));

    assert.deepEqual(peers.hear('b', { is: 'bye' }), ['bob']);
    assert.deepEqual([peers.nodes, peers.isOnline('bob')], [[], false]);
  });
});
