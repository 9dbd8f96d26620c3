import { expect, waitUntil } from '@open-wc/testing';
import { uuid } from '../../src/transport/host.js';
import { sharedTransport } from '../../src/transport/shared.js';
import type { Endpoint, Link } from '../../src/transport/transport.js';
import { FakeHost, settled } from '../support/fake-host.js';
import { FakeTransport } from '../support/fake-transport.js';
import { recordedLink } from '../support/recorded-link.js';

const ENDPOINT: Endpoint = { url: 'http://chat.test', headers: () => ({}) };
const HELLO = { type: 'hello' };
const NEWS = { type: 'news' };

/** Waits for the browser, which gives locks and carries notes in its own time. */
const eventually = (condition: () => unknown): Promise<void> =>
  waitUntil(condition, `never: ${condition.toString()}`, { timeout: 9000, interval: 5 });

/** A tab of the browser: clock and link in the test's hand, locks and channel between tabs the real ones. */
class Tab {
  static #all: Tab[] = [];
  readonly host = new FakeHost();
  readonly inner = new FakeTransport('longpoll');
  told: unknown[] = [];
  link!: Link;
  #scope: string;

  constructor(scope: string, overrides: Partial<FakeHost> = {}) {
    this.#scope = scope;
    Object.assign(this.host, { locks: navigator.locks, BroadcastChannel, ...overrides });
    Tab.#all.push(this);
  }

  get transport() {
    return sharedTransport(this.inner, this.host, this.#scope);
  }

  /** Opens its link, anew if there was one. */
  open(): this {
    const { link, told } = recordedLink(this.transport, ENDPOINT);
    this.link = link;
    this.told = told;
    return this;
  }

  /** Opens and becomes the one that leads. */
  async lead(): Promise<this> {
    const before = this.inner.links.length;
    this.open();
    await eventually(() => this.inner.links.length > before);
    return this;
  }

  /** Opens behind one that leads and is greeted. */
  async follow(): Promise<this> {
    this.open();
    await eventually(() => this.told.length);
    return this;
  }

  static closeAll(): void {
    for (const tab of this.#all.splice(0)) tab.link?.close();
  }
}

/** A tab that leads and is greeted, and one that follows it. */
async function pair(scope: string): Promise<[leader: Tab, follower: Tab]> {
  const leader = await new Tab(scope).lead();
  leader.inner.last.frame(HELLO);
  return [leader, await new Tab(scope).follow()];
}

/** A tab that holds the lock and does nothing any more, as a hung one. @returns Ends it. */
async function hungTab(scope: string): Promise<() => void> {
  let end!: () => void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  await new Promise<void>((held) => {
    const hold = () => (held(), ended);
    navigator.locks.request(`chat-session:longpoll:${scope}`, hold).catch(() => undefined);
  });
  return end;
}

describe('one link for all tabs', () => {
  let scope: string;

  beforeEach(() => {
    scope = uuid();
  });

  afterEach(() => Tab.closeAll());

  it('is opened by one of them, where it was told to', async () => {
    const [leader, follower] = await pair(scope);

    expect(leader.inner.links.map(({ endpoint }) => endpoint)).to.deep.equal([ENDPOINT]);
    expect(follower.inner.links).to.deep.equal([]);
    expect(leader.transport.name).to.equal('longpoll');
  });

  it('greets also those who come later, with the first frame and none that came between', async () => {
    const leader = await new Tab(scope).lead();
    leader.inner.last.frame(HELLO);
    leader.inner.last.frame(NEWS);

    const follower = await new Tab(scope).follow();

    expect(follower.told).to.deep.equal([HELLO]);
    expect(leader.told).to.deep.equal([HELLO, NEWS]);
  });

  it('greets those who were there before the greeting', async () => {
    const leader = await new Tab(scope).lead();
    const follower = new Tab(scope).open();
    await eventually(() => follower.host.pending.includes(30_000)); // it was told to wait

    leader.inner.last.frame(HELLO);
    await eventually(() => follower.told.length);

    expect(follower.told).to.deep.equal([HELLO]);
  });

  it('tells everything to everybody, in order', async () => {
    const [leader, follower] = await pair(scope);

    leader.inner.last.frame(NEWS);
    leader.inner.last.heard();
    leader.inner.last.garbage();
    leader.inner.last.frame(HELLO);
    await eventually(() => follower.told.length === 5);

    expect(follower.told).to.deep.equal([HELLO, NEWS, 'heard', 'garbage', HELLO]);
    expect(leader.told).to.deep.equal(follower.told);
  });

  it('greets nobody twice when others come', async () => {
    const [leader, follower] = await pair(scope);
    await new Tab(scope).follow();

    leader.inner.last.frame(NEWS);
    await eventually(() => follower.told.length > 1);

    expect(follower.told).to.deep.equal([HELLO, NEWS]);
  });

  it('carries up what any of them sends', async () => {
    const [leader, follower] = await pair(scope);

    leader.link.send('from the first');
    follower.link.send('from the second');
    await eventually(() => leader.inner.last.sent.length === 2);

    expect(leader.inner.last.sent).to.deep.equal(['from the first', 'from the second']);
  });

  it('lives on when one that follows leaves', async () => {
    const [leader, follower] = await pair(scope);
    const other = await new Tab(scope).follow();

    follower.link.close();
    leader.inner.last.frame(NEWS);
    await eventually(() => other.told.length > 1);

    expect(follower.told).to.deep.equal([HELLO]);
    expect(follower.host.timers).to.equal(0);
    expect(leader.inner.openLinks).to.equal(1);
  });

  it('is lost for all when it is lost', async () => {
    const [leader, follower] = await pair(scope);

    leader.inner.last.fail();
    await eventually(() => follower.told.includes('close'));

    expect(leader.told).to.deep.equal([HELLO, 'close']);
    expect(follower.told).to.deep.equal([HELLO, 'close']);
    expect([leader.host.timers, follower.host.timers]).to.deep.equal([0, 0]);
  });

  it('is not shared with another scope', async () => {
    const [leader] = await pair(scope);

    const other = await new Tab(uuid()).lead();
    other.inner.last.frame(NEWS);

    expect(other.told).to.deep.equal([NEWS]);
    expect(leader.told).to.deep.equal([HELLO]);
  });

  it('is each tab’s own where the browser has no locks or no channels', () => {
    for (const overrides of [{ locks: undefined }, { BroadcastChannel: undefined }]) {
      const tab = new Tab(scope, overrides);

      expect(tab.transport).to.equal(tab.inner);
    }
  });

  it('is not opened by a tab that has left before its turn', async () => {
    const [leader] = await pair(scope);
    const gone = new Tab(scope).open();
    gone.link.close();
    gone.link.close();

    leader.link.close();
    await new Tab(scope).lead();

    expect(gone.inner.links).to.deep.equal([]);
    expect([gone.told, gone.host.timers]).to.deep.equal([[], 0]);
  });
});

describe('the tab that leads', () => {
  let scope: string;

  beforeEach(() => {
    scope = uuid();
  });

  afterEach(() => Tab.closeAll());

  it('is followed by another at once when it leaves: what rested on its link begins anew', async () => {
    const [leader, follower] = await pair(scope);

    leader.link.close();
    await eventually(() => follower.told.includes('close'));
    await follower.lead();
    follower.inner.last.frame(NEWS);

    expect(leader.told).to.deep.equal([HELLO]);
    expect(follower.told).to.deep.equal([NEWS]);
  });

  it('is followed by one that was not greeted yet without a word', async () => {
    const leader = await new Tab(scope).lead();
    const next = new Tab(scope).open();
    await eventually(() => next.host.pending.includes(30_000));

    leader.link.close();
    await eventually(() => next.inner.links.length);
    next.inner.last.frame(HELLO);

    expect(next.told).to.deep.equal([HELLO]);
  });

  it('is one of those who remain, whoever comes first', async () => {
    const [leader, one] = await pair(scope);
    const two = await new Tab(scope).follow();
    leader.link.close();
    await eventually(() => one.told.includes('close') && two.told.includes('close'));

    one.open();
    two.open();
    await eventually(() => one.inner.links.length + two.inner.links.length);
    const [next, other] = one.inner.links.length ? [one, two] : [two, one];
    next.inner.last.frame(NEWS);
    await eventually(() => other.told.length);

    expect([next.told, other.told]).to.deep.equal([[NEWS], [NEWS]]);
    expect(other.inner.links).to.deep.equal([]);
  });

  it('has two seconds to answer one that comes; then its place is taken', async () => {
    const end = await hungTab(scope);
    const tab = new Tab(scope).open();
    expect(tab.host.pending).to.deep.equal([2_000]);

    tab.host.tick(2_000);
    await eventually(() => tab.inner.links.length);
    tab.inner.last.frame(HELLO);

    expect([tab.told, tab.host.timers]).to.deep.equal([[HELLO], 0]);
    end();
  });

  it('keeps its place while it waits for its greeting', async () => {
    const leader = await new Tab(scope).lead();
    const follower = new Tab(scope).open();
    await eventually(() => follower.host.pending.includes(30_000));

    follower.host.tick(2_000);
    leader.inner.last.frame(HELLO);
    await eventually(() => follower.told.length);

    expect(follower.inner.links).to.deep.equal([]);
    expect(leader.inner.openLinks).to.equal(1);
  });

  it('is asked after 30 s of silence whether it lives, and goes on if it does', async () => {
    const [leader, follower] = await pair(scope);

    follower.host.tick(30_000);
    expect(follower.host.pending).to.deep.equal([2_000]);
    await eventually(() => follower.host.pending.includes(30_000));

    expect(follower.told).to.deep.equal([HELLO]);
    expect(leader.inner.openLinks).to.equal(1);
  });

  it('loses its place to another when it does not say so, and everything rests on a new link', async () => {
    const [leader, follower] = await pair(scope);

    follower.host.tick(32_000); // no answer can come in between: the tab that leads is as good as frozen
    await eventually(() => follower.told.includes('close'));
    await eventually(() => leader.told.includes('close'));

    expect(leader.inner.last.closed).to.equal(true);
    await follower.lead();
    expect(follower.inner.openLinks).to.equal(1);
  });

  it('does not count what others ask or send as its own sign of life', async () => {
    const end = await hungTab(scope);
    const [one, two] = [new Tab(scope).open(), new Tab(scope).open()];
    two.link.send('hello?');
    await settled();

    one.host.tick(1_999);
    await new Tab(uuid()).lead(); // until notes have come
    expect(one.host.pending).to.deep.equal([1]);
    one.host.tick(1);
    await eventually(() => one.inner.links.length);

    expect(two.inner.links).to.deep.equal([]);
    end();
  });
});
