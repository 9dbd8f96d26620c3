import { expect } from '@open-wc/testing';
import { ConnectionKit, HELLO, NETWORK_ERROR, refusal } from '../support/connection-kit.js';
import { settled } from '../support/fake-host.js';

const BACK: typeof HELLO = { type: 'hello', of: 'the WebSocket' };

describe('Connection, the race', () => {
  it('starts the WebSocket alone', async () => {
    const { websocket, longpoll } = await new ConnectionKit().reach('opening');

    expect([websocket.openLinks, longpoll.openLinks]).to.deep.equal([1, 0]);
  });

  it('opens each transport at its own address with the token of the moment', async () => {
    const kit = await new ConnectionKit().reach('opening');
    kit.host.tick(1_500);

    expect(kit.websocket.last.endpoint.url).to.equal('websocket://server/?token=good');
    expect(kit.longpoll.last.endpoint.url).to.equal('longpoll://server/?token=good');
  });

  it('lets long-poll join at once when the WebSocket is refused', async () => {
    const kit = await new ConnectionKit().reach('opening');

    kit.websocket.last.fail();
    kit.longpoll.last.frame(HELLO);
    await kit.synced();

    expect(kit.connection.change.transport).to.equal('longpoll');
    expect(kit.changes.map(({ state }) => state)).to.deep.equal([
      'authorizing',
      'opening',
      'syncing',
      'live',
    ]);
  });

  it('lets long-poll join after the head start when the WebSocket hangs', async () => {
    const kit = await new ConnectionKit().reach('opening');

    kit.host.tick(1_499);
    expect(kit.longpoll.links).to.have.length(0);
    kit.host.tick(1);

    expect([kit.websocket.openLinks, kit.longpoll.openLinks]).to.deep.equal([1, 1]);
  });

  it('does not start long-poll twice when the WebSocket fails after the head start', async () => {
    const kit = await new ConnectionKit().reach('opening');
    kit.host.tick(1_500);

    kit.websocket.last.fail();

    expect(kit.longpoll.links).to.have.length(1);
    expect(kit.state).to.equal('opening');
  });

  it('takes no frame but a greeting for a working link', async () => {
    const kit = await new ConnectionKit().reach('opening');
    kit.websocket.last.garbage();
    kit.websocket.last.frame({ type: 'x' });

    kit.host.tick(1_500);
    kit.longpoll.last.frame(HELLO);

    expect(kit.connection.change.transport).to.equal('longpoll');
  });

  it('closes long-poll when the WebSocket greets first', async () => {
    const kit = await new ConnectionKit().reach('opening');
    kit.host.tick(1_500);

    kit.websocket.last.frame(HELLO);

    expect(kit.longpoll.last.closed).to.equal(true);
    expect(kit.connection.change.transport).to.equal('websocket');
  });

  it('gives each link ten seconds from its own start', async () => {
    const kit = await new ConnectionKit().reach('opening');

    kit.host.tick(10_000);
    expect([kit.websocket.last.closed, kit.longpoll.last.closed]).to.deep.equal([true, false]);
    kit.host.tick(1_500);

    expect(kit.longpoll.last.closed).to.equal(true);
    expect(kit.connection.change.error?.code).to.equal('network');
  });

  it('starts every round with the WebSocket, whoever won the last', async () => {
    const kit = await new ConnectionKit().reachLivePoll();
    kit.longpoll.last.fail();

    kit.host.tick(1_000);
    await kit.giveToken();

    expect([kit.websocket.openLinks, kit.longpoll.openLinks]).to.deep.equal([1, 0]);
  });

  it('gives the WebSocket no head start where the poll was the last to work', async () => {
    const kit = await new ConnectionKit().reach('opening');
    kit.websocket.last.fail();
    kit.longpoll.last.frame(HELLO);
    await kit.synced();

    kit.longpoll.last.fail();
    kit.host.tick(1_000);
    await kit.giveToken();
    kit.host.tick(0);

    expect([kit.websocket.openLinks, kit.longpoll.openLinks]).to.deep.equal([1, 1]);
  });

  it('runs on one transport alone when given one alone', async () => {
    const kit = new ConnectionKit();
    const alone = new ConnectionKit({ transports: [kit.websocket] });
    alone.connection.connect();
    await alone.giveToken();

    expect(alone.host.pending).to.deep.equal([10_000]);
    kit.websocket.last.fail();

    expect(alone.state).to.equal('waiting');
  });

  it('tells a refusal from a failure: no other transport is tried', async () => {
    const kit = await new ConnectionKit().reach('opening');

    kit.websocket.last.frame(refusal('retry', 7_000));

    expect(kit.longpoll.links).to.have.length(0);
    expect(kit.connection.change.error?.code).to.equal('refused');
    expect(kit.connection.change.retryAt).to.equal(kit.host.now() + 7_000);
  });

  it('obeys a final refusal at once while another link still runs', async () => {
    const kit = await new ConnectionKit().reach('opening');
    kit.host.tick(1_500);

    kit.longpoll.last.frame(refusal('block'));

    expect(kit.state).to.equal('blocked');
    expect(kit.openLinks).to.equal(0);
  });
});

describe('Connection, the upgrade', () => {
  it('keeps the WebSocket trying while it lives on long-poll', async () => {
    const kit = await new ConnectionKit().reachLivePoll();

    expect(kit.state).to.equal('live');
    expect([kit.websocket.openLinks, kit.longpoll.openLinks]).to.deep.equal([1, 1]);
  });

  it('stays live on long-poll when the WebSocket runs out of time', async () => {
    const kit = await new ConnectionKit().reachLivePoll();

    kit.host.tick(8_500);

    expect(kit.websocket.last.closed).to.equal(true);
    expect(kit.state).to.equal('live');
    expect(kit.host.timers).to.equal(1);
  });

  it('syncs on the WebSocket before it closes the poll, without leaving live', async () => {
    const kit = await new ConnectionKit().reachLivePoll();

    kit.websocket.last.frame(BACK);
    expect(kit.syncs.at(-1)?.greeting).to.equal(BACK);
    expect([kit.state, kit.connection.change.transport]).to.deep.equal(['live', 'longpoll']);
    expect(kit.longpoll.last.closed).to.equal(false);
    await kit.synced();

    expect(kit.longpoll.last.closed).to.equal(true);
    expect(kit.connection.change).to.include({ state: 'live', previous: 'live', transport: 'websocket' });
  });

  it('gives the frames of both on meanwhile', async () => {
    const kit = await new ConnectionKit().reachLivePoll();

    kit.websocket.last.frame(BACK);
    kit.longpoll.last.frame({ type: 'a' });
    kit.websocket.last.frame({ type: 'b' });

    expect(kit.frames.map(({ type }) => type)).to.deep.equal(['hello', 'hello', 'a', 'b']);
  });

  it('beats on the WebSocket after it', async () => {
    const kit = await new ConnectionKit().reachLivePoll();
    kit.websocket.last.frame(BACK);
    await kit.synced();

    kit.host.tick(20_000);

    expect(kit.websocket.last.sent).to.deep.equal(['ping']);
  });

  it('overtakes a poll that is still being synced', async () => {
    const kit = await new ConnectionKit().reach('opening');
    kit.host.tick(1_500);
    kit.longpoll.last.frame(HELLO);

    kit.websocket.last.frame(BACK);
    kit.syncs[0]?.resolve();
    await settled();
    expect(kit.state).to.equal('syncing');
    await kit.synced();

    expect([kit.state, kit.connection.change.transport]).to.deep.equal(['live', 'websocket']);
    expect(kit.longpoll.last.closed).to.equal(true);
  });

  it('does not mind how the sync of the overtaken poll ends', async () => {
    const kit = await new ConnectionKit().reach('opening');
    kit.host.tick(1_500);
    kit.longpoll.last.frame(HELLO);
    kit.websocket.last.frame(BACK);

    kit.syncs[0]?.reject(NETWORK_ERROR);
    await settled();

    expect(kit.state).to.equal('syncing');
    expect(kit.longpoll.last.closed).to.equal(false);
  });

  it('does not begin the time it has been live anew', async () => {
    const kit = await new ConnectionKit().reach('waiting');
    kit.connection.retryNow();
    await kit.giveToken();
    kit.host.tick(1_500);
    kit.longpoll.last.frame(HELLO);
    await kit.synced();
    kit.host.tick(6_000);
    kit.websocket.last.frame(BACK);
    await kit.synced();
    kit.host.tick(4_000);

    kit.host.isVisible = false; // only a first retry is spread wider for it
    kit.websocket.last.fail();

    expect(kit.host.pending).to.deep.equal([5_000]);
  });

  it('syncs on the poll again when the WebSocket breaks before it is ready', async () => {
    const kit = await new ConnectionKit().reachLivePoll();
    kit.websocket.last.frame(BACK);

    kit.websocket.last.fail();
    expect(kit.syncs.at(-1)?.greeting).to.equal(HELLO);
    await kit.synced();

    expect([kit.state, kit.connection.change.transport]).to.deep.equal(['live', 'longpoll']);
  });

  it('syncs on the poll again when the sync of the WebSocket fails', async () => {
    const kit = await new ConnectionKit().reachLivePoll();
    kit.websocket.last.frame(BACK);

    await kit.failSync(NETWORK_ERROR);

    expect(kit.websocket.last.closed).to.equal(true);
    expect(kit.syncs.at(-1)?.greeting).to.equal(HELLO);
    expect(kit.state).to.equal('live');
  });

  it('is lost when not even the poll can be synced again', async () => {
    const kit = await new ConnectionKit().reachLivePoll();
    kit.websocket.last.frame(BACK);
    kit.websocket.last.fail();

    await kit.failSync();

    expect(kit.state).to.equal('waiting');
    expect(kit.openLinks).to.equal(0);
  });

  it('goes on with the WebSocket when the poll breaks during it', async () => {
    const kit = await new ConnectionKit().reachLivePoll();
    kit.websocket.last.frame(BACK);

    kit.longpoll.last.fail();
    expect([kit.state, kit.connection.change.transport]).to.deep.equal(['syncing', 'websocket']);
    await kit.synced();

    expect([kit.state, kit.connection.change.transport]).to.deep.equal(['live', 'websocket']);
  });

  it('goes on with the WebSocket when the poll is refused for now during it', async () => {
    const kit = await new ConnectionKit().reachLivePoll();
    kit.websocket.last.frame(BACK);

    kit.longpoll.last.frame(refusal('retry'));
    expect([kit.state, kit.longpoll.last.closed]).to.deep.equal(['syncing', true]);
    await kit.synced();

    expect([kit.state, kit.connection.change.transport]).to.deep.equal(['live', 'websocket']);
  });

  it('ignores that the WebSocket is refused for now', async () => {
    const kit = await new ConnectionKit().reachLivePoll();

    kit.websocket.last.frame(refusal('retry'));

    expect([kit.state, kit.connection.change.transport]).to.deep.equal(['live', 'longpoll']);
  });
});

describe('Connection, tokens', () => {
  it('asks for a fresh token at once when one is called expired', async () => {
    const kit = await new ConnectionKit().reach('opening');

    kit.websocket.last.frame(refusal('reauthorize'));
    await kit.giveToken('newer');

    expect(kit.asked).to.deep.equal([false, true]);
    expect(kit.websocket.last.endpoint.url).to.equal('websocket://server/?token=newer');
  });

  it('waits, ever longer, while the provider returns dead tokens', async () => {
    const kit = await new ConnectionKit().reach('opening');
    kit.host.chance = 1;
    const waits: number[] = [];

    kit.websocket.last.frame(refusal('reauthorize'));
    for (let round = 0; round < 4; round++) {
      await kit.giveToken('dead');
      kit.websocket.last.frame(refusal('reauthorize'));
      waits.push(...kit.host.pending);
      kit.host.tick(waits.at(-1) ?? 0);
    }

    expect(waits).to.deep.equal([1_000, 1_000, 2_000, 4_000]);
    expect(kit.asked).to.deep.equal([false, true, true, true, true, true]);
  });

  it('trusts tokens again after a greeting', async () => {
    const kit = await new ConnectionKit().reach('opening');
    kit.websocket.last.frame(refusal('reauthorize'));
    await kit.giveToken();
    kit.websocket.last.frame(HELLO);

    kit.websocket.last.frame(refusal('reauthorize'));

    expect(kit.state).to.equal('authorizing');
    expect(kit.asked).to.deep.equal([false, true, true]);
  });

  it('blocks when no fresh token can be had', async () => {
    const kit = await new ConnectionKit().reach('opening');
    kit.websocket.last.frame(refusal('reauthorize'));

    await kit.refuseToken(refusal('block')['error']);

    expect(kit.state).to.equal('blocked');
    expect(kit.connection.change.error?.message).to.equal('go away');
  });

  it('asks plainly again when it is connected anew', async () => {
    const kit = await new ConnectionKit().reach('opening');
    kit.websocket.last.frame(refusal('reauthorize'));
    kit.connection.disconnect();

    kit.connection.connect();

    expect(kit.asked).to.deep.equal([false, true, false]);
  });
});
