/**
 * What ingest appends to the log again instead of counting it where it stands.
 *
 * A record in another partition than its key's is moved: equal ids, and a correction and its original, meet in one partition
 * whatever partitioner or key their producers used. A correction whose original is unknown is deferred to the end of its partition
 * until everything that stood anywhere in the log when it was read has been counted or moved: then its original stands before
 * it, if there is one.
 *
 * Whether a record is counted must be decided the same on a replay. It is: where a record belongs depends on its key and on the
 * number of partitions that is stored with the range; whether an original is known on what earlier records of the same partition
 * counted, as no other partition counts it; and whether a correction may still wait on its own headers and log times. What is
 * appended may differ on a replay, even come twice: its ids count once.
 */
import { deferredOf, HEADERS, INGEST_GROUP, type Moved, movedOf, TOPICS } from '@room/contract';
import type { EventLog, LogRecord, NewRecord } from '@room/log';

export interface Placement {
  /** Partitions of the topic. */
  partitions: number;
  partitionOf: EventLog['partitionOf'];
}

/** A record to be appended again. */
export interface Again {
  stored: LogRecord;
  key: string;
  partition: number;
  why: 'moved' | 'deferred';
}

/** A partition that nobody counts must not make corrections circle for ever. */
const LONGEST_MS = 3_600_000;
const MOST_TIMES = 20_000;

/** Where the record belongs, if not where it stands. */
export function wrongPlace(
  { partition }: LogRecord,
  key: string,
  { partitions, partitionOf }: Placement,
): number | undefined {
  if (partitions === 1) return undefined;
  const right = partitionOf(key, partitions);
  return right === partition ? undefined : right;
}

/** Whether a correction may wait for an original that is unknown. In one partition the order of records is that of their senders. */
export function mayWait(record: LogRecord, { partitions }: Placement): boolean {
  if (partitions === 1) return false;
  const deferred = deferredOf(record);
  if (deferred === undefined) return true;
  const { since, times, ends } = deferred;
  return ends.length > 0 && times < MOST_TIMES && record.timestamp - since < LONGEST_MS;
}

/** The records to append; what is deferred says up to where the log is to be counted first. */
export async function appendedAgain(
  again: readonly Again[],
  log: Pick<EventLog, 'ends' | 'committed'>,
): Promise<NewRecord[]> {
  if (again.length === 0) return [];
  const isDeferring = again.some(({ why }) => why === 'deferred');
  // In this order: what was committed since the ends were read is counted.
  const ends = isDeferring ? await log.ends(TOPICS.submissions) : new Map<number, number>();
  const committed = isDeferring ? await log.committed(TOPICS.submissions, INGEST_GROUP) : new Map<number, never>();
  const isDone = (partition: number, end: number): boolean => end <= (committed.get(partition)?.offset ?? 0);
  return again.map(({ stored, key, partition, why }) => ({
    key,
    partition,
    value: stored.value,
    headers: {
      ...stored.headers,
      ...bytesOf(stored.opaque),
      ...(why === 'moved'
        ? { [HEADERS.moved]: JSON.stringify(movedOf(stored) ?? placeOf(stored)) }
        : { [HEADERS.deferred]: JSON.stringify(deferral(stored, ends, isDone)) }),
    },
  }));
}

/** Headers that are no UTF-8, as they came. */
const bytesOf = (opaque: LogRecord['opaque'] = {}): Record<string, Uint8Array> =>
  Object.fromEntries(Object.entries(opaque).map(([name, base64]) => [name, Buffer.from(base64, 'base64')]));

const placeOf = ({ partition, offset, timestamp }: LogRecord): Moved => ({
  topic: TOPICS.submissions,
  partition,
  offset,
  at: timestamp,
});

function deferral(
  stored: LogRecord,
  ends: ReadonlyMap<number, number>,
  isDone: (partition: number, end: number) => boolean,
): unknown {
  const before = deferredOf(stored);
  const wanted = before?.ends ?? [...ends].filter(([partition]) => partition !== stored.partition);
  return {
    since: before?.since ?? stored.timestamp,
    times: (before?.times ?? 0) + 1,
    ends: wanted.filter(([partition, end]) => !isDone(partition, end)),
  };
}
