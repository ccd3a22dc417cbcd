/** What each member gave to a change. Pure. */
import {
  type Contribution,
  countedValue,
  type ExplainedBy,
  type ExplainedMeasure,
  isRatio,
  type Measures,
  NOTHING,
  RATIO_MEASURES,
  sumOf,
  wholeOf,
} from '@room/contract';

export interface MemberSums {
  code: string;
  now: Readonly<Measures> | undefined;
  before: Readonly<Measures> | undefined;
}

/**
 * Of a count the difference of each. A share is the sum of each member's weight in the whole times its own share, so that the
 * change is that of shares at the average of both weights (rate), and that of weights at the average of both shares, held against
 * the average of the whole (mix; all weights together are one, so that what is taken off adds up to nothing). What existed in one
 * of the periods only has no change of its own share: all of it is mix.
 */
export function contributionsOf(measure: ExplainedMeasure, members: readonly MemberSums[]): Contribution[] {
  const whole = (side: 'now' | 'before'): Measures => sumOf(members.map((member) => member[side] ?? NOTHING));
  const sides = { now: whole('now'), before: whole('before') };
  return members
    .map(({ code, now, before }): Contribution => {
      const value = { now: now && countedValue(measure, now), before: before && countedValue(measure, before) };
      const known = {
        ...(value.now === undefined ? {} : { now: value.now }),
        ...(value.before === undefined ? {} : { before: value.before }),
      };
      if (!isRatio(measure)) return { code, ...known, change: (value.now ?? 0) - (value.before ?? 0) };
      const weight = (side: 'now' | 'before', sums: Readonly<Measures> | undefined): number =>
        sums === undefined ? 0 : wholeOf(measure, sums) / wholeOf(measure, sides[side]);
      const part = (sums: Readonly<Measures> | undefined): number | undefined =>
        sums === undefined || wholeOf(measure, sums) === 0
          ? undefined
          : sums[RATIO_MEASURES[measure].part] / wholeOf(measure, sums);
      const [w1, w0] = [weight('now', now), weight('before', before)];
      const r1 = part(now) ?? part(before) ?? 0;
      const r0 = part(before) ?? part(now) ?? 0;
      const average = ((part(sides.now) ?? 0) + (part(sides.before) ?? 0)) / 2;
      const rate = ((w1 + w0) / 2) * (r1 - r0);
      const mix = ((r1 + r0) / 2 - average) * (w1 - w0);
      return { code, ...known, change: rate + mix, rate, mix };
    })
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change) || (a.code < b.code ? -1 : 1));
}

/** The largest, and all others together. */
export function rankedIn(
  dimension: ExplainedBy['dimension'],
  all: readonly Contribution[],
  top = all.length,
): ExplainedBy {
  const rest = all.slice(top);
  const sum = (of: (each: Contribution) => number | undefined): number =>
    rest.reduce((total, each) => total + (of(each) ?? 0), 0);
  const isShare = rest.some(({ rate }) => rate !== undefined);
  return {
    dimension,
    members: all.slice(0, top),
    ...(rest.length === 0
      ? {}
      : {
          others: {
            members: rest.length,
            change: sum(({ change }) => change),
            ...(isShare ? { rate: sum(({ rate }) => rate), mix: sum(({ mix }) => mix) } : {}),
          },
        }),
  };
}
