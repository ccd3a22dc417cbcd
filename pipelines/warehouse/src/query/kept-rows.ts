/** Rows of statements, for as long as what they were read from is the same; those that were not asked for longest are let go. */

/** Of all statements together, some twenty megabytes; and of one: a year of some dozens of units by the day. */
const MOST_ROWS = 120_000;
const MOST_OF_ONE = 15_000;

interface Kept {
  /** What they were read from: another number of events is another one. */
  events: number;
  rows: readonly unknown[];
}

export class KeptRows {
  readonly #kept = new Map<string, Kept>();
  readonly #most: number;
  #size = 0;

  constructor(most = MOST_ROWS) {
    this.#most = most;
  }

  /** Undefined where there are none, or of other events. */
  get<T>(sql: string, events: number): readonly T[] | undefined {
    const kept = this.#kept.get(sql);
    if (kept === undefined || kept.events !== events) return undefined;
    this.#kept.delete(sql);
    this.#kept.set(sql, kept);
    return kept.rows as readonly T[];
  }

  keep(sql: string, events: number, rows: readonly unknown[]): void {
    this.#drop(sql);
    if (rows.length > Math.min(MOST_OF_ONE, this.#most)) return;
    this.#kept.set(sql, { events, rows });
    this.#size += sizeOf(rows);
    for (const oldest of this.#kept.keys()) {
      if (this.#size <= this.#most) return;
      this.#drop(oldest);
    }
  }

  #drop(sql: string): void {
    const kept = this.#kept.get(sql);
    if (kept === undefined) return;
    this.#kept.delete(sql);
    this.#size -= sizeOf(kept.rows);
  }
}

/** A statement takes its place without rows too. */
const sizeOf = (rows: readonly unknown[]): number => rows.length + 10;
