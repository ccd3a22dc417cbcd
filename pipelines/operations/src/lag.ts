/** How far counting is behind, measured all the time by one question at a time: back-pressure, readiness and metrics share it. */
import { poll } from '@room/runtime';

export interface LagOptions {
  /** Records appended and not yet counted, by partition. */
  read: () => Promise<ReadonlyMap<number, number>>;
  everyMs?: number;
}

/** A log that has not answered for this long cannot be reached. */
const PATIENCE_MS = 10_000;

export class Lag implements Disposable {
  readonly #read: LagOptions['read'];
  readonly #poll: Disposable;
  #partitions: ReadonlyMap<number, number> | undefined;
  readonly #waitingSince = new Map<number, number>();
  #unansweredSince: number | undefined;

  constructor({ read, everyMs = 500 }: LagOptions) {
    this.#read = read;
    this.#poll = poll(everyMs, () => this.#measure());
  }

  async #measure(): Promise<void> {
    this.#unansweredSince ??= performance.now();
    try {
      const partitions = await this.#read();
      const now = performance.now();
      for (const [partition, records] of partitions)
        if (records === 0) this.#waitingSince.delete(partition);
        else if (!this.#waitingSince.has(partition)) this.#waitingSince.set(partition, now);
      this.#partitions = partitions;
      this.#unansweredSince = undefined;
    } catch {
      // How long there was no answer says it.
    }
  }

  /** As last measured; undefined before the first answer. */
  get partitions(): ReadonlyMap<number, number> | undefined {
    return this.#partitions;
  }

  /** Over all partitions. */
  get pending(): number | undefined {
    if (this.#partitions === undefined) return undefined;
    let sum = 0;
    for (const records of this.#partitions.values()) sum += records;
    return sum;
  }

  /** Since when records of the partition have been waiting without a moment of none, on the clock of `performance.now()`. */
  waitingSince(partition: number): number | undefined {
    return this.#waitingSince.get(partition);
  }

  /** The log has not answered for a while: what was measured last no longer holds. */
  get isSilent(): boolean {
    return this.#unansweredSince !== undefined && performance.now() - this.#unansweredSince > PATIENCE_MS;
  }

  [Symbol.dispose](): void {
    this.#poll[Symbol.dispose]();
  }
}
