/**
 * How many events a second each portal key may bring: a bucket each, which holds some seconds' worth and is filled all the time. What
 * one key takes is taken from no other. Each server counts for itself.
 */
import { HttpError } from '../errors.ts';

/** A key as far as its limit goes. */
export interface RatedKey {
  id: string;
  /** Events a second; the room's own limit where undefined. */
  rate: number | undefined;
}

interface Bucket {
  /** Events that are left; less than nothing where the last batch was larger. */
  left: number;
  /** On the clock of `performance.now()`. */
  at: number;
}

/** Seconds' worth that a key which was quiet may bring at once. */
export const BURST_SECONDS = 20;
/** A request is as much work as so many events. */
export const REQUEST_EVENTS = 20;
/** Beyond so many bytes an event, on average over a request, they count instead: stores are sized by events of some 400. */
export const EVENT_BYTES = 1_024;
/** Beyond it, those that are full again are forgotten: a new one is full too. */
const MOST_KEPT = 1_000;

export class Rates {
  readonly #rate: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: number, now = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
  }

  /** A request begins: it counts as some events, whatever becomes of it. Throws 429 where nothing is left. */
  enter(key: RatedKey): void {
    const bucket = this.#filled(key);
    if (bucket.left <= 0) throw this.#over(key, bucket);
    bucket.left -= REQUEST_EVENTS;
  }

  /**
   * It brings so many, of so many bytes together. A batch is taken whole while anything is left, however large; throws 429 where others
   * took that meanwhile.
   */
  take(key: RatedKey, events: number, bytes: number): void {
    const bucket = this.#filled(key);
    if (bucket.left + REQUEST_EVENTS <= 0) throw this.#over(key, bucket);
    const worth = Math.max(events, Math.ceil(bytes / EVENT_BYTES));
    bucket.left -= Math.max(0, worth - REQUEST_EVENTS);
  }

  #rateOf({ rate }: RatedKey): number {
    return rate ?? this.#rate;
  }

  #filled(key: RatedKey): Bucket {
    const most = Math.max(this.#rateOf(key) * BURST_SECONDS, REQUEST_EVENTS);
    const now = this.#now();
    const known = this.#buckets.get(key.id);
    const left = known === undefined ? most : known.left + ((now - known.at) / 1_000) * this.#rateOf(key);
    const bucket = { left: Math.min(most, left), at: now };
    if (known === undefined && this.#buckets.size >= MOST_KEPT) this.#forget(now);
    this.#buckets.set(key.id, bucket);
    return bucket;
  }

  /** Those that nobody used for as long as it takes to fill them. */
  #forget(now: number): void {
    for (const [id, { at, left }] of this.#buckets)
      if (left > 0 && now - at > BURST_SECONDS * 1_000) this.#buckets.delete(id);
  }

  #over(key: RatedKey, { left }: Bucket): HttpError {
    const rate = this.#rateOf(key);
    return new HttpError(
      429,
      'over_rate',
      `this key brings more than its ${rate} events a second (a request counts as ${REQUEST_EVENTS} at least, and ` +
        'large events as one for each KiB); none of this request counts as accepted, send it again after the time in Retry-After, ' +
        'in larger batches or with a higher limit',
      Math.max(1, Math.ceil((1 - left) / rate)),
    );
  }
}
