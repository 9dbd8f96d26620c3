import { expect } from '@open-wc/testing';
import { settled } from '../support/fake-host.js';
import { connected, refusal, rejection } from '../support/fake-server.js';
import { ada, at, bob, CID, message, readEntry, response } from '../support/fixtures.js';
import { READ, texts, typed, watching } from '../support/watching.js';

describe('a channel', () => {
  describe('watched', () => {
    it('loads by its cid, on this connection, and never makes a channel', async () => {
      const { server, channel } = await watching({ messages: [message(1)] });

      const [query] = server.of('POST /channels');
      expect(query!.body).to.deep.include({
        filter_conditions: { cid: { $in: [CID] } },
        watch: true,
        state: true,
      });
      expect(query!.query.get('connection_id')).to.equal('c1');
      expect(texts(channel)).to.deep.equal(['text 1 sent']);
    });

    it('is the same object each time, and asks once', async () => {
      const { server, client, channel } = await watching();

      await Promise.all([channel.watch(), client.channel('messaging', 'general').watch()]);

      expect(client.channel('messaging', 'general')).to.equal(channel);
      expect(server.of('POST /channels')).to.have.length(1);
    });

    it('says so when there is none that the user may see', async () => {
      const { server, client } = await connected();
      server.routes['POST /channels'] = () => ({ body: { channels: [] } });
      const channel = client.channel('messaging', 'nowhere');

      expect(await rejection(channel.watch())).to.have.property('code', 'not-found');
      expect(channel.state.value).to.include({ phase: 'failed' });
    });

    it('is refused with a name that is none', async () => {
      const { client } = await connected();

      expect(() => client.channel('messaging', 'a b'))
        .to.throw('type:id')
        .with.property('code', 'invalid-channel');
    });

    it('is watched again on the next connection', async () => {
      const { server, channel } = await watching();

      server.socket.break();
      server.host.tick(2000);
      await server.greet();

      const again = server.of('POST /channels').at(-1)!;
      expect(again.body['filter_conditions']).to.deep.equal({ cid: { $in: [CID] } });
      expect(again.query.get('connection_id')).to.equal('c2');
      expect(channel.state.value.phase).to.equal('ready');
    });

    for (const [what, reply, code] of [
      ['the network loses the watch', 'lost', 'network'],
      [
        'the server knows that this one has ended',
        refusal(4, 400, 'watch needs the connection_id of a live connection of yours.'),
        'connection-unknown',
      ],
    ] as const)
      it(`is brought by the next connection when ${what}`, async () => {
        const { server, client } = await connected();
        server.routes['POST /channels'] = () => reply;
        const channel = client.channel('messaging', 'general');
        expect(await rejection(channel.watch())).to.have.property('code', code);
        expect(channel.state.value.phase).to.equal('failed');

        server.routes['POST /channels'] = () => ({ body: { channels: [response()] } });
        server.socket.break();
        server.host.tick(2000);
        await server.greet();

        expect(channel.state.value).to.include({ phase: 'ready', error: undefined });
      });

    it('is not brought when what it asks for is wrong', async () => {
      const { server, client } = await connected();
      server.routes['POST /channels'] = () => refusal(4, 400, 'no such field');

      const refused = await rejection(client.channel('messaging', 'general').watch());

      expect(refused).to.have.property('code', 'invalid-input');
    });

    it('shows what it missed while the connection was gone', async () => {
      const { server, channel } = await watching({ messages: [message(1)] });
      server.routes['POST /channels'] = () => ({
        body: { channels: [response({ messages: [message(1), message(2)] })] },
      });

      server.socket.break();
      server.host.tick(2000);
      await server.greet();

      expect(texts(channel)).to.deep.equal(['text 1 sent', 'text 2 sent']);
    });
  });

  describe('typing', () => {
    it('sends one start for many keystrokes, and a stop a second after the last', async () => {
      const { server, channel } = await watching();

      for (let key = 0; key < 5; key++) {
        channel.keystroke();
        server.host.tick(300);
      }
      server.host.tick(1000);
      await settled();

      expect(typed(server)).to.deep.equal(['typing.start', 'typing.stop']);
    });

    it('repeats the start every two seconds while it goes on', async () => {
      const { server, channel } = await watching();

      for (let key = 0; key < 6; key++) {
        channel.keystroke();
        server.host.tick(900);
        await settled();
      }

      expect(typed(server)).to.deep.equal(['typing.start', 'typing.start']);
    });

    it('stops when the message is sent', async () => {
      const { server, channel } = await watching();
      channel.keystroke();

      await channel.sendMessage({ text: 'Hello' });
      await settled();

      expect(typed(server)).to.deep.equal(['typing.start', 'typing.stop']);
    });

    it('sends nothing while the setting is off', async () => {
      const { server, channel } = await watching(
        {},
        { privacy_settings: { typing_indicators: { enabled: false } } },
      );

      channel.keystroke();
      server.host.tick(5000);
      await settled();

      expect(typed(server)).to.deep.equal([]);
    });

    it('sends nothing where the channel has no typing, or there is no connection', async () => {
      const config = { typing_events: false };
      const quiet = await watching({ channel: { ...response().channel, config } });
      quiet.channel.keystroke();
      const { server, channel } = await watching();
      server.host.signal('offline');
      channel.keystroke();
      await settled();

      expect([...typed(quiet.server), ...typed(server)]).to.deep.equal([]);
    });

    it('of others ends five seconds after its last sign', async () => {
      const { server, channel } = await watching();

      server.emit({ type: 'typing.start', cid: CID, user: bob });
      server.host.tick(4000);
      server.emit({ type: 'typing.start', cid: CID, user: bob });
      server.host.tick(4000);
      expect(channel.state.value.typing).to.have.length(1);

      server.host.tick(1000);
      expect(channel.state.value.typing).to.have.length(0);
    });
  });

  describe('marking read', () => {
    const unread = { messages: [message(1)], read: [readEntry(ada, 0, 1), readEntry(bob, 1)] };

    it('tells the server and clears the count', async () => {
      const { server, channel } = await watching(unread);
      server.routes[READ] = () => ({ status: 201, body: { event: { created_at: at(9) } } });

      await channel.markRead();

      expect(channel.state.value.unread).to.equal(0);
      expect(channel.state.value.reads['ada']!.last_read).to.equal(at(9));
    });

    it('asks nothing with nothing unread, or where reads are off', async () => {
      const { server, channel } = await watching();
      const off = await watching({
        ...unread,
        channel: { ...response().channel, config: { read_events: false } },
      });

      await channel.markRead();
      await off.channel.markRead();

      expect([...server.of(READ), ...off.server.of(READ)]).to.have.length(0);
    });

    it('asks at most twice a second, for all that was looked at meanwhile', async () => {
      const { server, channel } = await watching(unread);
      await channel.markRead();

      server.emit({ type: 'message.new', cid: CID, message: message(50) });
      void channel.markRead();
      server.emit({ type: 'message.new', cid: CID, message: message(51) });
      void channel.markRead();
      server.host.tick(499);
      await settled();
      expect(server.of(READ)).to.have.length(1);

      server.host.tick(1);
      await settled();
      expect(server.of(READ)).to.have.length(2);
    });

    it('asks nothing for what nobody looked at', async () => {
      const { server, channel } = await watching(unread);
      await channel.markRead();

      server.emit({ type: 'message.new', cid: CID, message: message(50) });
      server.host.tick(5000);
      await settled();

      expect(server.of(READ)).to.have.length(1);
    });

    it('does not repeat by itself what the server refused', async () => {
      const { server, channel } = await watching(unread);
      server.routes[READ] = () => refusal(17, 403);

      await rejection(channel.markRead());
      server.host.tick(5000);
      await settled();

      expect(server.of(READ)).to.have.length(1);
    });
  });

  describe('older messages', () => {
    it('are asked for before the oldest, once at a time', async () => {
      const page = Array.from({ length: 30 }, (_, i) => message(100 + i));
      const { server, channel } = await watching({ messages: page });
      server.routes['POST /channels/messaging/general/query'] = () => ({
        body: response({ messages: [message(99)] }),
      });

      await Promise.all([channel.loadOlder(), channel.loadOlder()]);

      const asked = server.of('POST /channels/messaging/general/query');
      expect(asked.map(({ body }) => body['messages'])).to.deep.equal([{ limit: 30, id_lt: 'm100' }]);
      expect(channel.state.value).to.include({ hasOlder: false, olderPhase: 'ready' });
      expect(channel.state.value.messages[0]!.id).to.equal('m99');
    });

    it('stand before what is held, and overlap is dropped', async () => {
      const page = Array.from({ length: 30 }, (_, i) => message(100 + i));
      const { server, channel } = await watching({ messages: page });
      const older = [message(98), message(99), message(100), message(97, bob, { parent_id: 'm1' })];
      server.routes['POST /channels/messaging/general/query'] = () => ({
        body: response({ messages: older }),
      });

      await channel.loadOlder();

      expect(channel.state.value.messages.slice(0, 3).map(({ id }) => id)).to.deep.equal([
        'm98',
        'm99',
        'm100',
      ]);
    });

    it('can be asked for again after a failure', async () => {
      const page = Array.from({ length: 30 }, (_, i) => message(100 + i));
      const { server, channel } = await watching({ messages: page });
      server.routes['POST /channels/messaging/general/query'] = () => 'lost';

      expect(await rejection(channel.loadOlder())).to.have.property('code', 'network');

      expect(channel.state.value).to.include({ hasOlder: true, olderPhase: 'failed' });
    });
  });
});
