/** Back-pressure: tells portals to wait before the log grows without end, or fills the disk. */
import type { Lag, Space } from '@room/operations';
import { HttpError } from '../errors.ts';
import { EVENT_BYTES } from './rates.ts';

const NO_SPACE_S = 30;
/** Two minutes of them: who sent more before has waited since. */
const MOST_MEASUREMENTS = 240;

/** On average of a request: what no portal needs, though the contract takes it. */
const LARGE_BYTES = 2 * EVENT_BYTES;
/** Bytes beyond that which a portal may have brought where the disk gets short, and for how long they are held against it. */
const MOST_EXCESS = 16 * 1_024 * 1_024;
const HELD_MS = 86_400_000;

/** What was accepted between two measurements of what waits, by portal. */
type Accepted = Map<string, number>;

export class Pressure {
  readonly #lag: Pick<Lag, 'partitions' | 'pending'>;
  readonly #maxPending: number;
  readonly #space: Pick<Space, 'isShort' | 'isLow'> | undefined;
  readonly #now: () => number;
  /** The newest measurement: between two of them much can arrive. */
  #measured: Lag['partitions'];
  /** The newest first; as many as it takes to hold all that waits. */
  #accepted: Accepted[] = [new Map()];
  /** By portal, of those whose events were larger than stores are sized for; until when that is held against them. */
  readonly #excess = new Map<string, { bytes: number; until: number }>();

  /** `space` where the disk is the room's own. */
  constructor(
    lag: Pick<Lag, 'partitions' | 'pending'>,
    maxPending: number,
    space?: Pick<Space, 'isShort' | 'isLow'>,
    now = () => performance.now(),
  ) {
    this.#lag = lag;
    this.#maxPending = maxPending;
    this.#space = space;
    this.#now = now;
  }

  /** So many events of `portal`, of so many bytes together, were appended to the log just now. */
  appended(portal: string, events: number, bytes: number): void {
    const excess = bytes - events * LARGE_BYTES;
    if (excess > 0) this.#excess.set(portal, { bytes: this.#excessOf(portal) + excess, until: this.#now() + HELD_MS });
    const newest = this.#since();
    newest.set(portal, (newest.get(portal) ?? 0) + events);
  }

  #excessOf(portal: string): number {
    const held = this.#excess.get(portal);
    if (held === undefined) return 0;
    if (held.until > this.#now()) return held.bytes;
    this.#excess.delete(portal);
    return 0;
  }

  /** Accepted after the newest measurement. */
  #since(): Accepted {
    let [newest] = this.#accepted;
    if (newest === undefined || this.#measured !== this.#lag.partitions) {
      this.#measured = this.#lag.partitions;
      newest = newest?.size === 0 ? newest : new Map();
      this.#accepted = [newest, ...this.#stillWaiting(this.#lag.pending ?? 0)];
    }
    return newest;
  }

  /** Counting goes in the order of the log: what waits is what was accepted last. */
  #stillWaiting(pending: number): Accepted[] {
    const waiting: Accepted[] = [];
    let events = 0;
    for (const accepted of this.#accepted) {
      if (events >= pending || waiting.length === MOST_MEASUREMENTS) break;
      if (accepted.size === 0) continue;
      waiting.push(accepted);
      events += eventsOf(accepted);
    }
    return waiting;
  }

  /**
   * Throws 503 while there is no space for more, or little and `portal` filled it by the size of its events, and 429 while more than the limit waits to be counted and `portal` has its
   * share of that: the limit divided by those who have something waiting. What others than this process took is nobody's.
   */
  check(portal: string): void {
    if (this.#space?.isShort === true)
      throw new HttpError(
        503,
        'no_space',
        'the room has no disk space for more events; none of this request counts as accepted, send it again after the time in Retry-After',
        NO_SPACE_S,
      );
    // What is left is for those who bring what was asked for.
    if (this.#space?.isLow === true && this.#excessOf(portal) > MOST_EXCESS)
      throw new HttpError(
        503,
        'no_space',
        'the room is short of disk space, and events of this portal are far larger than it is sized for; none of this request counts as ' +
          'accepted: send events without what the contract does not ask for, or ask whoever keeps the room to make space',
        NO_SPACE_S,
      );
    const since = eventsOf(this.#since());
    const pending = (this.#lag.pending ?? 0) + since;
    if (pending <= this.#maxPending) return;
    const byPortal = new Map<string, number>([[portal, 0]]);
    for (const accepted of this.#accepted)
      for (const [one, events] of accepted) byPortal.set(one, (byPortal.get(one) ?? 0) + events);
    const unknown = Math.max(0, pending - eventsOf(byPortal));
    if ((byPortal.get(portal) ?? 0) < (this.#maxPending - unknown) / byPortal.size) return;
    throw new HttpError(
      429,
      'behind',
      `${pending} events wait to be counted (limit ${this.#maxPending}); send again after the time in Retry-After`,
      Math.min(30, 1 + Math.floor(pending / this.#maxPending)),
    );
  }
}

function eventsOf(accepted: Accepted): number {
  let sum = 0;
  for (const events of accepted.values()) sum += events;
  return sum;
}
