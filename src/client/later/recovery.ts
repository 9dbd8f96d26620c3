import { ChatError } from '../../errors.js';
import {
  compareTimes,
  latest,
  type ChannelStateResponse,
  type ServerEvent,
  type Timestamp,
} from '../../protocol.js';
import type { Channel } from '../channel.js';
import { QUERY_LIMIT } from '../channels.js';
import type { ChatClient } from '../client.js';
import type { Router } from './router.js';

/** Asked again before the cursor: what was committed late, or told by a server whose clock is a little off. */
const OVERLAP_MS = 10_000;
/** Where that alone is too much, in a channel of a hundred messages a second. */
const LEAST_OVERLAP_MS = 1_000;
/** Pages under way at the same time (reliability.md F34). */
const AT_ONCE = 2;

/** Makes channels right after something may have been missed. The events that come meanwhile wait in `held`. */
export class Recovery {
  #client: ChatClient;
  #router: Router;
  /** Connections made whole, or begun to be. What was asked on an earlier one completes nothing on this. */
  #run = 0;

  constructor(client: ChatClient, router: Router) {
    this.#client = client;
    this.#router = router;
  }

  get #channels(): ChatClient['channels'] {
    return this.#client.channels;
  }

  /**
   * Watches and completes every channel anew on the present connection: what was opened last first, then the
   * list, then the others, page by page.
   *
   * @param cursor - Server time up to which nothing is missing, but for channels that know better.
   * @throws {ChatError} When a page could not be had and may be had later. Its channels still count as incomplete.
   */
  async all(cursor: Timestamp): Promise<void> {
    const run = ++this.#run;
    const due = this.#channels.watched.toSorted((a, b) => b.opened - a.opened);
    for (const channel of due) {
      // Also where an earlier recovery began and did not end.
      channel.since ??= latest(channel.cursor, cursor);
      channel.held = [];
    }
    try {
      await this.#all(due, run);
    } catch (error) {
      if ((error as ChatError).retryable || run !== this.#run) throw error;
      for (const channel of due.filter(({ held }) => held)) {
        channel.fail(error as ChatError);
        this.#release(channel);
      }
    }
  }

  async #all(due: readonly Channel[], run: number): Promise<void> {
    const [first] = due;
    if (first?.opened) await this.#page([first], run);
    await this.#channels.reload((responses) => this.#complete(responses, run));
    const rest = due.filter(({ held }) => held);
    const pages: Channel[][] = [];
    for (let at = 0; at < rest.length; at += QUERY_LIMIT) pages.push(rest.slice(at, at + QUERY_LIMIT));
    const work = async (): Promise<void> => {
      for (let page = pages.shift(); page; page = pages.shift()) await this.#page(page, run);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  /** Completes one channel in which an event is known to be missing, on the connection that is live. */
  async one(channel: Channel): Promise<void> {
    const run = this.#run;
    try {
      await this.#page([channel], run);
    } catch (error) {
      if (run !== this.#run) return; // the new connection asks for it anyway
      this.#client.log(`recovery of ${channel.cid} failed: ${String(error)}`);
      // Known to be incomplete all the same: with the old number, the next event or heartbeat says so again.
      const { seq, held = [] } = channel;
      channel.held = undefined;
      for (const event of held) this.#router.deliver(event);
      channel.seq = seq;
      if (channel.state.value.phase === 'failed') channel.fail(error as ChatError);
    }
  }

  async #page(page: readonly Channel[], run: number): Promise<void> {
    const cids = page.map(({ cid }) => cid);
    const responses = await this.#channels.ask({ cid: { $in: cids } });
    await this.#complete(responses, run);
    for (const channel of page) {
      if (!responses.some((response) => response.channel.cid === channel.cid)) this.#channels.lose(channel);
      this.#release(channel);
    }
  }

  /**
   * What was missed goes in first, so that the newest page joins what is held; then what came meanwhile. The answer
   * of the watch is the older of the two: what it does not know yet would be undone by it, and goes in after it.
   */
  async #complete(responses: readonly ChannelStateResponse[], run: number): Promise<void> {
    this.#assertPresent(run);
    const channels = responses.map((response) => this.#channels.of(response));
    const missed = await this.#missed(channels.filter(({ since }) => since));
    this.#assertPresent(run);
    const later = new Set(missed.filter((event) => responses.some((response) => isAfter(event, response))));
    for (const event of missed) if (!later.has(event)) this.#router.deliver(event);
    for (const [at, channel] of channels.entries()) {
      channel.take(responses[at] as ChannelStateResponse);
      channel.since = undefined;
      // What the network kept from coming may come now; a list that still wants it asks again.
      if (channel.state.value.olderPhase === 'failed') channel.set({ olderPhase: 'idle' });
      channel.held = [...[...later].filter(({ cid }) => cid === channel.cid), ...(channel.held ?? [])];
      this.#release(channel);
    }
  }

  /** The events since the channels were complete, in order; none of those that cannot be had any more. */
  async #missed(channels: readonly Channel[], overlapMs = OVERLAP_MS): Promise<ServerEvent[]> {
    if (!channels.length) return [];
    const since = channels.map((channel) => channel.since as Timestamp).toSorted()[0] as Timestamp;
    const from = new Date(Date.parse(since) - overlapMs).toISOString();
    const body = { channel_cids: channels.map(({ cid }) => cid), last_sync_at: from };
    try {
      const { events } = await this.#client.request<{ events?: unknown }>({
        method: 'POST',
        path: '/sync',
        body,
      });
      return Array.isArray(events) ? events.flatMap((event) => this.#router.read(event) ?? []) : [];
    } catch (error) {
      if ((error as ChatError).retryable) throw error;
      // Too long ago or too much at once (protocol.md §7.15). One busy channel must not cost the quiet ones.
      if (channels.length === 1)
        return overlapMs > LEAST_OVERLAP_MS ? this.#missed(channels, LEAST_OVERLAP_MS) : [];
      const middle = channels.length >> 1;
      const first = await this.#missed(channels.slice(0, middle));
      return [...first, ...(await this.#missed(channels.slice(middle)))];
    }
  }

  /** Or a channel would count as watched that the present connection knows nothing of. */
  #assertPresent(run: number): void {
    if (run !== this.#run)
      throw new ChatError('disconnected', 'This was asked on a connection that is gone.');
  }

  #release(channel: Channel): void {
    const { held } = channel;
    channel.held = undefined;
    for (const event of held ?? []) this.#router.receive(event);
  }
}

/** Whether an answer does not know of it yet. A server that does not number its events tells so of messages alone. */
function isAfter(event: ServerEvent, { channel, messages }: ChannelStateResponse): boolean {
  if (event.cid !== channel.cid) return false;
  if (event.seq !== undefined && channel.seq !== undefined) return event.seq > channel.seq;
  const newest = messages.at(-1)?.created_at ?? '';
  return event.type === 'message.new' && compareTimes(event.message.created_at, newest) > 0;
}
