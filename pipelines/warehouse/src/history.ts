/** What many series held, by hour or by day: read in slices as bytes, decoded by whoever computes with it, off the event loop. */
import { NOTHING } from '@room/contract';
import type { Access } from './access.ts';
import { type RollupSums, SUMMED_NAMES, SUMS_IN_BINARY } from './rollup.ts';

/** One series in one bucket, of the rollups' rows that are fine enough for the grain. */
export interface HistoryRow extends Omit<RollupSums, 'receivedAt' | 'simulated'> {
  code: string;
  /** Buckets since the start that was asked for. */
  slot: number;
}

export interface Slice {
  dim: string;
  /** Ids and codes of the catalogue, which are fit to be literals; empty reads all of the dimension. */
  codes: readonly string[];
}

export interface KnownBuckets {
  hours: number;
  today: number;
}

/** One slice may take this long, on one core: nobody waits for it. */
const SETTINGS = 'SETTINGS max_execution_time = 60, max_threads = 1';
const HOUR_SECONDS = 3_600;
const FIXED_BYTES = 4 + SUMMED_NAMES.length * 8 + 8;

const narrowed = ({ dim, codes }: Slice): string =>
  `dim = '${dim}'${codes.length === 0 ? '' : ` AND code IN (${codes.map((code) => `'${code}'`).join(', ')})`}`;

export class HistoryQueries {
  readonly #access: Pick<Access, 'bytes' | 'read'>;

  constructor(access: Pick<Access, 'bytes' | 'read'>) {
    this.#access = access;
  }

  /** Hours of [from, to) (milliseconds; `from` begins an hour of the rollup), without what was reported more coarsely. */
  hours(slice: Slice, from: number, to: number): Promise<Uint8Array> {
    const start = Math.floor(from / 1_000);
    return this.#access.bytes(
      `SELECT toString(code), toUInt32(intDiv(toUnixTimestamp(bucket) - ${start}, ${HOUR_SECONDS})) AS slot, ${SUMS_IN_BINARY}
       FROM rollup_hour
       WHERE ${narrowed(slice)} AND grain <= 1 AND bucket >= toDateTime(${start}, 'UTC')
         AND bucket < toDateTime(${Math.floor(to / 1_000)}, 'UTC')
       GROUP BY code, slot ${SETTINGS}`,
      'RowBinary',
    );
  }

  /** Local days (`YYYY-MM-DD`) from the first up to, not including, the second. */
  days(slice: Slice, from: string, before: string): Promise<Uint8Array> {
    return this.#access.bytes(
      `SELECT toString(code), toUInt32(dateDiff('day', toDate32('${from}'), bucket)) AS slot, ${SUMS_IN_BINARY}
       FROM rollup_day
       WHERE ${narrowed(slice)} AND bucket >= toDate32('${from}') AND bucket < toDate32('${before}')
       GROUP BY code, slot ${SETTINGS}`,
      'RowBinary',
    );
  }

  /** How many hours of [from, to) anything was reported for, and how many dossiers were submitted in those from `midnight` on. */
  async known(from: number, midnight: number, to: number): Promise<KnownBuckets> {
    const at = (instant: number): string => `toDateTime(${Math.floor(instant / 1_000)}, 'UTC')`;
    const [row] = await this.#access.read<KnownBuckets>(
      `SELECT uniqExact(bucket) AS hours, sumIf(submitted, bucket >= ${at(midnight)}) AS today
       FROM rollup_hour
       WHERE dim = 'all' AND code = '' AND bucket >= ${at(from)} AND bucket < ${at(to)}`,
    );
    return row ?? { hours: 0, today: 0 };
  }

  /** Dossiers submitted on the local days from the first up to, not including, the second. */
  async countedOnDays(from: string, before: string): Promise<number> {
    const [row] = await this.#access.read<{ submitted: number }>(
      `SELECT sum(submitted) AS submitted FROM rollup_day
       WHERE dim = 'all' AND code = '' AND bucket >= toDate32('${from}') AND bucket < toDate32('${before}')`,
    );
    return row?.submitted ?? 0;
  }
}

/** Rows of a slice as it was read. */
export function* historyRows(bytes: Uint8Array): Generator<HistoryRow> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = new TextDecoder();
  let at = 0;
  const number = (): number => {
    at += 8;
    return Number(view.getBigInt64(at - 8, true));
  };
  while (at < bytes.byteLength) {
    // Codes are shorter than 128 bytes but for those of sources, which have up to 200.
    let length = view.getUint8(at++);
    if (length > 0x7f) length = (length & 0x7f) | (view.getUint8(at++) << 7);
    if (at + length + FIXED_BYTES > bytes.byteLength) throw new Error('a slice of history ends in the middle of a row');
    const code = text.decode(bytes.subarray(at, at + length));
    at += length;
    const slot = view.getUint32(at, true);
    at += 4;
    const row: HistoryRow = { code, slot, ...NOTHING, reached: 0, events: 0, reportedTo: 0 };
    for (const name of SUMMED_NAMES) row[name] = number();
    row.reportedTo = number();
    yield row;
  }
}
