/** Where each published target stands: how likely it is met by its date, and what that takes. Pure. */
import {
  addDays,
  type Catalogue,
  type CountOutlook,
  daysBetween,
  isRatio,
  type Metric,
  type NoForecast,
  RATIO_MEASURES,
  type ShareOutlook,
  startOfDay,
  type Target,
  type TargetOutlook,
  type TargetStanding,
  targetsOn,
} from '@room/contract';
import { assessShare, assessTarget, type DayLeft, lastDayToTurn } from '@room/forecast';
import { isPath, isStretch, NationalSeries, type Scene } from './nation.ts';
import { project, shown } from './totals.ts';

/** Earlier rests whose shares tell what the coming one may have. */
const RESTS_TRIED = 26;
const WEEK = 7;

/** Where those that count on `today` stand. */
export const outlooksOf = (scene: Scene, catalogue: Pick<Catalogue, 'targets'>, now: number): TargetStanding[] =>
  targetsOn(catalogue, scene.grids.today).map((target): TargetStanding => {
    const { metric } = target;
    const found = isRatio(metric)
      ? ofShare(scene, target, RATIO_MEASURES[metric], now)
      : ofCount(scene, target, metric, now);
    return { id: target.id, ...found };
  });

type Unnamed<O> = Omit<O, 'id'> | NoForecast;

const sinceOf = ({ from }: Target, counted: string): Pick<TargetOutlook, 'since'> =>
  counted > from ? { since: counted } : {};

const tooLittle = (detail: string): NoForecast => ({ reason: 'not-enough-history', detail });

function ofCount(scene: Scene, target: Target, metric: Metric, now: number): Unnamed<CountOutlook> {
  const { calendar, grids } = scene;
  const series = new NationalSeries(scene, [metric], target.by);
  const stretch = series.stretch(target.from, target.by);
  const { byDay } = series;
  if (!isStretch(stretch)) return stretch;
  if (!isPath(byDay)) return byDay;
  const projection = project(stretch);
  const upper = byDay.bands.at(-1)?.upper ?? byDay.mean;
  const whole = byDay.mean[0] ?? 0;
  const share = whole > 0 ? Math.min(1, series.restOfToday / whole) : 0;
  const days = Array.from({ length: stretch.remaining.length }, (_, n): DayLeft => {
    const day = addDays(grids.today, n);
    const part = n === 0 ? share : 1;
    return {
      day,
      working: calendar.typeOf(day) === 'working',
      expected: n === 0 ? series.restOfToday : Math.max(0, byDay.mean[n] ?? 0),
      best: part * (upper[n] ?? 0),
      share: part,
    };
  });
  const standing = assessTarget({
    target: target.value,
    counted: stretch.counted,
    projection,
    now,
    deadline: deadlineOf(target, calendar.timeZone),
    days,
  });
  if (!standing.ok) return standing;
  if (standing.probability === undefined) return tooLittle('No earlier period shows how far off such a total is.');
  const expected = shown(stretch, projection);
  return {
    unit: 'dossiers',
    probability: standing.probability,
    reached: stretch.counted,
    ...sinceOf(target, stretch.from),
    state: standing.state,
    ...(standing.state !== 'open' || standing.neededPerDay === undefined
      ? {}
      : { neededPerDay: standing.neededPerDay }),
    ...(standing.expectedPerDay === undefined ? {} : { usualPerDay: standing.expectedPerDay }),
    ...(standing.lastDay === undefined ? {} : { lastDay: standing.lastDay }),
    ...('mean' in expected ? { expected: { mean: expected.mean, bands: expected.bands } } : {}),
  };
}

function ofShare(
  scene: Scene,
  target: Target,
  { part: met, whole }: { part: Metric; whole: readonly Metric[] },
  now: number,
): Unnamed<ShareOutlook> {
  const all = new NationalSeries(scene, whole, target.by);
  const some = new NationalSeries(scene, [met], target.by);
  const stretch = all.stretch(target.from, target.by);
  const part = some.stretch(target.from, target.by);
  if (!isStretch(stretch)) return stretch;
  if (!isStretch(part)) return part;
  const { remaining, past, doubt, furthest } = stretch;
  const shares = pastShares(some.daily, all.daily, daysBetween(scene.grids.today, target.by) + 1);
  const standing = assessShare({
    target: target.value,
    met: part.counted,
    total: Math.max(part.counted, stretch.counted),
    rest: project({ counted: 0, remaining, past, doubt, furthest }),
    shares,
    now,
    deadline: deadlineOf(target, scene.calendar.timeZone),
  });
  if (!standing.ok) return tooLittle(standing.detail);
  if (standing.probability === undefined || standing.share === undefined)
    return tooLittle(`${shares.length} earlier stretches of such a length are known; three are needed.`);
  const usual = shares.length === 0 ? undefined : shares.reduce((sum, it) => sum + it, 0) / shares.length;
  const best = Math.max(...pastShares(some.daily, all.daily, WEEK));
  const lastDay =
    standing.state !== 'open' || usual === undefined
      ? undefined
      : lastDayToTurn({
          target: target.value,
          met: part.counted,
          total: stretch.counted,
          days: Array.from(remaining),
          usual,
          best,
        });
  return {
    unit: 'share',
    ...(lastDay === undefined ? {} : { lastDay: addDays(scene.grids.today, lastDay) }),
    probability: standing.probability,
    reached: standing.share,
    ...sinceOf(target, stretch.from),
    state: standing.state,
    // What is reached already needs nothing of the rest, and less than nothing cannot be asked of it.
    ...(standing.state === 'open' && standing.neededShare !== undefined && standing.neededShare > 0
      ? { neededShare: standing.neededShare }
      : {}),
    ...(usual === undefined ? {} : { usualShare: usual }),
    ...(standing.projected === undefined ? {} : { projected: standing.projected }),
  };
}

/** What earlier rests of so many days held, each beginning on the weekday of the present one, latest first. */
function pastShares(met: Float64Array, all: Float64Array, remaining: number): number[] {
  const n = all.length;
  const shares: number[] = [];
  for (let k = Math.ceil(remaining / WEEK); shares.length < RESTS_TRIED; k++) {
    const origin = n - k * WEEK;
    if (origin < 0) break;
    let some = 0;
    let whole = 0;
    for (let t = origin; t < origin + remaining; t++) {
      const value = all[t] as number;
      const part = met[t] as number;
      if (Number.isNaN(value) || Number.isNaN(part)) continue;
      some += part;
      whole += value;
    }
    if (whole > 0) shares.push(Math.min(1, some / whole));
  }
  return shares;
}

const deadlineOf = ({ by }: Target, timeZone: string): number => startOfDay(addDays(by, 1), timeZone);
