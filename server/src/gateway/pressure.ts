/** Back-pressure: tells portals to wait before the log grows without end, or fills the disk. */
import type { Lag, Space } from '@room/operations';
import { HttpError } from '../errors.ts';

const NO_SPACE_S = 30;

export class Pressure {
  readonly #lag: Pick<Lag, 'partitions' | 'pending'>;
  readonly #maxPending: number;
  readonly #space: Pick<Space, 'isShort'> | undefined;
  /** The measurement that what was accepted since is added to: between two of them much can arrive. */
  #measured: Lag['partitions'];
  #accepted = 0;

  /** `space` where the disk is the room's own. */
  constructor(lag: Pick<Lag, 'partitions' | 'pending'>, maxPending: number, space?: Pick<Space, 'isShort'>) {
    this.#lag = lag;
    this.#maxPending = maxPending;
    this.#space = space;
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

  /** Throws 429 while more than the limit is waiting to be counted, 503 while there is no space for more. */
  check(): void {
    if (this.#space?.isShort === true)
      throw new HttpError(
        503,
        'no_space',
        'the room has no disk space for more events; none of this request counts as accepted, send it again after the time in Retry-After',
        NO_SPACE_S,
      );
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
