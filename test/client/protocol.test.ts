import { expect } from '@open-wc/testing';
import {
  compareTimes,
  jsonBytes,
  MAX_OBJECT_BYTES,
  mayDisclose,
  parseCid,
  userIdProblem,
  userProblem,
} from '../../src/protocol.js';

describe('the rules both sides ask', () => {
  describe('a user', () => {
    it('passes with an id and custom fields', () => {
      expect(userProblem({ id: 'Ada_1@x-y', name: 'Ada', tier: 3, nested: { a: [1] } })).to.equal(undefined);
    });

    it('needs a non-empty id', () => {
      expect(userProblem({ id: '' }))
        .to.contain('1 to 255')
        .and.to.contain('got ""');
    });

    it('is named with the characters its id may not have', () => {
      expect(userIdProblem('ada lovelace')).to.contain('a–z A–Z 0–9 @ _ -').and.to.contain('"ada lovelace"');
    });

    it('has an id of at most 255 characters', () => {
      expect(userIdProblem('a'.repeat(255))).to.equal(undefined);
      expect(userIdProblem('a'.repeat(256))).to.contain('1 to 255');
    });

    it('is an object', () => {
      for (const user of [null, undefined, 'ada', 7, ['ada']])
        expect(userProblem(user)).to.contain('Pass { id: "ada" }');
    });

    it('does not bring what the server computes', () => {
      expect(userProblem({ id: 'ada', online: true }))
        .to.contain('online')
        .and.to.contain('Leave it out');
    });

    it('takes 5 KB as JSON and not a byte more', () => {
      const room = MAX_OBJECT_BYTES - jsonBytes({ id: 'ada', bio: '' });

      expect(userProblem({ id: 'ada', bio: 'x'.repeat(room) })).to.equal(undefined);
      expect(userProblem({ id: 'ada', bio: 'x'.repeat(room + 1) })).to.contain(`${MAX_OBJECT_BYTES + 1}`);
    });

    it('is something that JSON can hold', () => {
      const cyclic: Record<string, unknown> = { id: 'ada' };
      cyclic['self'] = cyclic;

      expect(userProblem(cyclic)).to.contain('as JSON; got NaN');
    });

    it('is measured in bytes, not in characters', () => {
      expect(userProblem({ id: 'ada', bio: '漢'.repeat(2000) })).to.contain('5120 bytes');
    });
  });

  describe('a cid', () => {
    it('is split at its colon', () => {
      expect(parseCid('messaging:!members-abc')).to.deep.equal({ type: 'messaging', id: '!members-abc' });
    });

    it('is refused without a type, without an id, or with other characters', () => {
      for (const cid of ['general', ':general', 'messaging:', 'messaging:a b', 'a:b:c', '', undefined, 7])
        expect(parseCid(cid), String(cid)).to.equal(undefined);
    });
  });

  describe('privacy', () => {
    const silent = { privacy_settings: { typing_indicators: { enabled: false } } };

    it('allows what nobody has forbidden', () => {
      expect(mayDisclose(undefined, 'typing.start')).to.equal(true);
      expect(mayDisclose({ privacy_settings: {} }, 'message.read')).to.equal(true);
      expect(mayDisclose({ privacy_settings: { read_receipts: {} } }, 'message.read')).to.equal(true);
    });

    it('withholds start and stop of typing by one switch', () => {
      expect(mayDisclose(silent, 'typing.start')).to.equal(false);
      expect(mayDisclose(silent, 'typing.stop')).to.equal(false);
    });

    it('keeps the switches apart', () => {
      expect(mayDisclose(silent, 'message.read')).to.equal(true);
      expect(
        mayDisclose({ privacy_settings: { read_receipts: { enabled: false } } }, 'message.read'),
      ).to.equal(false);
    });

    it('never withholds a message', () => {
      expect(mayDisclose(silent, 'message.new')).to.equal(true);
    });
  });

  describe('time', () => {
    it('orders beyond the millisecond', () => {
      expect(compareTimes('2026-01-02T03:04:05.678901Z', '2026-01-02T03:04:05.678902Z')).to.be.below(0);
    });

    it('orders fractions of different length', () => {
      expect(compareTimes('2026-01-02T03:04:05.1Z', '2026-01-02T03:04:05.12Z')).to.be.below(0);
      expect(compareTimes('2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000001Z')).to.be.below(0);
      expect(compareTimes('2026-01-02T03:04:05.5Z', '2026-01-02T03:04:05.5Z')).to.equal(0);
    });
  });
});
