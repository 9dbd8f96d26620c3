import { expect } from '@open-wc/testing';
import { refusal } from '../support/fake-server.js';
import { Following, news, quiet, range, room } from '../support/following.js';

/** Longest wait before the first and second next try. */
const FIRST_MS = 1_000;
const SECOND_MS = 1_000;

describe('what could not be loaded while the connection was there', () => {
  /** A client of a room whose first load got no answer. */
  async function unloaded(): Promise<Following> {
    const following = await Following.of([]);
    following.know(room('a', [1, 2], 2));
    const { routes } = following.server;
    const found = routes['POST /channels']!;
    routes['POST /channels'] = () => 'lost';
    await following
      .channel('a')
      .watch()
      .catch(() => undefined);
    routes['POST /channels'] = found;
    return following;
  }

  it('is loaded a little later, by itself', async () => {
    const following = await unloaded();
    const { state } = following.channel('a');
    expect(state.value.phase).to.equal('failed');

    following.server.host.tick(FIRST_MS);
    await quiet();

    expect(following.shown('a')).to.deep.equal(['m1', 'm2']);
    expect(state.value).to.include({ phase: 'ready', error: undefined });
  });

  it('is not taken for whole by what is told meanwhile', async () => {
    const following = await unloaded();

    await following.tell(news('a', 3, 3));
    expect(following.shown('a')).to.deep.equal([]);
    following.know(room('a', range(1, 3), 3));
    following.server.host.tick(FIRST_MS);
    await quiet();
    await following.tell(news('a', 4, 4));

    expect(following.shown('a')).to.deep.equal(['m1', 'm2', 'm3', 'm4']);
  });

  it('keeps what is told while it is loaded', async () => {
    const following = await unloaded();
    following.server.routes['POST /channels'] = () => {
      following.server.emit(news('a', 3, 3));
      return { body: { channels: [room('a', [1, 2], 2)] } };
    };

    following.server.host.tick(FIRST_MS);
    await quiet();

    expect(following.shown('a')).to.deep.equal(['m1', 'm2', 'm3']);
  });

  it('is asked for again and again', async () => {
    const following = await unloaded();
    const { routes, host } = following.server;
    const found = routes['POST /channels']!;
    routes['POST /channels'] = () => 'lost';
    host.tick(FIRST_MS);
    await quiet();
    expect(following.queries).to.have.length(2);

    routes['POST /channels'] = found;
    host.tick(SECOND_MS);
    await quiet();

    expect(following.shown('a')).to.deep.equal(['m1', 'm2']);
  });

  it('is not asked for again where the server has refused it', async () => {
    const following = await Following.of([]);
    following.server.routes['POST /channels'] = () => refusal(17, 403);
    await following
      .channel('a')
      .watch()
      .catch(() => undefined);

    following.server.host.tick(60_000);
    await quiet();

    expect(following.queries).to.have.length(1);
  });

  it('is given up when the server refuses it after all', async () => {
    const following = await unloaded();
    following.server.routes['POST /channels'] = () => refusal(17, 403);

    following.server.host.tick(FIRST_MS);
    await quiet();
    following.server.host.tick(60_000);
    await quiet();

    expect(following.queries).to.have.length(2);
    expect(following.channel('a').state.value.error?.code).to.equal('not-allowed');
  });

  it('is the list, too', async () => {
    const following = await Following.of([]);
    following.know(room('a', [1]));
    const { routes, host } = following.server;
    const found = routes['POST /channels']!;
    routes['POST /channels'] = () => 'lost';
    await following.client.queryChannels().catch(() => undefined);
    expect(following.client.state.value.channelsPhase).to.equal('failed');
    host.tick(FIRST_MS);
    await quiet();
    routes['POST /channels'] = found;

    host.tick(SECOND_MS);
    await quiet();

    const { channels, channelsPhase } = following.client.state.value;
    expect(channels.map(({ id }) => id)).to.deep.equal(['a']);
    expect(channelsPhase).to.equal('ready');
  });

  it('is the list no more once the server refuses it', async () => {
    const following = await Following.of([]);
    const { routes, host } = following.server;
    routes['POST /channels'] = () => 'lost';
    await following.client.queryChannels().catch(() => undefined);
    routes['POST /channels'] = () => refusal(4, 400);

    host.tick(FIRST_MS);
    await quiet();
    host.tick(60_000);
    await quiet();

    expect(following.queries).to.have.length(2);
    expect(following.client.state.value.channelsError?.retryable).to.equal(false);
  });

  it('is nobody’s any more once the user has gone', async () => {
    const following = await unloaded();
    await following.client.disconnectUser();

    following.server.host.tick(60_000);
    await quiet();

    expect(following.queries).to.have.length(1);
  });
});
