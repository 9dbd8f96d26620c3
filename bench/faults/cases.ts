import type { Bench } from './bench.js';
import { halfOpen, upgrade } from './detection.js';
import { firstEvent } from './first-event.js';
import { attaches, reconnects } from './leaks.js';
import { pending } from './pending.js';
import { sends } from './sends.js';
import { streams } from './streams.js';
import type { Row } from './table.js';
import { wake } from './wake.js';

export type Case = (bench: Bench) => Promise<Row[]>;

/** By the names that `--only` takes, in the order of the table. */
export const CASES: Readonly<Record<string, Case>> = {
  first: firstEvent,
  'half-open': halfOpen,
  wake,
  upgrade,
  resets: streams('resets'),
  cuts: streams('cuts'),
  restarts: streams('restarts'),
  sends,
  pending,
  reconnects,
  attaches,
};
