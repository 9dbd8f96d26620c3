import type { RunningServer } from '../src/app.js';
import { RIGHTS, type Route } from '../src/http/rights.js';
import { at, Person, PNG, sentBy, type Body, type Upload } from './support.js';

/** What a request is about. Its texts hold `secret`, so that a leak can be seen. */
export interface Target {
  cid: string;
  messageId: string;
  /** Whose channel without an id is asked for. */
  pair: string[];
  /** A live connection of Ada. */
  connectionId: string;
  /** Of a poll by Ada, which the message carries, with an option and a vote of Ada. */
  poll: { id: string; option: string; vote: string };
  /** The address of a file that Ada uploaded to the channel. */
  upload: string;
}

interface Parts {
  body?: Body;
  query?: Record<string, string>;
  /** A file to send as a form, in the place of a body. */
  form?: Upload;
}

const none = (): Parts => ({});
const payload = (value: unknown): Parts => ({ query: { payload: JSON.stringify(value) } });

/** For every route a request that is granted to Ada, who owns the channel and wrote the message. */
const PARTS: Readonly<Record<Route, (target: Target) => Parts>> = {
  'OPTIONS *': none,
  'GET /healthz': none,
  'GET /metrics': none,
  'GET /hi': none,
  'GET /openapi.json': none,
  'POST /guest': () => ({ body: { user: { id: 'visitor', name: 'Vera' } } }),
  'GET /app': none,
  'PATCH /app': () => ({ body: { revoke_tokens_issued_before: null } }),
  'GET /connect': none,
  'GET /longpoll': () => ({ query: { json: JSON.stringify({ user_details: { id: 'ada' } }) } }),
  'GET /users': () => payload({ filter_conditions: { id: 'ada' } }),
  'POST /users': () => ({ body: { users: { ada: { id: 'ada', name: 'Ada' } } } }),
  'PATCH /users': () => ({ body: { users: [{ id: 'ada', set: { name: 'Ada' } }] } }),
  'DELETE /users/:id': none,
  'GET /unread': none,
  'POST /channels': ({ cid }) => ({ body: { filter_conditions: { cid: { $in: [cid] } } } }),
  'POST /channels/read': ({ cid }) => ({ body: { read_by_channel: { [cid]: '' } } }),
  'POST /sync': ({ cid }) => ({
    body: { channel_cids: [cid], last_sync_at: new Date(Date.now() - 60_000).toISOString() },
    query: { with_inaccessible_cids: 'true' },
  }),
  'POST /channels/:type/query': ({ pair }) => ({ body: { data: { members: pair } } }),
  'POST /channels/:type/:id/query': () => ({ body: { data: { members: ['ada'] }, state: true } }),
  'GET /channels/:type/:id': none,
  'PATCH /channels/:type/:id': () => ({ body: { set: { topic: 'tea' } } }),
  'POST /channels/:type/:id': () => ({ body: { data: { name: 'secret', topic: 'milk' } } }),
  'POST /channels/:type/:id/stop-watching': ({ connectionId }) => ({
    body: {},
    query: { connection_id: connectionId },
  }),
  'POST /channels/:type/:id/message': () => ({ body: { message: { text: 'secret' } } }),
  'GET /channels/:type/:id/messages': ({ messageId }) => ({ query: { ids: messageId } }),
  'POST /channels/:type/:id/event': () => ({ body: { event: { type: 'tap' } } }),
  'POST /channels/:type/:id/read': () => ({ body: {} }),
  'POST /channels/:type/:id/unread': ({ messageId }) => ({ body: { message_id: messageId } }),
  'GET /members': ({ cid }) => payload({ type: cid.split(':')[0], id: cid.split(':')[1] }),
  'DELETE /channels/:type/:id': none,
  'POST /channels/:type/:id/truncate': () => ({ body: { message: { text: 'secret' } } }),
  'POST /channels/:type/:id/hide': () => ({ body: { clear_history: false } }),
  'POST /channels/:type/:id/show': () => ({ body: {} }),
  'PATCH /channels/:type/:id/member': () => ({ body: { set: { pinned: true } } }),
  'PATCH /channels/:type/:id/member/:user': () => ({ body: { set: { note: 'secret' } } }),
  'POST /channels/delivered': ({ cid, messageId }) => ({
    body: { latest_delivered_messages: [{ cid, id: messageId }] },
  }),
  'POST /moderation/mute/channel': ({ cid }) => ({ body: { channel_cids: [cid] } }),
  'POST /moderation/unmute/channel': ({ cid }) => ({ body: { channel_cids: [cid] } }),
  'POST /moderation/mute': () => ({ body: { target_ids: ['bob'] } }),
  'POST /moderation/unmute': () => ({ body: { target_ids: ['bob'] } }),
  'POST /moderation/flag': ({ messageId }) => ({ body: { target_message_id: messageId } }),
  'POST /moderation/unflag': () => ({ body: { target_user_id: 'fay' } }),
  'POST /moderation/ban': ({ cid }) => ({ body: { target_user_id: 'bob', channel_cid: cid } }),
  'DELETE /moderation/ban': ({ cid }) => ({ query: { target_user_id: 'bob', channel_cid: cid } }),
  'GET /query_banned_users': ({ cid }) => payload({ filter_conditions: { channel_cid: cid } }),
  'GET /users/block': none,
  'POST /users/block': () => ({ body: { blocked_user_id: 'fay' } }),
  'POST /users/unblock': () => ({ body: { blocked_user_id: 'fay' } }),
  'GET /messages/:id': none,
  'POST /messages/:id': () => ({ body: { message: { text: 'secret, rewritten' } } }),
  'PUT /messages/:id': () => ({ body: { set: { text: 'secret, patched' } } }),
  'DELETE /messages/:id': none,
  'GET /messages/:id/replies': none,
  'POST /messages/:id/reaction': () => ({ body: { reaction: { type: 'like', note: 'secret' } } }),
  'DELETE /messages/:id/reaction/:type': none,
  'GET /messages/:id/reactions': none,
  'POST /messages/:id/reactions': () => ({ body: { filter: { type: 'like' } } }),
  'GET /channels/:type/:id/pinned_messages': none,
  'POST /threads': () => ({ body: { reply_limit: 1 } }),
  'GET /threads/:id': none,
  'PATCH /threads/:id': () => ({ body: { set: { title: 'secret' } } }),
  'GET /search': ({ cid }) => payload({ filter_conditions: { cid: { $in: [cid] } }, query: 'secret' }),
  'POST /channels/:type/:id/draft': () => ({ body: { message: { text: 'secret' } } }),
  'GET /channels/:type/:id/draft': none,
  'DELETE /channels/:type/:id/draft': none,
  'POST /drafts/query': () => ({ body: { filter: {} } }),
  'POST /polls': () => ({ body: { name: 'secret', options: [{ text: 'yes' }] } }),
  'PUT /polls': ({ poll: { id } }) => ({ body: { id, name: 'secret, anew', options: [{ text: 'no' }] } }),
  'POST /polls/query': () => ({ body: { filter: {} } }),
  'GET /polls/:id': none,
  'PATCH /polls/:id': () => ({ body: { set: { name: 'secret, patched' } } }),
  'DELETE /polls/:id': none,
  'POST /polls/:id/options': () => ({ body: { text: 'secret' } }),
  'PUT /polls/:id/options': ({ poll: { option } }) => ({ body: { id: option, text: 'secret' } }),
  'GET /polls/:id/options/:option': none,
  'DELETE /polls/:id/options/:option': none,
  'POST /polls/:id/votes': () => ({ body: { filter: {} } }),
  'POST /messages/:id/polls/:poll/vote': ({ poll: { option } }) => ({
    body: { vote: { option_id: option } },
  }),
  'DELETE /messages/:id/polls/:poll/vote/:vote': none,
  'POST /channels/:type/:id/file': () => ({ form: { name: 'secret.txt', content: 'secret' } }),
  'POST /channels/:type/:id/image': () => ({ form: { name: 'secret.png', content: PNG } }),
  'DELETE /channels/:type/:id/file': ({ upload }) => ({ query: { url: upload } }),
  'DELETE /channels/:type/:id/image': ({ upload }) => ({ query: { url: upload } }),
  'POST /uploads/file': () => ({ form: { name: 'secret.txt', content: 'secret' } }),
  'POST /uploads/image': () => ({ form: { name: 'secret.png', content: PNG } }),
  'DELETE /uploads/file': ({ upload }) => ({ query: { url: upload } }),
  'DELETE /uploads/image': ({ upload }) => ({ query: { url: upload } }),
  'GET /uploads/:name': none,
};

/** The one after which there is no channel to look at. */
export const DELETES_CHANNEL: Route = 'DELETE /channels/:type/:id';

export interface Sample extends Parts {
  method: string;
  path: string;
}

export const ROUTES = Object.keys(RIGHTS) as Route[];

/** Those that change something or take a body: all but plain reading. */
export const WRITING = ROUTES.filter((route) => /^(POST|PUT|PATCH|DELETE) /.test(route));

/** The request of `route` about `target`. */
export function sampleOf(route: Route, target: Target): Sample {
  const [method = '', url = ''] = route.split(' ');
  const [type = '', id = ''] = target.cid.split(':');
  const path = url
    .replace('*', '/')
    .replace('/reaction/:type', '/reaction/like')
    .replace(':user', 'ada')
    .replace('/users/:id', '/users/gus')
    .replace(':type', type)
    .replace(':option', target.poll.option)
    .replace(':poll', target.poll.id)
    .replace(':vote', target.poll.vote)
    .replace(':name', target.upload.split('/').at(-1) ?? '')
    .replace(':id', /^\/(messages|threads)\//.test(url) ? target.messageId : url.startsWith('/polls/') ? target.poll.id : id); // prettier-ignore
  return { method, path, ...PARTS[route](target) };
}

export function ask(person: Person, { method, path, body, query, form }: Sample) {
  return form ? person.upload(path, form, query) : person.call(method, path, body, query);
}

let made = 0;

/** A channel of Ada and Bob from which Fay was removed, with a message, a reply, a poll, a file and a draft of Ada. */
export async function newTarget(ada: Person, type = 'messaging'): Promise<Target> {
  const id = `target${++made}`;
  const path = `/channels/${type}/${id}`;
  await ada.call('POST', `${path}/query`, { data: { name: 'secret', members: ['ada', 'bob', 'fay'] } });
  await ada.call('POST', path, { remove_members: ['fay'] });
  const poll = at(
    (await ada.call('POST', '/polls', { name: 'secret', options: [{ text: 'secret' }] })).body,
    'poll',
  );
  const pollId = String(at(poll, 'id'));
  const option = String(at(poll, 'options', 0, 'id'));
  const message = await sentBy(ada, `${type}:${id}`, { text: 'secret', poll_id: pollId });
  const messageId = String(message['id']);
  await sentBy(ada, `${type}:${id}`, { text: 'secret', parent_id: messageId });
  const vote = await ada.call('POST', `/messages/${messageId}/polls/${pollId}/vote`, {
    vote: { option_id: option },
  });
  const upload = await ada.upload(`${path}/file`, { name: 'notes.txt', content: 'something' });
  await ada.call('POST', `${path}/draft`, { message: { text: 'secret' } });
  await ada.call('POST', '/moderation/flag', { target_user_id: 'fay' });
  return {
    cid: `${type}:${id}`,
    messageId,
    pair: ['ada', 'bob', 'fay'],
    connectionId: 'none',
    poll: { id: pollId, option, vote: String(at(vote.body, 'vote', 'id')) },
    upload: String(upload.body['file']),
  };
}

/** Copies of `body` with `extra` put into one of its objects each, at any depth. */
export function withExtra(body: Body, extra: Body): Body[] {
  const deeper = Object.entries(body).flatMap(([key, value]) =>
    variants(value, extra).map((variant) => ({ ...body, [key]: variant })),
  );
  return [{ ...body, ...extra }, ...deeper];
}

function variants(value: unknown, extra: Body): unknown[] {
  if (Array.isArray(value))
    return value.flatMap((item, place) =>
      variants(item, extra).map((variant) => (value as unknown[]).with(place, variant)),
    );
  return typeof value === 'object' && value !== null ? withExtra(value as Body, extra) : [];
}

/** The people of the target channels; Eve is in none of them. */
export async function people(server: RunningServer): Promise<Record<'ada' | 'bob' | 'fay' | 'eve', Person>> {
  const [ada, bob, fay, eve] = [
    await Person.known(server, 'ada'),
    await Person.known(server, 'bob'),
    await Person.known(server, 'fay'),
    await Person.known(server, 'eve'),
  ];
  await Person.known(server, 'gus');
  return { ada, bob, fay, eve };
}
