/** What ingest needs of the warehouse: to insert a range exactly once, and to know which events were counted. */
import {
  type Counted,
  type CountedKind,
  MAX_AHEAD_MS,
  type Placed,
  placeAt,
  type Standing,
  type Submission,
} from '@room/contract';
import type { Access } from './access.ts';
import { instantText } from './instant.ts';
import { keySlices } from './migrate.ts';
import { SUBMISSION_COLUMNS } from './rows.ts';

/** Rows of one range by table: submissions in RowBinary, the others as NDJSON. What is empty inserts nothing. */
export interface RangeRows {
  submission: Uint8Array;
  backlog: string;
  link?: string;
  quarantine: string;
}

/** A counted event. */
export interface Seen extends Counted {
  /** Sum of the counts of its corrections so far; only where it was asked for as a target. */
  corrected?: number;
}

/** A correction that takes away, and the key of its original. */
export interface Taking {
  target: string;
  event: Submission;
}

/** What is counted of originals by place (`placeAt`). */
export type Standings = ReadonlyMap<string, Standing>;

export interface TheirPlaces {
  timeZone: string;
  /** No row is older than this, counted from when the log took it: milliseconds since 1970 UTC. */
  since: number;
  /** Corrections that are not to be found, by their keys. */
  without?: readonly string[];
}

/** Takings of one look-up: each is a piece of a table's key. */
const LOOKUP_TAKINGS = 100;
/** A local day lies within this of any of its instants. */
const DAY_MS = 26 * 3_600_000;
/** Keys of one look-up; more go in several queries, as a query's text is bounded. */
const LOOKUP_KEYS = 2_000;

export class Ledger {
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  /**
   * Inserts the rows of a range under its token. Replaying the same rows under the same token changes nothing where they
   * stand already and heals what a crash left out: three things together make that hold, a window on the base table, one
   * on every rollup, and deduplication in dependent views.
   */
  async insertRange(token: string, rows: RangeRows): Promise<void> {
    // Late counts reach back to 2015, with a partition a year.
    const settings = [
      `insert_deduplication_token = '${token}'`,
      'insert_deduplicate = 1',
      'deduplicate_blocks_in_dependent_materialized_views = 1',
      'async_insert = 0',
      'max_partitions_per_insert_block = 0',
      // One block a range: where the engine cut it would else depend on its version and its cores.
      'max_insert_block_size = 1000000',
      'input_format_parallel_parsing = 0',
      "date_time_input_format = 'basic'",
    ].join(', ');
    if (rows.submission.length > 0)
      await this.#access.command(
        `INSERT INTO submission (${SUBMISSION_COLUMNS}) SETTINGS ${settings} FORMAT RowBinary`,
        rows.submission,
      );
    for (const table of ['backlog', 'link', 'quarantine'] as const) {
      const lines = rows[table] ?? '';
      if (lines !== '')
        await this.#access.command(`INSERT INTO ${table} SETTINGS ${settings} FORMAT JSONEachRow\n${lines}`);
    }
  }

  /**
   * Which of `keys` (UUIDs) were counted by another range than `rangeId`, and how much those among `targets`, which are
   * originals of corrections, were corrected. Blind to the range's own rows, or a replay after a crash would find them, send a
   * different block and never heal the rollups.
   */
  async seen(keys: readonly string[], rangeId: string, targets: readonly string[] = []): Promise<Map<string, Seen>> {
    const found = new Map<string, Seen>();
    for (const list of listsOf(keys)) {
      const rows = await this.#access.read<{ key: string; kind: CountedKind | 'unknown'; counted: number }>(
        `SELECT toString(event_key) AS key, kind, count AS counted FROM event_seen
         PREWHERE event_key IN (${list}) WHERE range_id != toUInt64('${rangeId}')`,
      );
      for (const { key, kind, counted } of rows)
        found.set(key, {
          correction: kind === 'correction',
          ...(kind === 'unknown' ? {} : { kind, count: counted }),
        });
    }
    for (const list of listsOf(targets.filter((key) => found.has(key)))) {
      const rows = await this.#access.read<{ key: string; corrected: number }>(
        `SELECT toString(event_key) AS key, sum(count) AS corrected FROM corrected
         PREWHERE event_key IN (${list}) WHERE range_id != toUInt64('${rangeId}') GROUP BY event_key`,
      );
      for (const { key, corrected } of rows) {
        const original = found.get(key);
        if (original !== undefined) original.corrected = corrected;
      }
    }
    return found;
  }

  /**
   * What is counted of each taking's original in its place, by ranges other than `rangeId`. Reads no row from before `since`, so that
   * what is removed for its age meanwhile changes no answer.
   */
  async there(takings: readonly Taking[], rangeId: string, places: TheirPlaces): Promise<Map<string, Standing>> {
    const { timeZone, since, without = [] } = places;
    const found = new Map<string, Standing>();
    for (const { target, event } of takings)
      found.set(placeAt(target, event), { count: 0, isWhole: event.occurredAt - MAX_AHEAD_MS >= since });
    for (let at = 0; at < takings.length; at += LOOKUP_TAKINGS) {
      const some = takings.slice(at, at + LOOKUP_TAKINGS);
      const roots = [...new Set(some.map(({ target }) => `'${digits(target)}'`))].join(',');
      const rows = await this.#access.read<PlaceRow>(
        `SELECT root, day, agency, service, province, channel, status, onTime, sum(count) AS counted FROM (
           SELECT if(corrects = '', replaceAll(toString(event_key), '-', ''),
               substring(lower(hex(SHA256(concat(source, '\n', corrects, '\n')))), 1, 32)) AS root,
             toString(toDate32(occurred_at, '${timeZone}')) AS day, agency, service, province, channel, status, on_time AS onTime, count
           FROM submission
           WHERE (${[...new Set(some.map(({ event }) => nearby(event)))].join(' OR ')})
             AND received_at >= '${instantText(since)}' AND range_id != toUInt64('${rangeId}')
             ${without.length === 0 ? '' : `AND event_key NOT IN (${without.map((key) => `'${key}'`).join(',')})`}
         ) WHERE root IN (${roots}) GROUP BY ALL`,
      );
      const counted = new Map(
        rows.map(({ root, onTime, counted: n, ...row }) => [
          placeAt(root, { ...row, ...(onTime === null ? {} : { onTime }) }),
          n,
        ]),
      );
      for (const { target, event } of some) {
        const standing = found.get(placeAt(target, event));
        if (standing !== undefined) standing.count = counted.get(placeAt(digits(target), event)) ?? 0;
      }
    }
    return found;
  }

  /** How many keys were counted so far. */
  async keyCount(): Promise<number> {
    const [row] = await this.#access.read<{ keys: number }>('SELECT count() AS keys FROM event_seen');
    return row?.keys ?? 0;
  }

  /** Conditions that cut all counted keys into pieces of about `piece`. */
  async keySlices(piece: number): Promise<string[]> {
    return keySlices(await this.keyCount(), piece, 'event_key');
  }

  /** Keys of one slice, 16 bytes each as the engine stores a UUID. */
  keysOf(slice: string): Promise<Buffer> {
    return this.#access.bytes(`SELECT event_key FROM event_seen WHERE ${slice}`, 'RowBinary');
  }

  /** Whether the engine is inserting rows under `token` now. */
  async isInserting(token: string): Promise<boolean> {
    const [row] = await this.#access.read<{ inserts: number }>(
      `SELECT count() AS inserts FROM system.processes WHERE startsWith(query, 'INSERT') AND position(query, '${token}') > 0`,
    );
    return (row?.inserts ?? 0) > 0;
  }
}

function* listsOf(keys: readonly string[]): Iterable<string> {
  for (let at = 0; at < keys.length; at += LOOKUP_KEYS)
    yield keys
      .slice(at, at + LOOKUP_KEYS)
      .map((key) => `'${key}'`)
      .join(',');
}

interface PlaceRow extends Omit<Placed, 'onTime'> {
  /** Digits of the original's key. */
  root: string;
  onTime: boolean | null;
  counted: number;
}

const digits = (key: string): string => key.replaceAll('-', '');

/** Rows of one agency, service and province around a day: they stand together. */
const nearby = ({ agency, service, province, occurredAt }: Submission): string =>
  `(agency = ${text(agency)} AND service = ${text(service)} AND province = ${text(province)} AND occurred_at BETWEEN ` +
  `'${instantText(occurredAt - DAY_MS)}' AND '${instantText(occurredAt + DAY_MS)}')`;

const text = (code: string): string => `'${code.replaceAll(/['\\]/g, '\\$&')}'`;
