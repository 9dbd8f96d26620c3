import { expect } from '@open-wc/testing';
import { ConnectionKit, HELLO, NETWORK_ERROR, refusal } from '../support/connection-kit.js';

describe('Connection, the heartbeat', () => {
  it('pings a WebSocket that has been silent for 20 s, and stays live', async () => {
    const kit = await new ConnectionKit().reach('live');

    kit.host.tick(19_999);
    expect(kit.websocket.last.sent).to.deep.equal([]);
    kit.host.tick(1);

    expect(kit.websocket.last.sent).to.deep.equal(['ping']);
    expect(kit.state).to.equal('live');
  });

  it('calls it lost when nothing comes within 5 s of the ping', async () => {
    const kit = await new ConnectionKit().reach('live');
    kit.host.tick(20_000);

    kit.host.tick(4_999);
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

  it('does nothing on long-poll', async () => {
    const kit = await new ConnectionKit().reachLivePoll();

    kit.connection.probe();

    expect(kit.state).to.equal('live');
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

  for (const [seconds, wait] of [
    [9.999, 2_000],
    [10, 1_000],
  ] as const)
    it(`${wait === 1_000 ? 'starts over' : 'goes on'} after ${seconds} s live`, async () => {
      const kit = await new ConnectionKit().reach('authorizing');
      kit.host.chance = 1;
      await waits(kit, 2);
      await kit.giveToken();
      kit.websocket.last.frame(HELLO);
      await kit.synced();

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
