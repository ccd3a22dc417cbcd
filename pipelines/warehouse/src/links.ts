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

/** Elements of `latest` of the rollup by interval, in its order. */
const OF_INTERVAL = `sum(tupleElement(l, 4)) AS requests, sum(tupleElement(l, 5)) AS timeout, sum(tupleElement(l, 6)) AS unavailable,
  sum(tupleElement(l, 7)) AS refused, sum(tupleElement(l, 8)) AS invalid,
  sum(toUnixTimestamp64Milli(tupleElement(l, 3)) - toUnixTimestamp64Milli(started_at)) AS told, max(tupleElement(l, 10)) AS simulated`;

/** Of each interval the report that the log took last. FINAL merges in the order of the key: to group by it compares tuples, which is slow. */
const intervals = (where: string): string =>
  `(SELECT bucket, database, party, started_at, latest AS l FROM rollup_link_interval FINAL WHERE ${where})`;

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

  /** By link; whoever never reported is missing. */
  async latest(signal?: AbortSignal): Promise<Map<string, LinkLatest>> {
    const rows = await this.#reads.read<Row & { start: number; end: number; success: number }>(
      `SELECT database, party, toUnixTimestamp64Milli(tupleElement(l, 4)) AS start, toUnixTimestamp64Milli(tupleElement(l, 1)) AS end,
         tupleElement(l, 5) AS requests, tupleElement(l, 6) AS timeout, tupleElement(l, 7) AS unavailable,
         tupleElement(l, 8) AS refused, tupleElement(l, 9) AS invalid, toUnixTimestamp64Milli(tupleElement(l, 10)) AS success,
         tupleElement(l, 11) AS simulated
       FROM (SELECT database, dim, party, max(latest) AS l FROM rollup_link_latest GROUP BY database, dim, party)`,
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
