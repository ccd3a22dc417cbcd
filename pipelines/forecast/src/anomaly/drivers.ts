/** Which parts (provinces, services, channels) explain most of a difference between what was counted and what was expected. */

export interface Driver {
  part: string;
  observed: number;
  expected: number;
  /** Observed minus expected. */
  difference: number;
  /** Share of all differences on the side of the total, 0 to 1. */
  share: number;
}

export interface Drivers {
  /** Observed minus expected over all parts. */
  difference: number;
  /** The smallest set that explains four fifths, largest first; empty where nothing stands out. */
  drivers: Driver[];
  /** Share that they explain together, 0 to 1. */
  explained: number;
  /** What parts on the other side took off the total, as a share of it before. */
  against: number;
  /** True where the difference spreads over the parts as their usual counts do: it has no driver among them. */
  broad: boolean;
}

const MOST = 0.8;
/** A driver explains more of the difference than its usual size would, by this factor. */
const LIFT = 1.2;
/** Differences smaller than this many standard deviations of counting noise are no evidence. */
const NOISE = 3;
/** Drivers that explain less than this together do not explain it. */
const LEAST = 0.3;

/** At most `limit` drivers. Parts missing on one side count 0 there; what is not a finite number is left out. */
export function driversOf(
  observedByPart: ReadonlyMap<string, number>,
  expectedByPart: ReadonlyMap<string, number>,
  limit: number,
): Drivers {
  const parts = [...new Set([...observedByPart.keys(), ...expectedByPart.keys()])]
    .map((part) => ({ part, observed: observedByPart.get(part) ?? 0, expected: expectedByPart.get(part) ?? 0 }))
    .filter(({ observed, expected }) => Number.isFinite(observed) && Number.isFinite(expected))
    .map((it) => ({ ...it, difference: it.observed - it.expected }));
  const sum = (of: (it: (typeof parts)[number]) => number): number => parts.reduce((total, it) => total + of(it), 0);
  const difference = sum((it) => it.difference);
  const side = Math.sign(difference);
  const onSide = sum((it) => Math.max(0, side * it.difference));
  const usual = sum((it) => Math.max(0, it.expected));
  const against = onSide > 0 ? 1 - Math.abs(difference) / onSide : 0;
  const nothing: Drivers = { difference, drivers: [], explained: 0, against, broad: onSide > 0 };
  if (onSide === 0) return nothing;
  const candidates = parts
    .filter((it) => {
      const distance = side * it.difference;
      const alone = parts.length === 1 || distance / onSide >= (LIFT * Math.max(0, it.expected)) / (usual || 1);
      return alone && distance > NOISE * Math.sqrt(Math.max(it.observed, it.expected, 1));
    })
    .map((it): Driver => ({ ...it, share: (side * it.difference) / onSide }))
    .sort((a, b) => b.share - a.share || (a.part < b.part ? -1 : 1));
  const drivers: Driver[] = [];
  let explained = 0;
  for (const candidate of candidates) {
    if (explained >= MOST || drivers.length >= limit) break;
    drivers.push(candidate);
    explained += candidate.share;
  }
  return explained < LEAST
    ? nothing
    : { difference, drivers, explained: Math.min(1, explained), against, broad: false };
}
