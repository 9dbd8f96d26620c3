import { expect } from '@open-wc/testing';
import { ChatError } from '../../src/errors.js';
import { ConnectionKit, HELLO, NETWORK_ERROR, refusal, SERVER_ERROR } from '../support/connection-kit.js';

describe('Connection, the heartbeat', () => {
  it('pings a WebSocket that has been silent for 20 s, and stays live', async () => {
    const kit = await new ConnectionKit().reach('live');

    kit.host.tick(19_999);
    expect(kit.websocket.last.sent).to.deep.equal([]);
    kit.host.tick(1);

    expect(kit.websocket.last.sent).to.deep.equal(['ping']);
    expect(kit.state).to.equal('live');
  });

  it('calls it lost when nothing comes within 4.5 s of the ping', async () => {
    const kit = await new ConnectionKit().reach('live');
    kit.host.tick(20_000);

    kit.host.tick(4_499);
    expect(kit.state).to.equal('live');
    kit.host.tick(1);

    expect(kit.state).to.equal('waiting');
    expect(kit.websocket.last.closed).to.equal(true);
  });

  it('counts any frame as an answer', async () => {
    const kit = await new ConnectionKit().reach('live');
    kit.host.tick(24_000);

    kit.websocket.last.frame({ type: 'x' });
    kit.host.tick(19_999);

    expect(kit.state).to.equal('live');
    expect(kit.websocket.last.sent).to.deep.equal(['ping']);
  });

  it('counts garbage as an answer', async () => {
    const kit = await new ConnectionKit().reach('live');
    kit.host.tick(24_000);

    kit.websocket.last.garbage();
    kit.host.tick(5_000);

    expect(kit.state).to.equal('live');
  });

  it('hears only the link in use', async () => {
    const parts = new ConnectionKit();
    const kit = new ConnectionKit({ transports: [parts.longpoll, parts.websocket] });
    kit.connection.connect();
    await kit.giveToken();
    kit.host.tick(1_500);
    parts.websocket.last.frame(HELLO);
    await kit.synced();
    kit.host.tick(5_000);

    parts.longpoll.last.garbage();

    expect(kit.host.pending).to.include(15_000);
  });

  it('holds one timer however many frames come', async () => {
    const kit = await new ConnectionKit().reach('live');

    for (let i = 0; i < 100; i++) kit.websocket.last.frame({ type: 'x' });

    expect(kit.host.pending).to.deep.equal([20_000]);
  });

  it('leaves a poll alone', async () => {
    const kit = await new ConnectionKit().reachLivePoll();
    kit.websocket.last.fail();
    kit.longpoll.last.heard();

    kit.host.tick(60_000);

    expect(kit.state).to.equal('live');
    expect(kit.longpoll.last.sent).to.deep.equal([]);
  });
});

describe('Connection, probes', () => {
  it('pings at once and is live again at the first frame', async () => {
    const kit = await new ConnectionKit().reach('live');

    kit.connection.probe();
    expect(kit.websocket.last.sent).to.deep.equal(['ping']);
    kit.websocket.last.frame({ type: 'x' });

    expect(kit.path).to.equal('authorizing opening syncing live suspect live');
    expect(kit.host.pending).to.deep.equal([20_000]);
  });

  it('calls the link lost after 3 s', async () => {
    const kit = await new ConnectionKit().reach('suspect');

    kit.host.tick(3_000);

    expect(kit.state).to.equal('waiting');
    expect(kit.websocket.last.closed).to.equal(true);
  });

  it('asks a poll anew, and tries a WebSocket', async () => {
    const kit = await new ConnectionKit().reachLivePoll();
    kit.websocket.last.fail();

    kit.connection.probe();
    await kit.giveToken();

    expect(kit.longpoll.last.sent).to.deep.equal(['']);
    expect(kit.websocket.openLinks).to.equal(1);
    expect(kit.state).to.equal('live');
  });

  it('leaves a WebSocket that is on its way alone', async () => {
    const kit = await new ConnectionKit().reachLivePoll();

    kit.connection.probe();

    expect(kit.websocket.links).to.have.length(1);
    expect(kit.longpoll.last.sent).to.deep.equal([]);
  });
});

describe('Connection, the page', () => {
  for (const signal of ['online', 'visible'] as const)
    it(`cuts a wait to at most 0.3 s at "${signal}"`, async () => {
      const kit = await new ConnectionKit().reach('waiting');

      kit.host.signal(signal);

      expect(kit.host.pending).to.deep.equal([150]);
      expect(kit.connection.change.retryAt).to.equal(kit.host.now() + 150);
    });

  it('does not cut a wait that the server asked for', async () => {
    const kit = await new ConnectionKit().reach('opening');
    kit.websocket.last.frame(refusal('retry', 9_000));

    kit.host.signal('visible');

    expect(kit.host.pending).to.deep.equal([9_000]);
  });

  it('tries nothing while offline', async () => {
    const kit = await new ConnectionKit().reach('live');
    kit.host.signal('offline');

    kit.host.tick(600_000);

    expect(kit.state).to.equal('offline');
    expect(kit.asked).to.have.length(1);
    expect(kit.openLinks).to.equal(0);
  });

  it('drops the token that was under way when it went offline', async () => {
    const kit = await new ConnectionKit().reach('authorizing');
    kit.host.signal('offline');

    await kit.giveToken();

    expect(kit.state).to.equal('offline');
  });

  it('tries at once when it is online again', async () => {
    const kit = await new ConnectionKit().reach('live');
    kit.host.signal('offline');

    kit.host.signal('online');
    await kit.giveToken();
    kit.websocket.last.frame(HELLO);
    await kit.synced();

    expect(kit.state).to.equal('live');
  });

  it('doubts "offline" when told to retry', async () => {
    const kit = await new ConnectionKit().reach('offline');

    kit.connection.retryNow();
    await kit.giveToken();

    expect(kit.state).to.equal('opening');
  });
});

describe('Connection, the backoff', () => {
  /** The wait after each of `rounds` failures in a row. */
  async function waits(kit: ConnectionKit, rounds: number): Promise<number[]> {
    const seen: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await kit.refuseToken(NETWORK_ERROR);
      seen.push(...kit.host.pending);
      kit.host.tick(seen.at(-1) ?? 0);
    }
    return seen;
  }

  it('doubles its longest wait up to 30 s', async () => {
    const kit = await new ConnectionKit().reach('authorizing');
    kit.host.chance = 1;

    expect(await waits(kit, 9)).to.deep.equal([
      1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('waits at least 0.25 s but for the first time', async () => {
    const kit = await new ConnectionKit().reach('authorizing');
    kit.host.chance = 0;

    expect(await waits(kit, 3)).to.deep.equal([0, 250, 250]);
  });

  it('spreads the first retry of hidden tabs over 10 s', async () => {
    const kit = await new ConnectionKit().reach('authorizing');
    kit.host.isVisible = false;

    expect(await waits(kit, 1)).to.deep.equal([5_000]);
  });

  /** Goes live from a wait, or from asking for a token. */
  async function live(kit: ConnectionKit): Promise<void> {
    if (kit.state === 'waiting') kit.connection.retryNow();
    await kit.giveToken();
    kit.websocket.last.frame(HELLO);
    await kit.synced();
  }

  it('tries a link that worked again within a second, however many broke soon after', async () => {
    const kit = await new ConnectionKit().reach('authorizing');
    kit.host.chance = 1;

    for (let cut = 0; cut < 30; cut++) {
      await live(kit);
      kit.host.tick(800);
      kit.websocket.last.fail();
      expect(kit.host.pending).to.deep.equal([1_000]);
    }
  });

  it('tries a link that broke before all was complete as soon as one that worked', async () => {
    const kit = await new ConnectionKit().reach('authorizing');
    kit.host.chance = 1;

    for (let cut = 0; cut < 5; cut++) {
      if (kit.state === 'waiting') kit.connection.retryNow();
      await kit.giveToken();
      kit.websocket.last.frame(HELLO);
      kit.websocket.last.fail();
      expect(kit.host.pending).to.deep.equal([1_000]);
    }
  });

  /** Links that break as soon as they are there. @returns What was waited after each. */
  async function breaks(kit: ConnectionKit, times: number): Promise<number[]> {
    const waited: number[] = [];
    for (let cut = 0; cut < times; cut++) {
      await live(kit);
      kit.websocket.last.fail();
      waited.push(...kit.host.pending);
    }
    return waited;
  }

  it('starts over after a link, however short, so that a server that restarts again is found soon', async () => {
    const kit = await new ConnectionKit().reach('authorizing');
    kit.host.chance = 1;
    await waits(kit, 5);
    await breaks(kit, 1);

    kit.connection.retryNow();

    expect(await waits(kit, 2)).to.deep.equal([1_000, 2_000]);
  });

  it('slows down where links break without end', async () => {
    const kit = await new ConnectionKit().reach('authorizing');
    kit.host.chance = 1;

    expect((await breaks(kit, 33)).slice(-4)).to.deep.equal([1_000, 1_000, 2_000, 4_000]);
  });

  for (const [seconds, wait] of [
    [9.999, 8_000],
    [10, 1_000],
  ] as const)
    it(`then ${wait === 1_000 ? 'starts over' : 'goes on'} after one of ${seconds} s`, async () => {
      const kit = await new ConnectionKit().reach('authorizing');
      kit.host.chance = 1;
      await breaks(kit, 33);
      await live(kit);
      kit.host.tick(seconds * 1_000);

      kit.websocket.last.fail();

      expect(kit.host.pending).to.deep.equal([wait]);
    });

  it('starts over when the page connects again', async () => {
    const kit = await new ConnectionKit().reach('authorizing');
    kit.host.chance = 1;
    await waits(kit, 4);
    kit.connection.disconnect();
    kit.connection.connect();

    expect(await waits(kit, 1)).to.deep.equal([1_000]);
  });
});

describe('Connection, a hidden page', () => {
  it('gives an answer 55 s, then asks once more', async () => {
    const kit = await new ConnectionKit().reach('live');
    kit.host.signal('hidden');
    kit.host.tick(20_000);
    expect(kit.websocket.last.sent).to.have.length(1);

    kit.host.tick(55_000);
    expect([kit.state, kit.websocket.last.sent.length]).to.deep.equal(['suspect', 2]);
    kit.host.tick(3_000);

    expect(kit.state).to.equal('waiting');
  });

  it('takes timers that are a minute late for what they are', async () => {
    const kit = await new ConnectionKit().reach('live');
    kit.host.signal('hidden');

    for (let minute = 0; minute < 15; minute++) {
      kit.host.sleep(60_000);
      kit.websocket.last.frame({ type: 'x' });
    }

    expect(kit.path).to.equal('authorizing opening syncing live');
  });
});

describe('Connection, a page put aside', () => {
  it('has no link and no timer, and comes back without waiting', async () => {
    const kit = await new ConnectionKit().reach('suspended');
    expect([kit.openLinks, kit.host.timers]).to.deep.equal([0, 0]);

    kit.host.signal('resume');

    expect(kit.state).to.equal('authorizing');
  });

  it('comes back offline where there is no network', async () => {
    const kit = await new ConnectionKit().reach('suspended');
    kit.host.isOnline = false;

    kit.host.signal('resume');

    expect(kit.state).to.equal('offline');
  });
});

describe('Connection, a sync that is answered with a failure', () => {
  it('is called again on the same link, ever later', async () => {
    const kit = await new ConnectionKit().reach('syncing');
    const waited: number[] = [];

    for (let turn = 0; turn < 3; turn++) {
      await kit.failSync(SERVER_ERROR);
      waited.push(...kit.host.pending);
      kit.host.tick(30_000);
    }
    await kit.synced();

    expect(waited).to.deep.equal([625, 1_125, 2_125]);
    expect(kit.syncs).to.have.length(4);
    expect(kit.websocket.links).to.have.length(1);
    expect(kit.state).to.equal('live');
  });

  it('obeys the server that says when', async () => {
    const kit = await new ConnectionKit().reach('syncing');

    await kit.failSync(new ChatError('rate-limited', 'slowly', { retryAfterMs: 7_000 }));

    expect(kit.host.pending).to.deep.equal([7_000]);
  });
});
