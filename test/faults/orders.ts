/** What a counting process of the suite is told, and what it tells: plain data, so that both sides agree. */
import type { NewRecord } from '@room/log';

/** Where in the life of a range the process ends itself. */
export const INSTANTS = [
  'before the insert',
  'between base and look-up',
  'between base and rollups',
  'between two tables',
  'after the insert',
  'after the commit',
] as const;
export type Instant = (typeof INSTANTS)[number];

/** What holds the promise together. A control takes one away, from outside, and the recount must differ. */
export const GUARDS = [
  'stored range',
  'insert token',
  'deduplication in dependent views',
  'window on the base table',
  'window on the rollups',
  'look-up of counted ids',
  'look-up blind to its own range',
  'content hash in the token',
  'fencing of a member that lost its partition',
  'equal ids in one partition',
] as const;
export type Guard = (typeof GUARDS)[number];

/** Of them, those that a table is created with: a warehouse without them is migrated without them. */
export const IN_THE_SCHEMA: ReadonlySet<Guard> = new Set(['window on the base table', 'window on the rollups']);

/** Reported when a slow insert is done and its answer does not come yet. */
export const IN_MID_INSERT = 'the answer of an insert is late';

export interface KafkaPlace {
  brokers: string;
  prefix: string;
  partitions: number;
  /** Milliseconds. */
  sessionTimeout: number;
}

export interface Orders {
  dataDir: string;
  /** Absent: the embedded log, in `dataDir`. */
  kafka?: KafkaPlace;
  /** Absent: the catalogue that the room ships with. */
  catalogue?: string;
  /** Records of one batch at most: how this process cuts what the log hands over. */
  maxRecords: number;
  /** Most bytes that it fetches from a broker at once. */
  fetchBytes?: number;
  /** Ends itself at this instant of its range number `range`, counted from 1. */
  die?: { at: Instant; range: number };
  off?: readonly Guard[];
  /** The first batch stalls before its first commit, and goes on at the instant of death, when another has its partition. */
  stalls?: boolean;
  /** Seed: inserts whose answer is lost, handlers that fail and batches that are cut anew, at random. */
  shaky?: string;
  /** So many inserts never answer, though the engine has done them. */
  hangs?: number;
  /** So many inserts answer so much later than the engine has done them. */
  slow?: { inserts: number; ms: number };
  /** Milliseconds without progress after which ingest is started again. */
  watchdogMs?: number;
}

export type Ask =
  | { ask: 'append'; number: number; records: NewRecord[] }
  /** Start counting: what was appended before is there at once. */
  | { ask: 'begin' }
  /** Tell when nothing is pending any more. */
  | { ask: 'drain' }
  | { ask: 'stop' };

export type Tell =
  /** Events in each table as the process found it. */
  | { tell: 'ready'; found: Record<string, number> }
  | { tell: 'appended'; number: number }
  | { tell: 'refused'; number: number; reason: string }
  | { tell: 'drained' }
  | { tell: 'report'; level: string; message: string }
  | { tell: 'fatal'; message: string }
  /** The guard that is off was asked for and not there. */
  | { tell: 'off'; guard: Guard };
