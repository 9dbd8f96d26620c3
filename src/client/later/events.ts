import type { ServerEvent } from '../../protocol.js';
import type { Channel } from '../channel.js';
import type { LocalEvent } from '../reduce.js';
import { reduce } from './reduce-events.js';
import { TypingExpiry } from './typing-expiry.js';

/** Takes one event of the server, or of our own, into the state of `channel`. */
export function apply(channel: Channel, event: ServerEvent | LocalEvent): void {
  const { client, state } = channel;
  const selfId = client.userId ?? '';
  state.value = reduce(state.value, event, selfId, client.host.now());
  if (event.type === 'typing.start' && event.user.id !== selfId) {
    const expire = (id: string) => channel.apply({ type: 'typing.stop', user: { id } });
    channel.expiry ??= new TypingExpiry(client.host, expire);
    channel.expiry.extend(event.user.id);
  }
  if (event.type === 'typing.stop') channel.expiry?.end(event.user.id);
  if (event.type === 'message.new' && event.message.user) channel.expiry?.end(event.message.user.id);
}
