import type { ChannelState, LocalMessage } from '../../client/state.js';
import type { User } from '../../protocol.js';

/** What a channel is shown with: the picture of one person, or of the channel itself. */
export interface ChannelFace {
  /** Decides the hue: the person's id, or the channel's cid. */
  id: string;
  name: string;
  image: string | undefined;
  /** The one other person of a direct channel; undefined when the channel shows itself. */
  person: User | undefined;
}

/** What a user is called; the id where no name was given. */
export function userName(user: User): string {
  return user.name || user.id;
}

/** True for a conversation of two, one of them `selfId`. */
export function isDirect(state: ChannelState, selfId: string | undefined): boolean {
  const { members, data } = state;
  return (
    (data?.member_count ?? members.length) === 2 &&
    members.length === 2 &&
    members.some((member) => member.user_id === selfId)
  );
}

/** The other person of a direct channel; undefined in any other. */
export function otherPerson(state: ChannelState, selfId: string | undefined): User | undefined {
  if (!isDirect(state, selfId)) return undefined;
  const other = state.members.find((member) => member.user_id !== selfId);
  return other && (other.user ?? { id: other.user_id });
}

/** Name and picture. A name or picture of the channel's own comes before the other person's. */
export function channelFace(state: ChannelState, selfId: string | undefined): ChannelFace {
  const { data, members, cid } = state;
  const person = data?.name || data?.image ? undefined : otherPerson(state, selfId);
  if (person) return { id: person.id, name: userName(person), image: person.image, person };
  const others = members.filter((member) => member.user_id !== selfId);
  const names = others.slice(0, 3).map((member) => member.user?.name || member.user_id);
  const other = otherPerson(state, selfId);
  const name = data?.name || (other && userName(other)) || names.join(', ') || cid.slice(cid.indexOf(':') + 1);
  return { id: cid, name, image: data?.image, person: undefined };
}

/** The newest message a list may preview; undefined in an empty channel. */
export function lastMessage(state: ChannelState): LocalMessage | undefined {
  return state.messages.findLast((message) => message.type !== 'ephemeral' && message.type !== 'error');
}
