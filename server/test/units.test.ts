import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Clock, formatTime, parseTime } from '../src/clock.js';
import { optionsFromEnv } from '../src/config.js';
import { createOrder } from '../src/deps.js';
import { Hub } from '../src/hub.js';
import { parseObject, patched } from '../src/input.js';
import { Stream } from '../src/stream.js';
import { collapse, type EventRow } from '../src/store/replay.js';

describe('the clock', () => {
  it('never stands still or goes back, whatever the machine says', () => {
    const readings = [1000, 1000, 500, 1001];
    const clock = new Clock(() => readings.shift() ?? 0);

    assert.deepEqual(
      [clock.now(), clock.now(), clock.now(), clock.now()],
      [1_000_000, 1_000_001, 1_000_002, 1_001_000],
    );
  });

  for (const [text, at] of [
    ['2026-01-02T03:04:05Z', 1767323045000000],
    ['2026-01-02T03:04:05.6Z', 1767323045600000],
    ['2026-01-02T03:04:05.678901Z', 1767323045678901],
  ] as const)
    it(`writes and reads ${text}`, () => {
      assert.deepEqual([formatTime(at), parseTime(text)], [text, at]);
    });

  it('reads nanoseconds and offsets, and nothing else', () => {
    assert.equal(parseTime('2026-01-02T03:04:05.678901999Z'), 1767323045678901);
    assert.equal(parseTime('2026-01-02T04:04:05+01:00'), 1767323045000000);
    for (const bad of ['', 'now', '2026-01-02', '2026-13-02T03:04:05Z', '1900-01-01T00:00:00Z', 5, null])
      assert.equal(parseTime(bad), undefined);
  });
});

describe('the environment', () => {
  it('is read into options; what is empty or absent stays default', () => {
    const options = optionsFromEnv({
      PORT: '80',
      HOST: '::',
      DATA_DIR: '',
      ORIGINS: 'https://a.example, http://b.example:81',
      DEMO: '1',
      DEMO_DIRS: '{"/":"demo"}',
    });

    assert.deepEqual(options, {
      port: 80,
      host: '::',
      origins: ['https://a.example', 'http://b.example:81'],
      demo: true,
      staticDirs: { '/': 'demo' },
    });
  });
});

describe('a variable that cannot be', () => {
  for (const [env, said] of [
    [{ PORT: 'http' }, /^PORT must be a whole number .* got "http"/],
    [{ PORT: '70000' }, /^PORT .* got "70000"/],
    [{ CHAT_API_SECRET: 'short' }, /^CHAT_API_SECRET must have at least 32 characters; got 5/],
    [{ ORIGINS: 'https://a.example/path' }, /^ORIGINS must hold origins .* got "https:\/\/a.example\/path"/],
    [{ DEMO: 'maybe' }, /^DEMO must be 1 or 0; got "maybe"/],
    [{ RATE_LIMIT: '-1' }, /^RATE_LIMIT must be a whole number .* got "-1"/],
    [{ USER_CONNECTIONS: '0' }, /^USER_CONNECTIONS must be a whole number above 0; got "0"/],
    [{ PROXIES: 'two' }, /^PROXIES must be a whole number from 0 to 10; got "two"/],
    [{ LOG: 'xml' }, /^LOG must be json or text; got "xml"/],
    [{ REDIS_URL: 'redis://a' }, /^REDIS_URL .* needs DATABASE_URL/],
    [{ DEMO_DIRS: '[]' }, /^DEMO_DIRS must be JSON/],
    [{ DEMO_DIRS: '{' }, /^DEMO_DIRS must be JSON/],
    [{ DEMO_DIRS: '{"demo":"demo"}' }, /^DEMO_DIRS must be JSON/],
  ] as [Record<string, string>, RegExp][])
    it(`is refused in a sentence: ${JSON.stringify(env)}`, () => {
      assert.throws(() => optionsFromEnv(env), { message: said });
    });
});

describe('parseObject', () => {
  it('keeps what is good and drops __proto__', () => {
    const value = parseObject('{"a":[1,{"b":null}],"__proto__":{"x":1},"constructor":"c"}', 'It');

    assert.deepEqual(Object.entries(value), [['a', [1, { b: null }]], ['constructor', 'c']]); // prettier-ignore
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
  });
});

describe('patched', () => {
  it('descends by dots and leaves the original alone', () => {
    const before = { a: { b: 1, c: 2 }, d: 3 };

    const after = patched(before, { 'a.b': 5, 'e.f': 6 }, ['a.c', 'd', 'missing.too']);

    assert.deepEqual(after, { a: { b: 5 }, e: { f: 6 } });
    assert.deepEqual(before, { a: { b: 1, c: 2 }, d: 3 });
  });

  it('reaches no prototype', () => {
    patched({}, { 'constructor.prototype.polluted': true }, []);

    assert.equal('polluted' in {}, false);
  });
});

describe('createOrder', () => {
  it('runs the tasks of one key in turn, those of others at once, and goes on after a failure', async () => {
    const inOrder = createOrder();
    const done: string[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));

    const first = inOrder('a', async () => {
      await gate;
      done.push('first');
      throw new Error('failed');
    });
    const second = inOrder('a', () => Promise.resolve(done.push('second')));
    await inOrder('b', () => Promise.resolve(done.push('other')));
    release();
    await assert.rejects(first);
    await second;

    assert.deepEqual(done, ['other', 'first', 'second']);
  });
});

class SilentStream extends Stream {
  push(): void {
    // Nobody listens.
  }

  endIfStalled(): void {
    // Nothing waits.
  }

  protected release(): void {
    // Nothing is held.
  }
}

describe('the hub', () => {
  it('counts users who watch, not their connections, and forgets all of a removed one', () => {
    const hub = new Hub();
    const [one, two, other] = [new SilentStream('ada'), new SilentStream('ada'), new SilentStream('bob')];
    for (const stream of [one, two, other]) hub.add(stream);

    const first = [one, two, other, one].map((stream) => hub.watch(stream, 'a:b'));
    const left = [hub.remove(one), hub.remove(two)];

    assert.deepEqual(first, [true, false, true, false]);
    assert.deepEqual(left, [[], ['a:b']]);
    assert.deepEqual([hub.watcherCount('a:b'), hub.connected('ada'), hub.size], [1, false, 1]);
  });

  it('finds a connection for its own user alone, while it lasts', () => {
    const hub = new Hub();
    const stream = new SilentStream('ada');
    hub.add(stream);

    assert.equal(hub.find(stream.id, 'ada'), stream);
    assert.equal(hub.find(stream.id, 'bob'), undefined);
    stream.end();
    assert.equal(hub.find(stream.id, 'ada'), undefined);
  });
});

describe('collapse', () => {
  const event = (type: string, messageId: string | null, seq: number): EventRow => ({
    cid: 'a:b', seq, type, user_id: 'ada', message_id: messageId, created_at: seq,
  }); // prettier-ignore

  it('keeps the last of each subject, in order', () => {
    const rows = collapse([
      event('channel.created', null, 1),
      event('message.new', 'm1', 2),
      event('message.updated', 'm0', 3),
      event('message.updated', 'm1', 4),
      event('channel.updated', null, 5),
      event('message.deleted', 'm0', 6),
    ]);

    assert.deepEqual(
      rows.map(({ type, message_id }) => [type, message_id]),
      [
        ['message.new', 'm1'],
        ['channel.created', null],
        ['message.deleted', 'm0'],
      ],
    );
  });
});
