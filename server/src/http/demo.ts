import serveStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { resolve } from 'node:path';
import { DEMO_USERS } from '../demo.js';
import type { Deps } from '../deps.js';
import { notFound, shown } from '../errors.js';
import { userToken } from '../token.js';
import { HIDDEN } from './schemas.js';

/** Demo pages, and a token for whichever demo user asks: exists under `demo` alone. */
export async function addDemo(app: FastifyInstance, { options, credentials }: Deps): Promise<void> {
  app.get('/demo/config.json', HIDDEN, (_request, reply) => reply.send({ apiKey: credentials.apiKey }));
  app.get('/demo/token', HIDDEN, async (request) => {
    const { user_id: userId } = request.query as Record<string, unknown>;
    if (typeof userId !== 'string' || !DEMO_USERS.some(({ id }) => id === userId))
      throw notFound(
        `There is no demo user ${shown(userId)}. Try ${DEMO_USERS.map(({ id }) => id).join(', ')}.`,
      );
    return { token: await userToken(credentials.apiSecret, userId) };
  });
  let first = true;
  for (const [prefix, dir] of Object.entries(options.staticDirs)) {
    await app.register(serveStatic, {
      root: resolve(dir),
      prefix,
      decorateReply: first,
      dotfiles: 'ignore',
      cacheControl: false,
    });
    first = false;
  }
}
