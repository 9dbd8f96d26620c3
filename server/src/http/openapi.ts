import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { HIDDEN } from './schemas.js';

/** Collects the shapes of the routes that are added from now on; `/openapi.json` shows them. */
export async function addDocument(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'chat-session-server',
        description:
          'The client protocol of Stream Chat, as far as this server speaks it. Events come by WebSocket, at /connect, or by GET /longpoll.',
        version: '0.1.0',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      components: {
        securitySchemes: {
          key: { type: 'apiKey', in: 'query', name: 'api_key' },
          token: {
            type: 'apiKey',
            in: 'header',
            name: 'Authorization',
            description: 'The token itself, a JWT.',
          },
        },
      },
      security: [{ key: [], token: [] }],
    },
    refResolver: { buildLocalReference: ({ $id }) => $id as string },
  });
  let text: string | undefined;
  app.get('/openapi.json', HIDDEN, (_request, reply) =>
    reply.type('application/json').send((text ??= JSON.stringify(app.swagger()))),
  );
}
