import assert from 'node:assert/strict';
import type { RunningServer, ServerOptions } from '../src/app.js';
import { Person, pluck, start, urlOf, type Body } from './support.js';

/** A server with three people, and the backend of their page. */
export async function trustStage(options: Partial<ServerOptions> = {}): Promise<{
  server: RunningServer;
  backend: Person;
  ada: Person;
  bob: Person;
  eve: Person;
}> {
  const server = await start(options);
  return {
    server,
    backend: await Person.backend(server),
    ada: await Person.known(server, 'ada'),
    bob: await Person.known(server, 'bob'),
    eve: await Person.known(server, 'eve'),
  };
}

/** Fails unless the request was granted. */
export function ok({ status, body }: { status: number; body: Body }): void {
  assert.ok(status === 200 || status === 201, `${status} ${JSON.stringify(body)}`);
}

/** The texts that the person sees in the channel. */
export async function textsFor(person: Person, cid: string): Promise<unknown[]> {
  return pluck((await person.call('GET', urlOf(cid))).body, 'messages', 'text');
}

/** How many messages of the channel the person has not read. */
export async function unreadIn(person: Person, cid: string): Promise<number> {
  const { body } = await person.call('GET', '/unread');
  const channels = body['channels'] as { channel_id: string; unread_count: number }[];
  return channels.find((one) => one.channel_id === cid)?.unread_count ?? 0;
}
