import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign as signWith } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../src/app.js';
import { openSocket, SECRET, start, type Body } from './support.js';

// S14: every forged, stale or garbled token is refused on every way in, with the code that says why.

const now = Math.floor(Date.now() / 1000);
const HS256 = { alg: 'HS256', typ: 'JWT' };
const ADA = { user_id: 'ada' };

const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Signs whatever it is given, right in form. */
function signed(header: unknown, claims: unknown, secret: string = SECRET, hash = 'sha256'): string {
  const body = `${part(header)}.${part(claims)}`;
  return `${body}.${createHmac(hash, secret).update(body).digest('base64url')}`;
}

const good = signed(HS256, ADA);
const [head = '', claims = '', signature = ''] = good.split('.');
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

function signedByKey(alg: string): string {
  const body = `${part({ alg, typ: 'JWT' })}.${part(ADA)}`;
  return `${body}.${signWith('sha256', new TextEncoder().encode(body), privateKey).toString('base64url')}`;
}

const REFUSED: Record<string, [code: number, token: string]> = {
  nothing: [5, ''],
  'a word': [5, 'token'],
  'two parts': [5, `${head}.${claims}`],
  'four parts': [5, `${good}.${signature}`],
  'five parts, as if encrypted': [5, `${head}.${claims}.${signature}.${claims}.${signature}`],
  'empty parts': [5, '..'],
  'a header that is no JSON': [5, `${part('{')}.${claims}.${signature}`],
  'a header that is a list': [5, signed([], ADA)],
  'a header without an algorithm': [5, signed({ typ: 'JWT' }, ADA)],
  'claims that are no JSON': [5, signed(HS256, 'user_id=ada')],
  'claims that are a list': [5, signed(HS256, [ADA])],
  'claims that are null': [5, signed(HS256, null)],
  'no user': [5, signed(HS256, {})],
  'an empty user': [5, signed(HS256, { user_id: '' })],
  'a number for a user': [5, signed(HS256, { user_id: 7 })],
  'a list for a user': [5, signed(HS256, { user_id: ['ada'] })],
  'a user with a space': [5, signed(HS256, { user_id: 'ada lovelace' })],
  'a user in sub alone': [5, signed(HS256, { sub: 'ada' })],
  'a server token by another word than true': [5, signed(HS256, { server: 'true' })],
  'an end that is no number': [5, signed(HS256, { ...ADA, exp: 'never' })],
  'the prefix of a scheme': [5, `Bearer ${good}`],
  'a critical extension': [5, signed({ ...HS256, crit: ['b64'], b64: false }, ADA)],
  '100 kB of token': [5, 'a'.repeat(50_000)],
  'an end a minute ago': [40, signed(HS256, { ...ADA, exp: now - 60 })],
  'an end in 1970': [40, signed(HS256, { ...ADA, exp: 0 })],
  'a beginning in the future': [41, signed(HS256, { ...ADA, nbf: now + 3600 })],
  'an issue in the future': [42, signed(HS256, { ...ADA, iat: now + 3600 })],
  'no signature': [43, `${head}.${claims}.`],
  'algorithm none': [43, `${part({ alg: 'none' })}.${claims}.`],
  'algorithm None, with the signature left': [43, `${part({ alg: 'None' })}.${claims}.${signature}`],
  'algorithm nOnE, signed': [43, signed({ alg: 'nOnE' }, ADA)],
  'an algorithm in small letters': [43, signed({ alg: 'hs256' }, ADA)],
  'another HMAC': [43, signed({ ...HS256, alg: 'HS512' }, ADA, SECRET, 'sha512')],
  'HS384 in name alone': [43, signed({ ...HS256, alg: 'HS384' }, ADA)],
  'another secret': [43, signed(HS256, ADA, 'another secret, which is just as long as it has to be')],
  'an empty secret': [43, signed(HS256, ADA, '')],
  'the application key as secret': [43, signed(HS256, ADA, 'key')],
  'an RSA signature': [43, signedByKey('RS256')],
  'an RSA signature called HS256': [43, signedByKey('HS256')],
  'a public key as HMAC secret': [43, signed(HS256, ADA, publicPem)],
  'a key id that is a path': [43, signed({ ...HS256, kid: '../../../dev/null' }, ADA, '')],
  'a key id that is SQL': [43, signed({ ...HS256, kid: "' union select ''--" }, ADA, '')],
  'a key of its own': [43, signed({ ...HS256, jwk: { kty: 'oct', k: part('mine') } }, ADA, 'mine')],
  'a key to be fetched': [43, signed({ ...HS256, jku: 'http://127.0.0.1:9/keys' }, ADA, 'mine')],
  'claims of somebody else': [43, `${head}.${part({ user_id: 'bob' })}.${signature}`],
  'a header that was changed': [43, `${part({ ...HS256, kid: '1' })}.${claims}.${signature}`],
  'a signature with its last bits changed': [43, `${good.slice(0, -2)}${good.endsWith('AA') ? 'BB' : 'AA'}`],
  'a signature cut short': [43, good.slice(0, -8)],
  'a signature that goes on': [43, `${good}AAAA`],
  'a development token': [43, `${head}.${claims}.devtoken`],
};

let server: RunningServer;

before(async () => {
  server = await start();
});
after(() => server.close());

/** How each way in answers it. */
const WAYS: Record<string, (token: string) => Promise<Body>> = {
  'a command': async (token) => {
    const query = `api_key=${server.apiKey}&user_id=ada`;
    const answer = await fetch(`${server.url}/channels?${query}`, {
      method: 'POST',
      headers: { authorization: token, 'stream-auth-type': 'jwt', 'content-type': 'application/json' },
      body: '{}',
    });
    return (await answer.json()) as Body;
  },
  'a poll': async (token) => {
    const json = JSON.stringify({ user_id: 'ada', user_details: { id: 'ada' } });
    const query = new URLSearchParams({ api_key: server.apiKey, user_id: 'ada', json });
    const answer = await fetch(`${server.url}/longpoll?${query.toString()}`, {
      headers: { authorization: token, 'stream-auth-type': 'jwt' },
    });
    return (await answer.json()) as Body;
  },
  'a WebSocket': async (token) => {
    const json = JSON.stringify({ user_id: 'ada', user_details: { id: 'ada' } });
    const socket = openSocket(server, token, json);
    const first = await socket.next();
    socket.peer.terminate();
    return (first['error'] ?? first) as Body;
  },
};

describe(`S14 ${Object.keys(REFUSED).length} tokens that are none`, () => {
  for (const [way, ask] of Object.entries(WAYS))
    for (const [what, [code, token]] of Object.entries(REFUSED))
      it(`refuses ${what} to ${way} with ${code}`, async () => {
        const answer = await ask(token);

        assert.equal(answer['code'], code, JSON.stringify(answer));
        assert.equal(answer['StatusCode'], 401);
        assert.doesNotMatch(JSON.stringify(answer), new RegExp(SECRET));
      });

  it('accepts the one that is', async () => {
    for (const ask of Object.values(WAYS)) assert.equal((await ask(good))['code'], undefined);
  });
});
