/** What ingest needs of the warehouse: to insert a range exactly once, and to know which events were counted. */
import type { Access } from './access.ts';
import { SUBMISSION_COLUMNS } from './rows.ts';

/** Rows of one range by table: submissions in RowBinary, the others as NDJSON. What is empty inserts nothing. */
export interface RangeRows {
  submission: Uint8Array;
  backlog: string;
  quarantine: string;
}

export interface Seen {
  correction: boolean;
}

/** Keys of one look-up; more go in several queries, as a query's text is bounded. */
const LOOKUP_KEYS = 2_000;
const KEYS_A_PIECE = 2_000_000;

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
    // Late counts reach back to 2015: one block may touch many monthly partitions.
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
   * Which of `keys` (UUIDs) were counted by another range than `rangeId`. Blind to the range's own rows, or a replay
   * after a crash would find them, send a different block and never heal the rollups.
   */
  async seen(keys: readonly string[], rangeId: string): Promise<Map<string, Seen>> {
    const found = new Map<string, Seen>();
    for (let at = 0; at < keys.length; at += LOOKUP_KEYS) {
      const list = keys.slice(at, at + LOOKUP_KEYS).map((key) => `'${key}'`);
      const rows = await this.#access.read<{ key: string; correction: boolean }>(
        `SELECT toString(event_key) AS key, correction FROM event_seen
         PREWHERE event_key IN (${list.join(',')}) WHERE range_id != toUInt64('${rangeId}')`,
      );
      for (const row of rows) found.set(row.key, { correction: row.correction });
    }
    return found;
  }

  /** How many keys were counted so far. */
  async keyCount(): Promise<number> {
    const [row] = await this.#access.read<{ keys: number }>('SELECT count() AS keys FROM event_seen');
    return row?.keys ?? 0;
  }

  /**
   * Every key counted so far, 16 bytes each as the engine stores a UUID, in pieces of about `piece` keys that fit into memory.
   * Keys are hashes, so equal stretches of their order hold as many; the engine orders UUIDs by their second half.
   */
  async *allKeys(piece = KEYS_A_PIECE): AsyncIterable<Buffer> {
    const pieces = 2 ** Math.min(16, Math.ceil(Math.log2(Math.max(1, (await this.keyCount()) / piece))));
    const bound = (at: number): string =>
      `toUUID('00000000-0000-0000-${((at * 65_536) / pieces).toString(16).padStart(4, '0')}-000000000000')`;
    for (let at = 0; at < pieces; at++) {
      const from = at === 0 ? '1' : `event_key >= ${bound(at)}`;
      const to = at === pieces - 1 ? '1' : `event_key < ${bound(at + 1)}`;
      yield await this.#access.bytes(`SELECT event_key FROM event_seen WHERE ${from} AND ${to}`, 'RowBinary');
    }
  }
}
