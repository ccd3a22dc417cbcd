/** The members of the ensemble: for series with many steps a season (hours of a day), and with few (days of a week). */
import { directPaths } from './direct.ts';
import type { MemberPaths } from './ensemble.ts';
import type { Filled } from './history.ts';
import { entry } from './linear.ts';
import { analogPaths, profilePaths, slotPaths } from './patterns.ts';
import { harmonics, type Ridge, ridgePaths, robustWeights } from './ridge.ts';
import { logScale, plainScale, rootScale, type Scale } from './scales.ts';
import { isFine } from './seasons.ts';
import { smoothedPaths } from './smoothing.ts';
import { annualPaths, thetaPaths } from './theta.ts';

/** What the present is, and from where the past is tried again. */
export interface Task {
  history: Filled;
  /** Steps of the short season, and of the long one or 0. */
  season: number;
  long: number;
  /** Steps of a year or 0. */
  year: number;
  origins: readonly number[];
  horizon: number;
}

/** No member says more than this many times the highest value seen. */
const CEILING = 20;

export function membersOf(task: Task): MemberPaths[] {
  const { values } = task.history;
  const ceiling = CEILING * values.reduce((most, value) => Math.max(most, value), 0);
  const plain = plainScale(values, ceiling);
  const log = logScale(values, ceiling);
  return isFine(task.season)
    ? fineMembers(task, plain, log, rootScale(values, ceiling))
    : coarseMembers(task, plain, log);
}

/** Harmonic pairs of the day and of the week. */
const DAILY_PAIRS = 10;
const WEEKLY_PAIRS = 40;
/** Steps over which typical errors are judged. */
const RECENT_CYCLES = 3;

function fineMembers(
  { history, season, long, origins, horizon }: Task,
  plain: Scale,
  log: Scale,
  root: Scale,
): MemberPaths[] {
  const { values, known } = history;
  const pairs = Math.min(DAILY_PAIRS, Math.floor(season / 2) - 1);
  const near = [1, 2, 3, season - 1, season, season + 1, 2 * season];
  const lags = long > 0 ? [...near, long - 1, long, long + 1] : near;
  const daily: Ridge = {
    lags,
    harmonics: harmonics(season, pairs, 0, 0),
    anchor: season,
    penalty: 0.3,
    harmonicPenalty: 0.3,
    halfLife: 7 * season,
  };
  const judge = { ...daily, penalty: 0.1, harmonicPenalty: 0.1, halfLife: 14 * season };
  const weights = robustWeights(log.z, known, judge, RECENT_CYCLES * 7 * season);
  const wave = harmonics(season, pairs, long, long > 0 ? WEEKLY_PAIRS : 0);
  // The harmonics of the week know what the lags of the week say.
  const weeklyLags = long > 0 ? near : near.slice(0, 3);
  const weekly: Ridge = {
    ...daily,
    lags: weeklyLags,
    harmonics: wave,
    penalty: 0.1,
    harmonicPenalty: 1,
    halfLife: 14 * season,
  };
  const regressions = (spec: Ridge, scales: readonly Scale[]): MemberPaths[] => {
    const views = scales.map(({ z }) => z);
    return ridgePaths(views, weights, spec, origins, horizon).map((paths, i) => onScale(scales[i] as Scale, paths));
  };
  return [
    ...regressions(daily, [plain, log]),
    ...regressions(weekly, [log, root]),
    onScale(log, profilePaths(log.z, wave, origins, horizon)),
    onScale(log, smoothedPaths(log.z, known, season, long, origins, horizon)),
    long > 0
      ? onScale(log, directPaths(log.z, weights, season, long, origins, horizon))
      : slotPaths(values, season, origins, horizon).map((path) => path.map((value) => Math.max(0, value))),
    ...(long > 0 ? [season, long] : [season]).map((window) =>
      onScale(log, analogPaths(log.z, season, window, origins, horizon)),
    ),
  ];
}

const onScale = (scale: Scale, paths: readonly Float64Array[]): MemberPaths =>
  paths.map((path) => path.map(scale.back));

/** Half-lives of the profile in seasons: quick, middle and slow readings of the same series. */
const QUICK = 8;
const MIDDLE = 16;
const SLOW = 26;
/** Members from this one on are also moved along with last year's course. */
const ANNUAL_FROM = 1;

/** Steps of history from which on last year's course is known. */
export const annualFrom = (year: number, season: number): number => year + 4 * season;

function coarseMembers({ history, season, year, origins, horizon }: Task, plain: Scale, log: Scale): MemberPaths[] {
  const { values, known } = history;
  const lags = season > 2 ? [1, 2, season - 1, season, season + 1, 2 * season] : [1, 2, 3];
  const spec: Ridge = {
    lags,
    harmonics: harmonics(season, Math.floor((season - 1) / 2), 0, 0),
    anchor: season,
    penalty: 0.3,
    harmonicPenalty: 0.3,
    halfLife: SLOW * season,
  };
  const regression = (scale: Scale): MemberPaths[] => {
    const weights = robustWeights(scale.z, known, spec, SLOW * season);
    return ridgePaths([scale.z], weights, spec, origins, horizon).map((paths) => onScale(scale, paths));
  };
  const members = [
    ...regression(plain),
    ...regression(log),
    thetaPaths(values, known, season, QUICK * season, origins, horizon),
    thetaPaths(values, known, season, MIDDLE * season, origins, horizon),
    thetaPaths(values, known, season, SLOW * season, origins, horizon),
  ];
  // Last year's course is worth trying as soon as it is known at every origin.
  if (year === 0 || entry(origins, 0) < annualFrom(year, season)) return members;
  return [...members, ...annualPaths(members.slice(ANNUAL_FROM), values, season, year, origins)];
}
