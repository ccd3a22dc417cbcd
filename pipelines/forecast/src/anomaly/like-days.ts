/**
 * What a unit's first days say of the least and the most that a bucket usually holds: the same time of days like this one. Like are
 * days with the same label. Where nothing says what day it is, like are those that held about as much as this weekday did a week ago.
 * A day unlike any before may be one of rest: of it only that is out which falls below the level that it has shown so far.
 */
import type { DayTypes } from '../days.ts';
import { logScoreOf } from './score.ts';

/** Deviation of a logarithm between the same time of two like days, before a unit's own say more; worth so many days of them. */
const USUAL_SCATTER = 0.2;
const PRIOR_DAYS = 1;
const LEAST_SCATTER = 0.1;
/** Smaller expected counts, in lumps, teach nothing of scatter beyond chance. */
const ENOUGH = 10;
/** Scores beyond this are out, and are no example for later days until they come again. */
const FLAGGED = 4;
/** The same where the latest like day was out on that side: what goes on is not news for being a little less out. */
const STILL_FLAGGED = 2;
/** Days that held less or more than this many times as much as another are not like it. */
const ALIKE = 1.5;
/** Share of a day that counts as empty before its level shows, and from which on the level is known well enough to learn from. */
const SHOWN = 0.02;
const ENOUGH_SHOWN = 0.1;

export interface Usual {
  /** Halfway from their mean to the least and the most; NaN and Infinity where no day is known to judge by. */
  low: number;
  high: number;
  /** Deviation of a logarithm between like days. */
  scatter: number;
  /** The latest like day was out on the same side: what it held counts as usual. */
  isAccepted: boolean;
}

export class LikeDays {
  readonly #observed: Float64Array;
  readonly #dayTypes: DayTypes | undefined;
  readonly #perDay: number;
  readonly #first: number;
  /** Mean of the like days by bucket; NaN where there is none. */
  readonly #usual: Float64Array;
  /** Side on which a bucket was out of what like days held, 0 for none. */
  readonly #sides: Int8Array;
  #errors = 0;
  #count = 0;
  /** The same of the running day: what happens now is no measure for itself. */
  #today = { errors: 0, count: 0 };
  #day = -1;
  #like: number[] = [];
  #isNew = false;

  constructor(observed: Float64Array, dayTypes: DayTypes | undefined, perDay: number, first: number) {
    this.#observed = observed;
    this.#dayTypes = dayTypes;
    this.#perDay = perDay;
    this.#first = first;
    this.#usual = new Float64Array(observed.length).fill(Number.NaN);
    this.#sides = new Int8Array(observed.length);
  }

  /** To be asked of every bucket of the first two weeks in turn: each teaches how far like days differ. */
  usualAt(t: number, lump: number): Usual {
    const day = Math.floor(t / this.#perDay);
    if (day !== this.#day) this.#startDay(day);
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    let [sum, count] = [0, 0];
    let latest: number | undefined;
    for (const like of this.#like) {
      const then = t - (day - like) * this.#perDay;
      const value = this.#observed[then];
      if (value === undefined || Number.isNaN(value) || then < this.#first) continue;
      latest ??= then;
      if (this.#sides[then] !== 0) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
      sum += value;
      count++;
    }
    const scatter = this.#scatter();
    const none = { low: Number.NaN, high: Number.POSITIVE_INFINITY, scatter, isAccepted: false };
    if (latest === undefined) return none;
    const again = at(this.#observed, latest);
    if (count === 0) return { ...none, low: again, high: this.#isNew ? none.high : again };
    const { level, shown } = this.#isNew ? this.#levelOf(t) : { level: 1, shown: 1 };
    const mean = sum / count;
    const usual = {
      low: (Math.min(1, level) * (low + mean)) / 2,
      high: this.#isNew ? none.high : (high + mean) / 2,
      scatter,
      isAccepted: false,
    };
    this.#usual[t] = mean;
    const held = at(this.#observed, t);
    if (Number.isNaN(held)) return usual;
    if (shown > ENOUGH_SHOWN && level < ALIKE && level > 1 / ALIKE)
      this.#learn(held, level * mean, 1 + 1 / count, lump);
    const nearest = Math.max(usual.low, Math.min(usual.high, held));
    const score = logScoreOf(held, nearest, scatter, lump);
    const side = Math.sign(score);
    const isStill = this.#sides[latest] === side;
    if (Math.abs(score) <= (isStill ? STILL_FLAGGED : FLAGGED)) return usual;
    this.#sides[t] = side;
    if (!isStill) return usual;
    return { ...usual, low: Math.min(usual.low, again), high: Math.max(usual.high, again), isAccepted: true };
  }

  /** What like days held on the day before bucket `t`; undefined where it turned out to be unlike them. */
  usualOfDayBefore(t: number): Float64Array | undefined {
    const usual = this.#usual.subarray(t - this.#perDay, t);
    let [held, expected] = [0, 0];
    for (const [n, mean] of usual.entries()) {
      const value = at(this.#observed, t - this.#perDay + n);
      if (Number.isNaN(mean) || Number.isNaN(value)) continue;
      held += value;
      expected += mean;
    }
    return held < ALIKE * expected && held > expected / ALIKE ? usual : undefined;
  }

  #scatter(): number {
    const prior = PRIOR_DAYS * this.#perDay;
    return Math.max(LEAST_SCATTER, Math.sqrt((prior * USUAL_SCATTER ** 2 + this.#errors) / (prior + this.#count)));
  }

  #learn(held: number, usual: number, part: number, lump: number): void {
    if (usual < ENOUGH * lump) return;
    const furthest = FLAGGED * this.#scatter();
    const error = Math.log((held + lump / 2) / (usual + lump / 2));
    this.#today.errors += Math.max(0, Math.min(error ** 2, furthest ** 2) / part - lump / usual);
    this.#today.count++;
  }

  /** Latest first. */
  #startDay(day: number): void {
    this.#day = day;
    this.#errors += this.#today.errors;
    this.#count += this.#today.count;
    this.#today = { errors: 0, count: 0 };
    const firstDay = Math.floor(this.#first / this.#perDay);
    const label = this.#labelOf(day);
    const days = Array.from({ length: Math.max(0, day - firstDay) }, (_, n) => day - 1 - n);
    const isLike = label === null ? this.#heldAsMuch(day) : (it: number): boolean => this.#labelOf(it) === label;
    const like = days.filter(isLike);
    this.#isNew = like.length === 0;
    this.#like = this.#isNew ? days : like;
  }

  /** As the same weekday a week ago. */
  #heldAsMuch(day: number): (other: number) => boolean {
    const weekAgo = this.#totalOf(day - 7);
    return (other) => {
      const times = this.#totalOf(other) / weekAgo;
      return times < ALIKE && times > 1 / ALIKE;
    };
  }

  #labelOf(day: number): string | null {
    return this.#dayTypes?.[day * this.#perDay] ?? null;
  }

  /** NaN where less than half of the day is known. */
  #totalOf(day: number): number {
    if ((day + 1) * this.#perDay <= this.#first) return Number.NaN;
    const from = Math.max(this.#first, day * this.#perDay);
    const known = this.#observed.subarray(from, (day + 1) * this.#perDay).filter((value) => !Number.isNaN(value));
    return 2 * known.length >= this.#perDay ? known.reduce((sum, value) => sum + value, 0) : Number.NaN;
  }

  /** Level of the day so far against days that need not be like it, and the share of such days that has passed. */
  #levelOf(t: number): { level: number; shown: number } {
    let [held, usual, whole] = [0, 0, 0];
    const from = t - (t % this.#perDay);
    for (const day of this.#like) whole += (this.#totalOf(day) || 0) / this.#like.length;
    for (let u = from; u < t; u++) {
      if (Number.isNaN(at(this.#observed, u)) || this.#sides[u] !== 0) continue;
      held += at(this.#observed, u);
      let [sum, count] = [0, 0];
      for (const day of this.#like) {
        const value = this.#observed[u - (this.#day - day) * this.#perDay];
        if (value === undefined || Number.isNaN(value)) continue;
        sum += value;
        count++;
      }
      usual += count > 0 ? sum / count : 0;
    }
    const prior = SHOWN * whole;
    return whole > 0 ? { level: held / (usual + prior), shown: usual / whole } : { level: 1, shown: 0 };
  }
}

const at = (values: Float64Array, t: number): number => values[t] as number;
