/** Back-pressure: tells portals to wait before the log grows without end. */
import type { Lag } from '@room/operations';
import { HttpError } from '../errors.ts';

export class Pressure {
  readonly #lag: Pick<Lag, 'partitions' | 'pending'>;
  readonly #maxPending: number;
  /** The measurement that what was accepted since is added to: between two of them much can arrive. */
  #measured: Lag['partitions'];
  #accepted = 0;

  constructor(lag: Pick<Lag, 'partitions' | 'pending'>, maxPending: number) {
    this.#lag = lag;
    this.#maxPending = maxPending;
  }

  /** So many events were appended to the log just now. */
  appended(events: number): void {
    this.#accepted = this.#acceptedSince() + events;
  }

  #acceptedSince(): number {
    if (this.#measured !== this.#lag.partitions) {
      this.#measured = this.#lag.partitions;
      this.#accepted = 0;
    }
    return this.#accepted;
  }

  /** Throws 429 while more than the limit is waiting to be counted. */
  check(): void {
    const pending = (this.#lag.pending ?? 0) + this.#acceptedSince();
    if (pending <= this.#maxPending) return;
    throw new HttpError(
      429,
      'behind',
      `${pending} events wait to be counted (limit ${this.#maxPending}); send again after the time in Retry-After`,
      Math.min(30, 1 + Math.floor(pending / this.#maxPending)),
    );
  }
}
