import { ApiError, notAllowed } from '../errors.js';
import { isAnonymous } from '../visitors.js';
import type { Bearer } from '../token.js';
import type { Right, Route } from './rights.js';

/** All that an anonymous visitor may call: they read what is open to everybody. */
export const FOR_ANONYMOUS: ReadonlySet<string> = new Set<Route>([
  'GET /connect',
  'GET /longpoll',
  'GET /app',
  'POST /channels',
  'POST /sync',
  'POST /channels/:type/:id/query',
  'GET /channels/:type/:id',
  'POST /channels/:type/:id/stop-watching',
  'GET /channels/:type/:id/messages',
  'GET /channels/:type/:id/pinned_messages',
  'GET /members',
  'GET /messages/:id',
  'GET /messages/:id/replies',
  'GET /messages/:id/reactions',
  'POST /messages/:id/reactions',
  'GET /polls/:id',
  'GET /polls/:id/options/:option',
]);

/** What guests may not: nobody vouches for who they are. */
export const NOT_FOR_GUESTS: ReadonlySet<string> = new Set<Route>([
  'GET /users',
  'POST /channels/:type/query',
  'DELETE /channels/:type/:id',
  'PATCH /channels/:type/:id',
  'POST /channels/:type/:id/truncate',
  'POST /channels/:type/:id/file',
  'POST /channels/:type/:id/image',
  'POST /uploads/file',
  'POST /uploads/image',
  'POST /polls',
]);

/** What says something to others in a channel: refused to whoever is banned there. */
export const SPEAKING: ReadonlySet<string> = new Set<Route>([
  'PATCH /channels/:type/:id',
  'POST /channels/:type/:id/truncate',
  'POST /channels/:type/:id/message',
  'POST /channels/:type/:id/event',
  'POST /channels/:type/:id/file',
  'POST /channels/:type/:id/image',
  'PATCH /channels/:type/:id/member',
  'PATCH /channels/:type/:id/member/:user',
  'POST /messages/:id',
  'PUT /messages/:id',
  'POST /messages/:id/reaction',
  'PATCH /threads/:id',
  'POST /messages/:id/polls/:poll/vote',
  'POST /polls/:id/options',
]);

/** What is said by these is not stored, and is said often: `speakerIn` finds who says it. */
export const PASSING: ReadonlySet<string> = new Set<Route>(['POST /channels/:type/:id/event']);

/** What may be done in a channel by whoever is invited and has not accepted: look, answer, and put it aside. */
export const FOR_INVITED: ReadonlySet<string> = new Set<Route>([
  'GET /channels/:type/:id',
  'POST /channels/:type/:id/query',
  'POST /channels/:type/:id',
  'POST /channels/:type/:id/stop-watching',
  'POST /channels/:type/:id/hide',
  'POST /channels/:type/:id/show',
  'GET /channels/:type/:id/messages',
  'GET /channels/:type/:id/pinned_messages',
  'GET /members',
  'GET /messages/:id',
  'GET /messages/:id/replies',
  'GET /messages/:id/reactions',
  'POST /messages/:id/reactions',
  'GET /threads/:id',
]);

const CONNECTING: ReadonlySet<string> = new Set<Route>(['GET /connect', 'GET /longpoll']);

/** @throws {ApiError} 17 when the route is not for this kind of caller, 5 for a backend that wants to connect. */
export function requireKind(route: string, right: Right, { kind, userId }: Bearer): void {
  if (kind === 'server') {
    if (CONNECTING.has(route))
      throw new ApiError(5, "A server token does not connect. Connect with a user's token.");
    return;
  }
  if (right === 'backend') throw notAllowed(userId, 'do that: only a server token may');
  if (isAnonymous(userId) && !FOR_ANONYMOUS.has(route)) throw notAllowed(userId, 'do that', 'anonymous');
  if (kind === 'guest' && NOT_FOR_GUESTS.has(route)) throw notAllowed(userId, 'do that', 'guest');
}
