import { expect } from '@open-wc/testing';
import { settled } from '../support/fake-host.js';
import { refusal, rejection } from '../support/fake-server.js';
import { ada, bob, CID, message, response } from '../support/fixtures.js';
import { SEND, stored, texts, watching } from '../support/watching.js';

describe('sending', () => {
  it('shows the message at once and sends only what a page may send', async () => {
    const { server, channel } = await watching();

    const sending = channel.sendMessage({ text: 'Hello', mood: 'fine' });
    expect(texts(channel)).to.deep.equal(['Hello sending']);

    const { id } = await sending;
    expect(server.of(SEND)[0]!.body).to.deep.equal({ message: { id, text: 'Hello', mood: 'fine' } });
    expect(texts(channel)).to.deep.equal(['Hello sent']);
  });

  it('takes the echo for the answer, whichever comes first', async () => {
    const { server, channel } = await watching();
    let answer!: (value: { body: unknown }) => void;
    server.routes[SEND] = () => new Promise((resolve) => (answer = resolve));
    const sending = channel.sendMessage({ text: 'Hello', id: 'mine' });
    await settled();

    server.emit({
      type: 'message.new',
      cid: CID,
      message: { ...message(5, ada), id: 'mine', text: 'Hello' },
    });
    expect(texts(channel)).to.deep.equal(['Hello sent']);

    answer({ body: { message: { ...message(5, ada), id: 'mine', text: 'Hello' } } });
    await sending;
    expect(texts(channel)).to.deep.equal(['Hello sent']);
  });

  it('doubts a connection on which no event follows', async () => {
    const { server, channel } = await watching();
    await settled();

    await channel.sendMessage({ text: 'Hello' });
    server.host.tick(499);
    expect(server.socket.sent).to.have.length(0);
    server.host.tick(1);

    expect(server.socket.sent).to.have.length(1);
  });

  it('does not doubt one that is heard', async () => {
    const { server, channel } = await watching();
    await settled();

    await channel.sendMessage({ text: 'Hello' });
    server.emit({ type: 'typing.start', cid: CID, user: bob });
    server.host.tick(500);

    expect(server.socket.sent).to.have.length(0);
  });

  it('keeps the order, one at a time', async () => {
    const { server, channel } = await watching();
    const answers: (() => void)[] = [];
    server.routes[SEND] = (command) =>
      new Promise((resolve) => answers.push(() => resolve({ body: { message: stored(command) } })));

    void channel.sendMessage({ text: 'one' });
    void channel.sendMessage({ text: 'two' });
    await settled();
    expect(server.of(SEND)).to.have.length(1);

    answers[0]!();
    await settled();
    expect(server.of(SEND).map(({ body }) => (body['message'] as { text: string }).text)).to.deep.equal([
      'one',
      'two',
    ]);
  });

  it('sends again under the same id what the network lost', async () => {
    const { server, channel } = await watching();
    let tries = 0;
    server.routes[SEND] = (command) => (++tries < 3 ? 'lost' : { body: { message: stored(command) } });
    const sending = channel.sendMessage({ text: 'Hello' });

    for (let second = 0; second < 20; second++) {
      await settled();
      server.host.tick(1000);
    }
    await sending;

    expect(new Set(server.of(SEND).map(({ body }) => (body['message'] as { id: string }).id)).size).to.equal(
      1,
    );
    expect(tries).to.equal(3);
    expect(texts(channel)).to.deep.equal(['Hello sent']);
  });

  it('does not wait for its turn when the connection is back', async () => {
    const { server, channel } = await watching();
    server.routes[SEND] = () => 'lost';
    const sending = channel.sendMessage({ text: 'Hello' });
    await settled();
    server.host.signal('offline');
    server.routes[SEND] = (command) => ({ body: { message: stored(command) } });

    server.host.signal('online');
    await server.greet();
    await sending;

    expect(texts(channel)).to.deep.equal(['Hello sent']);
  });

  it('takes its own stored message for sent when only the answer was lost', async () => {
    const { server, channel } = await watching();
    server.routes[SEND] = () => refusal(4, 400, 'a message with ID mine already exists');
    server.routes['GET /messages/mine'] = () => ({ body: { message: { ...message(5, ada), id: 'mine' } } });

    await channel.sendMessage({ text: 'text 5', id: 'mine' });

    expect(texts(channel)).to.deep.equal(['text 5 sent']);
  });

  it('does not take the message of somebody else for its own', async () => {
    const { server, channel } = await watching();
    server.routes[SEND] = () => refusal(4, 400, 'a message with ID mine already exists');
    server.routes['GET /messages/mine'] = () => ({ body: { message: { ...message(5, bob), id: 'mine' } } });

    expect(await rejection(channel.sendMessage({ text: 'Hello', id: 'mine' }))).to.have.property(
      'apiCode',
      4,
    );
    expect(texts(channel)).to.deep.equal(['Hello failed']);
  });

  it('marks a refused one failed with its reason, keeps the text, and goes on behind it', async () => {
    const { server, channel } = await watching();
    server.routes[SEND] = (command) =>
      (command.body['message'] as { text: string }).text === 'bad'
        ? refusal(17, 403)
        : { body: { message: stored(command) } };

    const bad = rejection(channel.sendMessage({ text: 'bad' }));
    const good = channel.sendMessage({ text: 'good' });

    expect(await bad).to.have.property('code', 'not-allowed');
    await good;
    expect(texts(channel)).to.deep.equal(['good sent', 'bad failed']);
    expect(channel.state.value.messages[1]!.error).to.have.property('code', 'not-allowed');
  });

  it('counts an answer of type error as the refusal it is', async () => {
    const { server, channel } = await watching();
    server.routes[SEND] = () => ({
      status: 201,
      body: { message: { ...message(1, ada), type: 'error', text: 'too long' } },
    });

    expect(await rejection(channel.sendMessage({ text: 'x' }))).to.have.property('code', 'refused');
    expect(texts(channel)).to.deep.equal(['x failed']);
  });

  it('gives up on a server that fails three times, and keeps the text', async () => {
    const { server, channel } = await watching();
    server.routes[SEND] = () => refusal(-1, 500);
    const sending = rejection(channel.sendMessage({ text: 'Hello' }));

    for (let second = 0; second < 30; second++) {
      await settled();
      server.host.tick(1000);
    }

    expect(await sending).to.have.property('code', 'server-error');
    expect(texts(channel)).to.deep.equal(['Hello failed']);
  });

  it('retries a failed one under its id', async () => {
    const { server, channel } = await watching();
    server.routes[SEND] = () => refusal(17, 403);
    await rejection(channel.sendMessage({ text: 'Hello', id: 'mine' }));
    server.routes[SEND] = (command) => ({ body: { message: stored(command) } });

    await channel.retryMessage('mine');

    expect(server.of(SEND).map(({ body }) => body['message'])).to.deep.equal([
      { id: 'mine', text: 'Hello' },
      { id: 'mine', text: 'Hello' },
    ]);
    expect(texts(channel)).to.deep.equal(['Hello sent']);
  });

  it('drops a failed one on request, and only a failed one', async () => {
    const { server, channel } = await watching();
    server.routes[SEND] = () => refusal(17, 403);
    await rejection(channel.sendMessage({ text: 'Hello', id: 'mine' }));

    await channel.discardMessage('mine');

    expect(texts(channel)).to.deep.equal([]);
    expect(await rejection(channel.discardMessage('mine')))
      .to.have.property('message')
      .that.contains('"mine" is none');
  });

  it('refuses an empty text and one over the limit before anything is shown', async () => {
    const config = { max_message_length: 10 };
    const { server, channel } = await watching({ channel: { ...response().channel, config } });

    expect(await rejection(channel.sendMessage({ text: ' \n' }))).to.have.property('code', 'invalid-message');
    expect(await rejection(channel.sendMessage({ text: 'x'.repeat(11) })))
      .to.include({ code: 'message-too-long' })
      .and.property('message')
      .contain('10 characters; got 11');
    expect(texts(channel)).to.deep.equal([]);
    expect(server.of(SEND)).to.have.length(0);
  });
});
