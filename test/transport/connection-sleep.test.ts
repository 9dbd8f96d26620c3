import { expect } from '@open-wc/testing';
import { ConnectionKit } from '../support/connection-kit.js';

describe('Connection, a sleep', () => {
  it('wants proof within 3 s of waking', async () => {
    const kit = await new ConnectionKit().reach('live');

    kit.host.sleep(3_600_000);
    expect([kit.state, kit.websocket.last.sent.length]).to.deep.equal(['suspect', 1]);
    kit.host.tick(3_000);

    expect(kit.state).to.equal('waiting');
  });

  it('asks a poll anew, with a token that is good now, and syncs again', async () => {
    const kit = await new ConnectionKit().reachLivePoll();
    kit.websocket.last.fail();
    const syncs = kit.syncs.length;

    kit.host.sleep(3_600_000);
    expect(kit.longpoll.last.sent).to.deep.equal([]);
    await kit.giveToken();

    expect(kit.longpoll.last.sent).to.deep.equal(['']);
    expect(kit.syncs).to.have.length(syncs + 1);
    expect(kit.state).to.equal('live');
  });

  it('does not take a try that was planned before it for another sleep', async () => {
    const kit = await new ConnectionKit().reachLivePoll();
    kit.websocket.last.fail();
    kit.host.sleep(3_600_000);
    await kit.giveToken();
    kit.websocket.last.fail();
    const syncs = kit.syncs.length;

    kit.longpoll.last.heard();
    kit.host.tick(20_000);

    expect(kit.syncs).to.have.length(syncs);
    expect(kit.longpoll.last.sent).to.have.length(1);
  });

  it('loses a poll whose sync fails then', async () => {
    const kit = await new ConnectionKit().reachLivePoll();
    kit.websocket.last.fail();
    kit.host.sleep(3_600_000);
    await kit.giveToken();

    await kit.failSync();

    expect(kit.state).to.equal('waiting');
  });
});
