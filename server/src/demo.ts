import type { Micros } from './clock.js';
import type { Deps } from './deps.js';
import { storeMessage } from './send.js';
import { appendEvent, findChannel, insertChannel } from './store/channels.js';
import { addMembers } from './store/members.js';
import { markRead } from './store/reads.js';
import { saveUser } from './store/users.js';

/** The people who may ask for a token in the demo. */
export const DEMO_USERS: readonly { id: string; name: string }[] = [
  { id: 'ada', name: 'Ada' },
  { id: 'bob', name: 'Bob' },
  { id: 'cyd', name: 'Cyd' },
  { id: 'dan', name: 'Dan' },
];

/** One line of a conversation: minutes before now, author, text. */
type Line = readonly [minutesAgo: number, userId: string, text: string];

interface DemoChannel {
  id: string;
  /** Absent for a conversation of two, which shows the other's name. */
  name?: string;
  members: readonly string[];
  lines: readonly Line[];
  /** Members who have not read the newest lines. */
  unreadBy: readonly string[];
}

const HOUR = 60;
const DAY = 24 * HOUR;

const CHANNELS: readonly DemoChannel[] = [
  {
    id: 'demo',
    name: 'Atlas launch',
    members: ['ada', 'bob', 'cyd', 'dan'],
    unreadBy: [],
    lines: [
      [DAY + 50, 'cyd', 'Morning! The release candidate is on staging.'],
      [DAY + 48, 'ada', 'Great, I will go through the checklist after lunch.'],
      [DAY + 20, 'dan', 'Translations are in. Arabic needs one more look.'],
      [46, 'bob', 'Did the polling fix make it in?'],
      [44, 'ada', 'Yes, it went in last night.'],
      [43, 'ada', 'Works behind the office proxy too: I tried it with WebSocket blocked.'],
      [31, 'cyd', 'Then we ship on Thursday 🚀'],
      [12, 'bob', 'Perfect. I will write the announcement.'],
    ],
  },
  {
    id: 'ada-bob',
    members: ['ada', 'bob'],
    unreadBy: ['ada'],
    lines: [
      [3 * HOUR, 'ada', 'Can you send me the draft when you have it? No rush.'],
      [25, 'bob', 'Here is the first half.'],
      [24, 'bob', 'The rest follows tonight.'],
    ],
  },
  {
    id: 'design',
    name: 'Design crit',
    members: ['ada', 'bob', 'cyd'],
    unreadBy: ['ada', 'bob'],
    lines: [
      [5 * HOUR, 'ada', 'I like the quieter list. The avatars could be a little larger.'],
      [70, 'cyd', 'Two options for the empty state: which one reads better to you?'],
    ],
  },
  {
    id: 'ada-cyd',
    members: ['ada', 'cyd'],
    unreadBy: [],
    lines: [
      [DAY + 3 * HOUR, 'cyd', 'Lunch on Thursday?'],
      [DAY + 2 * HOUR, 'ada', 'Thursday works for me.'],
    ],
  },
  {
    id: 'support',
    name: 'Support rota',
    members: ['ada', 'bob', 'dan'],
    unreadBy: [],
    lines: [[2 * DAY, 'dan', 'I swapped Friday with Bob.']],
  },
];

/** Fills an empty store with people and conversations to look at; one that has them stays as it is. */
export async function seedDemo({ db, clock }: Deps): Promise<void> {
  if (await findChannel(db, 'messaging:demo')) return;
  const now = clock.now();
  for (const { id, name } of DEMO_USERS)
    await saveUser(db, id, { data: { name }, privacy: {}, invisible: undefined }, 'merge', now);
  for (const channel of CHANNELS) await seedChannel(db, channel, now);
}

async function seedChannel(db: Deps['db'], channel: DemoChannel, now: Micros): Promise<void> {
  const { id, name, members, lines, unreadBy } = channel;
  const [createdBy = 'ada'] = members;
  const type = 'messaging';
  const cid = `${type}:${id}`;
  const created = now - minutes(3 * DAY);
  await db.transaction().execute(async (trx) => {
    await insertChannel(trx, { cid, type, id, data: name === undefined ? {} : { name }, createdBy }, created);
    await appendEvent(trx, cid, { type: 'channel.created', userId: createdBy }, created);
    await addMembers(trx, cid, members.map((userId) => ({ userId })), created); // prettier-ignore
  });
  for (const [index, [ago, userId, text]] of lines.entries()) {
    const place = { id: `demo-${id}-${index + 1}`, cid, userId, type: 'regular', parentId: null } as const;
    await storeMessage(
      db,
      { ...place, text, data: {}, showInChannel: false, silent: false },
      { reads: true },
      now - minutes(ago),
    );
  }
  for (const userId of members)
    if (!unreadBy.includes(userId)) await markRead(db, cid, userId, now - minutes(5));
}

function minutes(count: number): Micros {
  return count * 60_000_000;
}
