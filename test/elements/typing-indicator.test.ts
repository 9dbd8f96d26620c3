import { expect } from '@open-wc/testing';
import { html } from 'lit';
import sinon from 'sinon';
import type { TypingIndicatorElement } from '../../src/elements/typing-indicator.js';
import '../../src/elements/typing-indicator.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';
import {
  direct,
  find,
  group,
  outside,
  parts,
  providingChannel,
  render,
  settled,
  text,
} from '../support/elements.js';
import { ada, bob, cyd, sent } from '../support/fixtures.js';

before(fetchAll);

const tag = html`<typing-indicator></typing-indicator>`;
const dan = { id: 'dan', name: 'Dan' };

async function typing(users: object[], template = tag, fields: object = group) {
  const provided = providingChannel({ ...fields, typing: users as [] });
  const el = await render<TypingIndicatorElement>(provided.parentNode, template);
  return { ...provided, el };
}

describe('typing-indicator', () => {
  afterEach(() => sinon.restore());

  it('passes an accessibility audit', async () => {
    const { el } = await typing([bob, cyd]);

    await expect(el).to.be.accessible();
  });

  it('is an empty live region while nobody types', async () => {
    const { el } = await typing([]);

    expect(text(el)).to.equal('');
    expect(find(el, '[role=status]')).to.exist;
  });

  it('is empty outside a channel', async () => {
    const el = await render<TypingIndicatorElement>(outside(), tag);

    expect(text(el)).to.equal('');
  });

  it('names one and two who type', async () => {
    const one = await typing([bob]);
    const two = await typing([bob, cyd]);

    expect(text(one.el, 'label')).to.equal('Bob is typing');
    expect(text(two.el, 'label')).to.equal('Bob and Cyd are typing');
  });

  it('counts when more type than `max` allows to name', async () => {
    const three = await typing([bob, cyd, dan]);
    const one = await typing([bob, cyd], html`<typing-indicator max="1"></typing-indicator>`);

    expect(text(three.el, 'label')).to.equal('3 people are typing');
    expect(text(one.el, 'label')).to.equal('2 people are typing');
  });

  it('shows only the dots in a conversation of two', async () => {
    const { el } = await typing([bob], tag, direct);

    expect(parts(el, 'dots')).to.have.length(1);
    expect(parts(el, 'label')).to.be.empty;
    expect(parts(el, 'avatar')).to.be.empty;
  });

  it('falls back to the id of somebody without a name', async () => {
    const { el } = await typing([{ id: 'x-1' }]);

    expect(text(el, 'label')).to.equal('x-1 is typing');
  });

  it('shows a name as text, without markup or direction controls', async () => {
    const { el } = await typing([{ id: 'eve', name: '\u202e<b>Eve</b>' }]);

    expect(text(el, 'label')).to.equal('<b>Eve</b> is typing');
    expect(el.renderRoot.querySelector('b')).to.equal(null);
  });

  it('goes when they stop', async () => {
    const { el, set } = await typing([bob]);

    set({ typing: [] });
    await settled(el);

    expect(text(el)).to.equal('');
  });

  it('announces at most every ten seconds', async () => {
    const now = sinon.stub(Date, 'now').returns(100_000);
    const { el, set } = await typing([bob]);
    const say = async (at: number, typists: (typeof bob)[]) => {
      now.returns(at);
      set({ typing: typists });
      await settled(el);
      return find(el, '[role=status]').textContent;
    };

    expect(find(el, '[role=status]').textContent).to.equal('Bob is typing');
    expect(await say(104_000, [])).to.equal('');
    expect(await say(105_000, [cyd])).to.equal('');
    expect(await say(109_000, [])).to.equal('');
    expect(await say(110_000, [cyd])).to.equal('Cyd is typing');
  });

  it('does not render for a new message', async () => {
    const { el, set } = await typing([bob]);

    set({ messages: [sent(1, ada)] });

    expect(el.isUpdatePending).to.equal(false);
  });
});
