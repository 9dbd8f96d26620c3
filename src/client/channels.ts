import { ChatError } from '../errors.js';
import { compareTimes, parseCid, type ChannelStateResponse, type ServerEvent } from '../protocol.js';
import { Channel } from './channel.js';
import type { ChatClient } from './client.js';
import { PAGE_SIZE } from './messages.js';
import { emptyChannel } from './reduce.js';
import type { Phase } from './state.js';

/** Of one query: the most channels a server answers with, and watches, at once (protocol.md §7.2). */
const QUERY_LIMIT = 30;

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

/** Every channel of one connected user: makes them, routes events to them, keeps the list in order. */
export class Channels {
  #client: ChatClient;
  #byCid = new Map<string, Channel>();
  #listed: ListQuery | undefined;
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

  async query(...[filter, sort, page]: ListQuery): Promise<Channel[]> {
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
        limit: page.limit ?? QUERY_LIMIT,
        offset: page.offset ?? 0,
      },
    });
    return channels.map((response) => this.#take(response));
  }

  /** Asks for these channels' newest state and watches them on the present connection. */
  async refresh(channels: readonly Channel[]): Promise<void> {
    for (let at = 0; at < channels.length; at += QUERY_LIMIT) {
      const part = channels.slice(at, at + QUERY_LIMIT);
      const found = await this.query({ cid: { $in: part.map((channel) => channel.cid) } }, [], {});
      for (const channel of part) if (!found.includes(channel)) this.#lose(channel);
    }
  }

  /** Makes what the query finds the list, now and after every new connection. */
  async load(...query: ListQuery): Promise<Channel[]> {
    const before = this.#client.state.value.channelsPhase;
    const phase = (next: Phase): Phase => (before === 'ready' ? before : next);
    this.#client.patch({ channelsPhase: phase('loading') });
    try {
      const channels = await this.query(...query);
      this.#listed = query;
      this.#client.patch({ channelsPhase: 'ready', channelsError: undefined });
      this.list(channels);
      return channels;
    } catch (error) {
      if (!this.#ended)
        this.#client.patch({ channelsPhase: phase('failed'), channelsError: error as ChatError });
      throw error;
    }
  }

  /** After a new connection, whose server knows of no watches: the list and all that is watched beside it. */
  async recover(): Promise<void> {
    const watched = [...this.#byCid.values()].filter((channel) => channel.watched);
    try {
      const listed = this.#listed ? await this.load(...this.#listed) : [];
      await this.refresh(watched.filter((channel) => !listed.includes(channel)));
    } catch (error) {
      if ((error as ChatError).retryable) throw error;
      for (const channel of watched) channel.fail(error as ChatError);
    }
    for (const channel of this.#byCid.values()) channel.wake();
  }

  /** Hands an event to the channel it concerns, or to all when it concerns a user. */
  route(event: ServerEvent): void {
    const { type, cid = event.channel?.cid ?? '' } = event;
    const channel = this.#byCid.get(cid);
    if (/^user\./.test(type) || (type === 'notification.mark_read' && !cid && event.unread_channels === 0))
      for (const each of this.#byCid.values()) each.apply(event);
    else if (/channel.deleted|removed_from_channel/.test(type)) {
      if (channel) this.#lose(channel);
    } else if (/message_new|added_to_channel/.test(type)) this.#discover(cid);
    else channel?.apply(event);
    if (type === 'message.new') this.list(this.#client.state.value.channels);
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

  stopTyping(): void {
    for (const channel of this.#byCid.values()) channel.stopTyping();
  }

  end(error: ChatError): void {
    this.#ended = true;
    for (const channel of this.#byCid.values()) channel.end(error);
  }

  #take(response: ChannelStateResponse): Channel {
    const channel = this.get(response.channel.type, response.channel.id);
    channel.watched = true;
    channel.apply({ type: 'local.loaded', response });
    return channel;
  }

  /** The channel is not there (any more) for this user. What they wrote and was not sent stays. */
  #lose(channel: Channel): void {
    const { cid, state } = channel;
    const error = new ChatError(
      'not-found',
      `There is no channel "${cid}" for this user. Check the id and the members.`,
    );
    channel.watched = false;
    channel.set({
      ...emptyChannel(cid),
      phase: 'failed',
      error,
      messages: state.value.messages.filter(({ status }) => status !== 'sent'),
    });
    this.list(this.#client.state.value.channels.filter((other) => other !== channel));
  }

  /** A channel we do not watch has come to life. */
  #discover(cid: string): void {
    const name = parseCid(cid);
    if (!name) return;
    const channel = this.get(name.type, name.id);
    channel.watched = false;
    channel.watch().then(
      () => this.show(channel),
      () => undefined, // it shows its own error; the next event or connect tries again
    );
  }
}
