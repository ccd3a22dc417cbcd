/**
 * Starts a consumer again that makes no progress although records wait for it: group protocols have states that nobody
 * leaves. A consumer that knows why it waits says so, and is left alone.
 */
export interface WatchdogOptions {
  /** Longest time without a sign of life, in milliseconds. */
  patienceMs: number;
  start: () => Promise<AsyncDisposable>;
  /** Records that this consumer should be working on; it is at rest while there are none. */
  waiting: () => Promise<number>;
  report: (level: 'warn', message: string) => void;
  restarted: () => void;
  /** Starting again did not help. */
  fatal: (error: Error) => void;
}

/** After so many starts without any progress between them the process is what must be started again. */
const MOST_RESTARTS = 2;
const LOOKS = 4;

export class Watchdog implements AsyncDisposable {
  readonly #options: WatchdogOptions;
  readonly #timer: NodeJS.Timeout;
  #consumer: AsyncDisposable | undefined;
  #aliveAt = performance.now();
  #lookedAt = performance.now();
  /** Since when records wait without a break, as far as looks tell. */
  #waitingSince: number | undefined;
  #restarts = 0;
  #isLooking = false;
  #isDisposed = false;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(), options.patienceMs / LOOKS).unref();
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

  /** A sign of life: progress, or else a known cause to wait. */
  alive(isProgress: boolean): void {
    this.#aliveAt = performance.now();
    if (isProgress) this.#restarts = 0;
  }

  async #look(): Promise<void> {
    const { patienceMs, waiting, report } = this.#options;
    const now = performance.now();
    // Looking late means that the whole process stood still, not the consumer.
    if (now - this.#lookedAt > patienceMs) this.#aliveAt = now;
    this.#lookedAt = now;
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const records = await waiting();
      this.#waitingSince = records === 0 ? undefined : (this.#waitingSince ?? now);
      const since = Math.max(this.#aliveAt, this.#waitingSince ?? now);
      if (!this.#isDisposed && performance.now() - since >= patienceMs) await this.#restart(records);
    } catch (error) {
      // A log that does not answer is no fault of the consumer.
      this.#waitingSince = undefined;
      report('warn', `the log does not answer the watchdog: ${(error as Error).message}`);
    } finally {
      this.#isLooking = false;
    }
  }

  async #restart(records: number): Promise<void> {
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
