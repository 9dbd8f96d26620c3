import { expect } from '@open-wc/testing';
import { eventually } from '../support/rig/eventually.js';
import { Recorder } from '../support/rig/recorder.js';
import { Rig } from '../support/rig/rig.js';
import { Page } from '../support/rig/page.js';

let rig: Rig;

before(async () => {
  rig = await Rig.start({ server: 'shared' });
});

after(() => rig.close());

describe('a rig', () => {
  it('puts a real server behind its proxy', async () => {
    const response = await fetch(`${rig.url}/healthz`);

    expect(response.ok).to.be.true;
    expect(await rig.proxy.log({ path: '/healthz' })).to.have.lengthOf(1);
  });

  it('switches the modes of its proxy', async () => {
    await rig.proxy.setMode('hang', { transport: 'websocket' });

    expect((await rig.proxy.state()).modes).to.deep.equal({
      websocket: 'hang',
      longpoll: 'pass',
      http: 'pass',
    });
    await rig.proxy.clear();
  });

  it('says what its proxy refuses', async () => {
    const refused = await rig.proxy
      .setMode('hold', { transport: 'websocket' })
      .catch((error: Error) => error.message);

    expect(refused).to.contain('hold keeps an answer');
  });

  it('leaves a shared server alone', async () => {
    const refused = await rig.server.kill().catch((error: Error) => error.message);

    expect(refused).to.contain('shared server');
  });

  it('produces messages in the order of their numbers', async () => {
    const user = rig.unique('ada');
    const cid = await rig.makeChannel(rig.unique('produced'), [user]);
    await rig.produce(cid, user, { count: 20, everyMs: 1 });
    const last = await rig.produce(cid, user, { count: 5, everyMs: 1 });
    await rig.produced();

    expect(last).to.equal(25);
    const state = await rig.command(user, 'POST', `/channels/${cid.replace(':', '/')}/query`, {
      state: true,
      messages: { limit: 100 },
    });
    const { messages } = state as { messages: { text: string }[] };
    expect(messages.map(({ text }) => text)).to.deep.equal(Array.from({ length: 25 }, (_, i) => `#${i + 1}`));
  });
});

describe('a page of a rig', () => {
  it('has a live session that shows and sends', async () => {
    const user = rig.unique('ada');
    const channel = await rig.makeChannel(rig.unique('page'), [user]);
    const page = await Page.open(rig, { user, channel });
    await page.live('websocket');
    await page.record();
    await page.send('#1');

    expect(await page.recorded(1)).to.deep.equal({ lost: [], doubled: [], misordered: [] });
    expect(page.sockets.webSockets).to.equal(1);
    await eventually(() => page.sentMark('#1'), 'a mark that it was sent');
    await page.reload();
    await eventually(async () => (await page.texts()).join() === '#1', 'the message after the reload');
    page.close();
  });
});

describe('a recorder', () => {
  let host: HTMLElement;
  let root: ShadowRoot;
  let recorder: Recorder;

  beforeEach(() => {
    host = document.createElement('div');
    root = host.attachShadow({ mode: 'open' });
    document.body.append(host);
    recorder = new Recorder();
    recorder.watch(root);
  });

  afterEach(() => {
    recorder.stop();
    host.remove();
  });

  /** Draws the list anew, and lets the recorder see it. */
  async function shows(...numbers: number[]): Promise<void> {
    const parts = numbers.map((n) => {
      const part = document.createElement('div');
      part.setAttribute('part', 'text');
      part.textContent = `#${n}`;
      return part;
    });
    root.replaceChildren(...parts);
    await Promise.resolve();
  }

  it('finds nothing wrong with a list that grows', async () => {
    await shows(1);
    await shows(1, 2, 3);

    expect(recorder.wrongs(3)).to.deep.equal({ lost: [], doubled: [], misordered: [] });
  });

  it('remembers what was scrolled out of the list', async () => {
    await shows(1, 2);
    await shows(2, 3);

    expect(recorder.has(3)).to.be.true;
  });

  it('reports a loss', async () => {
    await shows(1, 3);

    expect(recorder.wrongs(4).lost).to.deep.equal([2, 4]);
  });

  it('reports a double that has gone again', async () => {
    await shows(1, 2, 2);
    await shows(1, 2);

    expect(recorder.wrongs(2)).to.deep.equal({ lost: [], doubled: [2], misordered: [] });
  });

  it('reports an inversion that has gone again', async () => {
    await shows(1, 3, 2);
    await shows(1, 2, 3);

    expect(recorder.wrongs(3)).to.deep.equal({ lost: [], doubled: [], misordered: [2] });
  });
});
