/**
 * Where a number stands against a threshold of the catalogue, judged once for walls, pages and whatever else speaks of it. What
 * was judged before is kept until the number is clear of the edge: beside one it would change from minute to minute. Pure.
 */
import type { Catalogue } from './catalogue.ts';
import { type Measures, NOTHING, ratioOf, wholeOf } from './sums.ts';
import type { Thresholds } from './thresholds.ts';
import type { OnTimeStanding, SourceStatus, UnitState, Usual, UsualStanding, WallState } from './wall.ts';

/** Undefined where too few are finished. A limit that was crossed is left only by more than the share's own standard error. */
export function onTimeStanding(
  measures: Measures,
  thresholds: Thresholds,
  before?: OnTimeStanding,
): OnTimeStanding | undefined {
  const share = ratioOf('shareOnTime', measures);
  const finished = wholeOf('shareOnTime', measures);
  if (share === undefined || finished < thresholds.finishedEnough) return undefined;
  // As it is shown, to a tenth of a per cent: 90.0 % stands beside no word that it is below 90 %.
  const shown = Math.round(share * 1_000) / 1_000;
  const margin = Math.max(thresholds.onTimeMargin, Math.sqrt((share * (1 - share)) / finished));
  if (shown < thresholds.onTimeAct + (before === 'act' ? margin : 0)) return 'act';
  const wasBelow = before === 'act' || before === 'watch';
  return shown < thresholds.onTimeWatch + (wasBelow ? margin : 0) ? 'watch' : 'ok';
}

export type Side = 'below' | 'above';

/** On which side of a usual range a count lies by more than its size lets happen; undefined within it, and near its edges. */
export function sideOf(
  count: number,
  { low, high }: Pick<Usual, 'low' | 'high'>,
  thresholds: Thresholds,
  before?: Side,
): Side | undefined {
  // Nearer to the edge that it was beyond, where that is.
  const side = count < low ? 'below' : count > high ? 'above' : before;
  if (side === undefined) return undefined;
  const edge = side === 'below' ? low : high;
  const beyond = side === 'below' ? low - count : count - high;
  // A count varies by about its root.
  const limit = Math.max(thresholds.beyondUsual * edge, Math.sqrt(edge));
  return beyond > 0 && beyond >= limit * (side === before ? 1 - thresholds.usualMargin : 1) ? side : undefined;
}

/** Against the usual median; undefined where nothing is usual. */
export const deviationOf = (unit: UnitState | undefined): number | undefined =>
  unit?.usual === undefined || unit.submitted === undefined || unit.usual.median <= 0
    ? undefined
    : unit.submitted / unit.usual.median - 1;

const sideBefore = (standing: UsualStanding = 'neutral'): Side | undefined =>
  standing === 'neutral' ? undefined : standing === 'below' || standing === 'farBelow' ? 'below' : 'above';

/** Outside its own usual range or not: inside is neutral, however far from the median. */
export function usualStanding(
  unit: UnitState | undefined,
  thresholds: Thresholds,
  before: UsualStanding = 'neutral',
): UsualStanding {
  const usual = unit?.usual;
  const submitted = unit?.submitted;
  if (submitted === undefined || usual === undefined || usual.days < thresholds.usualDaysEnough) return 'neutral';
  const side = sideOf(submitted, usual, thresholds, sideBefore(before));
  if (side === undefined) return 'neutral';
  // Its side is kept beside the edge, the strength of its colour is not: the size stands beside it, and the limit in the legend.
  if (Math.abs(deviationOf(unit) ?? 0) <= thresholds.farFromUsual) return side;
  return side === 'below' ? 'farBelow' : 'farAbove';
}

/** Too little of the usual volume is reported for the day to be judged. */
export const isCoverageLow = (
  { coverage }: Pick<WallState, 'coverage'>,
  { coverageEnough, coverageMargin }: Thresholds,
  wasLow = false,
): boolean => coverage !== undefined && coverage.share < coverageEnough + (wasLow ? coverageMargin : 0);

const measuresOf = (unit: UnitState): Measures => ({ ...NOTHING, ...unit });

/** A state with how its numbers stand; `before` is one of the same day that was judged, or nothing. */
export function judged(state: WallState, thresholds: Thresholds, before?: WallState): WallState {
  const last = before?.period.from === state.period.from ? before : undefined;
  const units = (all: Record<string, UnitState>, earlier: Record<string, UnitState> = {}): Record<string, UnitState> =>
    Object.fromEntries(
      Object.entries(all).map(([code, unit]) => {
        const onTime = onTimeStanding(measuresOf(unit), thresholds, earlier[code]?.onTimeStanding);
        return [
          code,
          {
            ...unit,
            usualStanding: usualStanding(unit, thresholds, earlier[code]?.usualStanding),
            ...(onTime === undefined ? {} : { onTimeStanding: onTime }),
          },
        ];
      }),
    );
  const { usual, total } = state;
  const whole = { submitted: total.submitted, ...(usual === undefined ? {} : { usual }) };
  return {
    ...state,
    agencies: units(state.agencies, last?.agencies),
    provinces: units(state.provinces, last?.provinces),
    usualStanding: usualStanding(whole, thresholds, last?.usualStanding),
    isCoverageLow: isCoverageLow(state, thresholds, last?.isCoverageLow),
  };
}

/** Status of a source by the age of what it last reported; instants are milliseconds since 1970 UTC. */
export function sourceStatus(
  { lateAfter, silentAfter }: Pick<Catalogue['sources'][number], 'lateAfter' | 'silentAfter'>,
  reportedTo: number | undefined,
  now: number,
): SourceStatus {
  if (reportedTo === undefined) return 'never';
  const age = (now - reportedTo) / 1_000;
  return age > silentAfter ? 'silent' : age > lateAfter ? 'late' : 'reporting';
}
