/**
 * In which buckets a source was silent: it told nothing for longer than one that tells something so often at this time of such a
 * day could by chance. One that rarely does may have had nothing to tell. Pure.
 */
export interface Told {
  /** Events that a source told by bucket. NaN where it told nothing. */
  sizes: Float64Array;
  /** End of what it had reported in that bucket, milliseconds since 1970 UTC; NaN where it told nothing. */
  reportedTo: Float64Array;
}

export interface Buckets {
  start: number;
  /** Milliseconds. */
  step: number;
  /** Kind of time, as the hour of the day on such a day: what happens in one bucket of a kind is usual for the others. */
  kindOf: (bucket: number) => string;
  /** Which day a bucket belongs to: of days without a word nothing is learnt. */
  dayOf: (bucket: number) => number;
}

/** A run of buckets without a word that had this chance of happening by itself is silence. */
const CHANCE = 1e-4;
/** What is usual of a source at all counts as so many buckets of each kind. */
const PRIOR = 1;
/** Of a silent run, the buckets of kinds with a word less often than this may have been empty anyway. */
const SOMETIMES = 0.2;
/** A source that ended for good is no longer missed after so long. */
const MISSED_MS = 7 * 86_400_000;
/** Time before a bucket's end that a report may leave open. */
const SLACK_MS = 600_000;

/** 1 where it was silent. Nothing is known of the time before its first word. */
export function silentBuckets({ sizes, reportedTo }: Told, buckets: Buckets): Uint8Array {
  const { start, step } = buckets;
  const n = sizes.length;
  const silent = new Uint8Array(n);
  const isTold = (t: number): boolean => !Number.isNaN(at(sizes, t));
  const first = sizes.findIndex((size) => !Number.isNaN(size));
  if (first < 0) return silent;
  const habits = new Habits(buckets, isTold, first, n);
  for (let from = first; from < n; from++) {
    if (isTold(from)) continue;
    let to = from;
    while (to < n && !isTold(to)) to++;
    const isOver = to < n;
    if (!isOver) to = Math.min(to, from + Math.floor(MISSED_MS / step));
    const shares = habits.sharesWithout(from, to);
    const chance = shares.reduce((product, share) => product * (1 - share), 1);
    if (chance < CHANCE) {
      for (let t = from; t < to; t++) if (at(shares, t - from) >= SOMETIMES) silent[t] = 1;
      // It fell silent within the bucket before, which then holds a part of its time only.
      if (silent[from] === 1 && at(reportedTo, from - 1) < start + from * step - SLACK_MS) silent[from - 1] = 1;
    }
    from = isOver ? to : n;
  }
  return silent;
}

/** How often a source tells anything, by kind of bucket: learnt from days on which it told anything at all. */
class Habits {
  readonly #buckets: Buckets;
  readonly #active = new Set<number>();
  readonly #kinds = new Map<string, { buckets: number; told: number }>();
  #all = { buckets: 0, told: 0 };

  constructor(buckets: Buckets, isTold: (bucket: number) => boolean, from: number, to: number) {
    this.#buckets = buckets;
    for (let t = from; t < to; t++) if (isTold(t)) this.#active.add(buckets.dayOf(t));
    for (let t = from; t < to; t++) {
      if (!this.#active.has(buckets.dayOf(t))) continue;
      const kind = this.#kinds.get(buckets.kindOf(t)) ?? { buckets: 0, told: 0 };
      const told = isTold(t) ? 1 : 0;
      this.#kinds.set(buckets.kindOf(t), { buckets: kind.buckets + 1, told: kind.told + told });
      this.#all = { buckets: this.#all.buckets + 1, told: this.#all.told + told };
    }
  }

  /** Chance of a word in each bucket of the run, by all that is known but the run itself. */
  sharesWithout(from: number, to: number): Float64Array {
    const own = new Map<string, number>();
    let ownAll = 0;
    for (let t = from; t < to; t++) {
      if (!this.#active.has(this.#buckets.dayOf(t))) continue;
      const kind = this.#buckets.kindOf(t);
      own.set(kind, (own.get(kind) ?? 0) + 1);
      ownAll++;
    }
    const general = (this.#all.told + 0.5) / (this.#all.buckets - ownAll + 1);
    return Float64Array.from({ length: to - from }, (_, step) => {
      const name = this.#buckets.kindOf(from + step);
      const kind = this.#kinds.get(name) ?? { buckets: 0, told: 0 };
      return (kind.told + PRIOR * general) / (kind.buckets - (own.get(name) ?? 0) + PRIOR);
    });
  }
}

const at = (values: Float64Array, t: number): number => values[t] as number;
