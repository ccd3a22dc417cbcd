/** The walls' questions. They ask rollups only, never the base table; literals are dates and zones that the code chose. */
import { type Measures, measuresOf, type WallState } from '@room/contract';
import type { Access } from './access.ts';

export interface Sums {
  submitted: number;
  submittedOnline: number;
  onTime: number;
  late: number;
  reached: number;
  events: number;
  /** Milliseconds since 1970 UTC. */
  reportedTo: number;
  receivedAt: number;
  simulated: number;
}

export interface DimRow extends Sums {
  dim: string;
  code: string;
}

/** One national bucket; `bucket` in epoch seconds. */
export interface BucketRow extends Sums {
  bucket: number;
  grain: number;
}

/** Totals by dimension as a wall keeps them: units by id, channels and statuses by code. */
export function unitsOf(
  totals: readonly DimRow[],
): Pick<WallState, 'provinces' | 'agencies' | 'services' | 'channels' | 'statuses'> {
  const units: ReturnType<typeof unitsOf> = { provinces: {}, agencies: {}, services: {}, channels: {}, statuses: {} };
  const measured: Readonly<Record<string, Record<string, Measures>>> = {
    province: units.provinces,
    agency: units.agencies,
    service: units.services,
  };
  for (const row of totals) {
    const known = measured[row.dim];
    if (known !== undefined) known[row.code] = measuresOf(row);
    else if (row.dim === 'channel') units.channels[row.code] = row.submitted;
    else if (row.dim === 'status') units.statuses[row.code] = row.reached;
  }
  return units;
}

export const SUMS = `sum(submitted) AS submitted, sum(submitted_online) AS submittedOnline, sum(finished_on_time) AS onTime,
  sum(finished_late) AS late, sum(reached) AS reached, sum(events) AS events,
  toUnixTimestamp64Milli(max(reported_to)) AS reportedTo, toUnixTimestamp64Milli(max(received_at)) AS receivedAt,
  max(simulated) AS simulated`;

/** Of two levels for one instant, which the same partition holds or another, the one that the log took later is meant. */
const LATEST = '(at, received_at, log_offset)';

const seconds = (at: number): number => Math.floor(at / 1_000);

export class WallQueries {
  readonly #access: Access;
  readonly #timeZone: string;

  constructor(access: Access, timeZone: string) {
    this.#access = access;
    this.#timeZone = timeZone;
  }

  /**
   * Everything of the span [from, to) (milliseconds) in one read of one table, so that all its numbers come from one
   * state of the data: totals by dimension and code, and the national series by minute.
   */
  async running(from: number, to: number): Promise<{ totals: DimRow[]; minutes: BucketRow[] }> {
    const rows = await this.#access.read<DimRow & { bucket: number; grain: number }>(
      `SELECT dim, code, if(dim = 'all', toUnixTimestamp(bucket), 0) AS bucket, if(dim = 'all', grain, 0) AS grain, ${SUMS}
       FROM rollup_minute WHERE rollup_minute.bucket >= toDateTime(${seconds(from)}, 'UTC') AND rollup_minute.bucket < toDateTime(${seconds(to)}, 'UTC')
       GROUP BY dim, code, bucket, grain`,
    );
    return { totals: rows.filter(({ dim }) => dim !== 'all'), minutes: rows.filter(({ dim }) => dim === 'all') };
  }

  /** Submitted by second, only what was reported that finely. Keys in epoch seconds. */
  async seconds(from: number, to: number): Promise<{ bucket: number; submitted: number }[]> {
    return this.#access.read(
      `SELECT toUnixTimestamp(bucket) AS bucket, sum(submitted) AS submitted FROM rollup_second
       WHERE rollup_second.bucket >= toDateTime(${seconds(from)}, 'UTC') AND rollup_second.bucket < toDateTime(${seconds(to)}, 'UTC') GROUP BY bucket`,
    );
  }

  /** Submitted by hour of some local days (`YYYY-MM-DD`), nationally and by source, province and agency. */
  async hoursOf(
    days: readonly string[],
  ): Promise<{ day: string; dim: string; code: string; hour: number; submitted: number }[]> {
    if (days.length === 0) return [];
    const sorted = [...days].sort();
    // A row an hour would be tens of thousands of small ones, and reading them most of the time.
    const rows = await this.#access.read<{
      day: string;
      dim: string;
      code: string;
      hours: number[];
      submitted: number[];
    }>(
      `SELECT day, dim, code, groupArray(hour) AS hours, groupArray(counted) AS submitted FROM (
         SELECT toString(toDate(bucket, '${this.#timeZone}')) AS day, dim, code, toUnixTimestamp(bucket) AS hour, sum(submitted) AS counted
         FROM rollup_hour
         WHERE dim IN ('all', 'source', 'province', 'agency') AND day IN (${days.map((day) => `'${day}'`).join(',')})
           AND rollup_hour.bucket >= toDateTime('${sorted[0]} 00:00:00', 'UTC') - INTERVAL 1 DAY
           AND rollup_hour.bucket < toDateTime('${sorted.at(-1)} 00:00:00', 'UTC') + INTERVAL 2 DAY
         GROUP BY day, dim, code, hour)
       GROUP BY day, dim, code`,
    );
    return rows.flatMap(({ day, dim, code, hours, submitted }) =>
      hours.map((hour, at) => ({ day, dim, code, hour, submitted: submitted[at] ?? 0 })),
    );
  }

  /** Totals of local days, both inclusive, by dimension and code, and nationally by day. */
  async days(
    from: string,
    to: string,
  ): Promise<{ totals: DimRow[]; days: (Sums & { day: string })[]; sourceDays: number }> {
    const rows = await this.#access.read<DimRow & { day: string; days: number }>(
      `SELECT dim, code, if(dim = 'all', toString(bucket), '') AS day, uniqExact(bucket) AS days, ${SUMS}
       FROM rollup_day WHERE rollup_day.bucket >= toDate32('${from}') AND rollup_day.bucket <= toDate32('${to}') GROUP BY dim, code, day`,
    );
    return {
      totals: rows.filter(({ dim }) => dim !== 'all'),
      days: rows.filter(({ dim }) => dim === 'all'),
      sourceDays: rows.filter(({ dim }) => dim === 'source').reduce((sum, row) => sum + row.days, 0),
    };
  }

  /** When each source last reported, over all time, and whether any of it was simulated. */
  async sources(): Promise<{ code: string; reportedTo: number; receivedAt: number; simulated: number }[]> {
    return this.#access.read(
      `SELECT code, toUnixTimestamp64Milli(max(reported_to)) AS reportedTo, toUnixTimestamp64Milli(max(received_at)) AS receivedAt, max(simulated) AS simulated
       FROM rollup_month WHERE dim = 'source' GROUP BY code`,
    );
  }

  /** First and last local day with any event. */
  async span(): Promise<{ first: string; last: string } | undefined> {
    const [row] = await this.#access.read<{ first: string; last: string; events: number }>(
      `SELECT toString(min(bucket)) AS first, toString(max(bucket)) AS last, count() AS events FROM rollup_day WHERE dim = 'all'`,
    );
    return row === undefined || row.events === 0 ? undefined : { first: row.first, last: row.last };
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

  /** Latest levels, summed; `oldest` is the earliest of the latest reports. Levels older than `since` are unknown. */
  async backlog(since: number): Promise<{ open: number; overdue: number; oldest: number } | undefined> {
    const [row] = await this.#access.read<{ open: number; overdue: number; oldest: number; series: number }>(
      `SELECT sum(latest_open) AS open, sum(latest_overdue) AS overdue, toUnixTimestamp64Milli(min(latest_at)) AS oldest, count() AS series FROM (
         SELECT argMax(open, ${LATEST}) AS latest_open, argMax(overdue, ${LATEST}) AS latest_overdue, max(at) AS latest_at
         FROM backlog WHERE at >= toDateTime64(${seconds(since)}, 3, 'UTC') GROUP BY agency, service, source)`,
    );
    return row === undefined || row.series === 0
      ? undefined
      : { open: row.open, overdue: row.overdue, oldest: row.oldest };
  }
}
