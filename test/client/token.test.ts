import { expect } from '@open-wc/testing';
import { TokenSource } from '../../src/client/token.js';
import { FakeHost, settled } from '../support/fake-host.js';
import { FakeServer, refusal, rejection } from '../support/fake-server.js';
import { fakeXHR } from '../support/fake-xhr.js';
import { later, quiet } from '../support/following.js';

const HOUR_MS = 3_600_000;

/** A token of Ada's that dies at this second of the server's clock. */
function tokenUntil(exp: number, mark: string): string {
  return `e30.${btoa(JSON.stringify({ user_id: 'ada', exp })).replaceAll('=', '')}.${mark}`;
}

/** A client whose tokens live for so long, towards a server whose clock is so much ahead of ours. */
class World {
  readonly server = new FakeServer();
  readonly client = this.server.client();
  /** How often the provider was asked. */
  asked = 0;
  /** What the provider does instead of giving a token. */
  instead: (() => Promise<string>) | undefined;
  #lifeSeconds: number;
  #aheadMs: number;

  constructor(lifeSeconds: number, aheadMs = 0) {
    this.#lifeSeconds = lifeSeconds;
    this.#aheadMs = aheadMs;
  }

  get serverMs(): number {
    return this.server.host.now() + this.#aheadMs;
  }

  get host(): FakeHost {
    return this.server.host;
  }

  provide = (): Promise<string> => {
    this.asked++;
    const mark = `t${this.asked}`;
    return this.instead?.() ?? Promise.resolve(tokenUntil(this.serverMs / 1000 + this.#lifeSeconds, mark));
  };

  async enter(): Promise<this> {
    void this.client.connectUser({ id: 'ada' }, this.provide);
    await this.greet();
    return this;
  }

  async greet(): Promise<void> {
    await quiet();
    const { server } = this;
    server.socket.open();
    const created_at = new Date(this.serverMs).toISOString();
    const connection_id = `c${server.sockets.length}`;
    server.emit({ type: 'health.check', connection_id, me: { id: 'ada' }, created_at });
    await quiet();
  }

  /** Time on a connection that lives. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      this.host.tick(1000);
      if (second % 10 === 0) this.server.emit({ type: 'health.check', connection_id: 'c' });
      await settled();
    }
  }

  /** The mark of the token by which the newest command, or the newest socket, asked. */
  async usedByCommand(): Promise<string | undefined> {
    await this.client.request({ method: 'GET', path: '/app' });
    return this.server.commands.at(-1)?.headers.get('authorization')?.split('.')[2];
  }

  get usedBySocket(): string | undefined {
    return new URL(this.server.socket.url).searchParams.get('authorization')?.split('.')[2];
  }
}

describe('a token', () => {
  const skews: [string, number][] = [
    ['is right', 0],
    ['is an hour behind', HOUR_MS],
    ['is an hour ahead', -HOUR_MS],
    ['is a day behind', 24 * HOUR_MS],
    ['is a day ahead', -24 * HOUR_MS],
  ];
  for (const [clock, aheadMs] of skews)
    it(`is renewed 60 s before it dies on the server's clock when ours ${clock}`, async () => {
      const world = await new World(300, aheadMs).enter();

      await world.pass(239);
      expect(world.asked).to.equal(1);
      await world.pass(1);
      expect(world.asked).to.equal(2);
      await world.pass(3600);

      expect(world.asked).to.equal(17);
      expect(await world.usedByCommand()).to.equal('t17');
    });

  it('that is short is renewed in the last quarter of its life', async () => {
    const world = await new World(100).enter();

    await world.pass(74);
    expect(world.asked).to.equal(1);
    await world.pass(1);

    expect(world.asked).to.equal(2);
  });

  it('that lives longer than timers can wait is renewed once', async () => {
    const world = await new World(60 * 24 * 3600).enter();
    world.host.signal('offline');

    for (let day = 0; day < 59; day++) {
      world.host.tick(24 * HOUR_MS);
      await settled();
    }
    expect(world.asked).to.equal(1);
    world.host.tick(24 * HOUR_MS);
    await settled();

    expect(world.asked).to.equal(2);
    expect(Math.max(...world.host.pending)).to.be.below(2 ** 31);
  });

  it('that names no end is not renewed', async () => {
    const world = new World(NaN);

    await world.enter();
    await world.pass(3600);

    expect(world.asked).to.equal(1);
  });

  it('is renewed while it is used, without a pause of the connection', async () => {
    const world = await new World(300).enter();

    await world.pass(300);

    expect(world.server.sockets).to.have.length(1);
    expect(world.client.state.value.connection.status).to.equal('live');
    expect(await world.usedByCommand()).to.equal('t2');
  });

  it('is asked for again, after five to ten seconds, when a renewal failed', async () => {
    const world = await new World(300).enter();
    world.instead = () => Promise.reject(new Error('backend down'));
    await world.pass(240);
    expect(world.asked).to.equal(2);

    await world.pass(7);
    expect(world.asked).to.equal(2);
    world.instead = undefined;
    await world.pass(1);
    await world.pass(200);

    expect(world.asked).to.equal(3);
  });

  it('is asked for ever less often while renewals fail', async () => {
    const world = await new World(300).enter();
    world.instead = () => Promise.reject(new Error('backend down'));
    await world.pass(240);
    const before = world.asked;

    await world.pass(600);

    // After 7.5, 15, 30, 60, and then every 90 s.
    expect(world.asked - before).to.equal(9);
  });

  it('is used until it dies while a renewal fails, or waits', async () => {
    const world = await new World(300).enter();
    world.instead = () => Promise.reject(new Error('backend down'));
    await world.pass(250);
    expect(await world.usedByCommand()).to.equal('t1');

    world.instead = () => new Promise(() => undefined);
    await world.pass(10);

    expect(await world.usedByCommand()).to.equal('t1');
  });

  it('is asked for a few times, not for ever, when the provider repeats itself', async () => {
    const world = new World(300);
    const same = tokenUntil(world.serverMs / 1000 + 300, 'same');
    world.instead = () => Promise.resolve(same);

    await world.enter();
    await world.pass(3600);

    expect(world.asked).to.be.below(12);
  });
});

describe('those who need a token at once', () => {
  it('share one call of the provider', async () => {
    const host = new FakeHost();
    let asked = 0;
    const answer = later<string>();
    const source = new TokenSource('ada', () => (asked++, answer.promise), host);

    const waiting = Promise.all([source.get(), source.get(true), source.renew('old'), source.get()]);
    await answer.give(tokenUntil(9999, 't'));

    expect(new Set(await waiting).size).to.equal(1);
    expect(asked).to.equal(1);
    expect(host.timers).to.equal(0);
  });

  it('share its failure, and may ask again', async () => {
    let asked = 0;
    const provider = () =>
      ++asked > 1 ? Promise.resolve(tokenUntil(9999, 't')) : Promise.reject(new Error('x'));
    const source = new TokenSource('ada', provider, new FakeHost());

    const errors = await Promise.all([source.get(), source.get()].map(rejection));

    expect(errors.map((error) => (error as { code: string }).code)).to.deep.equal(['network', 'network']);
    expect(await source.get()).to.match(/t$/);
  });

  it('are told after ten seconds when the provider is silent', async () => {
    const host = new FakeHost();
    const source = new TokenSource('ada', () => new Promise(() => undefined), host);
    const waiting = rejection(source.get());
    await settled();
    expect(host.pending).to.deep.equal([10_000]);

    host.tick(10_000);

    expect(await waiting).to.have.property('code', 'timeout');
    expect(host.timers).to.equal(0);
  });

  it('get what another has renewed in the meantime', async () => {
    let asked = 0;
    const source = new TokenSource(
      'ada',
      () => Promise.resolve(tokenUntil(9999, `t${++asked}`)),
      new FakeHost(),
    );
    const stale = await source.get();
    const renewed = await source.renew(stale);

    expect(await source.renew(stale)).to.equal(renewed);
    expect([source.current, asked]).to.deep.equal([renewed, 2]);
  });

  it('get no token of somebody else', async () => {
    const strange = `e30.${btoa('{"user_id":"bob"}')}.sig`;
    const source = new TokenSource('ada', () => Promise.resolve(strange), new FakeHost());

    expect(await rejection(source.get())).to.include({ code: 'invalid-token' });
    expect(source.current).to.equal(undefined);
  });
});

describe('after a sleep that outlasted the token', () => {
  it('nothing is tried with the dead one', async () => {
    const world = await new World(300).enter();
    const answer = later<string>();
    world.instead = () => answer.promise;

    world.host.sleep(8 * HOUR_MS);
    world.server.socket.break();
    world.host.tick(1000);
    await quiet();
    expect([world.asked, world.server.sockets.length]).to.deep.equal([2, 1]);
    await answer.give(tokenUntil(world.serverMs / 1000 + 300, 'fresh'));
    await world.greet();

    expect([world.usedBySocket, world.asked]).to.deep.equal(['fresh', 2]);
    expect(world.client.state.value.connection.status).to.equal('live');
  });

  it('a command waits for a fresh one', async () => {
    const world = await new World(300).enter();

    world.host.sleep(HOUR_MS);

    expect(await world.usedByCommand()).to.equal('t2');
    expect(world.server.of('GET /app')).to.have.length(1);
  });
});

describe('the token of a connection', () => {
  it('is the newest one in the headers of every poll', async () => {
    const world = new World(300);
    const { XMLHttpRequest, requests } = fakeXHR();
    world.host.XMLHttpRequest = XMLHttpRequest;
    const client = world.server.client({ enableWSFallback: true });
    void client.connectUser({ id: 'ada' }, world.provide);
    await quiet();
    world.server.socket.break();
    await quiet();
    const created_at = new Date(world.serverMs).toISOString();
    requests[0]?.answer({
      event: { type: 'health.check', connection_id: 'p1', me: { id: 'ada' }, created_at },
    });
    await quiet();

    world.host.tick(240_000);
    await quiet();
    requests.findLast(({ sent, aborted }) => sent && !aborted)?.answer({ events: [] });

    const used = requests.map(({ headers }) => headers['Authorization']?.split('.')[2]);
    expect([used[0], used.at(-1)]).to.deep.equal(['t1', 't2']);
    await client.disconnectUser();
  });

  it('is asked for by one call when the server calls it expired on several ways', async () => {
    const world = await new World(300).enter();
    world.server.routes['GET /app'] = ({ headers }) =>
      headers.get('authorization')?.endsWith('t1') ? refusal(40, 401) : { body: {} };

    const commands = [world.usedByCommand(), world.usedByCommand()];
    world.server.emit({ error: refusal(40, 401).body });
    await world.greet();
    await Promise.all(commands);

    expect([world.asked, world.usedBySocket]).to.deep.equal([2, 't2']);
  });

  it('leaves no timer behind when the user has signed out, also in the middle of a renewal', async () => {
    const world = await new World(300).enter();
    const answer = later<string>();
    world.instead = () => answer.promise;
    await world.pass(240);

    await world.client.disconnectUser();
    await answer.give(tokenUntil(world.serverMs / 1000 + 300, 'late'));

    expect(world.host.timers).to.equal(0);
    expect(world.asked).to.equal(2);
  });
});
