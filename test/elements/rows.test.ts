import { expect } from '@open-wc/testing';
import { arrivals, daysOf, type Row } from '../../src/elements/parts/rows.js';
import { ada, at, bob, sent } from '../support/fixtures.js';

const DAY = 86_400;
const flat = (rows: readonly Row[]) =>
  rows.map((row) =>
    row.kind === 'message' ? `${row.key}${row.first ? ' first' : ''}${row.last ? ' last' : ''}` : row.kind,
  );
const rowsOf = (...args: Parameters<typeof daysOf>) => daysOf(...args).map((day) => flat(day.rows));

describe('the rows of a message list', () => {
  it('are none without messages', () => {
    expect(daysOf([], 'ada')).to.deep.equal([]);
  });

  it('tell the messages of the visitor from those of others', () => {
    const [day] = daysOf([sent(1, ada), sent(2, bob)], 'ada');

    expect(day?.rows.map((row) => row.kind === 'message' && row.own)).to.deep.equal([true, false]);
  });

  it('join messages of one author within five minutes', () => {
    const rows = rowsOf([sent(0), sent(300), sent(600), sent(901)], 'ada');

    expect(rows).to.deep.equal([['m0 first', 'm300', 'm600 last', 'm901 first last']]);
  });

  it('part the messages of two authors', () => {
    const rows = rowsOf([sent(1, bob), sent(2, ada), sent(3, bob)], 'ada');

    expect(rows).to.deep.equal([['m1 first last', 'm2 first last', 'm3 first last']]);
  });

  it('part groups where the channel itself speaks', () => {
    const rows = rowsOf([sent(1), sent(2, bob, { type: 'system' }), sent(3)], 'ada');

    expect(rows).to.deep.equal([['m1 first last', 'notice', 'm3 first last']]);
  });

  it('are cut into days', () => {
    const days = daysOf([sent(0), sent(DAY), sent(DAY + 1)], 'ada');

    expect(days.map((day) => day.rows.length)).to.deep.equal([1, 2]);
    expect(days[1]?.at).to.equal(at(DAY));
    expect(days[0]?.key).to.not.equal(days[1]?.key);
  });

  it('stay in the last day when an unsent message carries an older clock', () => {
    const days = daysOf([sent(0), sent(DAY), sent(-DAY, ada, { status: 'sending' })], 'ada');

    expect(days.map((day) => day.rows.length)).to.deep.equal([1, 2]);
  });

  it('bear a time that is none', () => {
    const days = daysOf([sent(0, bob, { created_at: 'soon' }), sent(1, bob, { created_at: 'later' })], 'ada');

    expect(days.map((day) => flat(day.rows))).to.deep.equal([['m0 first last', 'm1 first last']]);
  });

  it("mark the first message of others after what was read, not the visitor's own", () => {
    const rows = rowsOf([sent(1), sent(2, ada), sent(3), sent(4)], 'ada', { after: at(1), count: 2 });

    expect(rows).to.deep.equal([['m1 first last', 'm2 first last', 'unread', 'm3 first', 'm4 last']]);
  });

  it('part a group where the unread messages begin', () => {
    const rows = rowsOf([sent(1), sent(2)], 'ada', { after: at(1), count: 1 });

    expect(rows).to.deep.equal([['m1 first last', 'unread', 'm2 first last']]);
  });

  it('mark nothing when all was read', () => {
    expect(rowsOf([sent(1)], 'ada', { after: at(1), count: 0 })).to.deep.equal([['m1 first last']]);
  });
});

describe('what arrived in a list', () => {
  const ids = (...args: Parameters<typeof arrivals>) => arrivals(...args).map((message) => message.id);

  it('is what came at its end', () => {
    expect(ids([sent(1)], [sent(1), sent(2), sent(3)])).to.deep.equal(['m2', 'm3']);
  });

  it('is not an older page', () => {
    expect(ids([sent(5)], [sent(1), sent(2), sent(5)])).to.deep.equal([]);
  });

  it('is what came before a message that still waits', () => {
    const waiting = sent(9, ada, { status: 'failed' });

    expect(ids([sent(1), waiting], [sent(1), sent(2), waiting])).to.deep.equal(['m2']);
  });

  it('is an own message when it is written, not when the server took it', () => {
    const written = sent(3, ada, { status: 'sending' });

    expect(ids([sent(1)], [sent(1), written])).to.deep.equal(['m3']);
    expect(
      ids([sent(1), written], [sent(1), { ...written, status: 'sent', created_at: at(4) }]),
    ).to.deep.equal([]);
  });
});
