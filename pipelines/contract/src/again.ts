/**
 * Records that ingest appends to the log again, as they were, under headers of its own: what stood in another partition than its
 * key's, and a correction that waits for its original. Anybody may write such headers, so they are read with care.
 */
import { HEADERS } from './submission.ts';

/** Where a record stood first, and when the log took it there, milliseconds since 1970 UTC. */
export interface Moved {
  topic: string;
  partition: number;
  offset: number;
  at: number;
}

/** What a correction of an original that nobody knows waits for. */
export interface Deferred {
  /** When the log took the correction first, milliseconds since 1970 UTC. */
  since: number;
  /** How often it was appended again. */
  times: number;
  /** By partition, up to where everything is to be counted first. Empty once it is: the next reading decides. */
  ends: readonly (readonly [partition: number, end: number])[];
}

interface Placed {
  timestamp: number;
  headers: Readonly<Record<string, string>>;
}

/** A longer header is none of ours: a thousand partitions take less. */
const MOST_CHARACTERS = 64 * 1024;
const EARLIEST = Date.UTC(2015, 0, 1);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function objectIn(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined || text.length > MOST_CHARACTERS) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** A time that the log may have given earlier than to the record itself. */
const isEarlier = (value: unknown, { timestamp }: Placed): value is number =>
  isCount(value) && value >= EARLIEST && value <= timestamp;

/** Undefined where the record was not moved, or says it in another way than ingest does. */
export function movedOf(record: Placed): Moved | undefined {
  const { topic, partition, offset, at } = objectIn(record.headers[HEADERS.moved]) ?? {};
  return typeof topic === 'string' && isCount(partition) && isCount(offset) && isEarlier(at, record)
    ? { topic, partition, offset, at }
    : undefined;
}

export function deferredOf(record: Placed): Deferred | undefined {
  const { since, times, ends } = objectIn(record.headers[HEADERS.deferred]) ?? {};
  if (!isEarlier(since, record) || !isCount(times) || !Array.isArray(ends)) return undefined;
  const all: unknown[] = ends;
  const isEnds = all.every((it) => Array.isArray(it) && it.length === 2 && isCount(it[0]) && isCount(it[1]));
  return isEnds ? { since, times, ends: all as [number, number][] } : undefined;
}

/** The record with the time at which the log took it first: by that it is judged whatever became of it since. */
export function asReceived<R extends Placed>(record: R): R {
  const { headers } = record;
  // Almost none of them; this is asked of each.
  if (headers[HEADERS.moved] === undefined && headers[HEADERS.deferred] === undefined) return record;
  const at = movedOf(record)?.at ?? deferredOf(record)?.since;
  return at === undefined ? record : { ...record, timestamp: at };
}
