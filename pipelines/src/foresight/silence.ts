/**
 * In which buckets a source was silent. A source that usually tells something at this time of such a day, and told nothing, was
 * silent; one that rarely does may have had nothing to tell. Pure.
 */
export interface Told {
  /** What a source told by bucket: events or dossiers, whichever are more. NaN where it told nothing. */
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

/** Told by this many of the buckets of a kind, a source tells always; with so much to tell, when it tells in half of them. */
const ALWAYS = 0.9;
const OFTEN = 0.5;
const MUCH = 5;
/** Buckets of a kind with a word, below which nothing is usual. */
const FEWEST = 3;
/** A source that ended for good is no longer missed after so long. */
const MISSED_MS = 7 * 86_400_000;
/** Time before a bucket's end that a report may leave open. */
const SLACK_MS = 600_000;

/** 1 where it was silent. Nothing is known of the time before its first word. */
export function silentBuckets({ sizes, reportedTo }: Told, { start, step, kindOf, dayOf }: Buckets): Uint8Array {
  const n = sizes.length;
  const silent = new Uint8Array(n);
  const first = sizes.findIndex((size) => !Number.isNaN(size));
  if (first < 0) return silent;
  const last = sizes.findLastIndex((size) => !Number.isNaN(size));
  const active = new Set<number>();
  for (let t = first; t <= last; t++) if (!Number.isNaN(at(sizes, t))) active.add(dayOf(t));
  const kinds = new Map<string, { buckets: number; told: number; size: number }>();
  for (let t = first; t <= last; t++) {
    if (!active.has(dayOf(t))) continue;
    const kind = kinds.get(kindOf(t)) ?? { buckets: 0, told: 0, size: 0 };
    kind.buckets++;
    if (!Number.isNaN(at(sizes, t))) {
      kind.told++;
      kind.size += at(sizes, t);
    }
    kinds.set(kindOf(t), kind);
  }
  const isExpected = (t: number): boolean => {
    const kind = kinds.get(kindOf(t));
    if (kind === undefined || kind.told < FEWEST) return false;
    const share = kind.told / kind.buckets;
    return share >= ALWAYS || (share >= OFTEN && kind.size / kind.told >= MUCH);
  };
  for (let t = first; t < n; t++) {
    if (!Number.isNaN(at(sizes, t)) || (t > last && (t - last) * step > MISSED_MS)) continue;
    if (!isExpected(t)) continue;
    silent[t] = 1;
    // It fell silent within the bucket before, which then holds a part of its time only.
    if (at(reportedTo, t - 1) < start + t * step - SLACK_MS) silent[t - 1] = 1;
  }
  return silent;
}

const at = (values: Float64Array, t: number): number => values[t] as number;
