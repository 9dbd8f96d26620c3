import type { ChannelState, LocalMessage } from '../../client/state.js';
import type { Terms } from '../../locales/en.js';
import type { User } from '../../protocol.js';
import { nameOf } from './avatar.js';

/** What a channel is shown with: the name and picture of one person, or of the channel itself. */
export interface ChannelFace {
  /** Decides the hue: the person's id, or the channel's cid. */
  id: string;
  name: string;
  image: string | undefined;
  /** The one other person of a direct channel; undefined where the channel shows itself. */
  person: User | undefined;
}

/** True for a conversation of two, one of them `selfId`. */
export function isDirect(state: ChannelState, selfId: string | undefined): boolean {
  return otherPerson(state, selfId) !== undefined;
}

/** The other person of a direct channel; undefined in any other. */
export function otherPerson({ members, data }: ChannelState, selfId: string | undefined): User | undefined {
  if (members.length !== 2 || (data?.member_count ?? 2) > 2) return undefined;
  const others = members.filter((member) => member.user_id !== selfId);
  const other = others.length === 1 ? others[0] : undefined;
  return other && (other.user ?? { id: other.user_id });
}

/** Name and picture. Those given to the channel itself come before the other person's. */
export function channelFace(state: ChannelState, selfId: string | undefined, terms: Terms): ChannelFace {
  const { data, members, cid } = state;
  const other = otherPerson(state, selfId);
  const person = data?.name || data?.image ? undefined : other;
  if (person) return { id: person.id, name: nameOf(person, terms), image: person.image, person };
  const people = other
    ? [other]
    : members.filter((m) => m.user_id !== selfId).map((m) => m.user ?? { id: m.user_id });
  const fallback = people
    .slice(0, 3)
    .map((user) => nameOf(user, terms))
    .join(', ');
  const name = nameOf({ id: fallback || cid.slice(cid.indexOf(':') + 1), name: data?.name }, terms);
  return { id: cid, name, image: data?.image, person: undefined };
}

/** The newest message a list may preview; undefined in an empty channel. */
export function lastMessage(state: ChannelState): LocalMessage | undefined {
  return state.messages.findLast((message) => message.type !== 'ephemeral' && message.type !== 'error');
}
