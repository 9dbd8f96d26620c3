import type { ChannelState, LocalMessage } from '../../client/state.js';
import { compareTimes, type Timestamp } from '../../protocol.js';
import { arrivals, isNotice, newestSent, type UnreadMark } from './rows.js';

type Seen = Pick<ChannelState, 'phase' | 'messages' | 'reads' | 'unread'>;

/** One stay in a channel: what was unread when it opened, what came since, what was in view. */
export class Visit {
  /** Set once, when the messages are there. */
  unread: UnreadMark | undefined;
  /** What came with the last state. */
  arrived: readonly LocalMessage[] = [];
  /** Undefined until the channel is open. */
  #messages: readonly LocalMessage[] | undefined;
  #seenUntil: Timestamp = '';

  /** Takes in a state, and says where the reader should be brought: to the unread messages, to the end. */
  take({ phase, messages, reads, unread }: Seen, selfId: string): 'unread' | 'end' | undefined {
    const before = this.#messages;
    if (!before && phase !== 'ready') return undefined;
    this.#messages = messages;
    this.arrived = before ? arrivals(before, messages) : [];
    if (!before && unread) {
      this.#seenUntil = reads[selfId]?.last_read ?? '';
      this.unread = { count: unread, after: this.#seenUntil };
      return 'unread';
    }
    return this.arrived.some(({ status }) => status === 'sending') ? 'end' : undefined;
  }

  /** The newest message is in view. */
  see(): void {
    this.#seenUntil = newestSent(this.#messages);
  }

  /** How many messages of others came after what was in view. */
  countUnseen(selfId: string): number {
    const unseen = (message: LocalMessage) =>
      message.user?.id !== selfId &&
      !isNotice(message) &&
      compareTimes(message.created_at, this.#seenUntil) > 0;
    return this.#messages?.filter(unseen).length ?? 0;
  }
}
