import { expect } from '@open-wc/testing';
import { refusal, FakeServer, rejection, tokenFor } from '../support/fake-server.js';
import { ada, at, CID, message, response } from '../support/fixtures.js';
import { quiet } from '../support/following.js';
import { LateEngine } from '../support/late-engine.js';
import { texts } from '../support/watching.js';

describe('a client whose engine is still on its way', () => {
  let engine: LateEngine;

  beforeEach(() => {
    engine = new LateEngine();
  });

  afterEach(() => engine.restore());

  /** Begins to connect to a server with one channel. */
  async function begin() {
    const server = new FakeServer();
    server.routes['POST /channels'] = () => ({ body: { channels: [response({ messages: [message(1)] })] } });
    const client = server.client();
    const connecting = client.connectUser({ id: 'ada' }, tokenFor('ada'));
    connecting.catch(() => undefined);
    await quiet();
    return { server, client, connecting, channel: client.channel('messaging', 'general') };
  }

  /** Greets on the first socket, and lets the page take its first look. */
  async function look() {
    const world = await begin();
    await world.server.greet(ada);
    await world.client.queryChannels();
    await world.channel.watch();
    await quiet();
    return world;
  }

  it('takes the first look without it', async () => {
    const { client, channel, connecting } = await look();

    expect(await connecting).to.include({ id: 'ada' });
    expect(client.state.value.connection).to.include({ status: 'live', transport: 'websocket' });
    expect(client.state.value.channels).to.deep.equal([channel]);
    expect(texts(channel)).to.deep.equal(['text 1 sent']);
  });

  it('goes on with the same socket when it comes, and asks for nothing twice', async () => {
    const { server, client } = await look();
    const shown: string[] = [];
    client.state.subscribe(({ connection }) => shown.push(connection.status));
    const before = server.commands.length;

    await engine.arrive();

    expect(server.sockets).to.have.length(1);
    expect(server.socket.closeCode).to.equal(undefined);
    expect(server.commands.slice(before)).to.deep.equal([]);
    expect(new Set(shown)).to.deep.equal(new Set(shown.length ? ['live'] : []));
    expect(client.isLive).to.equal(true);
  });

  it('takes in afterwards, in order, what came before it was there', async () => {
    const { server, client, channel } = await look();
    const told: string[] = [];
    client.on('message.new', (event) => told.push(event.message.id));
    server.emit({ type: 'message.new', cid: CID, created_at: at(5), message: message(5) });
    server.emit({ type: 'message.new', cid: CID, created_at: at(6), message: message(6) });
    await quiet();
    expect(told).to.deep.equal([]);

    await engine.arrive();
    server.emit({ type: 'message.new', cid: CID, created_at: at(7), message: message(7) });

    expect(told).to.deep.equal(['m5', 'm6', 'm7']);
    expect(texts(channel)).to.deep.equal(['text 1 sent', 'text 5 sent', 'text 6 sent', 'text 7 sent']);
  });

  it('makes up for a socket that was lost before it came', async () => {
    const { server, client, channel } = await look();
    server.routes['POST /channels'] = () => ({
      body: { channels: [response({ messages: [message(1), message(2)] })] },
    });
    server.socket.break();

    await engine.arrive();
    server.host.tick(1000);
    await server.greet(ada);
    await quiet();

    expect(server.sockets).to.have.length(2);
    expect(client.isLive).to.equal(true);
    expect(texts(channel)).to.deep.equal(['text 1 sent', 'text 2 sent']);
  });

  it('gives a refusal that came before it to whoever waits', async () => {
    const { server, client, connecting } = await begin();
    server.emit({ error: refusal(43, 401).body });
    await engine.arrive();

    expect(await rejection(connecting)).to.have.property('code', 'token-rejected');
    expect(client.state.value.connection.status).to.equal('blocked');
    expect(server.sockets).to.have.length(1);
  });

  it('is greeted also where the engine comes before the greeting', async () => {
    const { server, client, connecting } = await begin();

    await engine.arrive();
    await server.greet(ada);

    expect(await connecting).to.include({ id: 'ada' });
    expect(server.sockets).to.have.length(1);
    expect(client.isLive).to.equal(true);
  });

  it('asks for it again after three seconds when it did not come', async () => {
    const { server, client } = await look();
    await engine.fail();
    expect(client.state.value.connection).to.include({ status: 'live' });

    server.host.tick(3000);
    await engine.arrive();

    expect(client.isLive).to.equal(true);
    expect(server.sockets).to.have.length(1);
  });

  it('opens nothing before it comes where there is no network, or tabs share', async () => {
    const server = new FakeServer();
    server.host.isOnline = false;
    void server.client().connectUser({ id: 'ada' }, tokenFor('ada'));
    const other = new FakeServer();
    void other.client({ shareConnection: true }).connectUser({ id: 'ada' }, tokenFor('ada'));
    await quiet();

    expect([server.sockets.length, other.sockets.length]).to.deep.equal([0, 0]);
  });

  it('leaves nothing when the user signs out meanwhile', async () => {
    const { server, client, connecting } = await begin();

    await client.disconnectUser();
    await engine.arrive();

    expect(await rejection(connecting)).to.have.property('code', 'disconnected');
    expect(server.socket.closeCode).to.equal(1000);
    expect([server.sockets.length, server.host.timers, server.host.listeners]).to.deep.equal([1, 0, 0]);
    expect(client.state.value.connection.status).to.equal('idle');
  });

  it('connects another user than the one who left meanwhile', async () => {
    const { server, client } = await begin();
    await client.disconnectUser();
    const connecting = client.connectUser({ id: 'bob' }, tokenFor('bob'));
    await quiet();
    await server.greet({ id: 'bob' });

    await engine.arrive();

    expect(await connecting).to.include({ id: 'bob' });
    expect(server.sockets.map(({ closeCode }) => closeCode)).to.deep.equal([1000, undefined]);
    expect(client.isLive).to.equal(true);
  });
});
