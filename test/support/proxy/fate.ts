import type { Answer, Cut, FaultMode } from './modes.js';

/** What becomes of one upgrade or request. */
export type Fate = { mode: FaultMode } | { answer: Answer } | { cut: Cut };

/** As the log names it. */
export function nameOf(fate: Fate): string {
  if ('mode' in fate) return fate.mode;
  return 'cut' in fate ? 'cut' : `answer ${fate.answer.status ?? 200}`;
}

/** Whether the server sees the request. */
export function reachesServer(fate: Fate): boolean {
  return 'cut' in fate || ('mode' in fate && ['pass', 'swallow', 'hold'].includes(fate.mode));
}

/** The bytes of an answer in the server's place. */
export function cannedAnswer({ status = 200, body = '', headers = {}, cors = true }: Answer): Buffer {
  const all: Record<string, string> = {
    'content-type': body.startsWith('{') ? 'application/json' : 'text/html',
    ...(cors && { 'access-control-allow-origin': '*' }),
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`HTTP/1.1 ${status} Proxy\r\n${lines.join('')}\r\n${body}`);
}

/** The answer of a proxy that lets nobody through. */
export const REFUSAL: Answer = { status: 403, cors: false, headers: { connection: 'close' } };
