/** Levels as they were read, for as long as no report is counted of a day that they may be made of. */
import { addDays, LEVEL_REACH_DAYS } from '@room/contract';
import type { Reads } from '../access.ts';
import { Fresh } from './fresh.ts';
import { KeptRows } from './kept-rows.ts';
import type { LevelRow, LevelsAsked } from './levels.ts';
import type { Plan } from './plan.ts';

/** Counts of periods that are asked for at the same time. */
const MOST_COUNTS = 32;

export class KeptLevels {
  readonly #reads: Pick<Reads, 'read'>;
  readonly #freshMs: number;
  readonly #kept = new KeptRows();
  readonly #counts = new Map<string, Fresh<number>>();

  /** Reports are counted anew where they were more than `freshMs` ago. */
  constructor(reads: Pick<Reads, 'read'>, freshMs: number) {
    this.#reads = reads;
    this.#freshMs = freshMs;
  }

  async read({ sql, asked }: NonNullable<Plan['levels']>, signal?: AbortSignal): Promise<readonly LevelRow[]> {
    if (!isKeptOf(asked)) return this.#reads.read<LevelRow>(sql, signal);
    const reports = await this.#count(asked);
    signal?.throwIfAborted();
    const kept = this.#kept.get<LevelRow>(sql, reports);
    if (kept !== undefined) return kept;
    const rows = await this.#reads.read<LevelRow>(sql, signal);
    this.#kept.keep(sql, reports, rows);
    return rows;
  }

  /** Undefined where they are to be read. */
  async kept({ sql, asked }: NonNullable<Plan['levels']>): Promise<readonly LevelRow[] | undefined> {
    return isKeptOf(asked) ? this.#kept.get<LevelRow>(sql, await this.#count(asked)) : undefined;
  }

  /** The same table holds the reports and their count: of each part both or neither. */
  #count({ periods }: LevelsAsked): Promise<number> {
    const where = periods
      .map(({ period: { from, to } }) => {
        const reach = addDays(from, 1 - LEVEL_REACH_DAYS);
        return `bucket BETWEEN toDate32('${reach}') AND toDate32('${to}')`;
      })
      .join(' OR ');
    const count = this.#counts.get(where) ?? new Fresh(() => this.#read(where), this.#freshMs);
    this.#counts.delete(where);
    this.#counts.set(where, count);
    for (const oldest of this.#counts.keys()) if (this.#counts.size > MOST_COUNTS) this.#counts.delete(oldest);
    return count.get();
  }

  async #read(where: string): Promise<number> {
    const [row] = await this.#reads.read<{ reports: number }>(
      `SELECT sum(events) AS reports FROM rollup_backlog_day WHERE ${where}`,
    );
    return row?.reports ?? 0;
  }
}

/** Those by the hour are read from the reports themselves. */
const isKeptOf = ({ periods }: LevelsAsked): boolean => periods.every(({ grain }) => grain !== 'hour');
