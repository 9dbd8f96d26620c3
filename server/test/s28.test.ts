import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { metric, newChannel, Person, PNG, refused, start, type Answer, type Body } from './support.js';

// S28: uploads. What a file is, is told by its bytes; what may be taken, by a list. Its name here is random, and the one
// that is saved has the extension of what it is. It is served so that no browser runs anything of it.

const MAX = 256 * 1024;

let folder: string;
let server: RunningServer;
let ada: Person;
let bob: Person;
let eve: Person;
let path: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chat-'));
  server = await start({ uploadsDir: folder, uploadMaxBytes: MAX });
  [ada, bob, eve] = [
    await Person.known(server, 'ada'),
    await Person.known(server, 'bob'),
    await Person.known(server, 'eve'),
  ];
  path = `/channels/${(await newChannel(ada)).replace(':', '/')}`;
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

type Content = string | Uint8Array;

const file = (name: string, content: Content, person = bob) =>
  person.upload(`${path}/file`, { name, content });
const image = (name: string, content: Content, person = bob) =>
  person.upload(`${path}/image`, { name, content });

async function taken(answer: Promise<Answer>): Promise<{ url: string; body: Body; served: Response }> {
  const { status, body } = await answer;
  assert.equal(status, 201, JSON.stringify(body));
  const url = String(body['file']);
  return { url, body, served: await fetch(url) };
}

/** The headers that keep a browser from running what it is given. */
function mustBeHarmless({ headers }: Response): void {
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.match(String(headers.get('content-security-policy')), /(^|; )sandbox$/);
}

/** A PNG that says it is so large. */
function pngOf(width: number, height: number): Uint8Array {
  const copy = Buffer.from(PNG);
  copy.writeUInt32BE(width, 16);
  copy.writeUInt32BE(height, 20);
  return new Uint8Array(copy);
}

const SCRIPT = '<script>alert(1)</script>';
const SVG = `<svg xmlns="http://www.w3.org/2000/svg">${SCRIPT}</svg>`;
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const PDF = '%PDF-1.4\n1 0 obj<<>>endobj\n';
const EXE = new Uint8Array(Buffer.from(`MZ${'\0'.repeat(62)}PE\0\0`, 'latin1'));

describe('S28 uploads', () => {
  for (const [what, name, content] of [
    ['an SVG', 'a.svg', SVG],
    ['an SVG with a prolog', 'a.svg', `<?xml version="1.0"?>${SVG}`],
    ['an SVG under an image’s name', 'a.png', SVG],
    ['HTML', 'a.html', `<!doctype html>${SCRIPT}`],
    ['HTML after spaces, as text', 'a.txt', `\n\n  ${SCRIPT}`],
    ['HTML after a byte order mark', 'a.txt', `\uFEFF${SCRIPT}`],
    ['a program', 'a.exe', EXE],
    ['a program under a document’s name', 'a.pdf', EXE],
    ['what is neither text nor known', 'a.bin', new Uint8Array([1, 2, 3, 250, 251])],
    ['nothing', 'a.txt', ''],
  ] as const)
    it(`refuse ${what}, as a file and as an image`, async () => {
      refused(await file(name, content), 400, 4);
      refused(await image(name, content), 400, 4);
    });

  it('refuse as an image what is none', async () => {
    refused(await image('a.pdf', PDF), 400, 4, /PNG/);
    refused(await image('a.txt', 'text'), 400, 4);
  });

  it('serve a picture that is a page as well as a picture alone, whatever it is called', async () => {
    for (const name of ['a.html', 'a.gif', 'a.svg']) {
      const polyglot = new Uint8Array([...GIF, ...Buffer.from(`/*${SCRIPT}*/`)]);

      const { served } = await taken(image(name, polyglot));

      assert.equal(served.headers.get('content-type'), 'image/gif');
      assert.match(String(served.headers.get('content-disposition')), /^inline; filename="a\.gif"/);
      mustBeHarmless(served);
    }
  });

  it('serve everything but pictures as a download', async () => {
    for (const [name, content, type] of [
      ['a.html', `${PDF}${SCRIPT}`, 'application/pdf'],
      ['a.html', `not at once ${SCRIPT}`, 'text/plain; charset=utf-8'],
    ] as const) {
      const { served } = await taken(file(name, content));

      assert.equal(served.headers.get('content-type'), type);
      assert.match(String(served.headers.get('content-disposition')), /^attachment; filename="a\.(pdf|txt)"/);
      mustBeHarmless(served);
      assert.equal(await served.text(), content);
    }
  });

  it('give each file a name of their own, and a save name without paths and other extensions', async () => {
    for (const [name, saved] of [
      ['../../etc/passwd', 'passwd.png'],
      ['..\\..\\boot.ini', 'boot.png'],
      ['photo.png.html', 'photo_png.png'],
      ['évil"; x=y.php', '_vil_22_ x_y.png'],
      ['..', 'file.png'],
      ['.htaccess', 'file.png'],
    ] as const) {
      const { url, served } = await taken(image(name, PNG));

      assert.match(url, /\/uploads\/[\w-]{32}\.png$/);
      assert.equal(
        /filename="([^"]*)"/.exec(String(served.headers.get('content-disposition')))?.[1],
        saved,
        name,
      );
      assert.deepEqual(new Uint8Array(await served.arrayBuffer()), PNG);
    }
    for (const entry of await readdir(folder)) assert.match(entry, /^[\w-]{32}\.\w+$/);
  });

  it('refuse a picture too large to look at, and one without a size', async () => {
    refused(await image('a.png', pngOf(30_000, 30_000)), 400, 4, /30000 × 30000/);
    refused(await file('a.png', pngOf(30_000, 30_000)), 400, 4);
    refused(await image('a.png', pngOf(0, 1)), 400, 4, /size/);
    const { body } = await taken(image('a.png', pngOf(5_000, 4_000)));
    assert.deepEqual([body['original_width'], body['original_height']], [5_000, 4_000]);
  });

  it('cut a stream that does not end, and keep nothing of it', async () => {
    const before = await readdir(folder);

    const { status, body, sent } = await endless(`${path}/file`);

    assert.equal(status, 400);
    assert.match(String(body['message']), new RegExp(`${MAX} bytes`));
    // Its sender was cut off rather than listened to: what was sent beyond is what lay in the socket's buffers.
    assert.ok(sent < 100 * 1024 * 1024, String(sent));
    assert.deepEqual(await readdir(folder), before);
    assert.equal((await file('a.txt', 'x'.repeat(MAX))).status, 201);
    refused(await file('a.txt', 'x'.repeat(MAX + 1)), 400, 4, /bytes/);
  });

  it('refuse forms that are broken, cut or of something else', async () => {
    const before = await readdir(folder);
    const post = async (type: string, body: string) => {
      const url = `${server.url}${path}/file?api_key=key&user_id=bob`;
      const headers = { authorization: bob.token, 'content-type': type };
      const response = await fetch(url, { method: 'POST', headers, body });
      return { status: response.status, body: (await response.json()) as Body };
    };
    const part = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\ntext';

    refused(await post('multipart/form-data; boundary=x', part), 400, 4);
    refused(await post('multipart/form-data', `${part}\r\n--x--\r\n`), 400, 4);
    refused(await post('multipart/form-data; boundary=x', '--x--\r\n'), 400, 4, /field "file"/);
    refused(await post('multipart/form-data; boundary=x', `${part.replace('"file"', '"other"')}\r\n--x--\r\n`), 400, 4, /"other"/); // prettier-ignore
    refused(await post('application/json', '{}'), 400, 4, /multipart/);
    refused(await bob.call('POST', `${path}/file`), 400, 4, /multipart/);
    // Elsewhere a form is nothing that can be read.
    const elsewhere = await bob.upload(`${path}/message`, { name: 'a.txt', content: 'x' });
    refused(elsewhere, 400, 4, /application\/json/);
    assert.deepEqual(await readdir(folder), before);
  });

  it('are once there however often the same is sent, and counted once', async () => {
    const before = await metric(server, 'chat_uploaded_bytes_total');

    const answers = await Promise.all(Array.from({ length: 10 }, () => file('same.txt', 'the same')));

    assert.equal(new Set(answers.map(({ body }) => body['file'])).size, 1);
    const entries = await readdir(folder);
    const { url } = await taken(file('same.txt', 'the same', ada));
    assert.notEqual(url, answers[0]?.body['file']);
    assert.equal((await readdir(folder)).length, entries.length + 1);
    assert.equal(await metric(server, 'chat_uploaded_bytes_total'), before + 16);
  });

  it('are deleted by who sent them or owns the channel, twice to the same effect', async () => {
    const remove = (person: Person, url: string, from = `${path}/file`) =>
      person.call('DELETE', from, undefined, { url });
    const [one, two] = [await taken(file('one.txt', 'one', ada)), await taken(file('two.txt', 'two'))];

    refused(await remove(bob, one.url), 403, 17, /somebody else/);
    refused(await remove(eve, one.url), 403, 17);
    // Not by another door.
    assert.equal((await remove(bob, one.url, '/uploads/file')).status, 200);
    assert.equal((await remove(ada, one.url, `${path}/image`)).status, 200);
    assert.equal((await fetch(one.url)).status, 200);
    assert.equal((await remove(ada, one.url)).status, 200);
    assert.equal((await remove(ada, two.url)).status, 200);
    assert.equal((await remove(ada, two.url)).status, 200);
    assert.equal((await fetch(one.url)).status, 404);
    assert.equal((await fetch(`${server.url}/uploads/..%2Fcredentials.json`)).status, 404);
    refused(await ada.call('DELETE', `${path}/file`), 400, 4, /url/);
  });

  it('belong to no channel when they are a user’s own', async () => {
    const { url } = await taken(eve.upload('/uploads/image', { name: 'me.png', content: PNG }));

    const remove = (person: Person) => person.call('DELETE', '/uploads/image', undefined, { url });
    refused(await remove(bob), 403, 17);
    assert.equal((await remove(eve)).status, 200);
    refused(await eve.upload(`${path}/image`, { name: 'a.png', content: PNG }), 403, 17);
  });

  it('are served in parts, and under the address that is set', async () => {
    const { url } = await taken(file('parts.txt', '0123456789'));
    const part = await fetch(url, { headers: { range: 'bytes=2-4' } });
    assert.deepEqual([part.status, await part.text()], [206, '234']);

    const other = await start({ uploadsUrl: 'https://files.example.org' });
    const gus = await Person.known(other, 'gus');
    const { body } = await gus.upload('/uploads/file', { name: 'a.txt', content: 'x' });
    assert.match(String(body['file']), /^https:\/\/files\.example\.org\/uploads\/[\w-]{32}\.txt$/);
    await other.close();
  });
});

/** Sends a form whose file never ends, until the server has had enough. */
function endless(to: string): Promise<{ status: number; body: Body; sent: number }> {
  return new Promise((resolve, reject) => {
    const sender = request(`${server.url}${to}?api_key=key&user_id=bob`, {
      method: 'POST',
      headers: { authorization: bob.token, 'content-type': 'multipart/form-data; boundary=x' },
    });
    let sent = 0;
    const more = () => {
      while (!sender.destroyed && sender.write(Buffer.alloc(64 * 1024, 97))) sent += 64 * 1024;
      if (!sender.destroyed) sender.once('drain', more);
    };
    sender.on('error', (error: NodeJS.ErrnoException) => {
      if (!['ECONNRESET', 'EPIPE'].includes(String(error.code))) reject(error);
    });
    sender.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        sender.destroy();
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Body, sent });
      });
    });
    sender.write('--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n');
    more();
  });
}
