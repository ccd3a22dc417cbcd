/** The members of the ensemble: for series with many steps a season (hours of a day), and with few (days of a week). */
import type { Member } from './ensemble.ts';
import type { Filled } from './history.ts';
import { entry } from './linear.ts';
import { analogPaths, profilePaths, slotPaths } from './patterns.ts';
import { harmonics, type Ridge, ridgePaths, robustWeights } from './ridge.ts';
import { logScale, plainScale, type Scale } from './scales.ts';
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

export function membersOf(task: Task): Member[] {
  const { values } = task.history;
  const ceiling = CEILING * values.reduce((most, value) => Math.max(most, value), 0);
  const plain = plainScale(values, ceiling);
  const log = logScale(values, ceiling);
  return task.season >= FINE ? fineMembers(task, plain, log) : coarseMembers(task, plain, log);
}

/** Steps a season from which on a day has a shape of its own that harmonics can draw. */
const FINE = 12;
/** Harmonic pairs of the day and of the week. */
const DAILY_PAIRS = 10;
const WEEKLY_PAIRS = 40;
/** Steps over which typical errors are judged. */
const RECENT_CYCLES = 3;

function fineMembers({ history, season, long, origins, horizon }: Task, plain: Scale, log: Scale): Member[] {
  const { values, known } = history;
  const cycle = long > 0 ? long : season;
  const pairs = Math.min(DAILY_PAIRS, Math.floor(season / 2) - 1);
  const near = [1, 2, 3, season - 1, season, season + 1, 2 * season];
  const lags = long > 0 ? [...near, long - 1, long, long + 1] : near;
  const daily: Ridge = {
    lags,
    variants: [lags.length],
    harmonics: harmonics(season, pairs, 0, 0),
    anchor: season,
    penalty: 0.3,
    harmonicPenalty: 0.3,
    halfLife: 7 * season,
  };
  const judge = { ...daily, penalty: 0.1, harmonicPenalty: 0.1, halfLife: 14 * season };
  const recent = RECENT_CYCLES * 7 * season;
  const plainWeights = robustWeights(plain.z, known, judge, recent);
  const logWeights = robustWeights(log.z, known, judge, recent);
  const wave = harmonics(season, pairs, long, long > 0 ? WEEKLY_PAIRS : 0);
  const weekly: Ridge = {
    ...daily,
    variants: long > 0 ? [lags.length, near.length] : [3],
    harmonics: wave,
    penalty: 0.1,
    harmonicPenalty: 1,
    halfLife: Number.POSITIVE_INFINITY,
  };
  const back = (scale: Scale, paths: Float64Array[]): Member => paths.map((path) => path.map(scale.back));
  return [
    ...ridgePaths(plain.z, plainWeights, daily, origins, horizon).map((paths) => back(plain, paths)),
    ...ridgePaths(log.z, logWeights, daily, origins, horizon).map((paths) => back(log, paths)),
    ...ridgePaths(log.z, logWeights, weekly, origins, horizon).map((paths) => back(log, paths)),
    back(log, profilePaths(log.z, wave, origins, horizon)),
    back(log, smoothedPaths(log.z, known, season, long, origins, horizon)),
    slotPaths(values, season, cycle, origins, horizon).map((path) => path.map((value) => Math.max(0, value))),
    back(log, analogPaths(log.z, season, cycle, origins, horizon)),
  ];
}

/** Half-lives of the profile in seasons: quick, middle and slow readings of the same series. */
const QUICK = 8;
const MIDDLE = 16;
const SLOW = 26;
/** Members from this one on are also moved along with last year's course. */
const ANNUAL_FROM = 1;

function coarseMembers({ history, season, year, origins, horizon }: Task, plain: Scale, log: Scale): Member[] {
  const { values, known } = history;
  const lags = season > 2 ? [1, 2, season - 1, season, season + 1, 2 * season] : [1, 2, 3];
  const spec: Ridge = {
    lags,
    variants: [lags.length],
    harmonics: harmonics(season, Math.floor((season - 1) / 2), 0, 0),
    anchor: season,
    penalty: 0.3,
    harmonicPenalty: 0.3,
    halfLife: SLOW * season,
  };
  const back = (scale: Scale, paths: Float64Array[]): Member => paths.map((path) => path.map(scale.back));
  const recent = SLOW * season;
  const members = [
    ...ridgePaths(plain.z, robustWeights(plain.z, known, spec, recent), spec, origins, horizon).map((it) =>
      back(plain, it),
    ),
    ...ridgePaths(log.z, robustWeights(log.z, known, spec, recent), spec, origins, horizon).map((it) => back(log, it)),
    thetaPaths(values, known, season, QUICK * season, origins, horizon),
    thetaPaths(values, known, season, MIDDLE * season, origins, horizon),
    thetaPaths(values, known, season, SLOW * season, origins, horizon),
  ];
  // Last year's course is worth trying as soon as it is known at every origin.
  if (year === 0 || entry(origins, 0) < year + 4 * season) return members;
  return [...members, ...annualPaths(members.slice(ANNUAL_FROM), values, season, year, origins)];
}
