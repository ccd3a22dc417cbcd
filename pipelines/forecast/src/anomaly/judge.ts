/**
 * What each bucket was expected to hold, and how unusual what it held is. Every bucket is judged by earlier ones alone, so a
 * judgement never changes when later buckets arrive.
 *
 * Expected is the median of the same slot in the five latest ordinary weeks, each divided by its level, times the present level.
 * Chance is counted in the lumps in which the series' events come. Flagged values enter history cut at four deviations. A slot that
 * was flagged a week earlier on the same side is accepted: judged against what it held then, and history takes it as it is, so a
 * lasting shift is news for a week and usual afterwards. Of a long history the first days are left out up to the same day of the week
 * since 1970: a window that moves by a day judges as it did the day before.
 * Days whose type is not the ordinary one of their slot are expected as `forecast` would have at their start.
 */
import { type DayTypes, usualLabels } from '../days.ts';
import { forecast } from '../forecast.ts';
import type { Values } from '../history.ts';
import { MEAN_TO_DEVIATION, MEDIAN_TO_DEVIATION, medianOf } from '../robust.ts';
import { LikeDays } from './like-days.ts';
import { Overdispersion } from './overdispersion.ts';
import { chance, logScoreOf, scoreOf, UNKNOWN_MEAN } from './score.ts';

export interface CountedSeries {
  /** Start of the first bucket, and length of each, in ms. A day is a whole number of buckets. */
  start: number;
  step: number;
  /** Counts, oldest first; anything that is not a finite number was not reported. */
  values: Values;
  /** Share of the usual volume whose sources reported, 0 to 1, one a bucket; all of it where this is left out. */
  reported?: ArrayLike<number> | undefined;
  /** Types of day, one label a bucket, as for `forecast`. */
  dayTypes?: DayTypes | undefined;
  /** Instant (ms) from which on such days are judged at all; before it they are history only. */
  from?: number | undefined;
  /** What was told of this series before (ms): it is kept for less than it takes to be told first. */
  told?: readonly Told[] | undefined;
}

export interface Told {
  kind: 'departure' | 'silence';
  onset: number;
  /** Left out while it goes on. */
  end?: number | undefined;
}

/** `weekly` needs two weeks of history, `trailing` two days; `none` says that too little is known to judge. */
export type Method = 'weekly' | 'trailing' | 'none';

/** One entry a bucket; NaN where the bucket could not be judged. */
export interface Judgement {
  method: Method[];
  expected: Float64Array;
  /** Standard deviation of what was counted from what was expected. */
  deviation: Float64Array;
  /** Signed deviations from what is usual; never negative where sources were silent. */
  score: Float64Array;
  observed: Float64Array;
  /** Share of the usual volume that was not reported. */
  silent: Float64Array;
  /** Level that the expectation rests on. */
  level: Float64Array;
  /** Relative deviation of whole days beyond chance; NaN on days of another type than usual. */
  drift: Float64Array;
  /** Events that come together, at least 1: what chance is counted in. */
  lump: Float64Array;
  /** 1 where the slot differed a week earlier too and is taken as the new usual. */
  accepted: Uint8Array;
}

const DAY = 86_400_000;
const WEEKS = 5;
/** Weeks looked back for five ordinary ones: feasts take up to four out. */
const FURTHEST_WEEKS = 10;
const FEWEST_WEEKS = 2;
/** Weeks of history from which on it begins with a week of its own. */
const ANCHORED_WEEKS = 10;
/** Beyond this many deviations a value is flagged, and cut for history. */
const FLAGGED = 4;
/** Days that the present level is the median of, how far back they may lie, and how many make it certain. */
const LEVEL_DAYS = 7;
const LEVEL_REACH = 21;
const CERTAIN_DAYS = 3;
/** Relative deviation on top of the usual one where the level is uncertain. */
const LEVEL_DOUBT = 0.1;
/** Days whose errors tell how far a slot scatters; fewer errors than this tell nothing, and this is taken instead. */
const SCATTER_DAYS = 35;
const FEWEST_ERRORS = 10;
const UNKNOWN_SCATTER = 0.3;
/** Smaller relative deviations are of no interest however regular a series is. */
const LEAST_SCATTER = 0.02;
/** Expected counts from here on are taken as many. */
const FEW = 10;
/** One value of a week ago is worth less than a median of five. */
const SINGLE = Math.SQRT2;
/** Errors of a 95 % band on each side. */
const BAND = 2;
const TRAILING_DAYS = 2;
/** Relative deviation of whole days beyond chance: the least that is assumed, and what before it is known. */
const LEAST_DRIFT = 0.05;
const UNKNOWN_DRIFT = 0.15;
/** Reported shares from here on count as everything. */
export const ALL_REPORTED = 0.98;

export function judge(series: CountedSeries): Judgement {
  return new Judge(series).run();
}

interface Day {
  day: number;
  held: number;
  /** What its buckets would hold at a level of 1. */
  profile: number;
  /** Held over profile: the level of the day. */
  ratio: number;
  expected: number;
  /** Relative, absolute. */
  error: number;
  /** 1 or -1 where the day was flagged on that side. */
  side: number;
  /** Not flagged, or flagged on the same side a week earlier too. */
  usable: boolean;
}

/** Relative deviation beyond chance, from sums of absolute errors, of what chance alone gives, and of expectations. */
function scatterBeyondChance(errors: number, byChance: number, means: number, least: number): number {
  const squares = (MEAN_TO_DEVIATION * errors) ** 2 - byChance ** 2;
  return means > 0 ? Math.max(least, Math.sqrt(Math.max(0, squares)) / means) : least;
}

function driftOf(days: readonly Day[], lump: number): number {
  const sum = (of: (it: Day) => number): number => days.reduce((total, it) => total + of(it), 0);
  const errors = sum((it) => it.error * it.expected);
  const byChance = sum((it) => chance(it.expected, lump));
  return scatterBeyondChance(
    errors,
    byChance,
    sum((it) => it.expected),
    LEAST_DRIFT,
  );
}

class Judge {
  readonly #series: CountedSeries;
  readonly #n: number;
  readonly #perDay: number;
  readonly #week: number;
  /** Buckets within an hour on each side. */
  readonly #near: number;
  readonly #first: number;
  readonly #from: number;
  readonly #usual: (string | null)[];
  /** What counts as history: gaps as NaN, flagged values cut. */
  readonly #clean: Float64Array;
  /** Ordinary history divided by its level, which is 1 in the first two weeks, and the median of such weeks. */
  readonly #relative: Float64Array;
  readonly #profile: Float64Array;
  /** Absolute errors of ordinary buckets that were not flagged, and what was expected of them. */
  readonly #errors: Float64Array;
  readonly #means: Float64Array;
  /** Deviations of those by chance. */
  readonly #chances: Float64Array;
  /** What was counted in whole, on ordinary days: uncut, as lumps are. */
  readonly #held: Float64Array;
  /** Overdispersion of the first day, of the first two weeks against like days, and of all that were expected. */
  readonly #firstDay = new Overdispersion();
  readonly #early = new Overdispersion();
  readonly #overdispersion = new Overdispersion();
  #hasLike = false;
  #lump = 1;
  /** Scores against the ordinary expectation alone, accepted or not. */
  readonly #plain: Float64Array;
  /** Days of the last weeks, and for every day the side on which it was flagged, 0 for none. */
  readonly #days: Day[] = [];
  readonly #sides: number[] = [];
  readonly #five = new Float64Array(WEEKS);
  readonly #likeDays: LikeDays;
  #level = 1;
  #certain = false;
  #drift = UNKNOWN_DRIFT;
  #middle = Number.NaN;
  #spread = Number.NaN;
  readonly #out: Judgement;

  constructor(series: CountedSeries) {
    const n = series.values.length;
    const blank = (): Float64Array => new Float64Array(n).fill(Number.NaN);
    this.#series = series;
    this.#n = n;
    this.#perDay = Math.round(DAY / series.step);
    this.#week = 7 * this.#perDay;
    this.#near = this.#perDay >= 12 ? Math.max(1, Math.round(this.#perDay / 24)) : 0;
    this.#clean = blank();
    this.#relative = blank();
    this.#profile = blank();
    this.#errors = blank();
    this.#means = blank();
    this.#chances = blank();
    this.#held = blank();
    this.#plain = blank();
    this.#out = {
      method: new Array<Method>(n).fill('none'),
      expected: blank(),
      deviation: blank(),
      score: blank(),
      observed: blank(),
      silent: new Float64Array(n),
      level: blank(),
      drift: blank(),
      lump: blank(),
      accepted: new Uint8Array(n),
    };
    this.#read();
    const known = this.#out.observed.findIndex((value) => !Number.isNaN(value));
    this.#first = known < 0 ? n : Math.max(known, this.#anchor());
    this.#usual = usualLabels(series.dayTypes, this.#week);
    this.#from = this.#wholeDaysFrom(series.from);
    this.#likeDays = new LikeDays(this.#out.observed, series.dayTypes, this.#perDay, this.#first);
  }

  #read(): void {
    const { values, reported } = this.#series;
    for (let t = 0; t < this.#n; t++) {
      const value = values[t];
      const known = typeof value === 'number' && Number.isFinite(value);
      const share = reported?.[t] ?? 1;
      const given = share >= ALL_REPORTED ? 1 : Math.max(0, share);
      this.#out.silent[t] = known ? 1 - (given || 0) : 1;
      if (!known || given === 0) continue;
      this.#out.observed[t] = Math.max(0, value);
      if (given === 1) this.#clean[t] = Math.max(0, value);
    }
  }

  /** The first bucket that begins a week of its own, whatever day the window begins with; 0 where too little would be left. */
  #anchor(): number {
    const day = Math.floor(this.#series.start / DAY);
    const anchor = ((7 - (day % 7)) % 7) * this.#perDay;
    return this.#n - anchor >= ANCHORED_WEEKS * this.#week ? anchor : 0;
  }

  /** The first bucket from which on special days are judged: the start of a run of them is judged with its end. */
  #wholeDaysFrom(from: number | undefined): number {
    if (from === undefined) return 0;
    let t = Math.min(this.#n, Math.max(0, Math.ceil((from - this.#series.start) / this.#series.step)));
    t -= t % this.#perDay;
    while (t > 0 && this.#isSpecial(t - 1)) t -= this.#perDay;
    return t;
  }

  run(): Judgement {
    const perDay = this.#perDay;
    for (let t = this.#first; t < this.#n; t++) {
      if ((t - this.#first) % perDay === 0) this.#startDay(t);
      const weekly = t - this.#first >= this.#week;
      this.#out.lump[t] = this.#lump;
      if (!weekly) this.#held[t] = at(this.#clean, t);
      if (this.#isSpecial(t)) this.#special(t);
      else if (weekly) this.#ordinary(t);
      if (this.#out.method[t] === 'none' && t - this.#first < FEWEST_WEEKS * this.#week) this.#trailing(t);
      if (!weekly && !this.#isSpecial(t)) this.#relative[t] = at(this.#clean, t);
    }
    return this.#out;
  }

  #label(t: number): string | null {
    return this.#series.dayTypes?.[t] ?? null;
  }

  #isSpecial(t: number): boolean {
    const label = this.#label(t);
    return label !== null && label !== this.#usual[t % this.#week];
  }

  /** Takes in the day that ended, and settles the level of the one that starts. */
  #startDay(t: number): void {
    const day = Math.round((t - this.#first) / this.#perDay);
    if (day > 0) this.#learnOverdispersion(t);
    if (day < 8) return;
    let held = 0;
    let profile = 0;
    let whole = 0;
    for (let u = t - this.#perDay; u < t; u++) {
      const expected = at(this.#profile, u);
      if (this.#isSpecial(u) || Number.isNaN(expected)) continue;
      whole += expected;
      // What was only partly reported is no measure of a level.
      if (Number.isNaN(at(this.#clean, u))) continue;
      held += at(this.#out.observed, u);
      profile += expected;
    }
    if (profile > 0 && 2 * profile >= whole) this.#takeIn(day - 1, held, profile);
    this.#level = this.#levelOf(this.#days.filter((it) => it.usable && it.day >= day - LEVEL_REACH));
    this.#certain = this.#days.filter((it) => it.day >= day - LEVEL_DAYS).length >= CERTAIN_DAYS;
    const calm = this.#days.filter((it) => it.side === 0);
    if (calm.length >= CERTAIN_DAYS) this.#drift = driftOf(calm, this.#lump);
  }

  /** From the day that ended; in the first two weeks against like days, and before there is one against the hours around each. */
  #learnOverdispersion(t: number): void {
    const held = this.#held.subarray(t - this.#perDay, t);
    const since = t - this.#first;
    if (since > this.#week) this.#overdispersion.add(held, this.#means.subarray(t - this.#perDay, t));
    // Errors hold those of the expectation too.
    if (since >= FEWEST_WEEKS * this.#week) this.#lump = Math.max(1, this.#overdispersion.size() / UNKNOWN_MEAN);
    else this.#lump = Math.max(1, this.#earlySize(held, this.#likeDays.usualOfDayBefore(t)));
  }

  #earlySize(held: Float64Array, usual: Float64Array | undefined): number {
    if (usual !== undefined) this.#early.add(held, usual);
    this.#hasLike ||= usual !== undefined;
    if (this.#hasLike) return this.#early.size() / UNKNOWN_MEAN;
    const around = (value: number, u: number): number =>
      ((held[u - 1] ?? Number.NaN) + value + (held[u + 1] ?? Number.NaN)) / 3;
    this.#firstDay.add(held, held.map(around));
    return this.#firstDay.size();
  }

  /** The median of the latest days; of days with few lumps, most of which may have none, what all of them hold and one more. */
  #levelOf(days: readonly Day[]): number {
    const recent = days.slice(-LEVEL_DAYS);
    if (recent.length === 0) return this.#level;
    const sum = (of: (it: Day) => number): number => days.reduce((total, it) => total + of(it), 0);
    if (sum((it) => it.expected) >= FEW * this.#lump * days.length)
      return Math.max(1e-6, medianOf(Float64Array.from(recent, (it) => it.ratio)));
    return (sum((it) => it.held) + this.#lump) / (sum((it) => it.profile) + this.#lump);
  }

  #takeIn(day: number, held: number, profile: number): void {
    const expected = profile * this.#level;
    const score = scoreOf(held, expected, Math.hypot(this.#drift * expected, chance(expected, this.#lump)), this.#lump);
    const side = Math.abs(score) > FLAGGED ? Math.sign(score) : 0;
    const usable = side === 0 || this.#sides[day - 7] === side;
    this.#sides[day] = side;
    while (this.#days[0] && this.#days[0].day < day - SCATTER_DAYS) this.#days.shift();
    const error = expected > 0 ? Math.abs(held / expected - 1) : 0;
    this.#days.push({ day, held, profile, ratio: held / profile, expected, error, side, usable });
  }

  #ordinary(t: number): void {
    const { expected, deviation, level, drift, method, score, observed, silent, accepted } = this.#out;
    const week = this.#week;
    let found = 0;
    for (let k = 1; k <= FURTHEST_WEEKS && found < WEEKS && t - k * week >= this.#first; k++) {
      const value = at(this.#relative, t - k * week);
      if (!Number.isNaN(value)) this.#five[found++] = value;
    }
    if (found === 0) {
      this.#relative[t] = at(this.#clean, t) / this.#level;
      return;
    }
    this.#profile[t] = this.#middleOf(found);
    const mean = at(this.#profile, t) * this.#level;
    expected[t] = mean;
    level[t] = this.#level;
    const scatter = this.#scatter(t);
    const doubt = this.#certain ? 0 : LEVEL_DOUBT;
    const wide = Math.hypot(chance(mean, this.#lump), Math.hypot(scatter, doubt) * mean);
    deviation[t] = wide;
    const held = at(observed, t);
    const judged = found >= FEWEST_WEEKS && t - this.#first >= FEWEST_WEEKS * week;
    if (judged) method[t] = 'weekly';
    drift[t] = this.#drift;
    if (Number.isNaN(held)) return;
    const plain = judged ? scoreOf(held, mean, wide, this.#lump) : 0;
    this.#plain[t] = plain;
    const then = at(this.#clean, t - week);
    const again = judged && plain !== 0 && !Number.isNaN(then) && this.#wasFlagged(t - week, plain);
    let value = plain;
    if (again) {
      accepted[t] = 1;
      const raw = at(observed, t - week);
      const moved = at(this.#profile, t) * this.#movedLevel(t, Math.sign(plain));
      const nearest = Math.max(Math.min(mean, moved, raw), Math.min(Math.max(mean, moved, raw), held));
      expected[t] = nearest;
      value =
        scoreOf(held, nearest, Math.max(wide, Math.hypot(chance(raw, this.#lump), scatter * raw)), this.#lump) / SINGLE;
    }
    if (judged) score[t] = at(silent, t) > 0 ? Math.max(0, value) : value;
    if (Number.isNaN(at(this.#clean, t))) return;
    this.#held[t] = held;
    this.#means[t] = mean;
    const flagged = Math.abs(plain) > FLAGGED;
    if (flagged && !again) this.#clean[t] = Math.max(0, mean + Math.sign(plain) * FLAGGED * at(deviation, t));
    if (!flagged) {
      this.#errors[t] = Math.abs(held - mean);
      this.#chances[t] = chance(mean, this.#lump);
    }
    this.#relative[t] = at(this.#clean, t) / this.#level;
  }

  /** The median; of few events, whose median is often 0, the mean. */
  #middleOf(found: number): number {
    const median = medianOf(this.#five, found);
    if (median * this.#level >= FEW * this.#lump) return median;
    return this.#five.subarray(0, found).reduce((sum, value) => sum + value, 0) / found;
  }

  /** Whether bucket `t`, or the whole of its day, was flagged on the side of `score`. */
  #wasFlagged(t: number, score: number): boolean {
    const before = at(this.#plain, t);
    if (Math.abs(score) > FLAGGED && Math.abs(before) > FLAGGED && score * before > 0) return true;
    const day = Math.floor((t - this.#first) / this.#perDay);
    return this.#sides[day] === Math.sign(score);
  }

  /** Level of the days of the last week, and the same day of the week before, that were flagged on this side; or the present one. */
  #movedLevel(t: number, side: number): number {
    const day = Math.floor((t - this.#first) / this.#perDay);
    const moved = this.#days.filter((it) => it.side === side && it.day >= day - 7);
    return moved.length > 0 ? medianOf(Float64Array.from(moved, (it) => it.ratio)) : this.#level;
  }

  /** Relative deviation of this time of day on days of this kind, beyond chance. */
  #scatter(t: number): number {
    const kind = this.#usual[t % this.#week];
    let errors = 0;
    let means = 0;
    let byChance = 0;
    let count = 0;
    for (let back = 1; back <= SCATTER_DAYS; back++) {
      const then = t - back * this.#perDay;
      if (then < this.#first) break;
      if (this.#usual[then % this.#week] !== kind) continue;
      for (let u = then - this.#near; u <= then + this.#near; u++) {
        const error = this.#errors[u];
        if (error === undefined || Number.isNaN(error)) continue;
        errors += error;
        means += at(this.#means, u);
        byChance += at(this.#chances, u);
        count++;
      }
    }
    return count < FEWEST_ERRORS ? UNKNOWN_SCATTER : scatterBeyondChance(errors, byChance, means, LEAST_SCATTER);
  }

  /** A day of another type than usual: expected as the forecast of its start has it, doubts included. */
  #special(t: number): void {
    const { expected, deviation, method, score, observed, silent, level } = this.#out;
    if (t < this.#from || t - this.#first < FEWEST_WEEKS * this.#week) return;
    if (Number.isNaN(at(expected, t))) this.#foresee(t);
    const mean = at(expected, t);
    if (Number.isNaN(mean)) return;
    method[t] = 'weekly';
    level[t] = this.#level;
    const held = at(observed, t);
    if (Number.isNaN(held)) return;
    const value = scoreOf(held, mean, at(deviation, t), this.#lump);
    score[t] = at(silent, t) > 0 ? Math.max(0, value) : value;
  }

  #foresee(t: number): void {
    const { expected, deviation } = this.#out;
    const { dayTypes } = this.#series;
    const label = this.#label(t);
    let end = t + 1;
    while (end < this.#n && end < t + this.#perDay && this.#label(end) === label) end++;
    const first = this.#first - (this.#first % this.#perDay);
    const { mean, upper } = forecast(this.#clean.subarray(first, t), {
      horizon: end - t,
      seasons: [this.#perDay, this.#week],
      level: 0.95,
      dayTypes: dayTypes && Array.from(dayTypes).slice(first),
    });
    for (let u = t; u < end; u++) {
      const middle = at(mean, u - t);
      expected[u] = middle;
      deviation[u] = Math.max((at(upper, u - t) - middle) / BAND, chance(middle, this.#lump));
    }
  }

  /**
   * Little history: against all of the last two days and the same time of the days there are, whichever is nearer; or, as a share,
   * against the same time of like days alone, since nights are lower than any fall of a day.
   */
  #trailing(t: number): void {
    const { expected, deviation, method, score, observed, silent, drift, accepted } = this.#out;
    const perDay = this.#perDay;
    const held = at(observed, t);
    const like = this.#likeDays.usualAt(t, this.#lump);
    if (t - this.#first < TRAILING_DAYS * perDay) return;
    if (Number.isNaN(this.#middle) || (t - this.#first) % Math.max(1, Math.round(perDay / 24)) === 0) this.#settle(t);
    if (Number.isNaN(this.#middle)) return;
    let high = this.#middle;
    let alike = false;
    for (let then = t - perDay; then >= this.#first; then -= perDay) {
      alike ||= this.#label(then) === this.#label(t);
      const usual = this.#meanAround(then, t);
      if (!Number.isNaN(usual)) high = Math.max(high, usual);
    }
    // Of a kind of day that never was a rush says nothing.
    if (!alike) high = Number.POSITIVE_INFINITY;
    method[t] = 'trailing';
    drift[t] = like.scatter;
    accepted[t] = like.isAccepted ? 1 : 0;
    const known = Number.isNaN(held) ? this.#middle : held;
    const [byDays, byLike] = [Math.min(high, known), Math.max(like.low, Math.min(like.high, known)) || known];
    const scores = [
      { mean: byDays, wide: this.#spread, value: scoreOf(known, byDays, this.#spread, this.#lump) },
      { mean: byLike, wide: like.scatter * byLike, value: logScoreOf(known, byLike, like.scatter, this.#lump) },
    ] as const;
    const { mean, wide, value } = Math.abs(scores[1].value) > Math.abs(scores[0].value) ? scores[1] : scores[0];
    expected[t] = mean;
    deviation[t] = Math.max(wide, chance(mean, this.#lump));
    if (Number.isNaN(held)) return;
    score[t] = at(silent, t) > 0 ? Math.max(0, value) : value;
    if (Math.abs(value) <= FLAGGED) return;
    for (const history of [this.#clean, this.#relative, this.#errors]) history[t] = Number.NaN;
  }

  #settle(t: number): void {
    const known = this.#out.observed
      .subarray(t - TRAILING_DAYS * this.#perDay, t)
      .filter((value) => !Number.isNaN(value));
    const enough = known.length >= this.#perDay;
    this.#middle = enough ? medianOf(known) : Number.NaN;
    this.#spread = MEDIAN_TO_DEVIATION * medianOf(known.map((value) => Math.abs(value - this.#middle)));
  }

  #meanAround(then: number, before: number): number {
    let sum = 0;
    let count = 0;
    const half = this.#near >> 1;
    for (let u = Math.max(this.#first, then - half); u <= then + half && u < before; u++) {
      const value = at(this.#out.observed, u);
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    return count > 0 ? sum / count : Number.NaN;
  }
}

const at = (values: Float64Array, t: number): number => values[t] as number;
