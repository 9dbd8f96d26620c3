import { expect } from '@open-wc/testing';
import { EarlyLink } from '../../src/client/early.js';
import type { Endpoint, Frame, Link } from '../../src/transport/transport.js';
import { settled } from '../support/fake-host.js';
import { FakeTransport } from '../support/fake-transport.js';
import { recordedLink } from '../support/recorded-link.js';

const HERE: Endpoint = { url: 'ws://here.test', headers: () => ({}) };
const THERE: Endpoint = { url: 'ws://there.test', headers: () => ({}) };

/** An early link over `outer`, which hands over to `inner`, and every frame that it showed. */
function kit() {
  const [outer, inner] = [new FakeTransport('websocket'), new FakeTransport('websocket')];
  const seen: Frame[] = [];
  const early = new EarlyLink(outer, HERE, (frame) => seen.push(frame));
  const transport = early.transport(inner);
  /** Hands the link over. `also` sees at once what is told. */
  const adopt = (also?: (told: unknown) => void): { link: Link; told: unknown[] } =>
    recordedLink(transport, THERE, also);
  return { outer, inner, seen, early, transport, adopt };
}

const one = { type: 'one' };
const two = { type: 'two' };
const three = { type: 'three' };

describe('a link that opens before the engine is there', () => {
  it('opens at once, where it was told to', () => {
    const { outer, transport } = kit();

    expect(outer.links.map(({ endpoint }) => endpoint)).to.deep.equal([HERE]);
    expect(transport.name).to.equal('websocket');
  });

  it('tells what has come, in order, to whom it is handed over, but not before they have the link', async () => {
    const { outer, adopt, seen } = kit();
    outer.last.frame(one);
    outer.last.heard();
    outer.last.garbage();
    outer.last.frame(two);
    expect(seen).to.deep.equal([one, two]);

    const { told } = adopt();
    expect(told).to.deep.equal([]);
    await settled();

    expect(told).to.deep.equal([one, 'heard', 'garbage', two]);
  });

  it('tells what comes afterwards as it comes', async () => {
    const { outer, adopt } = kit();
    const { told } = adopt();
    await settled();

    outer.last.frame(one);
    outer.last.heard();
    outer.last.garbage();

    expect(told).to.deep.equal([one, 'heard', 'garbage']);
  });

  it('tells what comes in the turn of the handing over behind the rest', async () => {
    const { outer, adopt } = kit();
    outer.last.frame(one);

    const { told } = adopt();
    outer.last.frame(two);
    await settled();

    expect(told).to.deep.equal([one, two]);
  });

  it('tells what comes while it tells behind the rest', async () => {
    const { outer, adopt } = kit();
    outer.last.frame(one);
    outer.last.frame(two);

    const { told } = adopt((what) => what === one && outer.last.frame(three));
    await settled();

    expect(told).to.deep.equal([one, two, three]);
  });

  it('shows every frame once, also after the handing over', async () => {
    const { outer, adopt, seen } = kit();
    outer.last.frame(one);
    adopt();
    await settled();

    outer.last.frame(two);

    expect(seen).to.deep.equal([one, two]);
  });

  it('tells that it was lost before it was handed over, after what had come', async () => {
    const { early, outer, adopt } = kit();
    outer.last.frame(one);
    outer.last.fail();
    expect(early.closed).to.equal(true);

    const { told } = adopt();
    await settled();

    expect(told).to.deep.equal([one, 'close']);
  });

  it('tells that it was lost afterwards', async () => {
    const { early, outer, adopt } = kit();
    const { told } = adopt();
    await settled();
    expect(early.closed).to.equal(false);

    outer.last.fail();

    expect([told, early.closed]).to.deep.equal([['close'], true]);
  });

  it('tells nothing more once it is closed, not even of what had come', async () => {
    const { outer, adopt } = kit();
    outer.last.frame(one);

    const { link, told } = adopt();
    link.close();
    await settled();

    expect(told).to.deep.equal([]);
    expect(outer.last.closed).to.equal(true);
  });

  it('tells nothing more when it is closed by whom it tells', async () => {
    const { outer, adopt } = kit();
    outer.last.frame(one);
    outer.last.frame(two);

    const { link, told } = adopt((what) => what === one && link.close());
    await settled();

    expect(told).to.deep.equal([one]);
    expect(outer.last.closed).to.equal(true);
  });

  it('sends what it is given', async () => {
    const { outer, adopt } = kit();
    const { link } = adopt();
    await settled();

    link.send('ping');

    expect(outer.last.sent).to.deep.equal(['ping']);
  });

  it('can be closed before anybody wants it', () => {
    const { early, outer } = kit();

    early.close();

    expect(outer.last.closed).to.equal(true);
  });

  it('is the first link alone: what opens next goes another way', async () => {
    const { outer, inner, adopt } = kit();
    adopt();
    await settled();

    const { told } = adopt();
    inner.last.frame(two);

    expect(inner.links.map(({ endpoint }) => endpoint)).to.deep.equal([THERE]);
    expect(outer.links).to.have.length(1);
    expect(told).to.deep.equal([two]);
  });

  it('is the first link also when it was lost', async () => {
    const { outer, inner, adopt } = kit();
    outer.last.fail();

    const { told } = adopt();
    await settled();

    expect(told).to.deep.equal(['close']);
    expect(inner.links).to.have.length(0);
  });
});
