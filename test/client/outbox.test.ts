import { expect } from '@open-wc/testing';
import type { Channel } from '../../src/client/channel.js';
import {
  FakeServer,
  refusal,
  rejection,
  tokenFor,
  type Command,
  type Reply,
} from '../support/fake-server.js';
import { ada, at, CID, message, readEntry } from '../support/fixtures.js';
import { Following, later, quiet, range, room } from '../support/following.js';
import { READ, SEND, stored, texts, typed, watching } from '../support/watching.js';

/** `seconds` of the fake clock, which began at 1000 s, on a connection that lives if there is one. */
async function pass(server: FakeServer, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await quiet();
    server.host.tick(1000);
    if (server.socket.readyState === 1) server.emit({ type: 'health.check', connection_id: 'c' });
  }
  await quiet();
}

/** The refusal of a server that wants to hear less, until a second of the local clock. */
function tooMany(until: number): Reply {
  return { ...refusal(9, 429), headers: { 'X-RateLimit-Reset': String(until) } };
}

const sentText = ({ body }: Command) => (body['message'] as { text: string }).text;

const accept = (command: Command): Reply => ({ status: 201, body: { message: stored(command) } });

describe('the outbox', () => {
  it('sends four at once, in all channels together', async () => {
    const ids = range(1, 6).map((n) => `c${n}`);
    const following = await Following.of(ids.map((id) => room(id)));
    const open: (() => Promise<void>)[] = [];
    for (const id of ids)
      following.server.routes[`POST /channels/messaging/${id}/message`] = (command) => {
        const answer = later<Reply>();
        open.push(() => answer.give({ body: { message: { ...stored(command), cid: `messaging:${id}` } } }));
        return answer.promise;
      };

    const sending = ids.map((id) => following.channel(id).sendMessage({ text: id }));
    await quiet();
    expect(open).to.have.length(4);
    await open[2]?.();
    expect(open).to.have.length(5);
    for (let at = 0; at < 6; at++) await open[at]?.();

    expect((await Promise.all(sending)).map(({ status }) => status)).to.deep.equal(ids.map(() => 'sent'));
  });

  it('lets one that waits for its next try take no place of the four', async () => {
    const ids = range(1, 6).map((n) => `c${n}`);
    const following = await Following.of(ids.map((id) => room(id)));
    const { routes, commands } = following.server;
    for (const id of ids) routes[`POST /channels/messaging/${id}/message`] = () => refusal(-1, 503);
    const before = commands.length;

    for (const id of ids) void following.channel(id).sendMessage({ text: id });
    await quiet();

    expect(commands.slice(before)).to.have.length(6);
  });

  it('sends nothing while it is not live, and then everything in order', async () => {
    const { server, channel } = await watching();
    server.host.signal('offline');
    const sending = ['one', 'two', 'three'].map((text) => channel.sendMessage({ text }));
    await pass(server, 60);
    expect(server.of(SEND)).to.have.length(0);
    expect(texts(channel)).to.deep.equal(['one sending', 'two sending', 'three sending']);

    server.host.signal('online');
    await server.greet();
    await Promise.all(sending);

    expect(server.of(SEND).map(sentText)).to.deep.equal(['one', 'two', 'three']);
    expect(server.of(SEND).map(({ query }) => query.get('connection_id'))).to.deep.equal(['c2', 'c2', 'c2']);
  });

  it('sends nothing before what was missed is there', async () => {
    const { server, channel } = await watching();
    const answer = later<Reply>();
    server.routes['POST /channels'] = () => answer.promise;
    server.socket.break();
    server.host.tick(1000);
    await server.greet();

    const sending = channel.sendMessage({ text: 'Hello' });
    await pass(server, 5);
    expect(server.of(SEND)).to.have.length(0);
    await answer.give({ body: { channels: [] } });

    expect(await sending).to.have.property('status', 'sent');
  });

  it('keeps the order when the network loses the first one', async () => {
    const { server, channel } = await watching();
    let lost = 0;
    server.routes[SEND] = (command) => (sentText(command) === 'one' && !lost++ ? 'lost' : accept(command));

    const sending = ['one', 'two'].map((text) => channel.sendMessage({ text, id: text }));
    await pass(server, 3);
    await Promise.all(sending);

    expect(server.of(SEND).map(sentText)).to.deep.equal(['one', 'one', 'two']);
    expect(texts(channel)).to.deep.equal(['one sent', 'two sent']);
  });

  it('rejects what waits when the user signs out', async () => {
    const { server, client, channel } = await watching();
    server.host.signal('offline');
    const waiting = [channel.sendMessage({ text: 'one' }), channel.sendMessage({ text: 'two' })].map(
      rejection,
    );
    await quiet();

    await client.disconnectUser();

    expect((await Promise.all(waiting)).map((error) => (error as { code: string }).code)).to.deep.equal([
      'disconnected',
      'disconnected',
    ]);
    expect(server.host.timers).to.equal(0);
  });
});

describe('a server that asks for less', () => {
  /** A message that is refused until 20 s from now. */
  async function putOff() {
    const world = await watching();
    const { server, channel } = world;
    server.routes[SEND] = () => tooMany(1020);
    const sending = channel.sendMessage({ text: 'Hello' });
    await quiet();
    server.routes[SEND] = accept;
    return { ...world, sending };
  }

  it('is asked again when it said, not sooner', async () => {
    const { server, sending } = await putOff();

    await pass(server, 19);
    expect(server.of(SEND)).to.have.length(1);
    await pass(server, 1);

    expect(await sending).to.have.property('status', 'sent');
    expect(server.of(SEND)).to.have.length(2);
  });

  it('is not asked sooner by a connection that is live again', async () => {
    const { server } = await putOff();

    server.socket.break();
    server.host.tick(1000);
    await server.greet();
    await pass(server, 18);
    expect(server.of(SEND)).to.have.length(1);
    await pass(server, 1);

    expect(server.of(SEND)).to.have.length(2);
  });

  it('is not asked while there is no connection when its time is over', async () => {
    const { server, sending } = await putOff();
    server.host.signal('offline');
    await pass(server, 30);
    expect(server.of(SEND)).to.have.length(1);

    server.host.signal('online');
    await server.greet();

    expect(await sending).to.have.property('status', 'sent');
  });

  it('is told no typing meanwhile', async () => {
    const { server, channel } = await putOff();

    channel.keystroke();
    await pass(server, 5);
    expect(typed(server)).to.deep.equal([]);
    await pass(server, 15);
    channel.keystroke();
    await quiet();

    expect(typed(server)).to.deep.equal(['typing.start']);
  });

  it('is told of reads when it is over', async () => {
    const { server, channel } = await putOff();
    server.routes[READ] = () => ({ status: 201, body: { event: { created_at: at(90) } } });
    server.emit({ type: 'message.new', cid: CID, message: message(50) });

    const marking = channel.markRead();
    await pass(server, 19);
    expect(server.of(READ)).to.have.length(0);
    await pass(server, 1);
    await marking;

    expect(server.of(READ)).to.have.length(1);
    expect(channel.state.value.unread).to.equal(0);
  });

  it('waits no longer than a minute, whatever its clock says', async () => {
    const { server, channel } = await watching({ read: [readEntry(ada, 0)] });
    server.routes[SEND] = () => tooMany(999_999);
    void channel.sendMessage({ text: 'Hello' });
    await quiet();

    await pass(server, 60);

    expect(server.of(SEND)).to.have.length(2);
  });

  it('is not asked by other channels either', async () => {
    const following = await Following.of([room('a'), room('b')]);
    const { server } = following;
    const [a, b] = ['a', 'b'].map((id) => `POST /channels/messaging/${id}/message`) as [string, string];
    server.routes[a] = () => tooMany(1020);
    void following.channel('a').sendMessage({ text: 'Hello' });
    await quiet();
    server.routes[a] = server.routes[b] = accept;

    void following.channel('b').sendMessage({ text: 'Hello' });
    await pass(server, 19);
    expect([server.of(a).length, server.of(b).length]).to.deep.equal([1, 0]);
    await pass(server, 1);

    expect([server.of(a).length, server.of(b).length]).to.deep.equal([2, 1]);
  });

  it('in slow mode is asked again when the channel allows it, and by other channels as ever', async () => {
    const slow = room('slow');
    const following = await Following.of([
      { ...slow, channel: { ...slow.channel, cooldown: 30 } },
      room('b'),
    ]);
    const { server } = following;
    const send = 'POST /channels/messaging/slow/message';
    server.routes[send] = () => refusal(60, 403);
    server.routes['POST /channels/messaging/b/message'] = accept;
    const sending = following.channel('slow').sendMessage({ text: 'Hello' });
    await quiet();

    await following.channel('b').sendMessage({ text: 'Hello' });
    await pass(server, 29);
    expect(server.of(send)).to.have.length(1);
    server.routes[send] = accept;
    await pass(server, 1);

    expect(await sending).to.have.property('status', 'sent');
  });

  it('by a cool-down keeps the message waiting', async () => {
    const { server, channel } = await watching();
    server.routes[SEND] = () => ({ ...refusal(60, 429), headers: { 'Retry-After': '7' } });
    const sending = channel.sendMessage({ text: 'Hello' });
    await pass(server, 6);
    server.routes[SEND] = accept;
    expect(server.of(SEND)).to.have.length(1);

    await pass(server, 1);

    expect(await sending).to.have.property('status', 'sent');
  });
});

describe('a message that the server does not take', () => {
  it('has failed after three answers of status 500, its text kept', async () => {
    const { server, channel } = await watching();
    server.routes[SEND] = () => refusal(-1, 500);

    const failed = rejection(channel.sendMessage({ text: 'Hello' }));
    await pass(server, 60);

    expect(await failed).to.include({ code: 'server-error', status: 500 });
    expect(server.of(SEND)).to.have.length(3);
    expect(texts(channel)).to.deep.equal(['Hello failed']);
  });

  it('counts those answers for each message anew', async () => {
    const { server, channel } = await watching();
    const answers: Record<string, number> = {};
    server.routes[SEND] = (command) => {
      const text = sentText(command);
      answers[text] = (answers[text] ?? 0) + 1;
      return text === 'bad' || answers[text] < 3 ? refusal(-1, 500) : accept(command);
    };

    const bad = rejection(channel.sendMessage({ text: 'bad' }));
    const good = channel.sendMessage({ text: 'good' });
    await pass(server, 60);
    await Promise.all([bad, good]);

    expect(answers).to.deep.equal({ bad: 3, good: 3 });
    expect(texts(channel)).to.deep.equal(['good sent', 'bad failed']);
  });

  it('is tried for ever while the answer is 503', async () => {
    const { server, channel } = await watching();
    server.routes[SEND] = () => refusal(-1, 503);
    const sending = channel.sendMessage({ text: 'Hello' });
    await pass(server, 600);
    expect(server.of(SEND).length).to.be.above(20);
    expect(texts(channel)).to.deep.equal(['Hello sending']);

    server.routes[SEND] = accept;
    await pass(server, 30);

    expect(await sending).to.have.property('status', 'sent');
  });

  const troubles: [string, Reply][] = [
    ['is rejected', refusal(43, 401)],
    ['has expired and is fixed', refusal(40, 401)],
    ['is of a key that is unknown', refusal(2, 401)],
  ];
  for (const [trouble, answer] of troubles)
    it(`waits when the token ${trouble}`, async () => {
      const { server, channel } = await watching();
      server.routes[SEND] = () => answer;
      const sending = channel.sendMessage({ text: 'Hello' });
      await pass(server, 10);
      expect(texts(channel)).to.deep.equal(['Hello sending']);

      server.routes[SEND] = accept;
      await pass(server, 30);

      expect(await sending).to.have.property('status', 'sent');
    });

  it('waits when the provider has no token that is right', async () => {
    const following = await Following.of([room('a')]);
    await following.client.disconnectUser();
    let token = tokenFor('ada', 'old');
    const { server, client } = following;
    void client.connectUser({ id: 'ada' }, () => Promise.resolve(token));
    await following.greet();
    const channel: Channel = following.channel('a');
    await channel.watch();
    const send = 'POST /channels/messaging/a/message';
    server.routes[send] = (command) =>
      command.headers.get('authorization')?.endsWith('new') ? accept(command) : refusal(40, 401);

    token = tokenFor('bob');
    const sending = channel.sendMessage({ text: 'Hello' });
    await pass(server, 5);
    expect(texts(channel)).to.deep.equal(['Hello sending']);
    token = tokenFor('ada', 'new');
    await pass(server, 10);

    expect(await sending).to.have.property('status', 'sent');
  });
});
