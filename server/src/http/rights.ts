import type { FastifyInstance } from 'fastify';
import type { ServerOptions } from '../config.js';

/**
 * Who may call a route, on what.
 *
 * - `anyone`: no token is asked for.
 * - `user`: everybody with a token. Answers what every user may know, or acts on the caller alone.
 * - `named channels`: everybody with a token, about channels that the body names. The handler looks at each of them.
 * - `channel or new`: whoever may read the channel in the path; it is made when there is none. The handler looks.
 * - `channel`: whoever may read the channel in the path or the `payload`: members, everybody where the type is open.
 * - `owner`: the creator of that channel.
 * - `message`: whoever may read the channel of the message in the path.
 * - `author`: whoever wrote that message, while they may read its channel.
 * - `poll`: whoever may read a message that carries the poll in the path; its maker while none does.
 * - `poll maker`: of those, its maker.
 * - `moderator`: a backend, an administrator, or a moderator of the channel that is named. The handler looks.
 * - `backend`: whoever holds a server token.
 *
 * A server token may call all of them but `GET /connect` and `GET /longpoll`, and acts for whom it names
 * (`acting.ts`). What guests, anonymous visitors, the banned and the invited may not is in `limits-of.ts`.
 */
export type Right =
  | 'anyone'
  | 'user'
  | 'named channels'
  | 'channel or new'
  | 'channel'
  | 'owner'
  | 'message'
  | 'author'
  | 'poll'
  | 'poll maker'
  | 'moderator'
  | 'backend';

/** Every route that a server always has. The route helper checks the right before the handler runs. */
export const RIGHTS = {
  'OPTIONS *': 'anyone',
  'GET /healthz': 'anyone',
  'GET /metrics': 'anyone',
  'GET /hi': 'anyone',
  'GET /openapi.json': 'anyone',
  // Asks for the application's key, and is refused unless guests are admitted.
  'POST /guest': 'anyone',
  'GET /app': 'user',
  'PATCH /app': 'backend',

  'GET /connect': 'user',
  'GET /longpoll': 'user',
  'GET /users': 'user',
  'POST /users': 'user',
  'PATCH /users': 'user',
  'DELETE /users/:id': 'backend',
  'GET /unread': 'user',

  'POST /channels': 'named channels',
  'POST /channels/read': 'named channels',
  'POST /sync': 'named channels',

  'POST /channels/:type/query': 'channel or new',
  'POST /channels/:type/:id/query': 'channel or new',
  'GET /channels/:type/:id': 'channel',
  'PATCH /channels/:type/:id': 'owner',
  // Not the owner's alone: members may leave, and everybody may join where the type is open.
  'POST /channels/:type/:id': 'channel',
  'POST /channels/:type/:id/stop-watching': 'channel',
  'POST /channels/:type/:id/message': 'channel',
  'GET /channels/:type/:id/messages': 'channel',
  'POST /channels/:type/:id/event': 'channel',
  'POST /channels/:type/:id/read': 'channel',
  'POST /channels/:type/:id/unread': 'channel',
  'GET /members': 'channel',

  'DELETE /channels/:type/:id': 'owner',
  'POST /channels/:type/:id/truncate': 'owner',
  'POST /channels/:type/:id/hide': 'channel',
  'POST /channels/:type/:id/show': 'channel',
  'PATCH /channels/:type/:id/member': 'channel',
  'PATCH /channels/:type/:id/member/:user': 'channel',
  'POST /channels/delivered': 'named channels',
  'POST /moderation/mute/channel': 'named channels',
  'POST /moderation/unmute/channel': 'named channels',
  'POST /moderation/mute': 'user',
  'POST /moderation/unmute': 'user',
  'GET /users/block': 'user',
  'POST /users/block': 'user',
  'POST /users/unblock': 'user',

  // Of a message, the handler looks whether the caller may read it.
  'POST /moderation/flag': 'user',
  'POST /moderation/unflag': 'user',
  'POST /moderation/ban': 'moderator',
  'DELETE /moderation/ban': 'moderator',
  'GET /query_banned_users': 'moderator',

  'GET /messages/:id': 'message',
  'POST /messages/:id': 'author',
  // Not the author's alone: others may pin a message, and delete it for themselves.
  'PUT /messages/:id': 'message',
  'DELETE /messages/:id': 'message',
  'GET /messages/:id/replies': 'message',
  'POST /messages/:id/reaction': 'message',
  'DELETE /messages/:id/reaction/:type': 'message',
  'GET /messages/:id/reactions': 'message',
  'POST /messages/:id/reactions': 'message',
  'GET /channels/:type/:id/pinned_messages': 'channel',

  'POST /threads': 'user',
  'GET /threads/:id': 'message',
  'PATCH /threads/:id': 'message',

  'GET /search': 'named channels',

  'POST /channels/:type/:id/draft': 'channel',
  'GET /channels/:type/:id/draft': 'channel',
  'DELETE /channels/:type/:id/draft': 'channel',
  'POST /drafts/query': 'user',

  'POST /polls': 'user',
  'PUT /polls': 'user',
  'POST /polls/query': 'user',
  'GET /polls/:id': 'poll',
  'PATCH /polls/:id': 'poll maker',
  'DELETE /polls/:id': 'poll maker',
  'POST /polls/:id/options': 'poll',
  'PUT /polls/:id/options': 'poll maker',
  'GET /polls/:id/options/:option': 'poll',
  'DELETE /polls/:id/options/:option': 'poll maker',
  'POST /polls/:id/votes': 'poll',
  'POST /messages/:id/polls/:poll/vote': 'message',
  'DELETE /messages/:id/polls/:poll/vote/:vote': 'message',

  'POST /channels/:type/:id/file': 'channel',
  'POST /channels/:type/:id/image': 'channel',
  'DELETE /channels/:type/:id/file': 'channel',
  'DELETE /channels/:type/:id/image': 'channel',
  'POST /uploads/file': 'user',
  'POST /uploads/image': 'user',
  'DELETE /uploads/file': 'user',
  'DELETE /uploads/image': 'user',
  // Whoever has the address of an upload: it cannot be guessed, and pages load images without a token.
  'GET /uploads/:name': 'anyone',
} as const satisfies Readonly<Record<string, Right>>;

export type Route = keyof typeof RIGHTS;

/** Routes that only a demo server has. */
export const DEMO_RIGHTS = {
  'GET /demo/config.json': 'anyone',
  'GET /demo/token': 'anyone',
} as const satisfies Readonly<Record<string, Right>>;

/**
 * Rights and routes under which a stranger's answer says whether the channel exists, and why it may.
 *
 * Ids that stand for their members are no exception: whoever could tell whether they exist would learn who talks to
 * whom (`access.ts`).
 */
export const EXISTENCE_TOLD: Partial<Record<Right | Route, string>> = {
  'POST /channels/:type/:id/query':
    'A free id becomes a channel of the caller, a taken one is refused with 17 (protocol.md §7.3).',
  'POST /channels/read': 'As for any reader of a channel.',
  'POST /moderation/mute/channel': 'As for any reader of a channel.',
  'POST /moderation/unmute/channel': 'As for any reader of a channel.',
  channel: 'Asking for the channel by POST …/query tells as much, and the protocol answers 17 to both.',
  owner: 'As for any reader of a channel.',
  moderator: 'As for any reader of a channel.',
}; // prettier-ignore

/** The rows of a server with these options. */
export function rightsOf({ demo, staticDirs }: ServerOptions): ReadonlyMap<string, Right> {
  const rows = new Map<string, Right>(Object.entries(RIGHTS));
  if (!demo) return rows;
  for (const [route, right] of Object.entries(DEMO_RIGHTS)) rows.set(route, right);
  for (const prefix of Object.keys(staticDirs)) rows.set(`GET ${prefix.replace(/\/?$/, '/')}*`, 'anyone');
  return rows;
}

/**
 * Lets no route in without a row, nor past the check that its row asks for. Add before the first route.
 *
 * @throws {Error} From the server's start, for such a route, and for a row without a route.
 */
export function guardRoutes(app: FastifyInstance, rights: ReadonlyMap<string, Right>): void {
  const met = new Set<string>();
  app.addHook('onRoute', ({ method, url, config }) => {
    for (const each of [method].flat()) {
      // The framework answers HEAD by the handler of GET.
      const route = `${each === 'HEAD' ? 'GET' : each} ${url}`;
      requireRow(route, rights.get(route), config?.endpoint !== undefined);
      met.add(route);
    }
  });
  app.addHook('onReady', (done) => {
    const left = [...rights.keys()].filter((route) => !met.has(route));
    done(
      left.length
        ? new Error(`http/rights.ts has rows for routes that are not there: ${left.join(', ')}. Remove them.`)
        : undefined,
    );
  });
}

function requireRow(route: string, right: Right | undefined, checked: boolean): void {
  if (!right) throw new Error(`Route ${route} has no row in http/rights.ts. Say there who may call it.`);
  if (!checked && right !== 'anyone')
    throw new Error(
      `Route ${route} is for "${right}" in http/rights.ts, but nothing checks that. Add it by the route helper.`,
    );
  if (checked && right === 'anyone')
    throw new Error(
      `Route ${route} is for anyone in http/rights.ts, but asks for a token. Give it another right.`,
    );
}
