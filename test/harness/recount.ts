/** Counts what a room's warehouse holds, straight from the base tables and each rollup, in a process of its own. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WarehouseOptions } from '@room/warehouse';
import { childEnv } from './config.ts';
import { run } from './process.ts';
import { typescript } from './room.ts';
import { inTurn } from './turns.ts';

/** One bucket of one code in one dimension of a rollup: its events, and its sum of `reached` (`submitted` if late). */
export type Cell = [table: string, dim: string, code: string, bucket: string, events: number, reached: number];

export interface QuarantineRow {
  portal: string;
  source: string;
  id: string;
  topic: string;
  partition: number;
  offset: number;
  /** When the log took it, as the engine writes it. */
  receivedAt: string;
  code: string;
  reason: string;
  /** Base64. */
  bytes: string;
  isResolved: boolean;
}

export interface Recount {
  /** Ids in the base table, in order; an id counted twice stands twice. */
  ids: string[];
  /** Sum of `count` in the base table. */
  base: number;
  /** Sum of `reached` in each rollup that keeps every event. */
  rollups: Record<string, number>;
  /** Keys that a look-up would find. */
  seen: number;
  keys: string[];
  /** Corrections so far by the original's key: how many, and the sum of their counts. */
  corrected: [key: string, rows: number, count: number][];
  /** Ids of reported levels. */
  backlog: string[];
  /** Ids of reports of links. */
  links: string[];
  quarantine: QuarantineRow[];
  cells: Cell[];
}

const SCRIPT = fileURLToPath(new URL('./recount-main.ts', import.meta.url));

/** Of a stopped room by its folder, or of a server that may be running. */
export async function recount(where: string | WarehouseOptions): Promise<Recount> {
  const options: WarehouseOptions =
    typeof where === 'string'
      ? { kind: 'embedded', directory: join(where, 'warehouse'), readers: 1, maxMemoryBytes: 2 ** 31 }
      : where;
  const command = [...typescript(), SCRIPT, JSON.stringify(options)];
  const { code, stdout, output } = await inTurn(() => run(process.execPath, command, { env: childEnv() }));
  if (code !== 0) throw new Error(`the recount failed:\n${output}`);
  return JSON.parse(stdout) as Recount;
}
