import { expect } from '@open-wc/testing';
import { ConnectionKit, HELLO, NETWORK_ERROR } from '../support/connection-kit.js';

const BACK: typeof HELLO = { type: 'hello', of: 'the WebSocket' };

describe('Connection, the way back to the best transport', () => {
  /** Live on long-poll, the WebSocket having failed beside it. */
  async function onPollAlone(): Promise<ConnectionKit> {
    const kit = await new ConnectionKit().reachLivePoll();
    kit.websocket.last.fail();
    return kit;
  }

  /** Lets the next planned try fail. @returns How long it was until then. */
  async function tryInVain(kit: ConnectionKit): Promise<number> {
    const [waitMs = 0] = kit.host.pending;
    kit.host.tick(waitMs);
    await kit.giveToken();
    kit.websocket.last.fail();
    return waitMs;
  }

  it('tries after 30 s, then ever later, at most every 10 minutes', async () => {
    const kit = await onPollAlone();
    const waits: number[] = [];

    for (let turn = 0; turn < 7; turn++) waits.push((await tryInVain(kit)) / 1_000);

    expect(waits).to.deep.equal([30, 60, 120, 240, 480, 600, 600]);
    expect([kit.state, kit.longpoll.links.length]).to.deep.equal(['live', 1]);
  });

  it('is not put off by a busy channel', async () => {
    const kit = await onPollAlone();

    for (let second = 0; second < 30; second++) {
      kit.host.tick(1_000);
      kit.longpoll.last.frame({ type: 'x' });
    }

    expect(kit.tokens).to.have.length(2);
  });

  it('takes over when the WebSocket is greeted, after the owner is right on it', async () => {
    const kit = await onPollAlone();
    kit.host.tick(30_000);
    await kit.giveToken('newer');
    expect(kit.websocket.last.endpoint.url).to.equal('websocket://server/?token=newer');

    kit.websocket.last.frame(BACK);
    expect(kit.longpoll.last.closed).to.equal(false);
    await kit.synced();

    expect([kit.longpoll.last.closed, kit.connection.change.transport]).to.deep.equal([true, 'websocket']);
    expect(kit.changes.filter(({ state }) => state === 'waiting')).to.deep.equal([]);
  });

  for (const signal of ['online', 'visible', 'resume', 'network'] as const)
    it(`tries at once at "${signal}"`, async () => {
      const kit = await onPollAlone();

      kit.host.signal(signal);
      await kit.giveToken();

      expect(kit.websocket.openLinks).to.equal(1);
    });

  it('looks early where the WebSocket has worked before', async () => {
    const kit = await new ConnectionKit().reach('live');
    kit.websocket.last.fail();
    kit.connection.retryNow();
    await kit.giveToken();
    kit.websocket.last.fail();
    kit.longpoll.last.frame(HELLO);
    await kit.synced();

    expect(kit.host.pending).to.deep.equal([2_000]);
  });

  it('goes on as before when no token can be had', async () => {
    const kit = await onPollAlone();
    kit.host.tick(30_000);

    await kit.refuseToken(NETWORK_ERROR);

    expect([kit.state, kit.host.pending]).to.deep.equal(['live', [60_000]]);
  });
});

describe('Connection, the memory of what works', () => {
  it('keeps long-poll once the WebSocket failed beside it', async () => {
    const kit = await new ConnectionKit().reachLivePoll();
    expect(kit.memory).to.deep.equal([]);

    kit.websocket.last.fail();

    expect(kit.memory).to.deep.equal(['longpoll']);
  });

  it('keeps nothing of a server that is away', async () => {
    const kit = await new ConnectionKit().reach('opening');

    kit.websocket.last.fail();
    kit.longpoll.last.fail();

    expect(kit.memory).to.deep.equal([]);
  });

  it('keeps nothing of a server that came back while long-poll joined', async () => {
    const kit = await new ConnectionKit().reach('opening');
    kit.websocket.last.fail();

    kit.longpoll.last.frame(HELLO);
    await kit.synced();

    expect(kit.memory).to.deep.equal([]);
  });

  it('keeps the WebSocket as soon as it works', async () => {
    const kit = await new ConnectionKit().reach('live');

    expect(kit.memory).to.deep.equal(['websocket']);
  });

  it('lets long-poll start at once where it worked last, beside the WebSocket', async () => {
    const kit = new ConnectionKit();
    kit.memory.push('longpoll');
    await kit.reach('opening');

    kit.host.tick(0);

    expect([kit.websocket.openLinks, kit.longpoll.openLinks]).to.deep.equal([1, 1]);
  });
});
