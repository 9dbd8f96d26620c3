import { expect } from '@open-wc/testing';
import { ChatClient } from '../../src/client/client.js';
import { settled } from '../support/fake-host.js';
import { connected, FakeServer, refusal, rejection, tokenFor } from '../support/fake-server.js';

describe('connectUser', () => {
  describe('refuses at once', () => {
    const refused = async (user: unknown, token: unknown = tokenFor('ada')) => {
      const server = new FakeServer();
      const error = await rejection(server.client().connectUser(user as { id: string }, token as string));
      expect(server.sockets).to.have.length(0);
      return error;
    };

    it('a user without an id', async () => {
      expect(await refused({ name: 'Ada' })).to.have.property('code', 'invalid-user');
    });

    it('a user whose id has other characters, and names it', async () => {
      expect(await refused({ id: 'ada lovelace' }))
        .to.include({ code: 'invalid-user' })
        .and.property('message')
        .contain('"ada lovelace"');
    });

    it('a user object of more than 5 KB', async () => {
      expect(await refused({ id: 'ada', bio: 'x'.repeat(6000) })).to.have.property('code', 'invalid-user');
    });

    it('a token that is none, without repeating it', async () => {
      expect(await refused({ id: 'ada' }, 'secret'))
        .to.include({ code: 'invalid-token' })
        .and.property('message')
        .not.contain('secret');
      expect(await refused({ id: 'ada' }, '')).to.have.property('code', 'invalid-token');
      expect(await refused({ id: 'ada' }, 7)).to.have.property('code', 'invalid-token');
    });

    it('the token of somebody else', async () => {
      expect(await refused({ id: 'ada' }, tokenFor('bob')))
        .to.include({ code: 'invalid-token' })
        .and.property('message')
        .contain('"bob"');
    });

    it('an empty api key and a base URL that is none', () => {
      expect(() => new ChatClient(''))
        .to.throw('non-empty')
        .with.property('code', 'invalid-option');
      expect(() => new ChatClient('key', { baseURL: 'chat' }))
        .to.throw('http://')
        .with.property('code', 'invalid-option');
    });
  });

  it('resolves with the user as the server knows it, not when the socket opens', async () => {
    const server = new FakeServer();
    let me: unknown;
    void server
      .client()
      .connectUser({ id: 'ada' }, tokenFor('ada'))
      .then((user) => (me = user));
    await settled();

    server.socket.open();
    await settled();
    expect(me).to.equal(undefined);

    await server.greet({ id: 'ada', tier: 3 });
    expect(me).to.deep.equal({ id: 'ada', tier: 3 });
  });

  it('joins a second call for the same user', async () => {
    const { server, client } = await connected();

    expect(await client.connectUser({ id: 'ada' }, tokenFor('ada'))).to.have.property('id', 'ada');
    expect(server.sockets).to.have.length(1);
  });

  it('refuses another user until the first is disconnected', async () => {
    const { server, client } = await connected();

    expect(await rejection(client.connectUser({ id: 'bob' }, tokenFor('bob')))).to.have.property(
      'code',
      'other-user',
    );

    await client.disconnectUser();
    const second = client.connectUser({ id: 'bob' }, tokenFor('bob'));
    await server.greet({ id: 'bob' });
    expect(await second).to.have.property('id', 'bob');
  });

  it('holds requests until it has settled, and then sends each with the connection', async () => {
    const server = new FakeServer();
    const client = server.client();
    void client.connectUser({ id: 'ada' }, tokenFor('ada'));

    const requests = [1, 2, 3].map(() => client.request({ method: 'GET', path: '/app' }));
    await settled();
    expect(server.commands).to.have.length(0);

    await server.greet({ id: 'ada' }, 'c-1');
    await Promise.all(requests);
    expect(server.of('GET /app').map(({ query }) => query.get('connection_id'))).to.deep.equal([
      'c-1',
      'c-1',
      'c-1',
    ]);
  });

  it('rejects what waited when the server refuses, and says why', async () => {
    const server = new FakeServer();
    const client = server.client();
    const connecting = rejection(client.connectUser({ id: 'ada' }, tokenFor('ada')));
    const waiting = rejection(client.request({ method: 'GET', path: '/app' }));
    await settled();

    server.emit({ error: refusal(43, 401, 'bad signature').body });

    expect(await connecting).to.include({ code: 'token-rejected', apiCode: 43 });
    expect(await waiting).to.include({ code: 'token-rejected' });
    expect(client.state.value.connection.status).to.equal('blocked');
    expect(server.commands).to.have.length(0);
  });

  it('can be tried again after a refusal, with another token', async () => {
    const server = new FakeServer();
    const client = server.client();
    const first = rejection(client.connectUser({ id: 'ada' }, tokenFor('ada', 'bad')));
    await settled();
    server.emit({ error: refusal(2, 401, 'unknown key').body });
    expect(await first).to.have.property('code', 'unknown-key');

    const second = client.connectUser({ id: 'ada' }, tokenFor('ada', 'good'));
    await server.greet();

    expect(await second).to.have.property('id', 'ada');
    expect(new URL(server.socket.url).searchParams.get('authorization')).to.match(/good$/);
  });

  it('gives up waiting after 15 s, but goes on trying', async () => {
    const server = new FakeServer();
    const client = server.client();
    const first = rejection(client.connectUser({ id: 'ada' }, tokenFor('ada')));
    await settled();

    for (let second = 0; second < 15; second++) {
      server.host.tick(1000);
      await settled();
    }
    expect(await first).to.have.property('code', 'timeout');

    const second = client.connectUser({ id: 'ada' }, tokenFor('ada'));
    await server.greet();
    expect(await second).to.have.property('id', 'ada');
  });

  it('asks a provider for a token, and again when the server calls it expired', async () => {
    const server = new FakeServer();
    let asked = 0;
    const connecting = server
      .client()
      .connectUser({ id: 'ada' }, () => Promise.resolve(tokenFor('ada', `t${++asked}`)));
    await settled();

    server.emit({ error: refusal(40, 401, 'expired').body });
    await server.greet();

    expect(await connecting).to.have.property('id', 'ada');
    expect(
      server.sockets.map(({ url }) => new URL(url).searchParams.get('authorization')!.slice(-2)),
    ).to.deep.equal(['t1', 't2']);
  });

  it('shares one renewal among commands whose token has expired', async () => {
    const server = new FakeServer();
    let asked = 0;
    const client = server.client();
    void client.connectUser({ id: 'ada' }, () => Promise.resolve(tokenFor('ada', `t${++asked}`)));
    await server.greet();
    server.routes['GET /app'] = ({ headers }) =>
      headers.get('authorization')!.endsWith('t1') ? refusal(40, 401) : { body: { ok: true } };

    const answers = await Promise.all([1, 2, 3].map(() => client.request({ method: 'GET', path: '/app' })));

    expect(answers).to.deep.equal([{ ok: true }, { ok: true }, { ok: true }]);
    expect(asked).to.equal(2);
  });

  it('blocks when a fixed token has expired, and says how to renew one', async () => {
    const server = new FakeServer();
    const connecting = rejection(server.client().connectUser({ id: 'ada' }, tokenFor('ada')));
    await settled();

    server.emit({ error: refusal(40, 401, 'expired').body });

    expect(await connecting)
      .to.include({ code: 'token-expired' })
      .and.property('message')
      .contain('function');
  });

  it('keeps trying while a provider fails', async () => {
    const server = new FakeServer();
    let asked = 0;
    const provider = () =>
      ++asked < 3 ? Promise.reject(new Error('backend down')) : Promise.resolve(tokenFor('ada'));
    const connecting = server.client().connectUser({ id: 'ada' }, provider);
    await settled();

    server.host.tick(2000);
    await settled();
    server.host.tick(2000);
    await server.greet();

    expect(await connecting).to.have.property('id', 'ada');
    expect(asked).to.equal(3);
  });

  it('does not wait longer than 10 s for a provider', async () => {
    const server = new FakeServer();
    const client = server.client();
    void client.connectUser({ id: 'ada' }, () => new Promise<string>(() => undefined)).catch(() => undefined);
    await settled();

    server.host.tick(10_000);
    await settled();

    expect(client.state.value.connection.error).to.have.property('code', 'timeout');
  });

  it('sends at a reconnect what the server last said of the user', async () => {
    const { server } = await connected();
    const client = server.client();
    const connecting = client.connectUser({ id: 'ada', name: 'Ada' }, tokenFor('ada'));
    await server.greet({ id: 'ada', name: 'Ada' });
    await connecting;

    server.emit({ type: 'user.updated', user: { id: 'ada', name: 'Countess' } });
    server.socket.break();
    server.host.tick(2000);
    await settled();

    const payload = JSON.parse(new URL(server.socket.url).searchParams.get('json')!) as {
      user_details: object;
    };
    expect(payload.user_details).to.deep.equal({ id: 'ada', name: 'Countess' });
  });

  describe('after disconnectUser', () => {
    it('leaves no timer, no listener and no open socket', async () => {
      const { server, client } = await connected();

      await client.disconnectUser();

      expect(server.socket.closeCode).to.equal(1000);
      expect(server.host.timers).to.equal(0);
      expect(server.host.listeners).to.equal(0);
      expect(client.state.value).to.deep.include({ user: undefined, channels: [] });
    });

    it('rejects commands under way and refuses new ones', async () => {
      const { server, client } = await connected();
      server.routes['GET /app'] = () => new Promise(() => undefined);
      const under = rejection(client.request({ method: 'GET', path: '/app' }));
      await settled();

      await client.disconnectUser();

      expect(await under).to.have.property('code', 'disconnected');
      expect(await rejection(client.request({ method: 'GET', path: '/app' }))).to.have.property(
        'code',
        'not-connected',
      );
    });

    it('refuses the use of an old channel, and says how to get a new one', async () => {
      const { client } = await connected();
      const channel = client.channel('messaging', 'general');

      await client.disconnectUser();

      const error = await rejection(channel.sendMessage({ text: 'late' }));
      expect(error).to.have.property('code', 'disconnected');
      expect(client.userId).to.equal(undefined);
    });
  });

  describe('what a visitor is told', () => {
    it('is live after the greeting', async () => {
      const { client } = await connected();

      expect(client.state.value.connection).to.include({ status: 'live', transport: 'websocket' });
    });

    it('stays live through a blip of less than two seconds', async () => {
      const { server, client } = await connected();
      const told: string[] = [];
      client.state.subscribe(({ connection }) => told.push(connection.status));

      server.socket.break();
      server.host.tick(1500);
      await server.greet();
      server.host.tick(5000);

      expect(new Set(told)).to.deep.equal(new Set(['live']));
    });

    it('is reconnecting after two seconds, with the time of the next attempt', async () => {
      const { server, client } = await connected();

      server.socket.break();
      server.host.tick(2000);

      expect(client.state.value.connection.status).to.equal('reconnecting');
    });

    it('is offline at once', async () => {
      const { server, client } = await connected();

      server.host.signal('offline');

      expect(client.state.value.connection.status).to.equal('offline');
    });
  });

  it('drops frames that are broken, counts on, and never crashes', async () => {
    const lines: string[] = [];
    const { server, client } = await connected({}, { logger: (line) => lines.push(line) });
    const seen: string[] = [];
    client.on('*', ({ type }) => seen.push(type));

    server.socket.message('<html>');
    server.socket.message('null');
    server.emit({ type: 'message.new', message: null });
    server.emit({ type: 'brand.new' });

    expect(seen).to.deep.equal(['brand.new']);
    expect(lines.filter((line) => line.includes('dropped'))).to.have.length(3);
    expect(client.state.value.connection.status).to.equal('live');
  });

  it('tells no logger a token', async () => {
    const lines: string[] = [];
    const { server } = await connected({}, { logger: (line) => lines.push(line) });

    server.socket.break();
    server.host.tick(5000);

    expect(lines.length).to.be.above(0);
    expect(lines.join('\n')).to.not.contain('signed');
  });
});
