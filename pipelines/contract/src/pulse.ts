/** Records of the two inner topics: what ingest changed, and what the walls show of it. JSON, written and read by the room only. */
import type { Json } from './patch.ts';
import type { WallState } from './wall.ts';

/** One counted range of the submissions topic. */
export interface Change {
  partition: number;
  first: string;
  last: string;
  /** Local days whose totals changed. */
  days: string[];
  /** Submitted change by local day, for days before the one the range arrived on. */
  late: Record<string, number>;
  quarantined: number;
}

/** `seq` counts up by one within an epoch; a new epoch (the pulse job restarted) begins with a full state. */
export type Pulse =
  | { kind: 'state'; epoch: string; seq: number; state: WallState; days: string[] }
  | { kind: 'patch'; epoch: string; seq: number; patch: Json; days: string[] };
