/** The suite's controls: which fault shows that a guard is needed, and what goes wrong without it. */
import type { Guard } from './orders.ts';
import type { Where } from './places.ts';
import { killedAt, type Options, type Result, recreated, sentAgain } from './scenarios.ts';

export interface Control {
  guard: Guard;
  fault: string;
  run: (where: Where, options: Options) => Promise<Result>;
  /** What the recount must find, in one of these tables: a kill in the midst of views falls before some of them and behind others. */
  breaks: { what: 'lost' | 'double'; tables: readonly string[] };
}

export const CONTROLS: readonly Control[] = [
  {
    guard: 'stored range',
    fault: 'SIGKILL between base and rollups, other batches then',
    run: (where, options) => killedAt(where, 'between base and rollups', options),
    breaks: { what: 'lost', tables: ['rollup_month', 'rollup_meetings_month'] },
  },
  {
    guard: 'stored range',
    fault: 'SIGKILL between base and look-up, other batches then',
    run: (where, options) => killedAt(where, 'between base and look-up', options),
    breaks: { what: 'double', tables: ['submission'] },
  },
  {
    guard: 'insert token',
    fault: 'SIGKILL after the insert',
    run: (where, options) => killedAt(where, 'after the insert', options),
    breaks: { what: 'double', tables: ['submission'] },
  },
  {
    guard: 'deduplication in dependent views',
    fault: 'SIGKILL after the insert',
    run: (where, options) => killedAt(where, 'after the insert', options),
    breaks: { what: 'double', tables: ['rollup_month', 'rollup_meetings_month'] },
  },
  {
    guard: 'window on the base table',
    fault: 'SIGKILL after the insert',
    run: (where, options) => killedAt(where, 'after the insert', options),
    breaks: { what: 'double', tables: ['submission'] },
  },
  {
    guard: 'window on the rollups',
    fault: 'SIGKILL after the insert',
    run: (where, options) => killedAt(where, 'after the insert', options),
    breaks: { what: 'double', tables: ['rollup_month', 'rollup_meetings_month'] },
  },
  {
    guard: 'look-up of counted ids',
    fault: 'the same ids again in other ranges',
    run: sentAgain,
    breaks: { what: 'double', tables: ['submission'] },
  },
  {
    guard: 'look-up blind to its own range',
    fault: 'SIGKILL between base and rollups',
    run: (where, options) => killedAt(where, 'between base and rollups', options),
    breaks: { what: 'lost', tables: ['rollup_month', 'rollup_meetings_month'] },
  },
  {
    guard: 'content hash in the token',
    fault: 'the topic is made again',
    run: recreated,
    breaks: { what: 'lost', tables: ['submission'] },
  },
  {
    guard: 'fencing of a member that lost its partition',
    fault: 'it wakes between base and rollups of another, then SIGKILL',
    run: (where, options) =>
      killedAt(where, 'between base and rollups', { ...options, stalls: true, watchdogMs: 6_000 }),
    breaks: { what: 'lost', tables: ['rollup_month', 'rollup_meetings_month'] },
  },
];
