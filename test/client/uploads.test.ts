import { expect } from '@open-wc/testing';
import { settled } from '../support/fake-host.js';
import { refusal, rejection, type FakeServer } from '../support/fake-server.js';
import { watching } from '../support/watching.js';

const FILE = 'POST /channels/messaging/general/file';
const IMAGE = 'POST /channels/messaging/general/image';
const file = (name: string, type: string, text = 'some words') => new File([text], name, { type });

function limit(server: FakeServer, kind: 'file' | 'image', limits: object): void {
  server.routes['GET /app'] = () => ({ body: { app: { [`${kind}_upload_config`]: limits } } });
}

describe('an upload', () => {
  it('of a picture answers what a message refers to it by, with its size', async () => {
    const { server, channel } = await watching();
    const answer = { file: 'https://a.example/1', original_width: 3, original_height: 2 };
    server.routes[IMAGE] = () => ({ status: 201, body: answer });

    const attachment = await channel.upload(file('a.png', 'image/png'));

    expect(attachment).to.deep.equal({
      type: 'image',
      image_url: 'https://a.example/1',
      fallback: 'a.png',
      original_width: 3,
      original_height: 2,
    });
    expect(server.of(IMAGE)[0]?.headers.has('content-type')).to.equal(false); // the form says its own
  });

  for (const [name, type, kind] of [
    ['plan.pdf', 'application/pdf', 'file'],
    ['hum.mp3', 'audio/mpeg', 'audio'],
    ['cat.mp4', 'video/mp4', 'video'],
    ['drawing.svg', 'image/svg+xml', 'file'],
  ] as const)
    it(`of ${name} answers a ${kind}`, async () => {
      const { server, channel } = await watching();
      server.routes[FILE] = () => ({ status: 201, body: { file: 'https://a.example/2' } });

      const attachment = await channel.upload(file(name, type));

      expect(attachment).to.deep.equal({
        type: kind,
        asset_url: 'https://a.example/2',
        title: name,
        file_size: 10,
        mime_type: type,
      });
    });

  const refused: [what: string, limits: object, code: string, says: string][] = [
    ['is larger than the server takes', { size_limit: 9 }, 'too-large', '9 bytes'],
    ['has a name that is blocked', { blocked_file_extensions: ['.PDF'] }, 'invalid-input', 'a.pdf'],
    ['has another name than allowed', { allowed_file_extensions: ['.txt'] }, 'invalid-input', 'a.pdf'],
    [
      'has a type that is blocked',
      { blocked_mime_types: ['application/pdf'] },
      'invalid-input',
      'application/pdf',
    ],
    [
      'has another type than allowed',
      { allowed_mime_types: ['text/plain'] },
      'invalid-input',
      'application/pdf',
    ],
  ];
  for (const [what, limits, code, says] of refused)
    it(`does not begin for a file that ${what}`, async () => {
      const { server, channel } = await watching();
      limit(server, 'file', limits);

      const error = await rejection(channel.upload(file('a.pdf', 'application/pdf')));

      expect(error).to.have.property('code', code);
      expect((error as Error).message).to.contain(says);
      expect(server.of(FILE)).to.have.length(0);
    });

  it('begins for a file of no known type: the server decides', async () => {
    const { server, channel } = await watching();
    limit(server, 'file', { allowed_mime_types: ['text/plain'], size_limit: 0 });
    server.routes[FILE] = () => ({ status: 201, body: { file: 'https://a.example/3' } });

    expect(await channel.upload(file('a.bin', ''))).to.have.property('title', 'a.bin');
  });

  it('asks for the limits once, and again where it was not told', async () => {
    const { server, channel } = await watching();
    server.routes[FILE] = () => ({ status: 201, body: { file: 'https://a.example/3' } });
    server.routes['GET /app'] = () => refusal(17, 403);

    await channel.upload(file('a.txt', 'text/plain'));
    server.routes['GET /app'] = () => ({ body: { app: {} } });
    await channel.upload(file('a.txt', 'text/plain'));
    await channel.upload(file('a.txt', 'text/plain'));

    expect(server.of('GET /app')).to.have.length(2);
  });

  it('rejects with the refusal of the server', async () => {
    const { server, channel } = await watching();
    server.routes[FILE] = () => refusal(22, 413);

    expect(await rejection(channel.upload(file('a.txt', 'text/plain')))).to.have.property(
      'code',
      'too-large',
    );
  });

  it('tells how far it has come, and is given up', async () => {
    const { server, channel } = await watching();
    const requests = server.uploads;
    const seen: number[][] = [];
    const onProgress = (...told: number[]) => seen.push(told);
    const abort = new AbortController();

    const first = channel.upload(file('a.txt', 'text/plain'), { onProgress });
    await settled();
    requests[0]?.upload.onprogress?.({ loaded: 4, total: 10 });
    requests[0]?.answer({ file: 'https://a.example/3' }, 201);
    expect(await first).to.have.property('asset_url', 'https://a.example/3');
    expect(requests[0]?.body).to.be.instanceOf(FormData);
    const second = rejection(
      channel.upload(file('b.txt', 'text/plain'), { onProgress, signal: abort.signal }),
    );
    await settled();
    abort.abort();

    expect(await second).to.have.property('code', 'disconnected');
    expect([seen, requests[1]?.aborted]).to.deep.equal([[[4, 10]], true]);
  });

  it('rejects as any request does when the network fails, and heeds what the server says of waiting', async () => {
    const { server, channel } = await watching();
    const requests = server.uploads;
    const upload = () =>
      rejection(channel.upload(file('a.txt', 'text/plain'), { onProgress: () => undefined }));

    const [lost, limited] = [upload(), upload()];
    await settled();
    requests[0]?.fail();
    requests[1]?.answer(refusal(9, 429).body, 429, { 'retry-after': '7' });

    expect(await lost).to.have.property('code', 'network');
    expect(await limited).to.include({ code: 'rate-limited', retryAfterMs: 7000 });
  });
});
