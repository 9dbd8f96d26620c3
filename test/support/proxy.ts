export type { Attempt, NextOptions } from './proxy/attempts.js';
export { FaultProxy, type Counts, type ProxyState } from './proxy/fault-proxy.js';
export type { Answer, Cut, Fault, FaultMode, Match, Scope, Shape, Transport, Where } from './proxy/modes.js';

/** The modes in which a WebSocket's upgrade meets a network that lets plain HTTP pass. */
export type ProxyMode = 'pass' | 'refuse' | 'hang' | 'swallow';
