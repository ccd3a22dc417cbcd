/** The running day as it was read, hour by hour: what did not change since is not read again. Times in milliseconds since 1970 UTC. */
import { addSums, type BucketRow, type DimRow, type WallQueries } from '@room/warehouse';
import { LAST_MINUTES } from './state.ts';

const HOUR_MS = 3_600_000;
const LAST_MS = LAST_MINUTES * 60_000;
/** Seconds are shown of the last minutes only. */
const SECONDS_SHOWN_MS = 600_000;

/** What changed since the last reading: hours counted from 1970 UTC, or all of it. */
export type Changed = ReadonlySet<number> | 'all';

export interface DayRows {
  totals: DimRow[];
  minutes: BucketRow[];
  seconds: { bucket: number; submitted: number }[];
}

interface Hour {
  totals: readonly DimRow[];
  minutes: readonly BucketRow[];
}

export class RunningDay {
  readonly #queries: Pick<WallQueries, 'runningHours' | 'running' | 'seconds'>;
  readonly #midnight: number;
  readonly #end: number;
  readonly #hours = new Map<number, Hour>();
  #before: BucketRow[] = [];
  #seconds: DayRows['seconds'] = [];
  #isWhole = false;

  /** Of the span [midnight, end). */
  constructor(queries: Pick<WallQueries, 'runningHours' | 'running' | 'seconds'>, midnight: number, end: number) {
    this.#queries = queries;
    this.#midnight = midnight;
    this.#end = end;
  }

  get midnight(): number {
    return this.#midnight;
  }

  /** Reads what changed; all of the day where that is not known. What fails leaves the next reading to read all. */
  async read(now: number, changed: Changed): Promise<DayRows> {
    const whole = changed === 'all' || !this.#isWhole;
    if (whole || changed.size > 0) {
      this.#isWhole = false;
      const [hours, seconds, before] = await Promise.all([
        this.#queries.runningHours(this.#midnight, this.#end, whole ? undefined : this.#within(changed)),
        this.#queries.seconds(now - SECONDS_SHOWN_MS, now + 1_000),
        // Shortly after midnight the last minutes reach into yesterday; its totals do not.
        now - this.#midnight < LAST_MS ? this.#queries.running(now - LAST_MS, this.#midnight) : undefined,
      ]);
      if (whole) this.#hours.clear();
      for (const [hour, rows] of hours) this.#hours.set(hour, rows);
      this.#seconds = seconds;
      this.#before = before?.minutes ?? [];
      this.#isWhole = true;
    }
    return {
      totals: summed([...this.#hours.values()].flatMap(({ totals }) => totals)),
      minutes: [...this.#before, ...[...this.#hours.values()].flatMap(({ minutes }) => minutes)],
      seconds: this.#seconds,
    };
  }

  #within(changed: ReadonlySet<number>): number[] {
    return [...changed].filter((hour) => (hour + 1) * HOUR_MS > this.#midnight && hour * HOUR_MS < this.#end);
  }
}

/** One row of each dimension and code. */
function summed(rows: readonly DimRow[]): DimRow[] {
  const sums = new Map<string, DimRow>();
  for (const row of rows) {
    const key = `${row.dim}\n${row.code}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { ...row });
    else addSums(sum, row);
  }
  return [...sums.values()];
}
