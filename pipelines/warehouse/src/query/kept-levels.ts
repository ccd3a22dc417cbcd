/** Levels as they were read, for as long as no report is counted of a day that they may be made of. */
import { addDays, LEVEL_REACH_DAYS } from '@room/contract';
import type { Reads } from '../access.ts';
import { KeptRows } from './kept-rows.ts';
import type { LevelRow } from './levels.ts';
import type { Plan } from './plan.ts';

/** Counts of periods that are asked for at the same time. */
const MOST_COUNTS = 32;

export class KeptLevels {
  readonly #reads: Pick<Reads, 'read'>;
  readonly #freshMs: number;
  readonly #kept = new KeptRows();
  readonly #counts = new Map<string, { at: number; reports: Promise<number> }>();

  /** Reports are counted anew where they were more than `freshMs` ago. */
  constructor(reads: Pick<Reads, 'read'>, freshMs: number) {
    this.#reads = reads;
    this.#freshMs = freshMs;
  }

  async read({ sql, asked }: NonNullable<Plan['levels']>, signal?: AbortSignal): Promise<readonly LevelRow[]> {
    // Those by the hour are read from the reports themselves.
    if (asked.periods.some(({ grain }) => grain === 'hour')) return this.#reads.read<LevelRow>(sql, signal);
    const reports = await this.#count(
      asked.periods
        .map(({ period: { from, to } }) => {
          const reach = addDays(from, 1 - LEVEL_REACH_DAYS);
          return `bucket BETWEEN toDate32('${reach}') AND toDate32('${to}')`;
        })
        .join(' OR '),
    );
    signal?.throwIfAborted();
    const kept = this.#kept.get<LevelRow>(sql, reports);
    if (kept !== undefined) return kept;
    const rows = await this.#reads.read<LevelRow>(sql, signal);
    this.#kept.keep(sql, reports, rows);
    return rows;
  }

  /** The same table holds the reports and their count: of each part both or neither. */
  #count(where: string): Promise<number> {
    const now = performance.now();
    const last = this.#counts.get(where);
    if (last !== undefined && now - last.at < this.#freshMs) return last.reports;
    const reports = this.#reads
      .read<{ reports: number }>(`SELECT sum(events) AS reports FROM rollup_backlog_day WHERE ${where}`)
      .then(([row]) => row?.reports ?? 0);
    const counting = { at: now, reports };
    this.#counts.delete(where);
    this.#counts.set(where, counting);
    for (const oldest of this.#counts.keys()) if (this.#counts.size > MOST_COUNTS) this.#counts.delete(oldest);
    reports.catch(() => {
      if (this.#counts.get(where) === counting) this.#counts.delete(where);
    });
    return reports;
  }
}
