/** What a tile said then beside what is known now, and why they differ. Pure. */
import {
  type ComparedTile,
  type CountedMeasure,
  countedValue,
  type DossierMeasure,
  type Headline,
  type Incomparable,
  isLevel,
  isSum,
  type Measures,
  MOST_CHANGED,
  type Scoring,
  sumOf,
} from '@room/contract';
import type { Came, KnownSince, KnownSinceAll } from '@room/warehouse';

export type KnownOr = KnownSinceAll | Extract<Incomparable, 'forgotten' | 'tooMany'>;

export interface Shown extends Headline {
  until: number;
  now: KnownOr;
  /** Everybody's units are seen: one that told nothing by then is another one now, too. */
  isWhole: boolean;
}

const AFTER = ['late', 'corrected', 'replayed'] as const satisfies readonly Came[];

/** Quotients of the same numbers may differ in their last digit. */
const isSame = (one: number | undefined, other: number | undefined): boolean =>
  one === undefined || other === undefined
    ? one === other
    : Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(other));

export function compared(
  { question, whole, units, until, now, isWhole }: Shown,
  scoring: Scoring | undefined,
): Omit<ComparedTile, 'tile' | 'asked'> {
  if (typeof now === 'string') return { not: now };
  const { from, to, measures, split } = question;
  const valueNow = (measure: DossierMeasure, known: KnownSince | undefined): number | undefined => {
    if (isLevel(measure)) return known?.levels?.now[measure];
    const sums: Measures = sumOf([...(known?.sums.values() ?? [])]);
    return countedValue(measure as CountedMeasure, sums, scoring);
  };
  const whyOf = (measure: DossierMeasure, known: KnownSince) => {
    if (isLevel(measure)) {
      const { now: all, taken } = known.levels ?? {};
      return { late: (all?.[measure] ?? 0) - (taken?.[measure] ?? 0), corrected: 0, replayed: 0 };
    }
    return isSum(measure)
      ? {
          late: known.sums.get('late')?.[measure] ?? 0,
          corrected: known.sums.get('corrected')?.[measure] ?? 0,
          replayed: known.sums.get('replayed')?.[measure] ?? 0,
        }
      : undefined;
  };
  const hasWhole = Object.keys(whole).length > 0;
  const numbers = (hasWhole ? measures : []).flatMap((measure) => {
    const pair = pairOf(measure, whole[measure], valueNow(measure, now.whole));
    const why = whyOf(measure, now.whole);
    return pair === undefined ? [] : [{ ...pair, ...(why === undefined ? {} : { why }) }];
  });
  const [main] = measures;
  const there = new Set(units.map(({ id }) => id));
  const others = isWhole && hasWhole && split !== undefined ? [...now.units.keys()].filter((id) => !there.has(id)) : [];
  const changed =
    main === undefined
      ? []
      : [...units, ...others.map((id) => ({ id, values: {} as Headline['whole'] }))].flatMap(({ id, values }) => {
          const pair = pairOf(main, values[main], valueNow(main, now.units.get(id)));
          return pair === undefined || isSame(pair.shown, pair.now) ? [] : [{ id, ...pair }];
        });
  const events = Object.fromEntries(AFTER.map((came) => [came, now.whole.events.get(came) ?? 0]));
  return {
    until,
    from,
    to,
    numbers,
    ...(measures.some(isLevel) ? {} : { events: events as NonNullable<ComparedTile['events']> }),
    units: changed
      .toSorted((one, other) => byHow(other) - byHow(one) || (one.id < other.id ? -1 : 1))
      .slice(0, MOST_CHANGED),
    changed: changed.length,
  };
}

const byHow = ({ shown = 0, now = 0 }: { shown?: number; now?: number }): number => Math.abs(now - shown);

function pairOf(measure: DossierMeasure, shown: number | undefined, now: number | undefined) {
  if (shown === undefined && now === undefined) return undefined;
  return {
    measure,
    ...(shown === undefined ? {} : { shown }),
    ...(now === undefined ? {} : { now: isSame(shown, now) ? (shown ?? now) : now }),
  };
}
