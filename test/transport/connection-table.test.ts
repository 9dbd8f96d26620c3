import { expect } from '@open-wc/testing';
import { LINKED } from '../../src/transport/options.js';
import {
  ConnectionKit,
  HELLO,
  NETWORK_ERROR,
  refusal,
  SERVER_ERROR,
  TOKEN_ERROR,
} from '../support/connection-kit.js';
import type { FakeLink } from '../support/fake-transport.js';

/** Ways to stand, by name: each brings a new connection there. */
const STANDS = {
  idle: (kit) => kit.reach('idle'),
  authorizing: (kit) => kit.reach('authorizing'),
  opening: (kit) => kit.reach('opening'),
  'opening both': async (kit) => (await kit.reach('opening'), kit.host.tick(1_500)),
  'syncing (ws)': (kit) => kit.reach('syncing'),
  'syncing (poll)': async (kit) => {
    await kit.reach('opening');
    kit.websocket.last.fail();
    kit.longpoll.last.frame(HELLO);
  },
  'live (ws)': (kit) => kit.reach('live'),
  'live (poll)': async (kit) => (await kit.reachLivePoll(), kit.websocket.last.fail()),
  'live (poll), ws on its way': (kit) => kit.reachLivePoll(),
  suspect: (kit) => kit.reach('suspect'),
  waiting: (kit) => kit.reach('waiting'),
  offline: (kit) => kit.reach('offline'),
  suspended: (kit) => kit.reach('suspended'),
  blocked: (kit) => kit.reach('blocked'),
  closed: (kit) => kit.reach('closed'),
} satisfies Record<string, (kit: ConnectionKit) => unknown>;

/** The least link that is open, else the last WebSocket: what is closed stays silent. */
function link({ longpoll, websocket }: ConnectionKit): FakeLink | undefined {
  return longpoll.links.findLast(({ closed }) => !closed) ?? websocket.links.at(-1);
}

/** What can happen. What has no place in a state, such as the answer to a question of an earlier one, comes late. */
const EVENTS = {
  connect: (kit) => kit.connection.connect(),
  disconnect: (kit) => kit.connection.disconnect(),
  retryNow: (kit) => kit.connection.retryNow(),
  'a token': (kit) => kit.tokens.length && kit.giveToken(),
  'no token for now': (kit) => kit.tokens.length && kit.refuseToken(NETWORK_ERROR),
  'no token for good': (kit) => kit.tokens.length && kit.refuseToken(TOKEN_ERROR),
  'a greeting (ws)': (kit) => kit.websocket.links.at(-1)?.frame(HELLO),
  'a greeting (poll)': (kit) => kit.longpoll.links.at(-1)?.frame(HELLO),
  'a refusal: block': (kit) => link(kit)?.frame(refusal('block')),
  'a refusal: reauthorize': (kit) => link(kit)?.frame(refusal('reauthorize')),
  'a refusal: retry': (kit) => link(kit)?.frame(refusal('retry', 7_000)),
  'a frame': (kit) => link(kit)?.frame({ type: 'x' }),
  'the link lost': (kit) => link(kit)?.fail(),
  'its first timer': (kit) => kit.host.tick(kit.host.pending[0] ?? 60_000),
  'silence of 24.5 s': (kit) => kit.host.tick(24_500),
  synced: (kit) => kit.syncs.length && kit.synced(),
  'sync unanswered': (kit) => kit.syncs.length && kit.failSync(NETWORK_ERROR),
  'sync refused': (kit) => kit.syncs.length && kit.failSync(SERVER_ERROR),
  offline: (kit) => kit.host.signal('offline'),
  online: (kit) => kit.host.signal('online'),
  visible: (kit) => kit.host.signal('visible'),
  hidden: (kit) => kit.host.signal('hidden'),
  suspend: (kit) => kit.host.signal('suspend'),
  resume: (kit) => kit.host.signal('resume'),
} satisfies Record<string, (kit: ConnectionKit) => unknown>;

type Stand = keyof typeof STANDS;
type Event = keyof typeof EVENTS;

/** State, [timers by what is left of them], open links; `?` for each token that was asked for, `=` for each sync. */
function view({ state, host, websocket, longpoll, asked, syncs }: ConnectionKit): string {
  const links = [...Array<string>(websocket.openLinks).fill('ws')];
  links.push(...Array<string>(longpoll.openLinks).fill('poll'));
  const calls = '?'.repeat(asked.length) + '='.repeat(syncs.length);
  return [state, `[${host.pending.join(' ')}]`, links.join('+'), calls].filter(Boolean).join(' ');
}

/** What ends every state that is on its way or there. */
const leaving = (calls: string) => ({
  disconnect: `closed [] ${calls}`,
  offline: `offline [] ${calls}`,
  suspend: `suspended [] ${calls}`,
});

/** How a server refuses whatever the state of the link. */
const refused = (calls: string) => ({
  'a refusal: block': `blocked [] ${calls}`,
  'a refusal: reauthorize': `authorizing [] ?${calls}`,
  'a refusal: retry': `waiting [7000] ${calls}`,
});

/** How things stand, and after each event; what an event does not change is left out. */
const TABLE: Record<Stand, { is: string } & Partial<Record<Event, string>>> = {
  idle: { is: 'idle []', connect: 'authorizing [] ?', disconnect: 'closed []' },
  authorizing: {
    is: 'authorizing [] ?',
    ...leaving('?'),
    'a token': 'opening [1500 10000] ws ?',
    'no token for now': 'waiting [500] ?',
    'no token for good': 'blocked [] ?',
  },
  opening: {
    is: 'opening [1500 10000] ws ?',
    ...leaving('?'),
    ...refused('?'),
    'a greeting (ws)': 'syncing [] ws ?=',
    'the link lost': 'opening [10000] poll ?',
    'its first timer': 'opening [8500 10000] ws+poll ?',
    'silence of 24.5 s': 'authorizing [] ??',
  },
  'opening both': {
    is: 'opening [8500 10000] ws+poll ?',
    ...leaving('?'),
    ...refused('?'),
    'a greeting (ws)': 'syncing [] ws ?=',
    'a greeting (poll)': 'syncing [8500] ws+poll ?=',
    'the link lost': 'opening [8500] ws ?',
    'its first timer': 'opening [1500] poll ?',
    'silence of 24.5 s': 'authorizing [] ??',
  },
  'syncing (ws)': {
    is: 'syncing [] ws ?=',
    ...leaving('?='),
    ...refused('?='),
    'the link lost': 'waiting [500] ?=',
    synced: 'live [20000] ws ?=',
    'sync unanswered': 'waiting [500] ?=',
    'sync refused': 'syncing [625] ws ?=',
  },
  'syncing (poll)': {
    is: 'syncing [] poll ?=',
    ...leaving('?='),
    ...refused('?='),
    'the link lost': 'waiting [500] ?=',
    synced: 'live [30000] poll ?=',
    'sync unanswered': 'waiting [500] ?=',
    'sync refused': 'syncing [625] poll ?=',
  },
  'live (ws)': {
    is: 'live [20000] ws ?=',
    ...leaving('?='),
    ...refused('?='),
    'the link lost': 'waiting [500] ?=',
    'its first timer': 'live [4500] ws ?=',
    'silence of 24.5 s': 'waiting [500] ?=',
    online: 'suspect [3000] ws ?=',
    visible: 'suspect [3000] ws ?=',
    resume: 'suspect [3000] ws ?=',
  },
  'live (poll)': {
    is: 'live [30000] poll ?=',
    ...leaving('?='),
    ...refused('?='),
    'the link lost': 'waiting [500] ?=',
    'its first timer': 'live [60000] poll ??=',
    'silence of 24.5 s': 'live [5500] poll ?=',
    online: 'live [30000] poll ??=',
    visible: 'live [30000] poll ??=',
    resume: 'live [30000] poll ??=',
  },
  'live (poll), ws on its way': {
    is: 'live [8500 30000] ws+poll ?=',
    ...leaving('?='),
    ...refused('?='),
    'a greeting (ws)': 'live [30000] ws+poll ?==',
    'the link lost': 'waiting [500] ?=',
    'its first timer': 'live [21500] poll ?=',
    'silence of 24.5 s': 'live [5500] poll ?=',
  },
  suspect: {
    is: 'suspect [3000] ws ?=',
    ...leaving('?='),
    ...refused('?='),
    'a greeting (ws)': 'live [20000] ws ?=',
    'a frame': 'live [20000] ws ?=',
    'the link lost': 'waiting [500] ?=',
    'its first timer': 'waiting [500] ?=',
    'silence of 24.5 s': 'authorizing [] ??=',
  },
  waiting: {
    is: 'waiting [500] ?',
    ...leaving('?'),
    retryNow: 'authorizing [] ??',
    'its first timer': 'authorizing [] ??',
    'silence of 24.5 s': 'authorizing [] ??',
    online: 'waiting [150] ?',
    visible: 'waiting [150] ?',
    resume: 'waiting [150] ?',
  },
  offline: {
    is: 'offline []',
    disconnect: 'closed []',
    retryNow: 'authorizing [] ?',
    online: 'authorizing [] ?',
    suspend: 'suspended []',
  },
  suspended: {
    is: 'suspended [] ?=',
    disconnect: 'closed [] ?=',
    visible: 'authorizing [] ??=',
    resume: 'authorizing [] ??=',
  },
  blocked: {
    is: 'blocked [] ?',
    connect: 'authorizing [] ??',
    disconnect: 'closed [] ?',
    retryNow: 'authorizing [] ??',
  },
  closed: { is: 'closed [] ?', connect: 'authorizing [] ??' },
};

async function standing(stand: Stand): Promise<ConnectionKit> {
  const kit = new ConnectionKit();
  await STANDS[stand](kit);
  return kit;
}

/** A state has at most one timer, a link that is not greeted yet one more; where none may be, none is. */
function expectTidy(kit: ConnectionKit, past: string): void {
  const { state, host, openLinks } = kit;
  expect(host.timers, past).to.be.most(1 + openLinks);
  expect(openLinks, past).to.be.most(2);
  if (!LINKED.includes(state)) expect(openLinks, past).to.equal(0);
  if (/idle|authorizing|offline|suspended|blocked|closed/.test(state)) expect(host.timers, past).to.equal(0);
  expect(host.listeners, past).to.equal(/idle|closed/.test(state) ? 0 : 1);
}

describe('Connection, its table', () => {
  for (const stand of Object.keys(TABLE) as Stand[]) {
    const row = TABLE[stand];

    it(`begins at "${stand}" with ${row.is}`, async () => {
      expect(view(await standing(stand))).to.equal(row.is);
    });

    for (const event of Object.keys(EVENTS) as Event[])
      it(`${row[event] ? 'leaves' : 'stays at'} "${stand}" at "${event}"`, async () => {
        const kit = await standing(stand);

        await EVENTS[event](kit);

        expect(view(kit)).to.equal(row[event] ?? row.is);
        expectTidy(kit, event);
      });
  }
});

describe('Connection, whatever happens in whatever order', () => {
  /** The same numbers at every run: a linear congruential generator (Numerical Recipes). */
  function dice(seed: number): (sides: number) => number {
    let state = seed;
    return (sides) => Math.floor(((state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32) * sides);
  }

  for (let seed = 1; seed <= 20; seed++)
    it(`is tidy at every step, and can be brought to live from there (walk ${seed})`, async () => {
      const roll = dice(seed);
      const names = Object.keys(EVENTS) as Event[];
      const kit = new ConnectionKit();
      const past: Event[] = [];

      for (let step = 0; step < 200; step++) {
        past.push(names[roll(names.length)] as Event);
        await EVENTS[past.at(-1) as Event](kit);
        expectTidy(kit, past.slice(-8).join(', '));
      }
      kit.connection.disconnect();
      expectTidy(kit, 'the end');
      kit.host.signal('online');
      kit.connection.connect();
      await kit.giveToken();
      kit.websocket.last.frame(HELLO);
      await kit.synced();

      expect(kit.state).to.equal('live');
    });
});
