import { expect } from '@open-wc/testing';
import type { PrivacySettings } from '../../src/protocol.js';
import { settled } from '../support/fake-host.js';
import { refusal, rejection, type FakeServer } from '../support/fake-server.js';
import { ada, message, readEntry } from '../support/fixtures.js';
import { READ, typed, watching } from '../support/watching.js';

const off = { enabled: false };
const unread = { messages: [message(1)], read: [readEntry(ada, 0, 1)] };

function sentSettings(server: FakeServer): PrivacySettings[] {
  return server
    .of('PATCH /users')
    .map(
      ({ body }) =>
        (body['users'] as { set: { privacy_settings: PrivacySettings } }[])[0]!.set.privacy_settings,
    );
}

describe('privacy settings', () => {
  it('turned off while typing end it, and let nothing follow', async () => {
    const { server, client, channel } = await watching();
    channel.keystroke();
    await settled();

    const change = client.updatePrivacy({ typing_indicators: off });
    channel.keystroke();
    await change;
    await settled();

    expect(typed(server)).to.deep.equal(['typing.start', 'typing.stop']);
  });

  it('count here before the server has answered', async () => {
    const { server, client, channel } = await watching();
    server.routes['PATCH /users'] = () => new Promise(() => undefined);

    void client.updatePrivacy({ typing_indicators: off });
    channel.keystroke();
    await settled();

    expect(typed(server)).to.deep.equal([]);
    expect(client.state.value.user!.privacy_settings!.typing_indicators).to.deep.equal(off);
  });

  it('are sent whole, so that one change does not undo another', async () => {
    const { server, client } = await watching();

    await Promise.all([
      client.updatePrivacy({ typing_indicators: off }),
      client.updatePrivacy({ read_receipts: off }),
    ]);

    expect(sentSettings(server).at(-1)).to.deep.equal({ typing_indicators: off, read_receipts: off });
  });

  it('let no read mark pass before the server has them', async () => {
    const { server, client, channel } = await watching(unread);
    let answer!: (value: { body: object }) => void;
    server.routes['PATCH /users'] = () => new Promise((resolve) => (answer = resolve));

    void client.updatePrivacy({ read_receipts: off });
    void channel.markRead();
    await settled();
    expect(server.of(READ)).to.have.length(0);

    answer({ body: {} });
    await settled();
    expect(server.of(READ)).to.have.length(1);
  });

  it('are sent again before a read mark when the network lost them', async () => {
    const { server, client, channel } = await watching(unread);
    server.routes['PATCH /users'] = () => 'lost';
    expect(await rejection(client.updatePrivacy({ read_receipts: off }))).to.have.property('code', 'network');

    expect(await rejection(channel.markRead())).to.have.property('code', 'network');
    expect(server.of(READ)).to.have.length(0);

    server.routes['PATCH /users'] = () => ({ body: {} });
    server.host.tick(500);
    await channel.markRead();
    expect(server.of(READ)).to.have.length(1);
  });

  it('are not undone by an older word of the server', async () => {
    const { server, client, channel } = await watching();
    server.routes['PATCH /users'] = () => new Promise(() => undefined);
    void client.updatePrivacy({ typing_indicators: off });
    await settled();

    server.emit({
      type: 'user.updated',
      user: { id: 'ada', privacy_settings: { typing_indicators: { enabled: true } } },
    });
    channel.keystroke();
    await settled();

    expect(typed(server)).to.deep.equal([]);
  });

  it('go with the next connect when the network lost them', async () => {
    const { server, client } = await watching();
    server.routes['PATCH /users'] = () => 'lost';
    await rejection(client.updatePrivacy({ typing_indicators: off }));

    server.socket.break();
    server.host.tick(2000);
    await settled();

    const payload = JSON.parse(new URL(server.socket.url).searchParams.get('json')!) as {
      user_details: object;
    };
    expect(payload.user_details).to.deep.equal({ id: 'ada', privacy_settings: { typing_indicators: off } });
  });

  it('are as before when the server refuses', async () => {
    const { server, client } = await watching(
      {},
      { privacy_settings: { typing_indicators: { enabled: true } } },
    );
    server.routes['PATCH /users'] = () => refusal(17, 403);

    expect(await rejection(client.updatePrivacy({ typing_indicators: off }))).to.have.property(
      'code',
      'not-allowed',
    );

    expect(client.state.value.user!.privacy_settings).to.deep.equal({ typing_indicators: { enabled: true } });
  });

  it('changed on another device count here', async () => {
    const { server, channel } = await watching();

    server.emit({ type: 'user.updated', user: { id: 'ada', privacy_settings: { typing_indicators: off } } });
    channel.keystroke();
    await settled();

    expect(typed(server)).to.deep.equal([]);
  });
});
