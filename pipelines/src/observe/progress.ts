/** Whether ingest and pulse get on with their work, and if not, why. */
import type { Cause, Lag } from '@room/operations';

export interface ProgressOptions {
  lag: Pick<Lag, 'waitingSince'>;
  /** Longest time without progress while events wait, in milliseconds. */
  stuckMs: number;
  /** Milliseconds of the clock that `lag` uses. */
  now?: () => number;
}

/** The pulse says something every 5 s; a wall that hears nothing for longer than this says so too. */
const STALE_MS = 15_000;

export class Progress {
  readonly #options: ProgressOptions;
  readonly #now: () => number;
  /** Undefined until the group gave an assignment. */
  #assigned: readonly number[] | undefined;
  /** When the partition was taken over, or last counted. */
  readonly #movedAt = new Map<number, number>();
  readonly #pending = new Set<number>();
  #isRefused = false;
  /** Undefined while another process computes the pulse. */
  #publishedAt: number | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  assigned(partitions: readonly number[]): void {
    this.#assigned = partitions;
    this.#movedAt.clear();
    for (const partition of partitions) this.#movedAt.set(partition, this.#now());
    this.#pending.clear();
    this.#isRefused = false;
  }

  pending(partition: number, isPending: boolean): void {
    if (isPending) this.#pending.add(partition);
    else this.#pending.delete(partition);
  }

  counted(partition: number): void {
    this.#movedAt.set(partition, this.#now());
    this.#isRefused = false;
  }

  refused(): void {
    this.#isRefused = true;
  }

  restarted(): void {
    this.#assigned = undefined;
  }

  leads(isLeading: boolean): void {
    this.#publishedAt = isLeading ? this.#now() : undefined;
  }

  published(): void {
    if (this.#publishedAt !== undefined) this.#publishedAt = this.#now();
  }

  /** Partitions with a range whose insert is under way. */
  get rangesPending(): number {
    return this.#pending.size;
  }

  get isLeading(): boolean {
    return this.#publishedAt !== undefined;
  }

  causes(): Cause[] {
    const found: Cause[] = [];
    if (this.#assigned === undefined) found.push(JOINING);
    if (this.#isRefused) found.push(WAREHOUSE);
    else if (this.#assigned?.some((partition) => this.#isStuck(partition))) found.push(STUCK);
    if (this.#publishedAt !== undefined && this.#now() - this.#publishedAt > STALE_MS) found.push(STALE);
    return found;
  }

  #isStuck(partition: number): boolean {
    const waitingSince = this.#options.lag.waitingSince(partition);
    if (waitingSince === undefined) return false;
    const since = Math.max(waitingSince, this.#movedAt.get(partition) ?? 0);
    return this.#now() - since > this.#options.stuckMs;
  }
}

const JOINING: Cause = {
  code: 'joining',
  reason: 'ingest is not yet a member of its consumer group',
  remedy: 'wait: after a crash it takes a session timeout; if it lasts, see whether the log can be reached',
};
const WAREHOUSE: Cause = {
  code: 'warehouse',
  reason: 'the warehouse refused the last insert, which is tried again',
  remedy: 'look at the warehouse (is it up, is its disk full); nothing is lost meanwhile, the log keeps what waits',
};
const STUCK: Cause = {
  code: 'stuck',
  reason: 'events wait, and nothing was counted for a while',
  remedy: 'ingest is started again by itself; if that does not help, restart the process: it goes on where it was',
};
const STALE: Cause = {
  code: 'stale',
  reason: 'this process computes the numbers of the walls and has published none for 15 s',
  remedy: 'see the log for what the pulse waits: warehouse or event log',
};
