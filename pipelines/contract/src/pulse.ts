/** Records of the two inner topics: what ingest changed, and what the walls show of it. JSON, written and read by the room only. */
import type { Json } from './patch.ts';
import type { WallState } from './wall.ts';

/** One counted range: a hint to recompute, safe to repeat. */
export interface Change {
  /** Local days whose totals changed. */
  days: string[];
  /** Hours in which buckets changed, counted from 1970 UTC; absent where that is not known or they are many. */
  hours?: number[];
}

/** `seq` counts up by one within an epoch; a new epoch (the pulse job restarted) begins with a full state. */
export type Pulse =
  | { kind: 'state'; epoch: string; seq: number; state: WallState; days: string[] }
  | { kind: 'patch'; epoch: string; seq: number; patch: Json; days: string[] };
