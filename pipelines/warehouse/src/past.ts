/** Sums of the past by the members of a dimension and by steps of one length: what rules are tried on. */
import type { Dimension, Measures } from '@room/contract';
import { SUMS } from '@room/contract';
import type { Reads } from './access.ts';
import { SUMS_SELECTED } from './rollup.ts';

/** Of one member: steps counted from the start of the stretch, in no order, and what was counted in each. */
export interface PastRow extends Record<keyof Measures, readonly number[]> {
  code: string;
  steps: readonly number[];
  events: readonly number[];
  simulated: number;
}

export interface PastSlice {
  dim: 'all' | Dimension;
  /** Ids and codes of the catalogue, which are fit to be literals; all of the dimension without them. */
  codes?: readonly string[] | undefined;
  /** The stretch [from, to) in epoch seconds; `step`, in seconds, divides an hour or is hours. */
  from: number;
  to: number;
  step: number;
}

const HOUR = 3_600;
const GROUPED = [...SUMS, 'events'].map((name) => `groupArray(${name}) AS ${name}`).join(', ');

export class PastQueries {
  readonly #access: Pick<Reads, 'read'>;

  constructor(access: Pick<Reads, 'read'>) {
    this.#access = access;
  }

  sums({ dim, codes, from, to, step }: PastSlice, signal?: AbortSignal): Promise<PastRow[]> {
    // Rows by the hour are a sixtieth of those by the minute, and are kept for ever.
    const table = step % HOUR === 0 ? 'rollup_hour' : 'rollup_minute';
    const some = codes === undefined ? '' : `AND code IN (${codes.map((code) => `'${code}'`).join(',')})`;
    return this.#access.read<PastRow>(
      `SELECT code, groupArray(at) AS steps, ${GROUPED}, max(simulated) AS simulated FROM (
         SELECT code, intDiv(toUnixTimestamp(bucket) - ${Math.trunc(from)}, ${Math.trunc(step)}) AS at, ${SUMS_SELECTED}
         FROM ${table}
         WHERE dim = '${dim}' ${some} AND ${table}.bucket >= toDateTime(${Math.trunc(from)}, 'UTC')
           AND ${table}.bucket < toDateTime(${Math.trunc(to)}, 'UTC')
         GROUP BY code, at)
       GROUP BY code`,
      signal,
    );
  }
}
