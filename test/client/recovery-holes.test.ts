import { expect } from '@open-wc/testing';
import { refusal, type Reply } from '../support/fake-server.js';
import { at } from '../support/fixtures.js';
import { Following, later, news, quiet, range, room } from '../support/following.js';

describe('a recovery that fails', () => {
  it('asks again from the same time on the next connection', async () => {
    const following = await Following.of([room('a', [1])]);
    await following.tell(news('a', 25));
    following.server.routes['POST /sync'] = () => 'lost';
    await following.reconnect({ created_at: at(500) });

    following.server.routes['POST /sync'] = () => ({ body: { events: [news('a', 300)] } });
    await following.comeBack({ created_at: at(600) });

    expect(following.syncs.map(({ from }) => from)).to.deep.equal([at(15), at(15)]);
    expect(following.shown('a')).to.deep.equal(['m1', 'm25', 'm300']);
  });

  it('keeps that time for each channel that is still incomplete, and for no other', async () => {
    const following = await Following.of([room('a'), room('b')]);
    const { routes } = following.server;
    routes['POST /sync'] = () => (following.syncs.length > 1 ? 'lost' : { body: { events: [] } });
    await following.reconnect({ created_at: at(500) });

    routes['POST /sync'] = () => ({ body: { events: [] } });
    await following.comeBack({ created_at: at(600) });

    expect(following.syncs.slice(2)).to.deep.equal([
      { ids: ['b'], from: at(490) },
      { ids: ['a'], from: at(-10) },
    ]);
  });

  it('asks again on the same connection where the server has answered, after a wait', async () => {
    const following = await Following.of([room('a', [1])]);
    await following.tell(news('a', 25));
    following.server.routes['POST /sync'] = () => refusal(-1, 503);
    await following.reconnect();
    expect(following.client.state.value.connection.status).to.equal('live'); // as shown: the loss was short
    expect(following.client.isLive).to.equal(false);

    following.server.routes['POST /sync'] = () => ({ body: { events: [news('a', 300)] } });
    following.server.host.tick(1000);
    await quiet();

    expect(following.syncs.map(({ from }) => from)).to.deep.equal([at(15), at(15)]);
    expect(following.server.sockets).to.have.length(2);
    expect(following.client.isLive).to.equal(true);
    expect(following.shown('a')).to.deep.equal(['m1', 'm25', 'm300']);
  });

  it('shows nothing of a page before what was missed could be had', async () => {
    const following = await Following.of([room('a', range(1, 30))]);
    following.know(room('a', range(71, 100)));
    following.server.routes['POST /sync'] = () => 'lost';

    await following.reconnect();

    expect(following.shown('a')).to.have.length(30);
    expect(following.channel('a').state.value.gap).to.equal(undefined);
  });

  it('is not completed by an answer that was asked for on a connection that is gone', async () => {
    const following = await Following.of([room('a', [1]), room('b', [1])]);
    const late = later<Reply>();
    const first = later<Reply>();
    const { routes } = following.server;
    const found = routes['POST /channels']!;
    routes['POST /channels'] = (command) => (following.queries.length > 1 ? late.promise : found(command));
    await following.reconnect();
    routes['POST /channels'] = () => first.promise;
    await following.reconnect();

    routes['POST /channels'] = found;
    await late.give({ body: { channels: [room('a', [1])] } });
    await first.give({ body: { channels: [room('b', [1])] } });

    expect(following.queries).to.deep.equal([['b'], ['a'], ['b'], ['a']]);
    expect(following.server.of('POST /channels').at(-1)?.query.get('connection_id')).to.equal('c3');
    expect(following.client.isLive).to.equal(true);
  });

  it('is not taken for whole when the server tells of news before it is watched again', async () => {
    const following = await Following.of([room('a', range(1, 30))]);
    following.know(room('a', range(71, 100)));
    following.missed = range(31, 100).map((second) => news('a', second));
    const answer = later<Reply>();
    const found = following.server.routes['POST /channels']!;
    following.server.routes['POST /channels'] = () => answer.promise;
    await following.reconnect();

    await following.tell({ ...news('a', 100), type: 'notification.message_new' });
    following.server.routes['POST /channels'] = found;
    await answer.give({ body: { channels: [room('a', range(71, 100))] } });

    expect(following.queries).to.deep.equal([['a']]);
    expect(following.shown('a')).to.have.length(100);
  });

  it('is brought by the next connection when this one ended while it was asked for', async () => {
    const following = await Following.of([room('a', [1])]);
    const found = following.server.routes['POST /channels']!;
    following.server.routes['POST /channels'] = () =>
      refusal(4, 400, 'watch needs the connection_id of a live connection of yours.');
    await following.reconnect();
    expect(following.client.isLive).to.equal(false);

    following.server.routes['POST /channels'] = found;
    following.missed = [news('a', 2)];
    await following.comeBack();

    expect(following.shown('a')).to.deep.equal(['m1', 'm2']);
    expect(following.client.isLive).to.equal(true);
  });

  it('watches again a channel whose mending was under way when the connection went', async () => {
    const following = await Following.of([room('a', [1], 5), room('b', [1], 1)]);
    const late = later<Reply>();
    const { routes } = following.server;
    routes['POST /channels'] = () => late.promise;
    await following.tell(news('a', 9, 8));
    const first = later<Reply>();
    routes['POST /channels'] = () => first.promise;
    await following.reconnect();

    await late.give('lost');
    routes['POST /channels'] = (command) => ({ body: { channels: following.found(command) } });
    await first.give({ body: { channels: [room('b', [1], 1)] } });

    expect(following.queries).to.deep.equal([['a'], ['b'], ['a']]);
    expect(following.client.isLive).to.equal(true);
  });
});

describe('a hole in the numbers of a channel', () => {
  it('starts the recovery of that channel alone, and stays live', async () => {
    const following = await Following.of([room('a', [1], 5), room('b', [1], 9)]);
    following.know(room('a', [1, 6, 7], 7));
    following.missed = [news('a', 6, 6), news('a', 7, 7)];

    await following.tell(news('a', 7, 7));

    expect(following.queries).to.deep.equal([['a']]);
    expect(following.syncs.map(({ ids }) => ids)).to.deep.equal([['a']]);
    expect(following.shown('a')).to.deep.equal(['m1', 'm6', 'm7']);
    expect(following.client.isLive).to.equal(true);
  });

  it('asks from ten seconds before the last event of that channel, not of others', async () => {
    const following = await Following.of([room('a', [1], 5), room('b', [1], 9)]);
    await following.tell(news('a', 30, 6));
    await following.tell(news('b', 500, 10));

    await following.tell(news('a', 600, 8));

    expect(following.syncs.map(({ from }) => from)).to.deep.equal([at(20)]);
  });

  it('lets what comes meanwhile wait for that channel, and nothing of others', async () => {
    const following = await Following.of([room('a', [1], 5), room('b', [1], 9)]);
    const answer = later<Reply>();
    following.server.routes['POST /channels'] = () => answer.promise;
    await following.tell(news('a', 8, 8));

    await following.tell(news('a', 9, 9));
    await following.tell(news('b', 10, 10));
    expect([following.shown('a'), following.shown('b')]).to.deep.equal([['m1'], ['m1', 'm10']]);
    await answer.give({ body: { channels: [room('a', [1, 6, 7, 8], 8)] } });

    expect(following.shown('a')).to.deep.equal(['m1', 'm6', 'm7', 'm8', 'm9']);
    expect(following.queries).to.deep.equal([['a']]);
  });

  it('is none where numbers follow each other, come twice, or are missing altogether', async () => {
    const following = await Following.of([room('a', [1], 5), room('b', [1])]);

    await following.tell(news('a', 6, 6));
    await following.tell(news('a', 6, 6));
    await following.tell(news('a', 4, 4));
    await following.tell({ type: 'typing.start', cid: 'messaging:a', user: { id: 'bob' } });
    await following.tell(news('a', 7, 7));
    await following.tell(news('b', 9, 90));

    expect(following.queries).to.deep.equal([]);
  });

  it('is none where an answer is older than the events that came before it', async () => {
    const following = await Following.of([room('a', [1], 5)]);
    const answer = later<Reply>();
    following.server.routes['POST /channels'] = () => answer.promise;
    void following.client.queryChannels();
    await quiet();
    await following.tell(news('a', 6, 6));
    await answer.give({ body: { channels: [room('a', [1], 5)] } });

    await following.tell(news('a', 7, 7));

    expect(following.queries).to.deep.equal([['list']]);
    expect(following.shown('a')).to.deep.equal(['m1', 'm6', 'm7']);
  });

  it('is seen anew in a channel that was lost and has come back with other numbers', async () => {
    const following = await Following.of([room('a', [1], 5)]);
    following.rooms.delete('a');
    await following.reconnect();
    following.know(room('a', [1], 1));
    await following.channel('a').watch();

    await following.tell(news('a', 4, 3));

    expect(following.queries).to.deep.equal([['a'], ['a'], ['a']]);
  });

  it('is asked of once where the server itself knows no newer number', async () => {
    const following = await Following.of([room('a', [1], 5)]);

    await following.tell(news('a', 8, 8));
    await following.tell(news('a', 9, 9));

    expect(following.queries).to.deep.equal([['a']]);
    expect(following.shown('a')).to.deep.equal(['m1', 'm8', 'm9']);
  });

  it('is tried again at the next sign when it could not be mended, and not before', async () => {
    const following = await Following.of([room('a', [1], 5)]);
    following.server.routes['POST /channels'] = () => 'lost';
    await following.tell(news('a', 8, 8));
    expect(following.queries).to.deep.equal([['a']]);
    expect(following.shown('a')).to.deep.equal(['m1', 'm8']);

    following.know(room('a', [1, 6, 7, 8, 9], 9));
    following.server.routes['POST /channels'] = (command) => ({
      body: { channels: following.found(command) },
    });
    await following.tell(news('a', 9, 9));

    expect(following.queries).to.deep.equal([['a'], ['a']]);
    expect(following.shown('a')).to.deep.equal(['m1', 'm6', 'm7', 'm8', 'm9']);
  });
});

describe('a heartbeat', () => {
  const heartbeat = (heads: object) => ({
    type: 'health.check',
    connection_id: 'c1',
    created_at: at(50),
    heads,
  });

  it('that names a newer event starts the recovery of that channel alone', async () => {
    const following = await Following.of([room('a', [1], 5), room('b', [1], 9)]);
    following.know(room('a', [1, 6], 6));

    await following.tell(heartbeat({ 'messaging:a': 6, 'messaging:b': 9 }));

    expect(following.queries).to.deep.equal([['a']]);
    expect(following.shown('a')).to.deep.equal(['m1', 'm6']);
  });

  it('that names what is known, or channels that are not, starts nothing', async () => {
    const following = await Following.of([room('a', [1], 5), room('b', [1])]);

    await following.tell(heartbeat({ 'messaging:a': 5, 'messaging:b': 3, 'messaging:c': 1 }));
    await following.tell(heartbeat({ 'messaging:a': 4 }));

    expect(following.queries).to.deep.equal([]);
  });

  it('asks again when an earlier recovery failed', async () => {
    const following = await Following.of([room('a', [1], 5)]);
    following.server.routes['POST /channels'] = () => refusal(-1, 500);
    await following.tell(heartbeat({ 'messaging:a': 6 }));
    await following.tell(heartbeat({ 'messaging:a': 6 }));
    following.know(room('a', [1, 6], 6));
    following.server.routes['POST /channels'] = (command) => ({
      body: { channels: following.found(command) },
    });

    await following.tell(heartbeat({ 'messaging:a': 6 }));

    expect(following.queries).to.have.length(3);
    expect(following.shown('a')).to.deep.equal(['m1', 'm6']);
  });
});

describe('another epoch', () => {
  it('voids what was held, but not what is unsent', async () => {
    const following = await Following.of([room('a', [1, 2, 3], 9)], { epoch: 'one' });
    following.server.routes['POST /channels/messaging/a/message'] = () => refusal(17, 403);
    await following
      .channel('a')
      .sendMessage({ text: 'unsent', id: 'mine' })
      .catch(() => undefined);
    following.know(room('a', [1, 4], 2));

    await following.reconnect({ created_at: at(1000), epoch: 'two' });

    expect(following.shown('a')).to.deep.equal(['m1', 'm4', 'mine']);
    expect(following.channel('a').state.value).to.include({ gap: undefined, hasOlder: false });
  });

  it('voids the numbers too', async () => {
    const following = await Following.of([room('a', [1], 90)], { epoch: 'one' });
    following.know(room('a', [1], 2));
    await following.reconnect({ created_at: at(1000), epoch: 'two' });
    const before = following.queries.length;

    await following.tell(news('a', 1003, 3));
    expect(following.queries.slice(before)).to.deep.equal([]);
    await following.tell(news('a', 1005, 5));

    expect(following.queries.slice(before)).to.deep.equal([['a']]);
  });

  it('is none on a server that names none, and the same is none', async () => {
    const plain = await Following.of([room('a', range(1, 40).slice(0, 30))]);
    const same = await Following.of([room('a', range(1, 30))], { epoch: 'one' });
    plain.know(room('a', range(21, 50)));
    same.know(room('a', range(21, 50)));

    await plain.reconnect();
    await same.reconnect({ created_at: at(1000), epoch: 'one' });

    expect([plain.shown('a').length, same.shown('a').length]).to.deep.equal([50, 50]);
  });
});
