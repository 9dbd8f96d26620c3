import type { Channel } from '../../src/client/channel.js';
import { ada, message, response } from './fixtures.js';
import { connected, type Command, type FakeServer } from './fake-server.js';

/** The commands of the channel that `watching` watches. */
export const SEND = 'POST /channels/messaging/general/message';
export const EVENT = 'POST /channels/messaging/general/event';
export const READ = 'POST /channels/messaging/general/read';

/** A connected client of Ada's with one watched channel, whose server stores what is sent. */
export async function watching(fields: Parameters<typeof response>[0] = {}, me: object = {}) {
  const { server, client } = await connected(me);
  server.routes['POST /channels'] = () => ({ body: { channels: [response(fields)] } });
  server.routes[SEND] = (command) => ({ status: 201, body: { message: stored(command) } });
  const channel = client.channel('messaging', 'general');
  await channel.watch();
  return { server, client, channel };
}

/** The message of a send command as a server stores it. */
export function stored({ body }: Command) {
  return { ...message(100, ada), ...(body['message'] as object) };
}

/** What stands in the channel: text and status of each message. */
export function texts(channel: Channel): string[] {
  return channel.state.value.messages.map(({ text, status }) => `${text} ${status}`);
}

/** The typing events that reached the server, in order. */
export function typed(server: FakeServer): string[] {
  return server.of(EVENT).map(({ body }) => (body['event'] as { type: string }).type);
}
