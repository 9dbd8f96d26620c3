import assert from 'node:assert/strict';
import { connect, type Socket as TcpSocket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import {
  at,
  newChannel,
  openSocket,
  Person,
  refused,
  sentBy,
  start,
  type Answer,
  type Body,
  type Socket,
} from './support.js';

let server: RunningServer;
let ada: Person;
before(async () => {
  server = await start();
  [ada] = [await Person.known(server, 'ada'), await Person.known(server, 'bob')];
});
after(() => server.close());

async function raw(body: string | Blob, type = 'application/json', path = '/channels'): Promise<Answer> {
  const headers = { authorization: ada.token, 'content-type': type };
  const response = await fetch(`${server.url}${path}?api_key=key`, { method: 'POST', body, headers });
  return { status: response.status, body: (await response.json()) as Body };
}

/** Writes bytes that no client would, beneath a WebSocket. */
function writeHex({ peer }: Socket, bytes: string): void {
  (peer as unknown as { _socket: TcpSocket })._socket.write(bytes, 'hex');
}

describe('a connection that sends what it should not', () => {
  const fragment = `["${'x'.repeat(3_000)}`;
  for (const [row, what, send, code] of [
    ['S9', 'broken JSON', ({ peer }) => peer.send('{'), 1007],
    ['S9', 'something that is no ping', ({ peer }) => peer.send('{"type":"message.new"}'), 1008],
    ['S9', 'a binary frame', ({ peer }) => peer.send(Buffer.from([1, 2])), 1003],
    ['S9', 'text that is no UTF-8', (one) => writeHex(one, '818200000000fffe'), 1007],
    ['S9', 'an unmasked frame', (one) => writeHex(one, '810161'), 1002],
    ['S10', 'a frame above 4 KiB', ({ peer }) => peer.send(`["${'x'.repeat(5_000)}"]`), 1009],
    [
      'S10',
      'a frame that promises to be endless',
      (one) => writeHex(one, '81ff000000ffffffffff00000000'),
      1009,
    ],
    [
      'S10',
      'fragments without end',
      ({ peer }) => {
        for (let n = 0; n < 2; n++) peer.send(fragment, { fin: false });
      },
      1009,
    ],
    ['S10', 'a compressed frame, which nobody agreed on', (one) => writeHex(one, 'c18100000000ff'), 1002],
  ] as [string, string, (socket: Socket) => void, number][])
    // prettier-ignore
    it(`${row}: is ended with ${code} for ${what}, and it alone`, async () => {
      const person = await Person.of(server, 'poison');
      const [bad, good] = [await person.socket(), await person.socket()];

      send(bad);

      assert.equal(await bad.closed, code);
      assert.deepEqual(await good.types(), []);
      await good.close();
    });
});

describe('a body that is too much', () => {
  /** Says how long the body will be, and sends none of it. */
  const promising = (bytes: number) =>
    new Promise<string>((resolve, reject) => {
      let answer = '';
      const socket = connect(server.port, '127.0.0.1', () =>
        socket.write(
          `POST /channels?api_key=key HTTP/1.1\r\nHost: x\r\nAuthorization: ${ada.token}\r\n` +
            `Content-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n`,
        ),
      );
      socket.setEncoding('utf8');
      socket.on('data', (chunk: string) => {
        answer += chunk;
        if (answer.includes('\r\n\r\n')) socket.end();
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(answer));
    });

  it('S11: is refused before it comes when it says that it is', async () => {
    assert.match(await promising(2 * 1024 * 1024), /^HTTP\/1\.1 413 /);
  });

  it('S11: is refused when it is no JSON object, of another type, too deep, too wide or too large', async () => {
    refused(await raw('{'), 400, 4, /JSON/);
    refused(await raw('[]'), 400, 4, /object/);
    refused(await raw('a=1', 'application/x-www-form-urlencoded'), 400, 4, /json/);
    refused(await raw(`${'{"a":'.repeat(30)}1${'}'.repeat(30)}`), 400, 4, /nest/);
    refused(await raw(JSON.stringify({ a: Array.from({ length: 10_001 }, () => 1) })), 400, 4);
    refused(await raw(`{"a":"${'x'.repeat(1024 * 1024)}"}`), 413, 22);
    refused(await raw('['.repeat(500_000)), 400, 4);
  });
});

describe('text that is hard to keep', () => {
  for (const [what, sent, kept] of [
    ['NUL', 'a\0b', 'ab'],
    ['a lone surrogate', 'a\ud800b', 'a\ufffdb'],
    ['5,000 combining marks', `a${'\u0301'.repeat(4_999)}`, `a${'\u0301'.repeat(4_999)}`],
    ['what looks like markup', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['a change of direction', 'a\u202eb', 'a\u202eb'],
    ['what databases use as wildcards', `%_\\'"$1`, `%_\\'"$1`],
  ] as const)
    it(`S12: is kept clean: ${what}`, async () => {
      const cid = await newChannel(ada);

      const message = await sentBy(ada, cid, {
        text: sent,
        note: { [sent.slice(0, 50)]: sent.slice(0, 50) },
      });

      const { body } = await ada.call('GET', `/messages/${String(message['id'])}`);
      assert.equal(at(body, 'message', 'text'), kept);
      assert.deepEqual(Object.entries(at(body, 'message', 'note') as Body), [
        [kept.slice(0, 50), kept.slice(0, 50)],
      ]);
    });

  it('S12: is kept clean when its bytes are no UTF-8', async () => {
    const cid = await newChannel(ada);

    const { status, body } = await raw(
      new Blob(['{"message":{"text":"a', new Uint8Array([0xff, 0xc0, 0x80]), 'b"}}']),
      'application/json',
      `/channels/${cid.replace(':', '/')}/message`,
    );

    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(at(body, 'message', 'text'), 'a\ufffd\ufffd\ufffdb');
  });

  it('S12: is refused above its length, however few letters it seems', async () => {
    const cid = await newChannel(ada);

    const { body } = await ada.send(cid, { text: `a${'\u0301'.repeat(10_000)}` });

    assert.equal(at(body, 'message', 'type'), 'error');
  });
});

describe('who is slow on purpose', () => {
  /** Sends a part and waits. @returns What is answered until the server hangs up. */
  const part = (to: RunningServer, text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(to.port, '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.setEncoding('utf8');
      socket.on('data', (chunk: string) => (answer += chunk));
      socket.on('error', reject);
      socket.on('close', () => resolve(answer));
    });
  const half = (to: RunningServer, path: string, type: string, body: string, token = '') =>
    part(
      to,
      `POST ${path}?api_key=key HTTP/1.1\r\nHost: x\r\n${token ? `Authorization: ${token}\r\n` : ''}Content-Type: ${type}\r\nContent-Length: 1000\r\n\r\n${body}`,
    );

  it('S13: is cut off in the head, or before the upgrade is whole', async () => {
    const hasty = await start({ headMs: 50 });

    assert.match(await part(hasty, 'GET /hi HTTP/1.1\r\nHost: x\r\nX-Slow: '), /^(HTTP\/1\.1 4\d\d |$)/);
    assert.match(
      await part(hasty, 'GET /connect HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n'),
      /^(HTTP\/1\.1 4\d\d |$)/,
    );
    await hasty.close();
  });

  it('S13: is cut off in the body; who is refused is listened to no longer', async () => {
    // Enough for the first request to a server that has only just begun.
    const hasty = await start({ bodyMs: 1000 });

    const { token } = await Person.known(hasty, 'ada');

    assert.equal(await half(hasty, '/channels', 'application/json', '{"half":', token), '');
    const answers = [
      await half(hasty, '/channels', 'application/json', '{"half":'),
      await half(hasty, '/uploads/file', 'multipart/form-data; boundary=x', '--x\r\n'),
      await half(hasty, '/uploads/file', 'text/plain', 'no form', token),
    ];

    for (const answer of answers) assert.match(answer, /^HTTP\/1\.1 40[01] [^]*connection: close/i);
    await hasty.close();
  });

  it('S13: has no place by WebSocket without a token', async () => {
    const peer = openSocket(server, '', ada.payload());

    await peer.take('connection.error');
    assert.equal(await peer.closed, 1000);
  });
});
