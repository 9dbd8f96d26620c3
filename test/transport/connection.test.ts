import { expect } from '@open-wc/testing';
import type { ConnectionState } from '../../src/transport/connection.js';
import {
  ConnectionKit,
  HELLO,
  NETWORK_ERROR,
  refusal,
  SERVER_ERROR,
  TOKEN_ERROR,
} from '../support/connection-kit.js';
import { settled } from '../support/fake-host.js';

type Event = (kit: ConnectionKit) => unknown;

/** What the page and the owner can do in every state. */
const EVERYWHERE = {
  connect: (kit) => kit.connection.connect(),
  disconnect: (kit) => kit.connection.disconnect(),
  retryNow: (kit) => kit.connection.retryNow(),
  probe: (kit) => kit.connection.probe(),
  'going offline': (kit) => kit.host.signal('offline'),
  'coming online': (kit) => kit.host.signal('online'),
  'being shown': (kit) => kit.host.signal('visible'),
  'being hidden': (kit) => kit.host.signal('hidden'),
  'being put aside': (kit) => kit.host.signal('suspend'),
  'being back': (kit) => kit.host.signal('resume'),
  'another network': (kit) => kit.host.signal('network'),
} satisfies Record<string, Event>;

type Row = Record<keyof typeof EVERYWHERE, ConnectionState>;

/** What ends every state that is on its way or there. */
const LEAVING = { disconnect: 'closed', 'going offline': 'offline', 'being put aside': 'suspended' } as const;

/** The state after each event; only what differs from staying. */
const TABLE: Record<ConnectionState, Partial<Row>> = {
  idle: { connect: 'authorizing', disconnect: 'closed' },
  authorizing: { ...LEAVING },
  opening: { ...LEAVING },
  syncing: { ...LEAVING },
  live: {
    ...LEAVING,
    probe: 'suspect',
    'coming online': 'suspect',
    'being shown': 'suspect',
    'being back': 'suspect',
    'another network': 'suspect',
  },
  suspect: { ...LEAVING },
  waiting: { ...LEAVING, retryNow: 'authorizing' },
  offline: {
    disconnect: 'closed',
    retryNow: 'authorizing',
    'coming online': 'authorizing',
    'being put aside': 'suspended',
  },
  suspended: { disconnect: 'closed', 'being back': 'authorizing', 'being shown': 'authorizing' },
  blocked: { connect: 'authorizing', disconnect: 'closed', retryNow: 'authorizing' },
  closed: { connect: 'authorizing' },
};

/** What the server, the provider and the clock can do, where they can. */
const SOMEWHERE: [ConnectionState, string, Event, ConnectionState][] = [
  ['authorizing', 'a token', (kit) => kit.giveToken(), 'opening'],
  ['authorizing', 'a provider that fails', (kit) => kit.refuseToken(NETWORK_ERROR), 'waiting'],
  ['authorizing', 'a provider that throws nonsense', (kit) => kit.refuseToken('oh'), 'waiting'],
  ['authorizing', 'a token that cannot be right', (kit) => kit.refuseToken(TOKEN_ERROR), 'blocked'],
  ['opening', 'a greeting', (kit) => kit.websocket.last.frame(HELLO), 'syncing'],
  ['opening', 'an event before the greeting', (kit) => kit.websocket.last.frame({ type: 'x' }), 'opening'],
  ['opening', 'one transport failing', (kit) => kit.websocket.last.fail(), 'opening'],
  ['opening', 'a final refusal', (kit) => kit.websocket.last.frame(refusal('block')), 'blocked'],
  ['opening', 'an expired token', (kit) => kit.websocket.last.frame(refusal('reauthorize')), 'authorizing'],
  ['opening', 'a refusal for now', (kit) => kit.websocket.last.frame(refusal('retry')), 'waiting'],
  ['opening', 'ten silent seconds of each', (kit) => kit.host.tick(11_500), 'waiting'],
  ['syncing', 'a sync that works', (kit) => kit.synced(), 'live'],
  ['syncing', 'a sync that fails', (kit) => kit.failSync(), 'waiting'],
  ['syncing', 'an event', (kit) => kit.websocket.last.frame({ type: 'x' }), 'syncing'],
  ['syncing', 'a loss', (kit) => kit.websocket.last.fail(), 'waiting'],
  ['syncing', 'a final refusal', (kit) => kit.websocket.last.frame(refusal('block')), 'blocked'],
  ['live', 'an event', (kit) => kit.websocket.last.frame({ type: 'x' }), 'live'],
  ['live', 'garbage', (kit) => kit.websocket.last.garbage(), 'live'],
  ['live', 'a second greeting', (kit) => kit.websocket.last.frame(HELLO), 'live'],
  ['live', 'a loss', (kit) => kit.websocket.last.fail(), 'waiting'],
  ['live', 'a final refusal', (kit) => kit.websocket.last.frame(refusal('block')), 'blocked'],
  ['live', 'an expired token', (kit) => kit.websocket.last.frame(refusal('reauthorize')), 'authorizing'],
  ['live', 'a refusal for now', (kit) => kit.websocket.last.frame(refusal('retry')), 'waiting'],
  ['live', 'no answer to the ping', (kit) => kit.host.tick(24_500), 'waiting'],
  ['suspect', 'an event', (kit) => kit.websocket.last.frame({ type: 'x' }), 'live'],
  ['suspect', 'garbage', (kit) => kit.websocket.last.garbage(), 'live'],
  ['suspect', 'three silent seconds', (kit) => kit.host.tick(3_000), 'waiting'],
  ['suspect', 'a loss', (kit) => kit.websocket.last.fail(), 'waiting'],
  ['live', 'a sleep of an hour', (kit) => kit.host.sleep(3_600_000), 'suspect'],
  [
    'live',
    'an unheard ping and a sleep',
    (kit) => (kit.host.tick(20_000), kit.host.sleep(60_000)),
    'suspect',
  ],
  ['suspect', 'a sleep', (kit) => kit.host.sleep(60_000), 'suspect'],
  ['syncing', 'a sync that the server refuses for now', (kit) => kit.failSync(SERVER_ERROR), 'syncing'],
  ['waiting', 'the end of the wait', (kit) => kit.host.tick(1_000), 'authorizing'],
];

const MAY_HAVE_LINKS: ConnectionState[] = ['opening', 'syncing', 'live', 'suspect'];

function expectTidy({ state, host, openLinks }: ConnectionKit): void {
  if (!MAY_HAVE_LINKS.includes(state)) expect(openLinks).to.equal(0);
  if (['idle', 'authorizing', 'offline', 'suspended', 'blocked', 'closed'].includes(state))
    expect(host.timers).to.equal(0);
  if (state === 'syncing') expect(host.timers).to.be.below(2);
  if (['live', 'suspect', 'waiting'].includes(state)) expect(host.timers).to.equal(1);
}

describe('Connection, state by event', () => {
  for (const from of Object.keys(TABLE) as ConnectionState[])
    for (const event of Object.keys(EVERYWHERE) as (keyof typeof EVERYWHERE)[]) {
      const to = TABLE[from][event] ?? from;
      it(`goes from ${from} at ${event} to ${to}`, async () => {
        const kit = await new ConnectionKit().reach(from);

        EVERYWHERE[event](kit);

        expect(kit.state).to.equal(to);
        expectTidy(kit);
      });
    }

  for (const [from, event, happen, to] of SOMEWHERE)
    it(`goes from ${from} at ${event} to ${to}`, async () => {
      const kit = await new ConnectionKit().reach(from);

      await happen(kit);

      expect(kit.state).to.equal(to);
      expectTidy(kit);
    });
});

describe('Connection, what it tells', () => {
  it('tells every state on the way to live', async () => {
    const kit = await new ConnectionKit().reach('live');

    expect(kit.path).to.equal('authorizing opening syncing live');
    expect(kit.changes.at(-1)).to.deep.equal({
      state: 'live',
      previous: 'syncing',
      transport: 'websocket',
      retryAt: undefined,
      error: undefined,
    });
    expect(kit.connection.change).to.equal(kit.changes.at(-1));
  });

  it('tells when the next attempt starts, and why it waits', async () => {
    const kit = await new ConnectionKit().reach('waiting');

    expect(kit.connection.change.retryAt).to.equal(kit.host.now() + 500);
    expect(kit.connection.change.error).to.equal(NETWORK_ERROR);
  });

  it('keeps the error until the next greeting', async () => {
    const kit = await new ConnectionKit().reach('waiting');
    kit.connection.retryNow();
    await kit.giveToken();
    expect(kit.connection.change.error).to.equal(NETWORK_ERROR);

    kit.websocket.last.frame(HELLO);

    expect(kit.connection.change.error).to.equal(undefined);
  });

  it('gives frames on, the greeting before it is synced', async () => {
    const kit = await new ConnectionKit().reach('opening');
    let syncsAtGreeting = -1;
    kit.connection.on('frame', () => (syncsAtGreeting = kit.syncs.length));

    kit.websocket.last.frame(HELLO);

    expect(kit.frames).to.deep.equal([HELLO]);
    expect(syncsAtGreeting).to.equal(0);
    expect(kit.syncs[0]?.greeting).to.equal(HELLO);
  });

  it('drops frames that come before the greeting', async () => {
    const kit = await new ConnectionKit().reach('opening');

    kit.websocket.last.frame({ type: 'x' });

    expect(kit.frames).to.deep.equal([]);
  });

  it('tells of garbage without giving it on', async () => {
    const kit = await new ConnectionKit().reach('live');

    kit.websocket.last.garbage();

    expect(kit.garbage).to.equal(1);
    expect(kit.frames).to.deep.equal([HELLO]);
  });

  it('stops telling a listener that has left', () => {
    const kit = new ConnectionKit();
    let told = 0;
    const leave = kit.connection.on('state', () => told++);
    kit.connection.connect();

    leave();
    kit.connection.disconnect();

    expect(told).to.equal(1);
  });
});

describe('Connection, its end', () => {
  for (const state of Object.keys(TABLE) as ConnectionState[])
    it(`leaves no timer, link or listener when disconnected from ${state}`, async () => {
      const kit = await new ConnectionKit().reach(state);

      kit.connection.disconnect();

      expect([kit.host.timers, kit.openLinks, kit.host.listeners]).to.deep.equal([0, 0, 0]);
    });

  it('stays closed when the provider itself disconnects', async () => {
    const kit: ConnectionKit = new ConnectionKit({
      authorize: () => {
        kit.connection.disconnect();
        return Promise.resolve('late');
      },
    });

    kit.connection.connect();
    await settled();

    expect(kit.state).to.equal('closed');
    expect(kit.openLinks).to.equal(0);
  });

  it('drops a token that comes after the end', async () => {
    const kit = await new ConnectionKit().reach('authorizing');
    kit.connection.disconnect();

    await kit.giveToken();

    expect(kit.state).to.equal('closed');
    expect(kit.openLinks).to.equal(0);
  });

  it('drops a failing token that comes after the end', async () => {
    const kit = await new ConnectionKit().reach('authorizing');
    kit.connection.disconnect();

    await kit.refuseToken(TOKEN_ERROR);

    expect(kit.state).to.equal('closed');
  });

  it('drops the token of an earlier connect', async () => {
    const kit = await new ConnectionKit().reach('authorizing');
    kit.connection.disconnect();
    kit.connection.connect();
    kit.tokens[0]?.resolve('old');

    await kit.giveToken('new');

    expect(kit.websocket.links.map(({ endpoint }) => endpoint.url)).to.deep.equal([
      'websocket://server/?token=new',
    ]);
  });

  it('drops a sync that ends after the end', async () => {
    const kit = await new ConnectionKit().reach('syncing');
    kit.connection.disconnect();

    await kit.synced();

    expect(kit.state).to.equal('closed');
  });

  it('drops a sync that fails after the end', async () => {
    const kit = await new ConnectionKit().reach('syncing');
    kit.connection.disconnect();

    await kit.failSync();

    expect(kit.state).to.equal('closed');
  });

  it('gives nothing on once a listener has disconnected', async () => {
    const kit = await new ConnectionKit().reach('opening');
    kit.connection.on('state', ({ state }) => state === 'syncing' && kit.connection.disconnect());

    kit.websocket.last.frame(HELLO);

    expect(kit.state).to.equal('closed');
    expect(kit.frames).to.deep.equal([]);
    expect(kit.syncs).to.have.length(0);
  });

  it('connects again after the end', async () => {
    const kit = await new ConnectionKit().reach('live');
    kit.connection.disconnect();

    kit.connection.connect();
    await kit.giveToken();
    kit.websocket.last.frame(HELLO);
    await kit.synced();

    expect(kit.state).to.equal('live');
    expect(kit.host.listeners).to.equal(1);
  });

  it('is offline at once when it starts without a network', async () => {
    const kit = await new ConnectionKit().reach('offline');

    expect(kit.path).to.equal('offline');
    expect(kit.asked).to.deep.equal([]);
  });
});
