import { expect } from '@open-wc/testing';
import { eventually } from '../support/rig/eventually.js';
import { stages, TRANSPORTS, type Stage } from './stage.js';
import { unsent } from './unsent.js';

const openStage = stages();

/** Somebody else, and a channel of theirs in which one thing was said. */
async function another({ rig }: Stage): Promise<{ user: string; channel: string }> {
  const user = rig.unique('other');
  const channel = await rig.makeChannel(rig.unique('other'), [user]);
  const path = `/channels/${channel.replace(':', '/')}/message`;
  await rig.command(user, 'POST', path, { message: { text: 'Mine alone' } });
  return { user, channel };
}

for (const transport of TRANSPORTS) {
  describe(`F14 another user while requests are under way (${transport})`, () => {
    it('gets nothing of the one before', async () => {
      const stage = await openStage({ on: transport });
      const { page, rig, reader } = stage;
      const other = await another(stage);
      await stage.produce(3);
      await stage.wrongs();
      expect(page.words).to.contain('#3');

      // Late, so that these answers come when somebody else is here.
      await rig.proxy.setShape({ latencyMs: 300 }, 'http');
      await page.send('Too late');
      const asked = page.client.queryChannels().catch((error: Error) => error.name);
      Object.assign(page.session, {
        ...other,
        tokenProvider: () => rig.token(other.user),
      });
      // Between the two there is none.
      await eventually(() => page.session.client?.userId === other.user, 'the other user');
      const seen: string[] = [];
      page.client.on('*', (event) => seen.push(JSON.stringify(event)));
      await eventually(async () => (await page.texts()).join() === 'Mine alone', 'the other channel');
      await stage.produce(3);
      await rig.produced();
      await page.client.queryChannels();

      expect(await asked).to.equal('ChatError');
      expect(page.client.state.value.channels.map(({ cid }) => cid)).to.deep.equal([other.channel]);
      expect(await page.texts()).to.deep.equal(['Mine alone']);
      expect(page.words + seen.join())
        .to.not.contain(reader)
        .and.not.contain('#3');
      const kept = JSON.stringify(await unsent(page));
      expect(kept + Object.values(page.window.sessionStorage).join()).to.not.contain(reader);
      expect(page.sockets.webSockets).to.equal(transport === 'websocket' ? 1 : 0);
      expect(page.errors).to.deep.equal([]);
    });
  });
}
