import { isMessageId } from '../access.js';
import { readContent } from '../content.js';
import type { Deps } from '../deps.js';
import { draftOf, tellDraft } from '../drafts.js';
import { badInput, notFound, shown } from '../errors.js';
import type { Json } from '../input.js';
import { CreateDraft, DeleteDraft, GetDraft, QueryDrafts } from '../shapes/drafts.js';
import { channelsById } from '../store/channels.js';
import { membershipsOf } from '../store/members.js';
import { dropDraft, findDraft, queryDrafts, saveDraft, type DraftPlace } from '../store/drafts.js';
import { findMessage } from '../store/messages.js';
import type { BodyOf } from '../shapes/operation.js';
import { ownChannelOf, People } from '../wire.js';
import { pagedOf } from './cursor.js';
import type { AddRoute, Call, ChannelCall } from './route.js';

type Place = Pick<ChannelCall, 'access' | 'userId'>;
type Message = BodyOf<typeof CreateDraft>['message'];

export function addDrafts(add: AddRoute, deps: Deps): void {
  add('POST', '/channels/:type/:id/draft', CreateDraft, async (call) => {
    const { message } = call.body;
    const place = await placeOf(deps, call, message['parent_id']);
    const row = await saveDraft(deps.db, place, await readDraft(deps, message), deps.clock.now());
    tellDraft(deps, row, 'draft.updated');
    return { draft: draftOf(row) };
  });
  add('GET', '/channels/:type/:id/draft', GetDraft, async (call) => {
    const row = await findDraft(deps.db, await placeOf(deps, call, call.query.parent_id));
    if (!row) throw notFound('You have no draft there.');
    return { draft: draftOf(row) };
  });
  add('DELETE', '/channels/:type/:id/draft', DeleteDraft, async (call) => {
    const row = await dropDraft(deps.db, await placeOf(deps, call, call.query.parent_id));
    if (row) tellDraft(deps, row, 'draft.deleted');
    return {};
  });
  add('POST', '/drafts/query', QueryDrafts, (call) => query(deps, call));
}

/** @throws {ApiError} 16 for a parent that is no message of the channel. */
async function placeOf(deps: Deps, { access, userId }: Place, parentId: unknown): Promise<DraftPlace> {
  const { cid } = access.channel;
  if (parentId === undefined || parentId === null || parentId === '') return { userId, cid, parentId: '' };
  const parent = isMessageId(parentId) ? await findMessage(deps.db, parentId) : undefined;
  if (parent?.cid !== cid)
    throw notFound(`parent_id must name a message of this channel; got ${shown(parentId)}`);
  return { userId, cid, parentId: parent.id };
}

/** What is kept of a message that is not sent yet; it may be empty. */
async function readDraft({ db }: Deps, message: Message): Promise<Json> {
  const { id, quoted_message_id: quoted, poll_id: poll, show_in_channel: shownToo, silent } = message;
  if (id !== undefined && !isMessageId(id))
    throw badInput(`A message id is 1 to 255 characters without "," and "%"; got ${shown(id)}`);
  const { text, data } = await readContent(db, message, 'ignore');
  const ids = { id, quoted_message_id: quoted, poll_id: poll };
  const kept = Object.entries(ids).filter(([, value]) => isMessageId(value));
  const flags = { show_in_channel: shownToo, silent };
  return {
    ...data,
    ...Object.fromEntries(kept),
    ...Object.fromEntries(Object.entries(flags).filter(([, value]) => value === true)),
    text,
  };
}

async function query(deps: Deps, { body, userId }: Call<typeof QueryDrafts>): Promise<object> {
  const { rows, ...ends } = await queryDrafts(deps.db, userId, pagedOf(body));
  const cids = [...new Set(rows.map((row) => row.cid))];
  const channels = await channelsById(deps.db, cids);
  const joined = new Map((await membershipsOf(deps.db, cids, userId)).map((row) => [row.cid, row]));
  const people = await People.load(deps, channels.map((row) => row.created_by)); // prettier-ignore
  return {
    drafts: rows.map((row) => {
      const channel = channels.find(({ cid }) => cid === row.cid);
      // One's own words stay one's own after leaving; the channel does not.
      const own = channel && joined.get(channel.cid);
      return { ...draftOf(row), ...(own ? { channel: ownChannelOf(channel, people, userId, own) } : {}) };
    }),
    ...ends,
  };
}
