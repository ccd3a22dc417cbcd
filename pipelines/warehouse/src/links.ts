/** What was reported of links to national databases: the last interval of each, and sums of days and hours. */
import { type LinkError, type LinkLatest, linkId } from '@room/contract';
import type { Reads } from './access.ts';
import { instantSql } from './instant.ts';

/** What passed over a link in a bucket. */
export interface LinkSums extends Readonly<Record<LinkError, number>> {
  requests: number;
  /** Milliseconds of the bucket that were reported. */
  told: number;
  simulated: boolean;
}

interface Row extends Omit<LinkSums, 'simulated'> {
  database: string;
  party: string;
  simulated: number;
}

/** Elements of `latest` of the rollup by interval, in its order. What two intervals tell of is told once. */
const OF_INTERVAL = `sum(tupleElement(l, 4)) AS requests, sum(tupleElement(l, 5)) AS timeout, sum(tupleElement(l, 6)) AS unavailable,
  sum(tupleElement(l, 7)) AS refused, sum(tupleElement(l, 8)) AS invalid, sum(beyond) AS told, max(tupleElement(l, 10)) AS simulated`;
/** Milliseconds of an interval after the end of all that began before it on its day. */
const BEYOND = `toUnixTimestamp64Milli(tupleElement(latest, 3)) AS ended,
  greatest(0, ended - greatest(toUnixTimestamp64Milli(started_at), max(ended) OVER (
    PARTITION BY bucket, database, party ORDER BY started_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))) AS beyond`;
/** Local days before today, of which the last interval of a link is sought among those that stand. */
const RECENT_DAYS = 2;

/** Of each interval the report that the log took last. FINAL merges in the order of the key: to group by it compares tuples, which is slow. */
const intervals = (where: string): string =>
  `(SELECT bucket, database, party, started_at, latest AS l, ${BEYOND} FROM rollup_link_interval FINAL WHERE ${where})`;

const IS_RECENT = `bucket >= toDate32(now()) - ${RECENT_DAYS}`;
/** In the order of `latest` of the rollup of the last interval. */
const RECENT = `SELECT database, party,
    (tupleElement(last, 1), tupleElement(last, 2), tupleElement(last, 3), tupleElement(last, 4), tupleElement(last, 5), tupleElement(last, 6),
      tupleElement(last, 7), tupleElement(last, 8), tupleElement(last, 9), success, tupleElement(last, 10)) AS l
  FROM (SELECT database, party, max(tupleElement(latest, 9)) AS success,
      max((tupleElement(latest, 3), tupleElement(latest, 1), tupleElement(latest, 2), started_at, tupleElement(latest, 4), tupleElement(latest, 5),
        tupleElement(latest, 6), tupleElement(latest, 7), tupleElement(latest, 8), tupleElement(latest, 10))) AS last
    FROM rollup_link_interval FINAL WHERE ${IS_RECENT} GROUP BY database, party)`;

const sumsOf = ({ requests, timeout, unavailable, refused, invalid, told, simulated }: Row): LinkSums => ({
  requests,
  timeout,
  unavailable,
  refused,
  invalid,
  told,
  simulated: simulated === 1,
});

export class LinkStore {
  readonly #reads: Reads;

  constructor(reads: Reads) {
    this.#reads = reads;
  }

  /**
   * By link; whoever never reported is missing. Of whoever reported these days the last of the intervals that stand: one that was
   * replaced says nothing any more. The last success is the last that any of them knows.
   */
  async latest(signal?: AbortSignal): Promise<Map<string, LinkLatest>> {
    const rows = await this.#reads.read<Row & { start: number; end: number; success: number }>(
      `SELECT database, party, toUnixTimestamp64Milli(tupleElement(l, 4)) AS start, toUnixTimestamp64Milli(tupleElement(l, 1)) AS end,
         tupleElement(l, 5) AS requests, tupleElement(l, 6) AS timeout, tupleElement(l, 7) AS unavailable,
         tupleElement(l, 8) AS refused, tupleElement(l, 9) AS invalid, toUnixTimestamp64Milli(tupleElement(l, 10)) AS success,
         tupleElement(l, 11) AS simulated
       FROM (${RECENT} UNION ALL
         SELECT database, party, max(latest) AS l FROM rollup_link_latest
         WHERE (database, party) NOT IN (SELECT DISTINCT database, party FROM rollup_link_interval WHERE ${IS_RECENT})
         GROUP BY database, dim, party)`,
      signal,
    );
    return new Map(
      rows.map(({ database, party, start, end, success, simulated, ...row }) => {
        const { requests, timeout, unavailable, refused, invalid } = row;
        const latest: LinkLatest = {
          start,
          end,
          requests,
          timeout,
          unavailable,
          refused,
          invalid,
          simulated: simulated === 1,
        };
        return [linkId(database, party), success === 0 ? latest : { ...latest, lastSuccessAt: success }];
      }),
    );
  }

  /** Sums of each local day (`YYYY-MM-DD`, both inclusive) by link. */
  async days(from: string, to: string, signal?: AbortSignal): Promise<Map<string, Map<string, LinkSums>>> {
    const rows = await this.#reads.readBound<Row & { day: string }>(
      `SELECT database, party, toString(bucket) AS day, ${OF_INTERVAL}
       FROM ${intervals('bucket BETWEEN toDate32({from:String}) AND toDate32({to:String})')}
       GROUP BY database, party, bucket`,
      { from, to },
      signal,
    );
    const found = new Map<string, Map<string, LinkSums>>();
    for (const row of rows) {
      const id = linkId(row.database, row.party);
      found.set(id, (found.get(id) ?? new Map<string, LinkSums>()).set(row.day, sumsOf(row)));
    }
    return found;
  }

  /** Sums of each hour counted from `from` on, and before `to`, by its beginning; `database` and `party` are ids of the catalogue. */
  async hours(
    link: { database: string; party: string },
    from: number,
    to: number,
    signal?: AbortSignal,
  ): Promise<Map<number, LinkSums>> {
    // A local day begins less than a day from that of UTC.
    const span = `started_at >= ${instantSql(from)} AND started_at < ${instantSql(to)}
      AND bucket BETWEEN toDate32(${instantSql(from)}) - 1 AND toDate32(${instantSql(to)}) + 1`;
    const rows = await this.#reads.readBound<Row & { at: number }>(
      `SELECT database, party, ${from} + 3600000 * intDiv(toUnixTimestamp64Milli(started_at) - ${from}, 3600000) AS at, ${OF_INTERVAL}
       FROM ${intervals(`${span} AND database = {database:String} AND party = {party:String}`)}
       GROUP BY database, party, at`,
      link,
      signal,
    );
    return new Map(rows.map((row) => [row.at, sumsOf(row)]));
  }
}
