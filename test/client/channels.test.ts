import { expect } from '@open-wc/testing';
import { settled } from '../support/fake-host.js';
import { connected, refusal, rejection } from '../support/fake-server.js';
import { at, bob, message, response } from '../support/fixtures.js';

function named(id: string, seconds: number) {
  const channel = { ...response().channel, id, cid: `messaging:${id}`, last_message_at: at(seconds) };
  return response({ channel, messages: [message(seconds, bob, { cid: channel.cid })] });
}

async function listing(...channels: ReturnType<typeof named>[]) {
  const { server, client } = await connected();
  server.routes['POST /channels'] = ({ body }) => {
    const wanted = (body['filter_conditions'] as { cid?: { $in: string[] } }).cid?.$in;
    return {
      body: { channels: wanted ? known.filter(({ channel }) => wanted.includes(channel.cid)) : channels },
    };
  };
  const known = [...channels, named('new', 50)];
  await client.queryChannels();
  return { server, client, ids: () => client.state.value.channels.map(({ id }) => id) };
}

describe('the list of channels', () => {
  it('asks for those of the user, watched and with their newest messages', async () => {
    const { server, client } = await listing(named('a', 2), named('b', 1));

    expect(server.of('POST /channels')[0]!.body).to.deep.include({
      filter_conditions: { members: { $in: ['ada'] } },
      watch: true,
      state: true,
    });
    expect(client.state.value).to.include({ channelsPhase: 'ready' });
  });

  it('moves a channel to the top when a message arrives', async () => {
    const { server, ids } = await listing(named('a', 2), named('b', 1));
    expect(ids()).to.deep.equal(['a', 'b']);

    server.emit({ type: 'message.new', cid: 'messaging:b', message: message(9) });

    expect(ids()).to.deep.equal(['b', 'a']);
  });

  it('takes in a channel that comes to life elsewhere', async () => {
    const { server, ids } = await listing(named('a', 2));

    server.emit({ type: 'notification.message_new', cid: 'messaging:new', message: message(50) });
    await settled();

    expect(ids()).to.deep.equal(['new', 'a']);
  });

  it('takes in a channel the user was added to', async () => {
    const { server, ids } = await listing(named('a', 2));

    server.emit({ type: 'notification.added_to_channel', channel: named('new', 50).channel });
    await settled();

    expect(ids()).to.deep.equal(['new', 'a']);
  });

  it('lets go a channel that was deleted or that the user was removed from', async () => {
    const { server, client, ids } = await listing(named('a', 2), named('b', 1));
    const b = client.channel('messaging', 'b');

    server.emit({ type: 'channel.deleted', cid: 'messaging:a' });
    server.emit({ type: 'notification.removed_from_channel', cid: 'messaging:b' });

    expect(ids()).to.deep.equal([]);
    expect(b.state.value).to.include({ phase: 'failed' }).and.property('messages').deep.equal([]);
  });

  it('keeps what was written and not sent when access ends', async () => {
    const { server, client } = await listing(named('a', 2));
    const a = client.channel('messaging', 'a');
    server.routes['POST /channels/messaging/a/message'] = () => refusal(17, 403);
    await rejection(a.sendMessage({ text: 'Hello' }));

    server.emit({ type: 'notification.removed_from_channel', cid: 'messaging:a' });

    expect(a.state.value.messages.map(({ text }) => text)).to.deep.equal(['Hello']);
  });

  it('clears all counts when another tab has read everything', async () => {
    const { server, client } = await listing(named('a', 2), named('b', 1));
    server.emit({ type: 'message.new', cid: 'messaging:a', message: message(9) });
    expect(client.channel('messaging', 'a').state.value.unread).to.equal(1);

    server.emit({ type: 'notification.mark_read', user: { id: 'ada' }, unread_channels: 0 });

    expect(client.channel('messaging', 'a').state.value.unread).to.equal(0);
  });

  it('keeps the reason of a failure, and can be asked for again', async () => {
    const { server, client } = await connected();
    server.routes['POST /channels'] = () => refusal(-1, 500);

    const error = await rejection(client.queryChannels());
    expect(client.state.value).to.include({ channelsPhase: 'failed', channelsError: error });

    server.routes['POST /channels'] = () => ({ body: { channels: [named('a', 1)] } });
    await client.queryChannels();
    expect(client.state.value).to.include({ channelsPhase: 'ready', channelsError: undefined });
  });

  it('does not come back after the user has left', async () => {
    const { server, client } = await connected();
    let answer!: (value: { body: object }) => void;
    server.routes['POST /channels'] = () => new Promise((resolve) => (answer = resolve));
    const query = rejection(client.queryChannels());
    await settled();

    await client.disconnectUser();
    answer({ body: { channels: [named('a', 1)] } });

    expect(await query).to.have.property('code', 'disconnected');
    expect(client.state.value).to.deep.include({ channels: [], channelsPhase: 'idle' });
  });

  it('is asked for again on a new connection, after what was opened last, before the rest thirty at a time', async () => {
    const { server, client } = await listing(named('a', 2));
    for (let n = 0; n < 31; n++) {
      server.routes['POST /channels'] = () => ({ body: { channels: [named(`c${n}`, n)] } });
      await client.channel('messaging', `c${n}`).watch();
    }
    const before = server.of('POST /channels').length;
    const many = Array.from({ length: 31 }, (_, n) => named(`c${n}`, n));
    server.routes['POST /channels'] = ({ body }) => {
      const { cid } = body['filter_conditions'] as { cid?: { $in: string[] } };
      const asked = many.filter(({ channel }) => cid?.$in.includes(channel.cid));
      return { body: { channels: cid ? asked : [named('a', 2), named('b', 3)] } };
    };

    server.socket.break();
    server.host.tick(2000);
    await server.greet();
    await settled();

    const asked = server
      .of('POST /channels')
      .slice(before)
      .map(({ body }) => body['filter_conditions']);
    const [first, list, ...rest] = asked as { cid: { $in: string[] } }[];
    expect(first).to.deep.equal({ cid: { $in: ['messaging:c30'] } });
    expect(list).to.deep.equal({ members: { $in: ['ada'] } });
    expect(rest.map(({ cid }) => cid.$in.length)).to.deep.equal([30]);
    expect(client.state.value.channels.map(({ id }) => id)).to.deep.equal(['b', 'a']);
  });
});
