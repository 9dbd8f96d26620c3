import { ChatError } from '../errors.js';
import { compareTimes, parseCid, type ChannelStateResponse } from '../protocol.js';
import { Channel } from './channel.js';
import type { ChatClient } from './client.js';
import { PAGE_SIZE } from './messages.js';
import { emptyChannel } from './reduce.js';
import type { Phase } from './state.js';

/** Of one query: the most channels a server answers with, and watches, at once (protocol.md §7.2). */
export const QUERY_LIMIT = 30;

/** A filter of the protocol's query language, such as `{ members: { $in: ["ada"] } }`. */
export type ChannelFilter = Record<string, unknown>;

export interface ChannelSort {
  field: string;
  direction: 1 | -1;
}

export interface ChannelQuery {
  /** At most 30, the default. */
  limit?: number;
  /** At most 1000. Default 0. */
  offset?: number;
}

type ListQuery = [filter: ChannelFilter, sort: readonly ChannelSort[], page: ChannelQuery];

/** Every channel of one connected user: makes them, asks the server for them, keeps the list in order. */
export class Channels {
  #client: ChatClient;
  #byCid = new Map<string, Channel>();
  /** The query whose answer is the list. */
  listed: ListQuery | undefined;
  #ended = false;

  constructor(client: ChatClient) {
    this.#client = client;
  }

  /** The channel of this type and id: the same object as long as the user stays. */
  get(type: string, id: string): Channel {
    const cid = `${type}:${id}`;
    if (!parseCid(cid))
      throw new ChatError(
        'invalid-channel',
        `A channel is type:id, each 1 to 64 of a–z A–Z 0–9 _ -; got "${cid}".`,
      );
    const channel = this.#byCid.get(cid) ?? new Channel(this.#client, type, id);
    this.#byCid.set(cid, channel);
    return channel;
  }

  /** As `get`, for the channel of an answer. */
  of({ channel }: ChannelStateResponse): Channel {
    return this.get(channel.type, channel.id);
  }

  /** The one of this cid, if it has ever been asked for. */
  find(cid = ''): Channel | undefined {
    return this.#byCid.get(cid);
  }

  [Symbol.iterator](): Iterator<Channel> {
    return this.#byCid.values();
  }

  get watched(): Channel[] {
    return [...this].filter((channel) => channel.watched);
  }

  /** Asks the server, which from then on tells of what it finds. */
  async ask(...[filter, sort = [], page = {}]: Partial<ListQuery>): Promise<ChannelStateResponse[]> {
    const { channels } = await this.#client.request<{ channels: ChannelStateResponse[] }>({
      method: 'POST',
      path: '/channels',
      body: {
        filter_conditions: filter,
        sort,
        state: true,
        watch: true,
        presence: true,
        message_limit: PAGE_SIZE,
        limit: QUERY_LIMIT,
        offset: 0,
        ...page,
      },
    });
    return channels;
  }

  /** Asks for these channels' newest state and watches them on the present connection. */
  async refresh(channels: readonly Channel[]): Promise<void> {
    const found = await this.ask({ cid: { $in: channels.map((channel) => channel.cid) } });
    this.take(found);
    for (const channel of channels)
      if (!found.some(({ channel: { cid } }) => cid === channel.cid)) this.lose(channel);
  }

  /** Makes what the query finds the list, now and after every new connection. */
  async load(...query: ListQuery): Promise<Channel[]> {
    const before = this.#client.state.value.channelsPhase;
    const { listed } = this;
    const phase = (next: Phase): Phase => (before === 'ready' ? before : next);
    this.#client.patch({ channelsPhase: phase('loading') });
    try {
      await this.#client.ready();
      this.listed = query; // another connection that comes before the answer has to bring it, too
      return await this.#fill(query);
    } catch (error) {
      if (!(error as ChatError).retryable) this.listed = listed;
      if (!this.#ended)
        this.#client.patch({ channelsPhase: phase('failed'), channelsError: error as ChatError });
      this.#client.loadLater();
      throw error;
    }
  }

  /** The list anew, if there is one. @param take - Takes in what the server answers. Default: at once. */
  async reload(take?: (responses: ChannelStateResponse[]) => unknown): Promise<void> {
    if (this.listed) await this.#fill(this.listed, take);
  }

  /** Takes in the newest states. */
  take(responses: readonly ChannelStateResponse[]): void {
    for (const response of responses) this.of(response).take(response);
  }

  async #fill(
    query: ListQuery,
    take: (responses: ChannelStateResponse[]) => unknown = (responses) => this.take(responses),
  ): Promise<Channel[]> {
    const responses = await this.ask(...query);
    await take(responses);
    const channels = responses.map((response) => this.of(response));
    this.#client.patch({ channelsPhase: 'ready', channelsError: undefined });
    this.list(channels);
    return channels;
  }

  /** Puts a channel into the list, if it is not there. */
  show(channel: Channel): void {
    const { channels } = this.#client.state.value;
    if (!channels.includes(channel)) this.list([...channels, channel]);
  }

  /** Makes these the list, newest activity first. */
  list(channels: readonly Channel[]): void {
    const held = this.#client.state.value.channels;
    const sorted = channels.toSorted((a, b) =>
      compareTimes(b.state.value.lastActivity, a.state.value.lastActivity),
    );
    if (sorted.length !== held.length || sorted.some((channel, at) => channel !== held[at]))
      this.#client.patch({ channels: sorted });
  }

  end(): void {
    this.#ended = true;
    for (const channel of this) channel.end();
  }

  /** The channel is not there (any more) for this user. What they wrote and was not sent stays. */
  lose(channel: Channel): void {
    const { cid, state } = channel;
    const error = new ChatError(
      'not-found',
      `There is no channel "${cid}" for this user. Check the id and the members.`,
    );
    channel.watched = false;
    channel.held = channel.since = channel.seq = undefined;
    channel.set({
      ...emptyChannel(cid),
      phase: 'failed',
      error,
      messages: state.value.messages.filter(({ status }) => status !== 'sent'),
    });
    this.list(this.#client.state.value.channels.filter((other) => other !== channel));
  }
}
