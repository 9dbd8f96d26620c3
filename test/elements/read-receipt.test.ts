import { expect } from '@open-wc/testing';
import { html } from 'lit';
import type { ChannelState } from '../../src/client/state.js';
import type { ReadReceiptElement } from '../../src/elements/read-receipt.js';
import '../../src/elements/read-receipt.js';
import { fetchAll } from '../../src/elements/parts/lazy.js';
import type { User } from '../../src/protocol.js';
import {
  direct,
  find,
  group,
  members,
  outside,
  parts,
  providingChannel,
  render,
  settled,
  text,
} from '../support/elements.js';
import { ada, bob, cyd, readEntry, sent } from '../support/fixtures.js';

before(fetchAll);

const tag = html`<read-receipt></read-receipt>`;
const reads = (...entries: [User, number][]) =>
  Object.fromEntries(entries.map(([user, seconds]) => [user.id, readEntry(user, seconds)]));
const name = (el: ReadReceiptElement) => find(el, '[role=img]').getAttribute('aria-label');

async function receipt(fields: Partial<ChannelState>, template = tag) {
  const provided = providingChannel({ ...direct, ...fields });
  const el = await render<ReadReceiptElement>(provided.parentNode, template);
  return { ...provided, el };
}

describe('read-receipt', () => {
  it('passes an accessibility audit', async () => {
    const { el } = await receipt({ ...group, messages: [sent(1, ada)], reads: reads([bob, 2], [cyd, 2]) });

    await expect(el).to.be.accessible();
  });

  it('says that a message is on its way', async () => {
    const { el } = await receipt({ messages: [sent(1, ada, { status: 'sending' })] });

    expect(name(el)).to.equal('Sending');
  });

  it('says that the server has it', async () => {
    const { el } = await receipt({ messages: [sent(1, ada)], reads: reads([bob, 0]) });

    expect(name(el)).to.equal('Sent');
  });

  it('says that it failed', async () => {
    const { el } = await receipt({ messages: [sent(1, ada, { status: 'failed' })] });

    expect(name(el)).to.equal('Not sent');
  });

  it('tells when the other of two has read', async () => {
    const { el } = await receipt({ messages: [sent(1, ada)], reads: reads([bob, 90]) });

    expect(name(el)).to.match(/^Read 2 Jan/);
    expect(text(el, 'line')).to.equal(name(el));
  });

  it('pictures three readers of a group and counts the rest', async () => {
    const others = ['bob', 'cyd', 'dan', 'eve'].map((id) => ({ id, name: id }));
    const { el } = await receipt({
      members: members(ada, ...others),
      messages: [sent(1, ada)],
      reads: reads(...others.map((user): [User, number] => [user, 2])),
    });

    expect(name(el)).to.equal('Read by bob, cyd, dan, 1 more');
    expect(parts(el, 'avatar')).to.have.length(3);
    expect(text(el, 'line')).to.equal('+1');
  });

  it('stays at sent when reads are withheld', async () => {
    const { el } = await receipt({ messages: [sent(1, ada)], reads: {} });

    expect(name(el)).to.equal('Sent');
    expect(parts(el, 'line')).to.be.empty;
  });

  it("does not take the visitor's own reading for a receipt", async () => {
    const { el } = await receipt({ messages: [sent(1, ada)], reads: reads([ada, 5]) });

    expect(name(el)).to.equal('Sent');
  });

  it('follows a read as it comes', async () => {
    const { el, set } = await receipt({ messages: [sent(1, ada)] });

    set({ reads: reads([bob, 2]) });
    await settled(el);

    expect(name(el)).to.match(/^Read/);
  });

  it('takes the newest message of the visitor when none is named', async () => {
    const { el } = await receipt({
      messages: [sent(1, ada), sent(2, ada, { status: 'failed' }), sent(3, bob)],
    });

    expect(name(el)).to.equal('Not sent');
  });

  it('takes the message that is named', async () => {
    const { el } = await receipt(
      { messages: [sent(1, ada), sent(2, ada, { status: 'failed' })] },
      html`<read-receipt message-id="m1"></read-receipt>`,
    );

    expect(name(el)).to.equal('Sent');
  });

  it('is empty for a message of somebody else, an unknown one, and outside a channel', async () => {
    const other = await receipt(
      { messages: [sent(1, bob)] },
      html`<read-receipt message-id="m1"></read-receipt>`,
    );
    const unknown = await receipt(
      { messages: [sent(1, ada)] },
      html`<read-receipt message-id="?"></read-receipt>`,
    );
    const alone = await render<ReadReceiptElement>(outside(), tag);

    for (const el of [other.el, unknown.el, alone])
      expect(text(el) + (el.renderRoot.querySelector('*')?.localName ?? '')).to.equal('');
  });

  it('does not render while somebody types', async () => {
    const { el, set } = await receipt({ messages: [sent(1, ada)] });

    set({ typing: [bob] });

    expect(el.isUpdatePending).to.equal(false);
  });
});
