/**
 * What was reported of links to national databases: what each told last, and sums of days and hours. Reports that tell of the same
 * time are rare: the engine adds up, tells on which of a link's days there are such, and is asked for the reports of those
 * (`standing-reports.ts`).
 */
import { LINK_ERRORS, LINK_SPAN_MS, type LinkError, type LinkLatest, linkId } from '@room/contract';
import type { Reads } from './access.ts';
import { instantSql } from './instant.ts';
import { type LinkInterval, standingReports } from './standing-reports.ts';

/** What passed over a link in a bucket. */
export interface LinkSums extends Readonly<Record<LinkError, number>> {
  requests: number;
  /** Milliseconds of the bucket that were reported; and where the last of its reports ends. */
  told: number;
  last: number;
  /** Reports that later ones of the same time took the place of. */
  replaced: number;
  simulated: boolean;
}

/** A report, as the engine tells it. */
interface Report extends LinkInterval, Readonly<Record<LinkError, number>> {
  requests: number;
  success: number;
  simulated: boolean;
}
/** In the order of `REPORT`. */
type ReportTuple = [
  received: number,
  offset: number,
  start: number,
  end: number,
  requests: number,
  timeout: number,
  unavailable: number,
  refused: number,
  invalid: number,
  success: number,
  simulated: number,
];

interface Row extends Omit<LinkSums, 'simulated' | 'replaced'> {
  /** Reports, those of the same start too. */
  events: number;
  /** Their starts. */
  starts: number;
  database: string;
  party: string;
  day: string;
  simulated: number;
  /** Some tell of the same time: the sums are worth nothing. */
  overlaps: number;
}
interface ReportRow {
  database: string;
  party: string;
  day: string;
  report: ReportTuple;
}

/** Of a day with reports of the same time so many are looked at, those that the log took last: nobody makes an answer endless. */
const MOST_OF_DAY = 10_000;
const HOUR_MS = 3_600_000;
/** Local days before today, of which the last reports of a link are sought. */
const RECENT_DAYS = 2;

/** The log's time and place are negative: the engine sorts upwards, and the last one is wanted first. */
const REPORT = `(-toUnixTimestamp64Milli(tupleElement(l, 1)), -toInt64(tupleElement(l, 2)), began, ended, tupleElement(l, 4), tupleElement(l, 5),
  tupleElement(l, 6), tupleElement(l, 7), tupleElement(l, 8), toUnixTimestamp64Milli(tupleElement(l, 9)), tupleElement(l, 10))`;
/** Elements of `latest` of the rollup by interval, in its order. */
const SUMS_OF = `sum(tupleElement(l, 4)) AS requests, sum(tupleElement(l, 5)) AS timeout, sum(tupleElement(l, 6)) AS unavailable,
  sum(tupleElement(l, 7)) AS refused, sum(tupleElement(l, 8)) AS invalid, sum(ended - began) AS told, max(ended) AS last, max(tupleElement(l, 10)) AS simulated,
  max(began < before) AS overlaps, sum(told_times) AS events, count() AS starts`;

/**
 * Of each start the report that the log took last, with the end of all that began before it on its day. FINAL merges in the order of
 * the key: to group by it compares tuples, which is slow.
 */
const intervals = (where: string): string =>
  `(SELECT bucket, database, party, events AS told_times, latest AS l, toUnixTimestamp64Milli(started_at) AS began, toUnixTimestamp64Milli(tupleElement(latest, 3)) AS ended,
      max(ended) OVER (PARTITION BY bucket, database, party ORDER BY started_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM rollup_link_interval FINAL WHERE ${where})`;
const LATEST_FIRST = `ORDER BY database, party, bucket, report LIMIT ${MOST_OF_DAY} BY database, party, bucket`;

const IS_RECENT = `bucket >= toDate32(now()) - ${RECENT_DAYS}`;
/** Of each link that reported these days the reports of its last hour, or all where some tell of the same time. */
const RECENT = `SELECT database, party, success, ${REPORT} AS report
  FROM (SELECT *, max(ended) OVER of AS last, max(toUnixTimestamp64Milli(tupleElement(l, 9))) OVER of AS success, max(began < before) OVER of AS overlaps
    FROM ${intervals(IS_RECENT)} WINDOW of AS (PARTITION BY database, party))
  WHERE overlaps OR ended > last - ${LINK_SPAN_MS} ${LATEST_FIRST}`;
/** Of all others the last report that ever was. */
const EARLIER = `SELECT database, party, toUnixTimestamp64Milli(tupleElement(last, 10)) AS success,
    (0, 0, toUnixTimestamp64Milli(tupleElement(last, 4)), toUnixTimestamp64Milli(tupleElement(last, 1)), tupleElement(last, 5), tupleElement(last, 6),
      tupleElement(last, 7), tupleElement(last, 8), tupleElement(last, 9), success, tupleElement(last, 11)) AS report
  FROM (SELECT database, party, max(latest) AS last FROM rollup_link_latest
    WHERE (database, party) NOT IN (SELECT DISTINCT database, party FROM rollup_link_interval WHERE ${IS_RECENT})
    GROUP BY database, dim, party)`;

const reportOf = ([received, offset, start, end, requests, ...rest]: ReportTuple): Report => {
  const [timeout, unavailable, refused, invalid, success, simulated] = rest;
  const errors = { timeout, unavailable, refused, invalid };
  return { received: -received, offset: -offset, start, end, requests, ...errors, success, simulated: simulated === 1 };
};

const sumOf = (reports: readonly Report[]): Omit<LinkSums, 'replaced'> => {
  const sums = { requests: 0, timeout: 0, unavailable: 0, refused: 0, invalid: 0, told: 0, last: 0, simulated: false };
  for (const report of reports) {
    sums.requests += report.requests;
    for (const kind of LINK_ERRORS) sums[kind] += report[kind];
    sums.told += report.end - report.start;
    sums.last = Math.max(sums.last, report.end);
    sums.simulated ||= report.simulated;
  }
  return sums;
};

const sumsOf = ({
  requests,
  timeout,
  unavailable,
  refused,
  invalid,
  told,
  last,
  simulated,
  events,
  starts,
}: Row): LinkSums => ({
  requests,
  timeout,
  unavailable,
  refused,
  invalid,
  told,
  last,
  replaced: events - starts,
  simulated: simulated === 1,
});

/** From the reports that stand, in the order of time. */
function latestOf(standing: readonly Report[], success: number): LinkLatest | undefined {
  const end = standing.at(-1)?.end;
  if (end === undefined) return undefined;
  const judged = standing.filter((report) => report.end > end - LINK_SPAN_MS);
  const { told: _told, last: _last, ...sums } = sumOf(judged);
  const latest = { ...sums, start: judged[0]?.start ?? end, end };
  return success === 0 ? latest : { ...latest, lastSuccessAt: success };
}

export class LinkStore {
  readonly #reads: Reads;

  constructor(reads: Reads) {
    this.#reads = reads;
  }

  /**
   * By link; whoever never reported is missing. Reports that were replaced say nothing any more. The last success is the last that
   * any of these days knows of.
   */
  async latest(signal?: AbortSignal): Promise<Map<string, LinkLatest>> {
    const rows = await this.#reads.read<{ database: string; party: string; success: number; report: ReportTuple }>(
      `SELECT * FROM (${RECENT}) UNION ALL ${EARLIER}`,
      signal,
    );
    const links = new Map<string, { reports: Report[]; success: number }>();
    for (const { database, party, success, report } of rows) {
      const id = linkId(database, party);
      const link = links.get(id) ?? { reports: [], success };
      link.reports.push(reportOf(report));
      links.set(id, link);
    }
    const found = new Map<string, LinkLatest>();
    for (const [id, { reports, success }] of links) {
      const standing = standingReports(reports);
      const isWhole = standing.length === reports.length;
      const latest = latestOf(standing, isWhole ? success : Math.max(...standing.map((report) => report.success)));
      if (latest !== undefined) found.set(id, latest);
    }
    return found;
  }

  /** Sums of each local day (`YYYY-MM-DD`, both inclusive) by link. */
  async days(from: string, to: string, signal?: AbortSignal): Promise<Map<string, Map<string, LinkSums>>> {
    const where = 'bucket BETWEEN toDate32({from:String}) AND toDate32({to:String})';
    const rows = await this.#reads.readBound<Row>(
      `SELECT database, party, toString(bucket) AS day, ${SUMS_OF} FROM ${intervals(where)} GROUP BY database, party, bucket`,
      { from, to },
      signal,
    );
    const found = new Map<string, Map<string, LinkSums>>();
    for (const row of rows) {
      const id = linkId(row.database, row.party);
      found.set(id, (found.get(id) ?? new Map<string, LinkSums>()).set(row.day, sumsOf(row)));
    }
    for (const { database, party, day, reports } of await this.#overlapping(rows, signal)) {
      const standing = standingReports(reports);
      const days = found.get(linkId(database, party));
      const again = days?.get(day)?.replaced ?? 0;
      days?.set(day, { ...sumOf(standing), replaced: again + reports.length - standing.length });
    }
    return found;
  }

  /**
   * Sums of each hour counted from `from` on, and before `to`, by its beginning: both where a local day begins. `database` and
   * `party` are ids of the catalogue.
   */
  async hours(
    link: { database: string; party: string },
    from: number,
    to: number,
    signal?: AbortSignal,
  ): Promise<Map<number, LinkSums>> {
    const links = await this.#hours(
      'AND database = {database:String} AND party = {party:String}',
      link,
      from,
      to,
      signal,
    );
    return links.get(linkId(link.database, link.party)) ?? new Map();
  }

  /** The same of every link, by its id. */
  hoursOfAll(from: number, to: number, signal?: AbortSignal): Promise<Map<string, Map<number, LinkSums>>> {
    return this.#hours('', {}, from, to, signal);
  }

  async #hours(
    narrowed: string,
    bound: Readonly<Record<string, string>>,
    from: number,
    to: number,
    signal: AbortSignal | undefined,
  ): Promise<Map<string, Map<number, LinkSums>>> {
    // A local day begins less than a day from that of UTC.
    const span = `started_at >= ${instantSql(from)} AND started_at < ${instantSql(to)}
      AND bucket BETWEEN toDate32(${instantSql(from)}) - 1 AND toDate32(${instantSql(to)}) + 1`;
    const rows = await this.#reads.readBound<Row & { at: number }>(
      `SELECT database, party, toString(bucket) AS day, ${from} + ${HOUR_MS} * intDiv(began - ${from}, ${HOUR_MS}) AS at, ${SUMS_OF}
       FROM ${intervals(`${span} ${narrowed}`)}
       GROUP BY database, party, bucket, at`,
      bound,
      signal,
    );
    const days = await this.#overlapping(rows, signal);
    const nameOf = ({ database, party, day }: { database: string; party: string; day: string }): string =>
      `${day} ${linkId(database, party)}`;
    const whole = new Set(days.map(nameOf));
    const found = new Map<string, Map<number, LinkSums>>();
    const again = new Map<string, number>();
    const put = (id: string, at: number, sums: LinkSums): void => {
      found.set(id, (found.get(id) ?? new Map<number, LinkSums>()).set(at, sums));
    };
    for (const row of rows) {
      const id = linkId(row.database, row.party);
      again.set(`${row.at} ${id}`, (again.get(`${row.at} ${id}`) ?? 0) + row.events - row.starts);
      if (!whole.has(nameOf(row))) put(id, row.at, sumsOf(row));
    }
    for (const { database, party, reports } of days) {
      const id = linkId(database, party);
      const standing = new Set(standingReports(reports));
      for (const [at, all] of byHour(reports, from)) {
        const left = all.filter((report) => standing.has(report));
        const replaced = (again.get(`${at} ${id}`) ?? 0) + all.length - left.length;
        if (left.length > 0) put(id, at, { ...sumOf(left), replaced });
      }
    }
    return found;
  }

  /** The reports of each link's day on which some tell of the same time, each day once. */
  async #overlapping(rows: readonly Row[], signal: AbortSignal | undefined): Promise<OverlappingDay[]> {
    const days = new Map<string, OverlappingDay>();
    for (const { database, party, day, overlaps } of rows)
      if (overlaps === 1) days.set(`${day} ${linkId(database, party)}`, { database, party, day, reports: [] });
    if (days.size === 0) return [];
    const links = new Map([...days.values()].map((each) => [linkId(each.database, each.party), each]));
    const named = [...links.values()].map(({ database, party }) => ({ database, party }));
    const sorted = [...days.values()].map(({ day }) => day).toSorted();
    const found = await this.#reads.readBound<ReportRow>(
      `SELECT database, party, toString(bucket) AS day, ${REPORT} AS report
       FROM ${intervals(
         `bucket BETWEEN toDate32({from:String}) AND toDate32({to:String})
            AND (database, party) IN (SELECT arrayJoin(arrayZip({databases:Array(String)}, {parties:Array(String)})))`,
       )} ${LATEST_FIRST}`,
      {
        from: sorted[0] ?? '',
        to: sorted.at(-1) ?? '',
        databases: named.map(({ database }) => database),
        parties: named.map(({ party }) => party),
      },
      signal,
    );
    for (const { database, party, day, report } of found)
      days.get(`${day} ${linkId(database, party)}`)?.reports.push(reportOf(report));
    return [...days.values()];
  }
}

interface OverlappingDay {
  database: string;
  party: string;
  day: string;
  reports: Report[];
}

/** By where each began, counted from `from` on. */
function byHour(reports: readonly Report[], from: number): Map<number, Report[]> {
  const hours = new Map<number, Report[]>();
  for (const report of reports) {
    const at = from + HOUR_MS * Math.floor((report.start - from) / HOUR_MS);
    const known = hours.get(at);
    if (known === undefined) hours.set(at, [report]);
    else known.push(report);
  }
  return hours;
}
