import { expect } from '@open-wc/testing';
import { refusal, type Reply } from '../support/fake-server.js';
import { at } from '../support/fixtures.js';
import {
  Following,
  idsOf,
  isList,
  later,
  messageIn,
  news,
  quiet,
  range,
  room,
} from '../support/following.js';

describe('after a lost connection', () => {
  it('asks for what was missed from ten seconds before the newest server time', async () => {
    const following = await Following.of([room('a', [1])]);
    await following.tell(news('a', 25));

    await following.reconnect();

    expect(following.syncs).to.deep.equal([{ ids: ['a'], from: at(15) }]);
  });

  it('asks from before what an answer told while no event could', async () => {
    const following = await Following.of([room('a', [1])]);
    await following.tell(news('a', 25));
    following.server.routes['POST /channels/messaging/a/read'] = () => ({
      body: { event: { type: 'message.read', created_at: at(500) } },
    });
    await following.channel('a').markRead();

    await following.reconnect();

    expect(following.syncs).to.deep.equal([{ ids: ['a'], from: at(15) }]);
  });

  it('counts every event for the cursor, also the heartbeat', async () => {
    const following = await Following.of([room('a'), room('b')]);
    await following.tell(news('a', 25));
    await following.tell({ type: 'health.check', connection_id: 'c1', created_at: at(100) });

    await following.reconnect();

    expect(following.syncs.map(({ from }) => from)).to.deep.equal([at(90), at(90)]);
  });

  it('lets events that come meanwhile wait, and takes them in last', async () => {
    const following = await Following.of([room('a', [1])]);
    const told: string[] = [];
    following.client.on('message.new', ({ message }) => told.push(message.id));
    const answer = later<Reply>();
    following.server.routes['POST /channels'] = () => answer.promise;
    following.missed = [news('a', 5)];
    await following.reconnect();

    await following.tell(news('a', 9));
    expect(following.shown('a')).to.deep.equal(['m1']);
    await answer.give({ body: { channels: [room('a', [1, 5, 7])] } });

    expect(following.shown('a')).to.deep.equal(['m1', 'm5', 'm7', 'm9']);
    expect(told).to.deep.equal(['m5', 'm9']);
  });

  it('asks no second time for a channel of which it was told before it was watched again', async () => {
    const following = await Following.of([room('a', [1])]);
    const told: string[] = [];
    following.client.on('notification.message_new', ({ cid }) => told.push(String(cid)));
    const answer = later<Reply>();
    following.server.routes['POST /channels'] = () => answer.promise;
    await following.reconnect();

    await following.tell({ ...news('a', 5), type: 'notification.message_new' });
    await answer.give({ body: { channels: [room('a', [1, 5])] } });

    expect(following.queries).to.deep.equal([['a']]);
    expect(following.shown('a')).to.deep.equal(['m1', 'm5']);
    expect(told).to.deep.equal(['messaging:a']);
  });

  it('is live only when nothing is missing any more', async () => {
    const following = await Following.of([room('a', [1])]);
    const states: string[] = [];
    const answer = later<Reply>();
    following.server.routes['POST /sync'] = () => answer.promise;
    following.client.state.subscribe(({ connection }) => states.push(connection.status));
    await following.reconnect();
    following.server.host.tick(2000);
    expect(states.at(-1)).to.equal('reconnecting');

    await answer.give({ body: { events: [] } });

    expect(states.at(-1)).to.equal('live');
  });

  it('takes what was missed in before the newest page, so that the two join', async () => {
    const following = await Following.of([room('a', range(1, 30))]);
    following.know(room('a', range(71, 100)));
    following.missed = range(31, 100).map((second) => news('a', second));

    await following.reconnect();

    expect(following.shown('a')).to.deep.equal(range(1, 100).map((second) => `m${second}`));
    expect(following.channel('a').state.value.gap).to.equal(undefined);
  });

  for (const [what, seq] of [
    ['by its number', 2],
    ['by its time', undefined],
  ] as const)
    it(`counts as unread what came after the watch was answered, known ${what}`, async () => {
      const following = await Following.of([room('a', [1], seq && 1)]);
      following.missed = [news('a', 2, seq)];

      await following.reconnect();

      expect(following.shown('a')).to.deep.equal(['m1', 'm2']);
      expect(following.channel('a').state.value.unread).to.equal(1);
    });

  it('forgets that older messages could not be had', async () => {
    const following = await Following.of([room('a', range(1, 30))]);
    const channel = following.channel('a');
    following.server.routes['POST /channels/messaging/a/query'] = () => 'lost';
    await channel.loadOlder().catch(() => undefined);
    expect(channel.state.value.olderPhase).to.equal('failed');

    await following.reconnect();

    expect(channel.state.value.olderPhase).to.equal('idle');
  });

  it('takes changes and deletions of what it holds', async () => {
    const following = await Following.of([room('a', [1, 2, 3])]);
    following.know(room('a', [1, 3]));
    const changed = messageIn('a', 1, { text: 'changed', updated_at: at(40) });
    following.missed = [
      { type: 'message.updated', cid: 'messaging:a', created_at: at(40), message: changed },
      { type: 'message.deleted', cid: 'messaging:a', message: { id: 'm2' }, hard_delete: true },
    ];

    await following.reconnect();

    expect(following.channel('a').state.value.messages.map(({ text }) => text)).to.deep.equal([
      'changed',
      'text 3',
    ]);
  });

  it('drops what is no event among the missed ones', async () => {
    const following = await Following.of([room('a', [1])]);
    following.missed = [null, 'x', { type: 'message.new', message: null }, news('a', 5)] as object[];

    await following.reconnect();

    expect(following.shown('a')).to.deep.equal(['m1', 'm5']);
  });

  it('tells listeners of a message once, however often it comes', async () => {
    const following = await Following.of([room('a', [1])]);
    const told: string[] = [];
    following.client.on('message.new', ({ message }) => told.push(message.id));
    await following.tell(news('a', 5));
    const answer = later<Reply>();
    following.server.routes['POST /sync'] = () => answer.promise;

    await following.reconnect();
    await following.tell(news('a', 6));
    await answer.give({ body: { events: [news('a', 5), news('a', 6)] } });
    await following.tell(news('a', 6));

    expect(told).to.deep.equal(['m5', 'm6']);
    expect(following.shown('a')).to.deep.equal(['m1', 'm5', 'm6']);
  });

  it('lets go a channel that the user has lost meanwhile', async () => {
    const following = await Following.of([room('a', [1]), room('b', [1])]);
    following.rooms.delete('a');

    await following.reconnect();

    expect(following.channel('a').state.value.error).to.have.property('code', 'not-found');
    expect(following.channel('b').state.value.error).to.equal(undefined);
    expect(following.client.state.value.connection.status).to.equal('live');
  });

  it('shows what it has where the server refuses for good', async () => {
    const following = await Following.of([room('a', [1])]);
    following.server.routes['POST /channels'] = () => refusal(17, 403);

    await following.reconnect();

    expect(following.channel('a').state.value).to.include({ phase: 'ready' });
    expect(following.channel('a').state.value.error).to.have.property('code', 'not-allowed');
    expect(following.client.state.value.connection.status).to.equal('live');
  });
});

describe('the order of recovery', () => {
  it('asks first for the channel opened last, then for the list, then for the others', async () => {
    const following = await Following.of([room('a'), room('b'), room('c')]);
    await following.client.queryChannels();
    await following.channel('b').watch();
    const before = following.queries.length;
    following.server.routes['POST /channels'] = (command) => ({
      body: { channels: isList(command) ? [room('listed')] : following.found(command) },
    });

    await following.reconnect();

    expect(following.queries.slice(before)).to.deep.equal([['b'], ['list'], ['c', 'a']]);
  });

  it('does not ask again for what the list has brought', async () => {
    const following = await Following.of([room('a'), room('b'), room('c')]);
    await following.client.queryChannels();
    const before = following.queries.length;

    await following.reconnect();

    expect(following.queries.slice(before)).to.deep.equal([['c'], ['list']]);
    expect(following.syncs.map(({ ids }) => ids)).to.deep.equal([['c'], ['a', 'b']]);
  });

  it('asks for the others in pages of thirty, two at a time', async () => {
    const ids = range(1, 100).map((n) => `c${n}`);
    const following = await Following.of(ids.map((id) => room(id)));
    const open: (() => Promise<void>)[] = [];
    following.server.routes['POST /channels'] = (command) => {
      const answer = later<Reply>();
      open.push(() => answer.give({ body: { channels: following.found(command) } }));
      return answer.promise;
    };
    await following.reconnect();
    const sizes = () => following.queries.map(({ length }) => length);

    expect(sizes()).to.deep.equal([1]);
    await open[0]?.();
    expect(sizes()).to.deep.equal([1, 30, 30]);
    await open[2]?.();
    expect(sizes()).to.deep.equal([1, 30, 30, 30]);
    await open[1]?.();
    expect(sizes()).to.deep.equal([1, 30, 30, 30, 9]);
    for (const give of open) await give();

    expect(new Set(following.queries.flat())).to.deep.equal(new Set(ids));
    expect(following.queries[0]).to.deep.equal(['c100']);
    expect(following.client.state.value.connection.status).to.equal('live');
  });

  it('shows the first channel while the others are still on their way', async () => {
    const following = await Following.of([room('a'), room('b', [1])]);
    following.know(room('b', [1, 2]));
    following.server.routes['POST /channels'] = (command) =>
      following.queries.length > 1
        ? later<Reply>().promise
        : { body: { channels: following.found(command) } };

    await following.reconnect();

    expect(following.queries).to.deep.equal([['b'], ['a']]);
    expect(following.shown('b')).to.deep.equal(['m1', 'm2']);
  });
});

describe('a refused sync', () => {
  const TOO_MUCH = refusal(4, 400, 'too many events');

  it('of several channels is split, so that a busy one costs the quiet ones nothing', async () => {
    const ids = ['a', 'b', 'busy', 'c', 'last'];
    const following = await Following.of(ids.map((id) => room(id, range(1, 30))));
    following.know(...ids.map((id) => room(id, range(71, 100))));
    following.server.routes['POST /sync'] = (command) => {
      const asked = idsOf(command);
      const events = asked.flatMap((id) => range(31, 100).map((second) => news(id, second)));
      return asked.includes('busy') ? TOO_MUCH : { body: { events } };
    };

    await following.reconnect();
    await quiet();

    for (const id of ['a', 'b', 'c', 'last']) expect(following.shown(id)).to.have.length(100);
    const gaps = ids.filter((id) => following.channel(id).state.value.gap);
    expect(gaps).to.deep.equal(['busy']);
    expect(following.channel('busy').state.value.gap).to.equal('m71');
    expect(following.client.state.value.connection.status).to.equal('live');
  });

  it('of one is asked for again with less overlap, which alone may be too much', async () => {
    const following = await Following.of([room('a', range(1, 30))]);
    following.know(room('a', range(71, 100)));
    const events = range(31, 100).map((second) => news('a', second));
    following.server.routes['POST /sync'] = () =>
      following.syncs.length > 1 ? { body: { events } } : TOO_MUCH;

    await following.reconnect();

    expect(following.syncs.map(({ from }) => from)).to.deep.equal([at(-10), at(-1)]);
    expect(following.shown('a')).to.have.length(100);
  });

  it('of one leaves no gap where its newest page touches what is held', async () => {
    const following = await Following.of([room('a', range(1, 30))]);
    following.know(room('a', range(20, 49)));
    following.server.routes['POST /sync'] = () => TOO_MUCH;

    await following.reconnect();

    expect(following.channel('a').state.value.gap).to.equal(undefined);
    expect(following.shown('a')).to.have.length(49);
  });

  it('leaves a gap that is filled page by page, from its newer end, and then is none', async () => {
    const following = await Following.of([room('a', range(1, 30))]);
    following.know(room('a', range(81, 110)));
    following.server.routes['POST /sync'] = () => TOO_MUCH;
    await following.reconnect();
    const { server } = following;
    const pages = { m81: range(51, 80), m51: range(21, 50) };
    server.routes['POST /channels/messaging/a/query'] = ({ body }) => {
      const { id_lt } = body['messages'] as { id_lt: keyof typeof pages };
      return { body: room('a', pages[id_lt]) };
    };
    const channel = following.channel('a');

    await channel.loadGap();
    expect([channel.state.value.gap, channel.state.value.messages.length]).to.deep.equal(['m51', 90]);
    await Promise.all([channel.loadGap(), channel.loadGap()]);
    await channel.loadGap();

    expect(channel.state.value.gap).to.equal(undefined);
    expect(following.shown('a')).to.deep.equal(range(1, 110).map((second) => `m${second}`));
    expect(server.of('POST /channels/messaging/a/query')).to.have.length(2);
  });

  it('closes the gap with a page that is the first of the channel', async () => {
    const following = await Following.of([room('a', range(1, 30))]);
    following.know(room('a', range(81, 110)));
    following.server.routes['POST /sync'] = () => TOO_MUCH;
    await following.reconnect();
    const short = room('a', range(76, 80));
    following.server.routes['POST /channels/messaging/a/query'] = () => ({ body: short });

    await following.channel('a').loadGap();

    expect(following.channel('a').state.value.gap).to.equal(undefined);
  });

  it('keeps the gap when its page cannot be had', async () => {
    const following = await Following.of([room('a', range(1, 30))]);
    following.know(room('a', range(81, 110)));
    following.server.routes['POST /sync'] = () => TOO_MUCH;
    await following.reconnect();
    following.server.routes['POST /channels/messaging/a/query'] = () => 'lost';

    const failed = await following
      .channel('a')
      .loadGap()
      .catch((error: unknown) => error);

    expect(failed).to.have.property('code', 'network');
    expect(following.channel('a').state.value.gap).to.equal('m81');
  });
});
