import { latest, parseCid, type HealthCheckEvent, type ServerEvent, type Timestamp } from '../../protocol.js';
import type { Channel } from '../channel.js';
import type { ChatClient } from '../client.js';
import { findMessage } from '../messages.js';
import { parseEvent } from './parse-event.js';
import { recovery } from './parts.js';
import type { Recovery } from './recovery.js';

/** Takes events to the channels they concern, in order and without a hole. */
export class Router {
  /** Server time up to which nothing is missing, of all channels that lack nothing of their own. */
  cursor: Timestamp = '';
  #client: ChatClient;
  #recovery: Recovery | undefined;
  /** The number of the event that showed a hole last, by channel. */
  #showed = new WeakMap<Channel, number>();
  #ended = false;

  constructor(client: ChatClient) {
    this.#client = client;
  }

  /** Makes a typed event of what claims to be one. */
  read(frame: unknown): ServerEvent | undefined {
    const event = parseEvent(Object(frame) as Record<string, unknown>);
    if (!event) this.#client.log('A frame without the fields of its type was dropped.');
    return event;
  }

  /** One event as it came. It waits while something before it is missing. */
  receive(event: ServerEvent): void {
    const channel = this.#client.channels.find(event.cid);
    const { seq = 0 } = event;
    // A hole in the numbers: an event was lost on the way. If the server knows nothing of it, asking on will not help.
    if (channel?.watched && seq > (channel.seq ?? Infinity) + 1 && seq > (this.#showed.get(channel) ?? 0)) {
      this.#showed.set(channel, seq);
      this.mend(channel);
    }
    if (channel?.held) channel.held.push(event);
    else this.deliver(event);
  }

  /** Takes an event into the state and tells the listeners, of a message once. */
  deliver(event: ServerEvent): void {
    const held =
      event.type === 'message.new' &&
      findMessage(this.#client.channels.find(event.cid)?.state.value.messages ?? [], event.message.id);
    if (event.type === 'user.updated' && event.user.id === this.#client.userId)
      this.#client.takeMe(event.user);
    this.#route(event);
    if (!held || held.status !== 'sent') this.#client.events.emit(event);
  }

  /** Compares the channels' newest events with what the server says they are. */
  compare(heads: HealthCheckEvent['heads'] = {}): void {
    for (const channel of this.#client.channels.watched)
      if ((heads[channel.cid] ?? 0) > (channel.seq ?? Infinity)) this.mend(channel);
  }

  /** Another store, or an older copy of it: what we hold of the old one says nothing. */
  forget(): void {
    this.#showed = new WeakMap();
    for (const channel of this.#client.channels) {
      channel.seq = channel.since = undefined;
      channel.cursor = '';
      channel.apply({ type: 'local.void' });
    }
  }

  /** After a new connection, whose server knows of no watches: the list and all that is watched beside it. */
  async recover(): Promise<void> {
    const { watched, listed } = this.#client.channels;
    if (watched.length || listed) await (await this.#loaded()).all(this.cursor);
  }

  end(): void {
    this.#ended = true;
  }

  /** Gets what is missing of a channel, on the present connection. */
  mend(channel: Channel): void {
    if (channel.held) return; // under way
    channel.since ??= channel.cursor;
    channel.held = [];
    this.#loaded().then(
      (loaded) => loaded.one(channel),
      () => {
        channel.held = undefined; // the next heartbeat says so again
        this.#client.loadLater();
      },
    );
  }

  async #loaded(): Promise<Recovery> {
    const { Recovery } = await recovery.load();
    return (this.#recovery ??= new Recovery(this.#client, this));
  }

  #route(event: ServerEvent): void {
    const { channels, state } = this.#client;
    const { type, cid = event.channel?.cid, seq = 0 } = event;
    const channel = channels.find(cid);
    if (channel?.seq !== undefined) channel.seq = Math.max(channel.seq, seq);
    if (/^user\./.test(type) || (type === 'notification.mark_read' && !cid && event.unread_channels === 0))
      for (const each of channels) each.apply(event);
    else if (/channel.deleted|removed_from_channel/.test(type)) {
      if (channel) channels.lose(channel);
    } else if (type === 'notification.message_new') this.#discover(cid, event.message.id);
    else if (type === 'notification.added_to_channel') this.#discover(cid, undefined);
    // What could not be loaded is loaded whole: by its events alone the beginning would be missing.
    else if (channel && channel.state.value.phase !== 'failed') {
      // By what was told in order alone: an answer may come by HTTP while nothing is told any more.
      channel.cursor = latest(channel.cursor, event.created_at);
      channel.apply(event);
    }
    if (type === 'message.new') channels.list(state.value.channels);
  }

  /** A channel we do not watch has come to life. @param news - The id of a message in it. */
  #discover(cid: string | undefined, news: string | undefined): void {
    const name = parseCid(cid);
    if (!name || this.#ended) return;
    const { channels } = this.#client;
    const channel = channels.get(name.type, name.id);
    const { phase, messages } = channel.state.value;
    if (channel.watched && phase === 'ready') {
      // The server does not know yet that it is watched on this connection: its newest page alone would leave a hole.
      if (news && !findMessage(messages, news)) this.mend(channel);
      return;
    }
    channel.watched = false;
    channel.follow().then(
      () => channels.show(channel),
      () => undefined, // it shows its own error; the next event or connect tries again
    );
  }
}
