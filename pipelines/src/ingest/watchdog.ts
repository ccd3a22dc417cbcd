/**
 * Starts a consumer again that makes no progress although records wait for it: group protocols have states that nobody
 * leaves. A consumer that knows why it waits says so, and work that takes long is no standstill: both are left alone.
 */
import { oneAtATime } from '@room/runtime';

export interface WatchdogOptions {
  /** Longest time without a sign of life of a partition, in milliseconds. */
  patienceMs: number;
  start: () => Promise<AsyncDisposable>;
  /** Records that this consumer should be working on, by partition; it is at rest while there are none. */
  waiting: () => Promise<ReadonlyMap<number, number>>;
  /** Whether something that only takes long is being done for the partition right now. */
  isWorking: (partition: number) => Promise<boolean>;
  report: (level: 'warn', message: string) => void;
  restarted: () => void;
  /** Starting again did not help. */
  fatal: (error: Error) => void;
}

/** After so many starts without any progress of the partition between them the process is what must be started again. */
const MOST_RESTARTS = 2;
const LOOKS = 4;

export class Watchdog implements AsyncDisposable {
  readonly #options: WatchdogOptions;
  readonly #timer: NodeJS.Timeout;
  #consumer: AsyncDisposable | undefined;
  #lookedAt = performance.now();
  /** Last sign of life of the whole consumer, and of each partition. */
  #aliveAt = performance.now();
  readonly #partitionAliveAt = new Map<number, number>();
  /** Since when records wait without a break, as far as looks tell. */
  readonly #waitingSince = new Map<number, number>();
  #restarts = 0;
  /** For which partition it was started again last. */
  #blamed: number | undefined;
  #isDisposed = false;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), options.patienceMs / LOOKS).unref();
  }

  /** Starts the consumer for the first time. */
  async start(): Promise<void> {
    try {
      this.#consumer = await this.#options.start();
    } catch (error) {
      clearInterval(this.#timer);
      throw error;
    }
    this.alive(true);
  }

  /** A sign of life of a partition, or of all: progress, or else a known cause to wait. */
  alive(isProgress: boolean, partition?: number): void {
    if (partition === undefined) this.#aliveAt = performance.now();
    else this.#partitionAliveAt.set(partition, performance.now());
    // That others get on says nothing of the one that does not.
    if (isProgress && (partition === undefined || partition === this.#blamed)) this.#recovered();
  }

  #recovered(): void {
    this.#restarts = 0;
    this.#blamed = undefined;
  }

  #look(): void {
    const { patienceMs } = this.#options;
    const now = performance.now();
    // Looking late means that the whole process stood still, not the consumer.
    if (now - this.#lookedAt > patienceMs) this.#aliveAt = now;
    this.#lookedAt = now;
    void this.#askWhatWaits(now);
  }

  readonly #askWhatWaits = oneAtATime(async (now: number) => {
    const { patienceMs, waiting, isWorking, report } = this.#options;
    try {
      const records = await waiting();
      this.#note(records, now);
      for (const [partition, since] of this.#waitingSince) {
        const alive = Math.max(this.#aliveAt, this.#partitionAliveAt.get(partition) ?? 0, since);
        if (this.#isDisposed || performance.now() - alive < patienceMs) continue;
        if (await isWorking(partition)) this.alive(false, partition);
        else if (!this.#isDisposed) return await this.#restart(partition, records.get(partition) ?? 0);
      }
    } catch (error) {
      // A log that does not answer is no fault of the consumer.
      this.#waitingSince.clear();
      report('warn', `the log does not answer the watchdog: ${(error as Error).message}`);
    }
  });

  #note(records: ReadonlyMap<number, number>, now: number): void {
    for (const partition of this.#waitingSince.keys())
      if ((records.get(partition) ?? 0) === 0) this.#waitingSince.delete(partition);
    for (const [partition, waiting] of records)
      if (waiting > 0 && !this.#waitingSince.has(partition)) this.#waitingSince.set(partition, now);
    // Whoever has it now got on with it.
    if (this.#blamed !== undefined && !this.#waitingSince.has(this.#blamed)) this.#recovered();
  }

  async #restart(partition: number, records: number): Promise<void> {
    const { patienceMs, start, report, restarted, fatal } = this.#options;
    const what = `ingest made no progress for ${Math.round(patienceMs / 1_000)} s while ${records} events wait`;
    if (this.#restarts === MOST_RESTARTS)
      return fatal(
        new Error(
          `${what}, and starting it again did not help; the process must be started again, it goes on where it was`,
        ),
      );
    report('warn', `${what}: starting it again`);
    this.#restarts++;
    this.#blamed = partition;
    this.#aliveAt = performance.now();
    await this.#consumer?.[Symbol.asyncDispose]();
    this.#consumer = undefined;
    if (this.#isDisposed) return;
    restarted();
    const consumer = await start();
    if (this.#isDisposed) await consumer[Symbol.asyncDispose]();
    else this.#consumer = consumer;
    this.#aliveAt = performance.now();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    clearInterval(this.#timer);
    await this.#consumer?.[Symbol.asyncDispose]();
  }
}
