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
export function otherPerson(state: ChannelState, selfId: string | undefined): User | undefined {
  const [other, ...more] = othersIn(state, selfId);
  const isPair = state.members.length === 2 && (state.data?.member_count ?? 2) <= 2;
  return isPair && !more.length ? other : undefined;
}

/** The members but one, as far as they are loaded. */
export function othersIn({ members }: Pick<ChannelState, 'members'>, selfId: string | undefined): User[] {
  return members
    .filter(({ user_id }) => user_id !== selfId)
    .map(({ user, user_id }) => user ?? { id: user_id });
}

/** Name and picture. Those given to the channel itself come before the other person's. */
export function channelFace(state: ChannelState, selfId: string | undefined, terms: Terms): ChannelFace {
  const { data, cid } = state;
  const person = data?.name || data?.image ? undefined : otherPerson(state, selfId);
  const names = othersIn(state, selfId).map((user) => nameOf(user, terms));
  const id = names.slice(0, 3).join(', ') || cid.slice(cid.indexOf(':') + 1);
  return {
    id: person?.id ?? cid,
    name: nameOf(person ?? { id, name: data?.name }, terms),
    image: (person ?? data)?.image,
    person,
  };
}

/** The newest message a list may preview; undefined in an empty channel. */
export function lastMessage(state: ChannelState): LocalMessage | undefined {
  return state.messages.findLast((message) => message.type !== 'ephemeral' && message.type !== 'error');
}
