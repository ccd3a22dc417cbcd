/** Back-pressure: watches how far counting is behind, and tells portals to wait before the log grows without end. */
import { INGEST_GROUP, TOPICS } from '@room/contract';
import type { EventLog } from '@room/log';
import { HttpError } from '../errors.ts';

const EVERY_MS = 500;

export class Pressure implements Disposable {
  readonly #timer: NodeJS.Timeout;
  readonly #maxPending: number;
  #pending = 0;
  #measuring = false;

  constructor(log: Pick<EventLog, 'pending'>, maxPending: number) {
    this.#maxPending = maxPending;
    this.#timer = setInterval(() => void this.#measure(log), EVERY_MS).unref();
  }

  async #measure(log: Pick<EventLog, 'pending'>): Promise<void> {
    // A log that is away answers slowly: one question at a time.
    if (this.#measuring) return;
    this.#measuring = true;
    try {
      this.#pending = await log.pending(TOPICS.submissions, INGEST_GROUP);
    } catch {
      // The log's own answer to an append says what is wrong with it.
    } finally {
      this.#measuring = false;
    }
  }

  get pending(): number {
    return this.#pending;
  }

  /** Throws 429 while more than the limit is waiting to be counted. */
  check(): void {
    if (this.#pending <= this.#maxPending) return;
    throw new HttpError(
      429,
      'behind',
      `${this.#pending} events wait to be counted (limit ${this.#maxPending}); send again after the time in Retry-After`,
      Math.min(30, 1 + Math.floor(this.#pending / this.#maxPending)),
    );
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
