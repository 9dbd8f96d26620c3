import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { Duplex } from 'node:stream';
import { useFakeTimers, type SinonFakeTimers } from 'sinon';
import type { WebSocket } from 'ws';
import { ApiError } from '../src/errors.js';
import { Frame, textFrame } from '../src/frame.js';
import { PollStream, SocketStream } from '../src/stream.js';

let clock: SinonFakeTimers;
beforeEach(() => {
  clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] });
});
afterEach(() => {
  clock.tick(1); // what was due to be written is not for the next test
  clock.restore();
});

function pollStream(): PollStream {
  return new PollStream('ada', { holdMs: 20_000, expiryMs: 60_000 });
}

describe('a polled stream', () => {
  it('answers a poll at once with what waited, in order', async () => {
    const stream = pollStream();
    stream.push('1');
    stream.push('2');

    const { frames } = await stream.poll();

    assert.deepEqual(frames, ['1', '2']);
  });

  it('holds a poll until something comes, and sends all of one task together', async () => {
    const stream = pollStream();
    const asked = stream.poll();

    stream.push('1');
    stream.push('2');
    clock.tick(1);

    assert.deepEqual((await asked).frames, ['1', '2']);
  });

  it('answers an idle poll with nothing after the hold time', async () => {
    const stream = pollStream();
    const asked = stream.poll();

    clock.tick(20_000);

    assert.deepEqual((await asked).frames, []);
    assert.equal(stream.ended, false);
  });

  it('sends a batch again when its response was not finished', async () => {
    const stream = pollStream();
    stream.push('1');
    await stream.poll();
    stream.push('2');

    const again = await stream.poll();

    assert.deepEqual(again.frames, ['1']);
  });

  it('goes on with the next once the response was finished', async () => {
    const stream = pollStream();
    stream.push('1');
    stream.delivered((await stream.poll()).number);
    stream.push('2');

    const next = await stream.poll();

    assert.deepEqual(next.frames, ['2']);
  });

  it('believes an acknowledgement more than a finished response', async () => {
    const stream = pollStream();
    stream.push('1');
    const { number } = await stream.poll(0);
    stream.delivered(number);
    stream.push('2');

    const again = await stream.poll(0);
    const next = await stream.poll(number);

    assert.deepEqual([again.frames, next.frames], [['1'], ['2']]);
  });

  it('ends an older poll with nothing when a newer one comes', async () => {
    const stream = pollStream();
    const older = stream.poll();

    const newer = stream.poll();
    stream.push('1');
    clock.tick(1);

    assert.deepEqual([(await older).frames, (await newer).frames], [[], ['1']]);
  });

  it('ends when nobody polls for its expiry time', async () => {
    const stream = pollStream();
    const onEnd = mock.fn();
    stream.onEnd = onEnd;

    clock.tick(60_000);

    assert.equal(onEnd.mock.callCount(), 1);
    await assert.rejects(stream.poll(), (error) => error instanceof ApiError && error.code === 46);
  });

  it('lives on while it is polled', async () => {
    const stream = pollStream();

    for (let round = 0; round < 5; round++) {
      const asked = stream.poll();
      clock.tick(20_000);
      await asked;
    }

    assert.equal(stream.ended, false);
  });

  it('ends rather than skip an event when too many wait', () => {
    const stream = pollStream();

    for (let count = 0; count < 513; count++) stream.push('{}');

    assert.equal(stream.ended, true);
  });

  it('answers a held poll when it ends', async () => {
    const stream = pollStream();
    const asked = stream.poll();

    stream.end();

    assert.deepEqual((await asked).frames, []);
  });
});

/** A socket whose frames leave by its pipe. */
class PlainSocket extends EventEmitter {
  readonly OPEN = 1;
  readonly CLOSED = 3;
  readyState = 1;
  code: number | undefined;

  close(code: number): void {
    this.code = code;
  }
}

const LIMITS = { silenceMs: 90_000, stallMs: 10_000 };

/** Takes what is written, and never gets rid of it. */
function stalledPipe(): Duplex {
  const nothing = () => undefined;
  return new Duplex({ read: nothing, write: nothing, writev: nothing }).on('error', nothing);
}

function socketStream(pipe = stalledPipe()): { socket: PlainSocket; stream: SocketStream } {
  const socket = new PlainSocket();
  return {
    socket,
    stream: new SocketStream('ada', { socket: socket as unknown as WebSocket, pipe }, LIMITS),
  };
}

/** Resolves once a pipe has told that it took what it was given. */
const taken = () => new Promise<void>((resolve) => process.nextTick(resolve));

describe('a socket stream', () => {
  it('ends after its silence limit, and cuts off a peer that does not answer', () => {
    const pipe = stalledPipe();
    const { socket } = socketStream(pipe);

    clock.tick(90_000);
    clock.tick(2000);

    assert.deepEqual([socket.code, pipe.destroyed], [1001, true]);
  });

  it('writes what one turn sends as one packet, each event in a frame of its own', async () => {
    const packets: Buffer[][] = [];
    const pipe = new Duplex({
      read: () => undefined,
      writev: (chunks, done) => {
        packets.push(chunks.map(({ chunk }) => chunk as Buffer));
        done();
      },
    });
    const { stream } = socketStream(pipe);

    for (const frame of [Frame.of({ n: 1 }), '{"n":2}', Frame.of({ n: 3 })]) stream.push(frame);
    assert.equal(packets.length, 0);
    clock.tick(1);
    stream.push('{"n":4}');
    await taken();

    const texts = packets.map((packet) => packet.map((frame) => frame.subarray(2).toString()));
    assert.deepEqual(texts, [['{"n":1}', '{"n":2}', '{"n":3}'], ['{"n":4}']]);
  });

  it('hands on no more than one packet until that is taken, and forgets the rest of a peer that takes none', async () => {
    const packets: number[] = [];
    let done: (() => void) | undefined;
    const pipe = new Duplex({
      read: () => undefined,
      writev: (chunks, callback) => {
        packets.push(chunks.length);
        done = callback;
      },
    }).on('error', () => undefined);
    const { stream } = socketStream(pipe);

    for (let count = 0; count < 3; count++) stream.push('{}');
    clock.tick(1);
    for (let count = 0; count < 300; count++) stream.push('{}');
    clock.tick(1);
    assert.deepEqual(packets, [3]);
    done?.();
    await taken();
    assert.deepEqual(packets, [3, 300]);
    for (let count = 0; count < 213; count++) stream.push('{}');

    assert.equal(stream.endedWith, 1013);
    done?.();
    await taken();
    assert.deepEqual(packets, [3, 300]);
  });

  it('writes what still waits before its goodbye', () => {
    const pipe = stalledPipe();
    const { socket, stream } = socketStream(pipe);

    stream.push('{}');
    stream.end();

    assert.deepEqual([pipe.writableLength, socket.code], [4, 1012]);
  });

  it('writes nothing once the peer has said goodbye', () => {
    const pipe = stalledPipe();
    const { socket, stream } = socketStream(pipe);

    socket.readyState = 2;
    stream.push('{}');

    assert.equal(pipe.writableLength, 0);
  });

  it('ends with 1013 when more than 512 events wait', () => {
    const { socket, stream } = socketStream();

    for (let count = 0; count < 513; count++) stream.push('{}');

    assert.deepEqual([socket.code, stream.ended], [1013, true]);
  });

  it('ends with 1013 when what waits is not taken for 10 s (S8)', () => {
    const { socket, stream } = socketStream();
    clock.tick(60_000);
    stream.endIfStalled();
    stream.push('{}');

    clock.tick(9_999);
    stream.endIfStalled();
    assert.equal(socket.code, undefined);
    clock.tick(2);
    stream.endIfStalled();

    assert.equal(socket.code, 1013);
  });

  it('ends with 1013 when more than 1 MiB waits', () => {
    const { socket, stream } = socketStream();

    stream.push(`"${'x'.repeat(1024 * 1024)}"`);
    assert.equal(socket.code, undefined);
    stream.push('{}');

    assert.equal(socket.code, 1013);
  });

  it('ends once, when the peer goes', () => {
    const { socket, stream } = socketStream();
    const onEnd = mock.fn();
    stream.onEnd = onEnd;
    socket.readyState = 3;

    socket.emit('close');
    stream.end();

    assert.deepEqual([onEnd.mock.callCount(), socket.code], [1, undefined]);
  });
});

describe('a text frame', () => {
  for (const [length, head] of [
    [0, [0x81, 0]],
    [125, [0x81, 125]],
    [126, [0x81, 126, 0, 126]],
    [65_535, [0x81, 126, 255, 255]],
    [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  ] as const)
    it(`says that it holds ${length} bytes`, () => {
      const frame = textFrame('x'.repeat(length));

      assert.deepEqual([...frame.subarray(0, head.length)], head);
      assert.equal(frame.length, head.length + length);
    });

  it('counts bytes, not characters', () => {
    assert.deepEqual(textFrame('é'), Buffer.from([0x81, 2, 0xc3, 0xa9]));
  });
});
