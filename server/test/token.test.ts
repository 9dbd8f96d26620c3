import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SignJWT } from 'jose';
import { useFakeTimers } from 'sinon';
import { ApiError } from '../src/errors.js';
import { guestToken, serverToken, Tokens, userToken } from '../src/token.js';
import { SECRET } from './support.js';

const tokens = new Tokens(SECRET);
const key = new TextEncoder().encode(SECRET);
const now = Math.floor(Date.now() / 1000);

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function sign(claims: Record<string, unknown>, alg = 'HS256'): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg, typ: 'JWT' }).sign(key);
}

async function codeOf(token: string | undefined): Promise<number> {
  const error: unknown = await tokens.verify(token).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ApiError, 'the token was accepted');
  assert.equal(error.status, 401);
  return error.code;
}

describe('a token', () => {
  it('answers the user of a good token, with and without times', async () => {
    const plain = await tokens.verify(await userToken(SECRET, 'ada'));
    const dated = await tokens.verify(await userToken(SECRET, 'ada', { iat: now, exp: now + 60 }));

    assert.deepEqual(
      [plain, dated],
      [
        { userId: 'ada', kind: 'user', issuedAt: undefined },
        { userId: 'ada', kind: 'user', issuedAt: now },
      ],
    );
  });

  it('tells guests and backends from users', async () => {
    const guest = await tokens.verify(await guestToken(SECRET, 'guest-1-ada', { iat: now }));
    const backend = await tokens.verify(await serverToken(SECRET));

    assert.deepEqual(guest, { userId: 'guest-1-ada', kind: 'guest', issuedAt: now });
    assert.deepEqual(backend, { userId: '', kind: 'server', issuedAt: undefined });
  });

  it('forgives clocks that differ by a few seconds', async () => {
    const token = await userToken(SECRET, 'ada', { iat: now + 2, exp: now + 60 });

    assert.equal((await tokens.verify(token)).userId, 'ada');
  });

  const payload = part({ user_id: 'ada' });
  const refusals: [string, number, () => string | undefined | Promise<string>][] = [
    ['none at all', 5, () => undefined],
    ['an empty one', 5, () => ''],
    ['a word', 5, () => 'token'],
    ['two parts', 5, () => `${part({ alg: 'HS256' })}.${payload}`],
    ['a header that is no JSON', 5, () => `!!.${payload}.x`],
    ['one that has expired', 40, () => userToken(SECRET, 'ada', { exp: now - 60 })],
    ['one that is not valid yet', 41, () => sign({ user_id: 'ada', nbf: now + 120 })],
    ['one issued in the future', 42, () => userToken(SECRET, 'ada', { iat: now + 120 })],
    [
      'one signed with another secret',
      43,
      () => userToken('another secret of more than 32 characters', 'ada'),
    ],
    ['a development token', 43, () => `${part({ alg: 'HS256', typ: 'JWT' })}.${payload}.devtoken`],
    ['one without signature (alg none)', 43, () => `${part({ alg: 'none' })}.${payload}.`],
    ['another HMAC', 43, () => sign({ user_id: 'ada' }, 'HS512')],
    [
      'one whose payload was changed',
      43,
      async () => (await userToken(SECRET, 'bob')).replace(/\.[^.]+\./, `.${payload}.`),
    ],
    ['a public-key algorithm', 43, () => `${part({ alg: 'RS256' })}.${payload}.c2lnbmF0dXJl`],
    ['a server token that only looks like one', 5, () => sign({ server: 1 })],
    ['a user id that is a number', 5, () => sign({ user_id: 7 })],
    ['a user id with forbidden characters', 5, () => sign({ user_id: 'ada lovelace' })],
    ['an exp that is no number', 5, () => sign({ user_id: 'ada', exp: 'soon' })],
  ];
  for (const [what, code, make] of refusals)
    it(`refuses ${what} with ${code}`, async () => {
      assert.equal(await codeOf(await make()), code);
    });
});

describe('tokens that were found good', () => {
  it('are believed again until they end, and others are not', async () => {
    const clock = useFakeTimers({ now: now * 1000, toFake: ['Date'] });
    const token = await userToken(SECRET, 'ada', { iat: now, exp: now + 60 });

    const first = await tokens.verify(token);
    clock.tick(64_000);
    const second = await tokens.verify(token);
    clock.tick(2_000);

    assert.deepEqual([first, second], Array(2).fill({ userId: 'ada', kind: 'user', issuedAt: now }));
    const isRefused = (code: number) => (error: unknown) => error instanceof ApiError && error.code === code;
    await assert.rejects(tokens.verify(token), isRefused(40));
    await assert.rejects(tokens.verify(`${token}x`), isRefused(43));
    await assert.rejects(tokens.verify(undefined), isRefused(5));
    clock.restore();
  });
});
