/**
 * Which messages of a channel may leave now. Each receiver has a lane; one that is slow leaves the places to the others, and one that
 * was too slow again and again rests. What waits meanwhile loses nothing: it is not tried, and none of its attempts is used up.
 */

/** Whoever has not answered by then is slow. */
const SLOW_MS = 3_000;
/** Slow ones hold places of their own: so many times those of a channel. */
const SLOW_PLACES = 4;
/** So many messages in a row that failed slowly, and a lane rests; each further one doubles the rest. */
const STRIKES = 2;
const REST_MS = 30_000;
const LONGEST_REST_MS = 600_000;

export interface LanesOptions {
  /** Messages under way at a time. */
  width: number;
  /** Of those, to one receiver. */
  laneWidth: number;
  /** Milliseconds of a monotonic clock. */
  now?: () => number;
}

/** A message under way. */
export interface Under {
  lane: string | null;
  since: number;
  /** Its lane failed slowly last time: it holds no place of those that may be quick. */
  isSuspect: boolean;
}

interface Struck {
  strikes: number;
  at: number;
  restsUntil: number;
}

export class Lanes {
  readonly #width: number;
  readonly #laneWidth: number;
  readonly #now: () => number;
  readonly #under = new Set<Under>();
  /** Lanes that failed slowly last time. */
  readonly #struck = new Map<string, Struck>();

  constructor({ width, laneWidth, now = () => performance.now() }: LanesOptions) {
    this.#width = width;
    this.#laneWidth = laneWidth;
    this.#now = now;
  }

  /** What has no lane goes by the width of its channel alone: some go one after the other. */
  #isSlow({ lane, isSuspect, since }: Under): boolean {
    return lane !== null && (isSuspect || this.#now() - since > SLOW_MS);
  }

  #widthOf(lane: string): number {
    return this.#struck.has(lane) ? 1 : this.#laneWidth;
  }

  #places(): { free: number; slow: number } {
    const slow = [...this.#under].filter((each) => this.#isSlow(each)).length;
    const places = this.#width * SLOW_PLACES;
    const quick = this.#under.size - Math.min(slow, places);
    return { free: Math.max(0, this.#width - quick), slow: Math.max(0, places - slow) };
  }

  /** Places for messages that may be quick. */
  get free(): number {
    return this.#places().free;
  }

  /** Lanes of which nothing may be taken now. */
  busy(): string[] {
    const now = this.#now();
    const { slow } = this.#places();
    const busy = new Set<string>();
    for (const [lane, { restsUntil }] of this.#struck) if (slow === 0 || restsUntil > now) busy.add(lane);
    const counts = new Map<string, number>();
    for (const under of this.#under) {
      if (under.lane === null) continue;
      const count = (counts.get(under.lane) ?? 0) + 1;
      counts.set(under.lane, count);
      if (count >= this.#widthOf(under.lane) || this.#isSlow(under)) busy.add(under.lane);
    }
    return [...busy];
  }

  /** Of messages in the order of their turn, those that there is room for. */
  fitting<M extends { lane: string | null }>(messages: readonly M[]): M[] {
    const busy = new Set(this.busy());
    let { free, slow } = this.#places();
    const taken = new Map<string, number>();
    for (const { lane } of this.#under) if (lane !== null) taken.set(lane, (taken.get(lane) ?? 0) + 1);
    return messages.filter(({ lane }) => {
      if (lane !== null && busy.has(lane)) return false;
      const isSuspect = lane !== null && this.#struck.has(lane);
      if ((isSuspect ? slow : free) === 0) return false;
      if (lane !== null) {
        const under = taken.get(lane) ?? 0;
        if (under >= this.#widthOf(lane)) return false;
        taken.set(lane, under + 1);
      }
      if (isSuspect) slow--;
      else free--;
      return true;
    });
  }

  begin(lane: string | null): Under {
    const under = { lane, since: this.#now(), isSuspect: lane !== null && this.#struck.has(lane) };
    this.#under.add(under);
    return under;
  }

  end(under: Under, isDelivered: boolean): void {
    const { lane, since } = under;
    this.#under.delete(under);
    if (lane === null) return;
    const now = this.#now();
    // Whoever refuses at once takes nobody's place.
    if (isDelivered || now - since <= SLOW_MS) return void this.#struck.delete(lane);
    const before = this.#struck.get(lane);
    // Those that were under way together are one strike.
    if (before !== undefined && since < before.at) return;
    const strikes = (before?.strikes ?? 0) + 1;
    const rest = strikes < STRIKES ? 0 : Math.min(LONGEST_REST_MS, REST_MS * 2 ** Math.min(20, strikes - STRIKES));
    this.#struck.set(lane, { strikes, at: now, restsUntil: now + rest });
  }
}
