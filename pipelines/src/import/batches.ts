/** Batches of rows, and how many are under way. */
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from '@room/contract';

interface Sized {
  /** Texts of one JSON object each. */
  events: readonly string[];
}

/** Rows until a batch is full; the events of a row stay together. */
export class Batches<R extends Sized> {
  private rows: R[] = [];
  private events = 0;
  private bytes = 2;

  fits(row: R): boolean {
    return this.events + row.events.length <= MAX_BATCH_EVENTS && this.bytes + bytesOf(row) <= MAX_BATCH_BYTES;
  }

  add(row: R): void {
    this.rows.push(row);
    this.events += row.events.length;
    this.bytes += bytesOf(row);
  }

  take(): R[] {
    const rows = this.rows;
    this.rows = [];
    this.events = 0;
    this.bytes = 2;
    return rows;
  }
}

const bytesOf = (row: Sized): number => row.events.reduce((sum, event) => sum + Buffer.byteLength(event) + 1, 0);

/** At most `width` tasks at a time; the first failure ends them all. */
export class Lanes {
  private readonly running = new Set<Promise<void>>();
  private readonly failure = new AbortController();
  readonly failed = this.failure.signal;

  constructor(private readonly width: number) {}

  async run(task: () => Promise<void>): Promise<void> {
    while (this.running.size >= this.width) await Promise.race(this.running);
    this.failed.throwIfAborted();
    const run = task()
      .catch((error: unknown) => this.failure.abort(error))
      .finally(() => this.running.delete(run));
    this.running.add(run);
  }

  async drain(): Promise<void> {
    await this.settle();
    this.failed.throwIfAborted();
  }

  async settle(): Promise<void> {
    await Promise.all(this.running);
  }
}
