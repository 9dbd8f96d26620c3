import type { Endpoint, Link, LinkHandlers, Transport } from '../../src/transport/transport.js';

/** Opens a link and writes down what its handlers are told, in order. */
export function recordedLink(
  transport: Transport,
  endpoint: Endpoint,
  also: (told: unknown) => void = () => {},
): { link: Link; told: unknown[] } {
  const told: unknown[] = [];
  const note = (what: unknown): void => {
    told.push(what);
    also(what);
  };
  const handlers: LinkHandlers = {
    onFrame: note,
    onGarbage: () => note('garbage'),
    onHeard: () => note('heard'),
    onClose: () => note('close'),
  };
  return { link: transport.open(endpoint, handlers), told };
}
