/** The walls' questions. They ask rollups only, never the base table; literals are dates and zones that the code chose. */
import {
  DIMENSIONS,
  dimensionsThat,
  FIVE_MINUTES,
  type FiveRow,
  isDimension,
  type Measures,
  type MembersOnWall,
  measuresOf,
} from '@room/contract';
import type { Reads } from './access.ts';
import { type RollupSums, SUMS_SELECTED } from './rollup.ts';

export interface DimRow extends RollupSums {
  dim: string;
  code: string;
}

/** One national bucket; `bucket` in epoch seconds. */
export interface BucketRow extends RollupSums {
  bucket: number;
  grain: number;
}

const ON_WALL = dimensionsThat(({ wall }) => wall !== undefined);
/** Those with a usual range, beside the whole. */
const WITH_USUAL = ['all', ...dimensionsThat(({ hasUsual }) => hasUsual)].map((dim) => `'${dim}'`).join(', ');

/** Totals by dimension as a wall keeps them: units by id, channels and statuses by code. */
export function unitsOf(totals: readonly DimRow[]): MembersOnWall<Measures> {
  const units = Object.fromEntries(
    ON_WALL.map((dim): [string, Record<string, Measures | number>] => [DIMENSIONS[dim].wall?.name ?? dim, {}]),
  );
  for (const row of totals) {
    const wall = isDimension(row.dim) ? DIMENSIONS[row.dim].wall : undefined;
    const members = wall === undefined ? undefined : units[wall.name];
    if (wall === undefined || members === undefined) continue;
    members[row.code] = wall.holds === 'measures' ? measuresOf(row) : row[wall.holds];
  }
  // The entries say under which name is what.
  return units as MembersOnWall<Measures>;
}

/** Of two levels for one instant, which the same partition holds or another, the one that the log took later is meant. */
const LATEST = '(at, received_at, log_offset)';

const HOUR = 3_600;
const seconds = (at: number): number => Math.floor(at / 1_000);

export class WallQueries {
  readonly #access: Pick<Reads, 'read'>;
  readonly #timeZone: string;

  constructor(access: Pick<Reads, 'read'>, timeZone: string) {
    this.#access = access;
    this.#timeZone = timeZone;
  }

  /**
   * Everything of the span [from, to) (milliseconds) in one read of one table, so that all its numbers come from one
   * state of the data: totals by dimension and code, and the national series by minute.
   */
  async running(from: number, to: number): Promise<{ totals: DimRow[]; minutes: BucketRow[] }> {
    const rows = await this.#access.read<DimRow & { bucket: number; grain: number }>(
      `SELECT dim, code, if(dim = 'all', toUnixTimestamp(bucket), 0) AS bucket, if(dim = 'all', grain, 0) AS grain, ${SUMS_SELECTED}
       FROM rollup_minute WHERE rollup_minute.bucket >= toDateTime(${seconds(from)}, 'UTC') AND rollup_minute.bucket < toDateTime(${seconds(to)}, 'UTC')
       GROUP BY dim, code, bucket, grain`,
    );
    return { totals: rows.filter(({ dim }) => dim !== 'all'), minutes: rows.filter(({ dim }) => dim === 'all') };
  }

  /**
   * As `running`, by hours counted from 1970 UTC: those of `hours`, or all where undefined. Each row of totals and each bucket
   * stands under its hour.
   */
  async runningHours(
    from: number,
    to: number,
    hours?: readonly number[],
  ): Promise<Map<number, { totals: DimRow[]; minutes: BucketRow[] }>> {
    const found = new Map<number, { totals: DimRow[]; minutes: BucketRow[] }>();
    if (hours?.length === 0) return found;
    const first = Math.max(seconds(from), hours === undefined ? 0 : Math.min(...hours) * HOUR);
    const end = Math.min(seconds(to), hours === undefined ? Number.MAX_SAFE_INTEGER : (Math.max(...hours) + 1) * HOUR);
    const some = hours === undefined ? '' : `AND hour IN (${hours.map(Math.trunc).join(',')})`;
    const rows = await this.#access.read<DimRow & { bucket: number; grain: number; hour: number }>(
      `SELECT intDiv(toUnixTimestamp(rollup_minute.bucket), ${HOUR}) AS hour, dim, code,
         if(dim = 'all', toUnixTimestamp(rollup_minute.bucket), 0) AS bucket, if(dim = 'all', grain, 0) AS grain, ${SUMS_SELECTED}
       FROM rollup_minute WHERE rollup_minute.bucket >= toDateTime(${first}, 'UTC') AND rollup_minute.bucket < toDateTime(${end}, 'UTC') ${some}
       GROUP BY hour, dim, code, bucket, grain`,
    );
    for (const row of rows) {
      const piece = found.get(row.hour) ?? { totals: [], minutes: [] };
      found.set(row.hour, piece);
      (row.dim === 'all' ? piece.minutes : piece.totals).push(row);
    }
    return found;
  }

  /** Submitted by second, only what was reported that finely. Keys in epoch seconds. */
  async seconds(from: number, to: number): Promise<{ bucket: number; submitted: number }[]> {
    return this.#access.read(
      `SELECT toUnixTimestamp(bucket) AS bucket, sum(submitted) AS submitted FROM rollup_second
       WHERE rollup_second.bucket >= toDateTime(${seconds(from)}, 'UTC') AND rollup_second.bucket < toDateTime(${seconds(to)}, 'UTC') GROUP BY bucket`,
    );
  }

  /**
   * Submitted by hour of some local days (`YYYY-MM-DD`), nationally and of all that have a usual range; `simulated` is 1 where
   * anything of that unit was on that day.
   */
  async hoursOf(
    days: readonly string[],
  ): Promise<{ day: string; dim: string; code: string; hour: number; submitted: number; simulated: number }[]> {
    if (days.length === 0) return [];
    const sorted = [...days].sort();
    // A row an hour would be tens of thousands of small ones, and reading them most of the time.
    const rows = await this.#access.read<{
      day: string;
      dim: string;
      code: string;
      hours: number[];
      submitted: number[];
      simulated: number;
    }>(
      `SELECT day, dim, code, groupArray(hour) AS hours, groupArray(counted) AS submitted, max(made) AS simulated FROM (
         SELECT toString(toDate(bucket, '${this.#timeZone}')) AS day, dim, code, toUnixTimestamp(bucket) AS hour, sum(submitted) AS counted,
           max(simulated) AS made
         FROM rollup_hour
         WHERE dim IN (${WITH_USUAL}) AND day IN (${days.map((day) => `'${day}'`).join(',')})
           AND rollup_hour.bucket >= toDateTime('${sorted[0]} 00:00:00', 'UTC') - INTERVAL 1 DAY
           AND rollup_hour.bucket < toDateTime('${sorted.at(-1)} 00:00:00', 'UTC') + INTERVAL 2 DAY
         GROUP BY day, dim, code, hour)
       GROUP BY day, dim, code`,
    );
    return rows.flatMap(({ day, dim, code, hours, submitted, simulated }) =>
      hours.map((hour, at) => ({ day, dim, code, hour, submitted: submitted[at] ?? 0, simulated })),
    );
  }

  /** Submitted by five minutes of some spans [from, to) in epoch seconds, nationally; only what was reported that finely. */
  async fivesIn(spans: readonly (readonly [from: number, to: number])[]): Promise<FiveRow[]> {
    if (spans.length === 0) return [];
    const within = spans.map(
      ([from, to]) =>
        `rollup_minute.bucket >= toDateTime(${Math.trunc(from)}, 'UTC') AND rollup_minute.bucket < toDateTime(${Math.trunc(to)}, 'UTC')`,
    );
    return this.#access.read(
      `SELECT intDiv(toUnixTimestamp(bucket), ${FIVE_MINUTES}) * ${FIVE_MINUTES} AS five, sum(submitted) AS submitted FROM rollup_minute
       WHERE dim = 'all' AND grain = 0 AND (${within.join(' OR ')}) GROUP BY five`,
    );
  }

  /** Submitted by hour of the span [from, to) (milliseconds), nationally: by the hour's start in epoch seconds. */
  async hoursBetween(from: number, to: number, signal?: AbortSignal): Promise<Record<string, number>> {
    const rows = await this.#access.read<{ hour: number; counted: number }>(
      `SELECT toUnixTimestamp(bucket) AS hour, sum(submitted) AS counted FROM rollup_hour
       WHERE dim = 'all' AND rollup_hour.bucket >= toDateTime(${seconds(from)}, 'UTC')
         AND rollup_hour.bucket < toDateTime(${seconds(to)}, 'UTC') GROUP BY hour`,
      signal,
    );
    return Object.fromEntries(rows.map(({ hour, counted }) => [hour, counted]));
  }

  /** Totals of local days, both inclusive, by dimension and code, and nationally by day; by source the days with a report. */
  async days(
    from: string,
    to: string,
    signal?: AbortSignal,
  ): Promise<{ totals: DimRow[]; days: (RollupSums & { day: string })[]; sourceDays: Record<string, number> }> {
    const rows = await this.#access.read<DimRow & { day: string; days: number }>(
      `SELECT dim, code, if(dim = 'all', toString(bucket), '') AS day, uniqExact(bucket) AS days, ${SUMS_SELECTED}
       FROM rollup_day WHERE rollup_day.bucket >= toDate32('${from}') AND rollup_day.bucket <= toDate32('${to}') GROUP BY dim, code, day`,
      signal,
    );
    return {
      totals: rows.filter(({ dim }) => dim !== 'all'),
      days: rows.filter(({ dim }) => dim === 'all'),
      sourceDays: Object.fromEntries(rows.filter(({ dim }) => dim === 'source').map(({ code, days }) => [code, days])),
    };
  }

  /** When each source last reported, over all time. */
  async sources(signal?: AbortSignal): Promise<{ code: string; reportedTo: number; receivedAt: number }[]> {
    return this.#access.read(
      `SELECT code, toUnixTimestamp64Milli(max(reported_to)) AS reportedTo, toUnixTimestamp64Milli(max(received_at)) AS receivedAt
       FROM rollup_month WHERE dim = 'source' GROUP BY code`,
      signal,
    );
  }

  /** First and last local day with any event, and whether anything of the last one was simulated. */
  async span(signal?: AbortSignal): Promise<{ first: string; last: string; isLastSimulated: boolean } | undefined> {
    const [row] = await this.#access.read<{ first: string; last: string; made: number; events: number }>(
      `SELECT toString(min(bucket)) AS first, toString(max(bucket)) AS last, max((bucket, simulated)).2 AS made, count() AS events
       FROM rollup_day WHERE dim = 'all'`,
      signal,
    );
    if (row === undefined || row.events === 0) return undefined;
    return { first: row.first, last: row.last, isLastSimulated: row.made > 0 };
  }

  /** Events that arrived on the local day `receivedOn`: of `yesterday`, and of days before that. */
  async arrived(receivedOn: string, yesterday: string): Promise<{ yesterday: number; older: number }> {
    const [row] = await this.#access.read<{ yesterday: number; older: number }>(
      `SELECT sumIf(events, bucket = toDate32('${yesterday}')) AS yesterday, sumIf(events, bucket < toDate32('${yesterday}')) AS older
       FROM rollup_late WHERE received_on = toDate32('${receivedOn}')`,
    );
    return row ?? { yesterday: 0, older: 0 };
  }

  /**
   * Change of `submitted` of earlier days by what arrived on the local day `receivedOn`. A day that arrived whole on that
   * day was loaded, not changed, and is left out.
   */
  async late(receivedOn: string): Promise<{ day: string; submitted: number }[]> {
    return this.#access.read(
      `SELECT toString(late.bucket) AS day, late.submitted_late AS submitted FROM (
         SELECT bucket, sum(submitted) AS submitted_late, sum(events) AS events_late FROM rollup_late
         WHERE received_on = toDate32('${receivedOn}') GROUP BY bucket) AS late
       INNER JOIN (SELECT bucket, sum(events) AS events_all FROM rollup_day WHERE dim = 'all' GROUP BY bucket) AS whole
         ON whole.bucket = late.bucket
       WHERE whole.events_all > late.events_late ORDER BY day`,
    );
  }

  /**
   * Latest levels, summed; of a portal's agency and service those by province or that of the whole, whichever it reported last. `oldest` is the earliest of the latest reports. Levels older than `since` are unknown, and simulated
   * ones where only observed levels are asked for; with `until`, as they were told of by then. `series`: how many levels that are.
   */
  async backlog(
    since: number,
    which: 'all' | 'observed' = 'all',
    until?: number,
  ): Promise<{ open: number; overdue: number; oldest: number; series: number } | undefined> {
    const observed = which === 'observed' ? 'AND NOT simulated' : '';
    const then = until === undefined ? '' : `AND at < toDateTime64(${seconds(until)}, 3, 'UTC')`;
    const [row] = await this.#access.read<{ open: number; overdue: number; oldest: number; series: number }>(
      `SELECT sum(latest_open) AS open, sum(latest_overdue) AS overdue, toUnixTimestamp64Milli(min(latest_at)) AS oldest, count() AS series FROM (
         SELECT latest_open, latest_overdue, latest_at, province,
           maxIf(latest_at, province = '') OVER whole AS whole_at, maxIf(latest_at, province != '') OVER whole AS parts_at
         FROM (
           SELECT agency, service, source, province,
             argMax(open, ${LATEST}) AS latest_open, argMax(overdue, ${LATEST}) AS latest_overdue, max(at) AS latest_at
           FROM backlog WHERE at >= toDateTime64(${seconds(since)}, 3, 'UTC') ${then} ${observed} GROUP BY agency, service, source, province)
         WINDOW whole AS (PARTITION BY agency, service, source))
       WHERE if(province = '', latest_at > parts_at, latest_at >= whole_at)`,
    );
    return row === undefined || row.series === 0 ? undefined : row;
  }
}
