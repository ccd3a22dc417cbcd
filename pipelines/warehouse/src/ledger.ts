/** What ingest needs of the warehouse: to insert a range exactly once, and to know which events were counted. */
import type { Counted, CountedKind } from '@room/contract';
import type { Access } from './access.ts';
import { keySlices } from './migrate.ts';
import { SUBMISSION_COLUMNS } from './rows.ts';

/** Rows of one range by table: submissions in RowBinary, the others as NDJSON. What is empty inserts nothing. */
export interface RangeRows {
  submission: Uint8Array;
  backlog: string;
  quarantine: string;
}

/** A counted event. */
export interface Seen extends Counted {
  /** Sum of the counts of its corrections so far; only where it was asked for as a target. */
  corrected?: number;
}

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
    for (const table of ['backlog', 'quarantine'] as const) {
      if (rows[table] === '') continue;
      await this.#access.command(`INSERT INTO ${table} SETTINGS ${settings} FORMAT JSONEachRow\n${rows[table]}`);
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
