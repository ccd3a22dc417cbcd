/**
 * Ranges: consecutive records of one partition that are inserted under one token. A range is decided and stored with the
 * offset before the insert and replayed exactly after a crash, however the broker cuts its batches then.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { LogRecord } from '@room/log';

export interface Range {
  token: string;
  /** 64 random bits, decimal: mark the range's rows. */
  id: string;
  first: number;
  last: number;
}

/** A range whose insert may have begun, as the commit's metadata keeps it. */
export interface Pending {
  last: number;
  token: string;
  /** Marks the range's rows. Empty where an earlier version stored the range. */
  id: string;
  /** Hash of the catalogue that decided it: another one could decide other rows. */
  catalogue: string;
  /** Partitions of the topic when it was decided: what stands in the wrong one is moved. Missing where an earlier version stored it. */
  partitions?: number;
  /**
   * Corrections that take away were held against what is counted in their place, by events that the log took since then. Missing
   * where an earlier version decided the range.
   */
  since?: number;
}

/** For a range that is decided now. One that is replayed keeps the id that was stored with it. */
export const newRangeId = (): string => randomBytes(8).readBigUInt64LE().toString();

/**
 * The token holds the content's hash beside the offsets: a topic that was created again reuses offsets for other records,
 * and an old token would make the warehouse drop them. It holds the id too: offsets that were set back bring the same
 * records, which are then another range, so that the look-up sees what the former one counted.
 */
export function rangeOf(topic: string, records: readonly LogRecord[], id: string): Range {
  const first = records[0];
  const last = records.at(-1);
  if (first === undefined || last === undefined) throw new Error('a range has at least one record');
  const hash = createHash('sha256');
  for (const record of records) hash.update(`${record.offset}:${record.value.byteLength}\n`).update(record.value);
  const digest = hash.digest().toString('hex', 0, 16);
  return {
    token: `${topic}:${first.partition}:${first.offset}-${last.offset}:${digest}:${id}`,
    id,
    first: first.offset,
    last: last.offset,
  };
}

export const encodePending = (pending: Pending): string => JSON.stringify(pending);

/** Undefined where the metadata holds no pending range. */
export function decodePending(metadata: string): Pending | undefined {
  if (metadata === '') return undefined;
  try {
    const { last, token, id = '', catalogue, partitions, since } = JSON.parse(metadata) as Partial<Pending>;
    return typeof last === 'number' &&
      typeof token === 'string' &&
      typeof id === 'string' &&
      typeof catalogue === 'string'
      ? {
          last,
          token,
          id,
          catalogue,
          ...(typeof partitions === 'number' ? { partitions } : {}),
          ...(typeof since === 'number' ? { since } : {}),
        }
      : undefined;
  } catch {
    return undefined;
  }
}
