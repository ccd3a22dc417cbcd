/** Back-pressure: watches how far counting is behind, and tells portals to wait before the log grows without end. */
import { INGEST_GROUP, TOPICS } from '@room/contract';
import type { EventLog } from '@room/log';
import { HttpError } from '../errors.ts';

const EVERY_MS = 500;

export class Pressure implements Disposable {
  readonly #timer: NodeJS.Timeout;
  readonly #maxPending: number;
  #pending = 0;

  constructor(log: Pick<EventLog, 'pending'>, maxPending: number) {
    this.#maxPending = maxPending;
    this.#timer = setInterval(() => {
      log.pending(TOPICS.submissions, INGEST_GROUP).then(
        (pending) => {
          this.#pending = pending;
        },
        // The log's own answer to an append says what is wrong with it.
        () => undefined,
      );
    }, EVERY_MS).unref();
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
