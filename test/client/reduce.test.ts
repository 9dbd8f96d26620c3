import { expect } from '@open-wc/testing';
import { PAGE_SIZE } from '../../src/client/messages.js';
import { reduce } from '../../src/client/later/reduce-events.js';
import { emptyChannel, type LocalEvent } from '../../src/client/reduce.js';
import type { ChannelState } from '../../src/client/state.js';
import { ChatError } from '../../src/errors.js';
import type { ServerEvent, User } from '../../src/protocol.js';
import {
  ada,
  at,
  bob,
  channelState,
  CID,
  cyd,
  message,
  readEntry,
  response,
  sent,
} from '../support/fixtures.js';

const after = (state: ChannelState, ...events: (ServerEvent | LocalEvent)[]) =>
  events.reduce((now, event) => reduce(now, event, 'ada', 0), state);
const ids = (state: ChannelState) => state.messages.map(({ id }) => id);
const arrives = (seconds: number, user: User = bob): ServerEvent => ({
  type: 'message.new',
  cid: CID,
  message: message(seconds, user),
});
const noReads = { privacy_settings: { read_receipts: { enabled: false } } };

describe('the state of a channel', () => {
  describe('messages', () => {
    it('stand in the order of server time, whatever the order of arrival', () => {
      const state = after(channelState(), arrives(3), arrives(1), arrives(2));

      expect(ids(state)).to.deep.equal(['m1', 'm2', 'm3']);
    });

    it('appear once, however often they arrive', () => {
      const state = after(channelState(), arrives(1), arrives(1));

      expect(ids(state)).to.deep.equal(['m1']);
    });

    it('keep ours last until the server has taken it', () => {
      const mine = { ...message(1, ada), id: 'mine', status: 'sending' as const };

      const state = after(channelState(), { type: 'local.message', message: mine }, arrives(2), arrives(3));

      expect(ids(state)).to.deep.equal(['m2', 'm3', 'mine']);
    });

    it('replace ours by the echo, in its place by server time', () => {
      const mine = { ...message(9, ada), id: 'mine', status: 'sending' as const };
      const echo: ServerEvent = {
        type: 'message.new',
        cid: CID,
        message: { ...message(2, ada), id: 'mine' },
      };

      const state = after(channelState(), { type: 'local.message', message: mine }, arrives(3), echo);

      expect(ids(state)).to.deep.equal(['mine', 'm3']);
      expect(state.messages[0]!.status).to.equal('sent');
    });

    it('take no update that is older than what they hold, nor of an older page', () => {
      const newer: ServerEvent = {
        type: 'message.updated',
        message: message(1, bob, { text: 'new', updated_at: at(9) }),
      };
      const older: ServerEvent = {
        type: 'message.updated',
        message: message(1, bob, { text: 'old', updated_at: at(5) }),
      };
      const stranger: ServerEvent = { type: 'message.updated', message: message(0) };

      const state = after(channelState({ messages: [sent(1)] }), newer, older, stranger);

      expect(state.messages.map(({ text }) => text)).to.deep.equal(['new']);
    });

    it('take the update of one whose beginning comes later, and never go back to it', () => {
      const update: ServerEvent = {
        type: 'message.updated',
        message: message(7, bob, { text: 'new', updated_at: at(9) }),
      };

      const state = after(channelState({ messages: [sent(1)] }), update, arrives(7));

      expect(state.messages.map(({ text }) => text)).to.deep.equal([sent(1).text, 'new']);
    });

    it('never take again what was deleted for good, for ten minutes', () => {
      const gone: ServerEvent = { type: 'message.deleted', hard_delete: true, message: message(7) };
      const late = (now: number) => {
        const state = reduce(channelState({ messages: [sent(1)] }), gone, 'ada', 0);
        const other: ServerEvent = { type: 'message.deleted', hard_delete: true, message: message(8) };
        return ids(reduce(reduce(state, other, 'ada', now), arrives(7), 'ada', now));
      };

      expect(late(599_000)).to.deep.equal(['m1']);
      expect(late(601_000)).to.deep.equal(['m1', 'm7']);
    });

    it('stay in place when deleted, and go when deleted for good', () => {
      const soft: ServerEvent = { type: 'message.deleted', message: message(1, bob, { updated_at: at(8) }) };
      const hard: ServerEvent = { type: 'message.deleted', hard_delete: true, message: message(2) };

      const state = after(channelState({ messages: [sent(1), sent(2)] }), soft, hard);

      expect(state.messages.map(({ id, type }) => [id, type])).to.deep.equal([['m1', 'deleted']]);
    });

    it('leave out replies inside threads and what is shadowed', () => {
      const reply: ServerEvent = { type: 'message.new', message: message(1, bob, { parent_id: 'm0' }) };
      const shadowed: ServerEvent = { type: 'message.new', message: message(2, bob, { shadowed: true }) };
      const shown: ServerEvent = {
        type: 'message.new',
        message: message(3, bob, { parent_id: 'm0', show_in_channel: true }),
      };

      expect(ids(after(channelState(), reply, shadowed, shown))).to.deep.equal(['m3']);
    });

    it('keep the text of a failed one until it is dropped', () => {
      const error = new ChatError('not-allowed', 'no');
      const failed = { ...message(1, ada), status: 'failed' as const, error };

      const kept = after(channelState(), { type: 'local.message', message: failed });
      const dropped = after(kept, { type: 'local.dropped', id: 'm1' });

      expect(kept.messages[0]).to.include({ text: 'text 1', status: 'failed', error });
      expect(dropped.messages).to.deep.equal([]);
    });
  });

  describe('a loaded page', () => {
    const page = (from: number) => Array.from({ length: PAGE_SIZE }, (_, i) => message(from + i));

    it('makes the channel ready and knows of older ones when it is full', () => {
      const state = after(emptyChannel(CID), {
        type: 'local.loaded',
        response: response({ messages: page(1) }),
      });

      expect(state).to.include({ phase: 'ready', hasOlder: true });
      expect(state.messages).to.have.length(PAGE_SIZE);
    });

    it('joins what it touches and keeps the older pages', () => {
      const held = channelState({ messages: [sent(1), sent(2), sent(20)], hasOlder: false });

      const state = after(held, { type: 'local.loaded', response: response({ messages: page(20) }) });

      expect(ids(state).slice(0, 4)).to.deep.equal(['m1', 'm2', 'm20', 'm21']);
      expect(state.hasOlder).to.equal(false);
    });

    it('leaves a gap to what it does not touch', () => {
      const held = channelState({ messages: [sent(1), sent(2)], hasOlder: false });

      const state = after(held, { type: 'local.loaded', response: response({ messages: page(50) }) });

      expect(ids(state).slice(0, 3)).to.deep.equal(['m1', 'm2', 'm50']);
      expect(state).to.include({ gap: 'm50', hasOlder: false });
    });

    it('gives up what stands before a gap when it makes another', () => {
      const held = channelState({ messages: [sent(1), sent(2), sent(5)], gap: 'm2', hasOlder: false });

      const state = after(held, { type: 'local.loaded', response: response({ messages: page(50) }) });

      expect(ids(state).slice(0, 3)).to.deep.equal(['m2', 'm5', 'm50']);
      expect(state).to.include({ gap: 'm50', hasOlder: true });
    });

    it('moves the gap when the message after it is deleted', () => {
      const held = channelState({ messages: [sent(1), sent(2), sent(5)], gap: 'm2' });

      const state = after(held, { type: 'message.deleted', hard_delete: true, message: message(2) });

      expect(state.gap).to.equal('m5');
    });

    it('keeps ours that wait, and what arrived while it was on its way', () => {
      const mine = { ...message(0, ada), id: 'mine', status: 'sending' as const };
      const held = channelState({ messages: [sent(1), sent(99), mine] });

      const state = after(held, { type: 'local.loaded', response: response({ messages: page(50) }) });

      expect(ids(state).slice(-3)).to.deep.equal(['m79', 'm99', 'mine']);
    });

    it('takes away what was deleted while we were gone', () => {
      const held = channelState({ messages: [sent(1), sent(2), sent(3)] });

      const state = after(held, {
        type: 'local.loaded',
        response: response({ messages: [message(1), message(3)] }),
      });

      expect(ids(state)).to.deep.equal(['m1', 'm3']);
    });
  });

  describe('typing', () => {
    const starts = (user: User, parent_id?: string): ServerEvent => ({
      type: 'typing.start',
      user,
      parent_id,
    });

    it('lists the others in the order they began, each once', () => {
      const state = after(channelState(), starts(bob), starts(cyd), starts(bob));

      expect(state.typing.map(({ id }) => id)).to.deep.equal(['bob', 'cyd']);
    });

    it('leaves out oneself and who types in a thread', () => {
      expect(after(channelState(), starts(ada), starts(bob, 'm1')).typing).to.deep.equal([]);
    });

    it('leaves out a user who withholds it, even if a server does not', () => {
      const silent = { ...bob, privacy_settings: { typing_indicators: { enabled: false } } };

      expect(after(channelState(), starts(silent)).typing).to.deep.equal([]);
    });

    it('ends with the stop, and with the message', () => {
      const typing = channelState({ typing: [bob, cyd] });

      expect(after(typing, { type: 'typing.stop', user: bob }).typing).to.deep.equal([cyd]);
      expect(after(typing, arrives(1, cyd)).typing).to.deep.equal([bob]);
    });
  });

  describe('reads', () => {
    const reads = { ada: readEntry(ada, 0), bob: readEntry(bob, 0) };
    const readsAt = (user: User, seconds: number): ServerEvent => ({
      type: 'message.read',
      user,
      created_at: at(seconds),
    });

    it('move forward and never back', () => {
      const state = after(channelState({ reads }), readsAt(bob, 5), readsAt(bob, 3));

      expect(state.reads['bob']!.last_read).to.equal(at(5));
    });

    it('count the messages of others, and none of our own', () => {
      const state = after(channelState({ reads }), arrives(1, ada), arrives(2), arrives(3, cyd));

      expect(state.unread).to.equal(2);
    });

    it('start over when we write: who answers has read', () => {
      const state = after(channelState({ reads }), arrives(1), arrives(2, ada), arrives(3, cyd));

      expect(state.unread).to.equal(1);
    });

    it('do not count what is silent or of the system', () => {
      const silent: ServerEvent = { type: 'message.new', message: message(1, bob, { silent: true }) };
      const system: ServerEvent = { type: 'message.new', message: message(2, bob, { type: 'system' }) };

      expect(after(channelState({ reads }), silent, system).unread).to.equal(0);
    });

    it('leave unread what came after our own mark', () => {
      const state = after(channelState({ reads }), arrives(1), arrives(9), readsAt(ada, 5));

      expect(state.unread).to.equal(1);
    });

    it('end at zero when another of our tabs has read', () => {
      const state = after(channelState({ reads, unread: 4 }), {
        type: 'notification.mark_read',
        user: ada,
        cid: CID,
      });

      expect(state.unread).to.equal(0);
    });

    it('take an author to have read up to their own message', () => {
      expect(after(channelState({ reads }), arrives(7)).reads['bob']!.last_read).to.equal(at(7));
    });

    it('infer nothing of an author whose reads we are not shown', () => {
      const state = after(channelState({ reads: {} }), arrives(7), arrives(8, { ...bob, ...noReads }));

      expect(state.reads).to.deep.equal({});
    });

    it('do not move for a user who withholds them, even if a server tells', () => {
      const state = after(channelState({ reads }), readsAt({ ...bob, ...noReads }, 5));

      expect(state.reads['bob']!.last_read).to.equal(at(0));
    });

    it('forget a user who turns them off', () => {
      const state = after(channelState({ reads }), { type: 'user.updated', user: { ...bob, ...noReads } });

      expect(Object.keys(state.reads)).to.deep.equal(['ada']);
    });

    it('ignore those of threads', () => {
      const state = after(channelState({ reads }), { ...readsAt(bob, 5), thread: {} });

      expect(state.reads['bob']!.last_read).to.equal(at(0));
    });
  });

  describe('people and the channel itself', () => {
    it('follow a new name into members and messages', () => {
      const state = after(channelState({ messages: [sent(1)], members: [{ user_id: 'bob', user: bob }] }), {
        type: 'user.updated',
        user: { id: 'bob', name: 'Robert' },
      });

      expect(state.messages[0]!.user!.name).to.equal('Robert');
      expect(state.members[0]!.user!.name).to.equal('Robert');
    });

    it('stay the very same for an event that changes nothing', () => {
      const state = channelState({ messages: [sent(1)] });

      expect(after(state, { type: 'user.presence.changed', user: { id: 'eve', online: true } })).to.equal(
        state,
      );
      expect(after(state, { type: 'typing.stop', user: bob })).to.equal(state);
    });

    it('keep what is personal when an event lacks it', () => {
      const data = {
        ...response().channel,
        own_capabilities: ['send-message'],
        config: { max_message_length: 9 },
      };
      const channel = { ...response().channel, name: 'Renamed' };

      const state = after(channelState({ data }), { type: 'channel.updated', channel });

      expect(state.data).to.deep.include({ name: 'Renamed', own_capabilities: ['send-message'] });
    });
  });
});
