/** Where a target stands: how likely it is met by its date, what a day must bring from now on, and until when it still can be. */
import { spreadOf } from './spread.ts';
import type { TotalOutcome } from './total.ts';

/** A day that is left until the deadline; of a running day, what is left of it. */
export interface DayLeft {
  /** Any name; returned as `lastDay`. */
  day: string;
  working: boolean;
  /** Counts it is expected to bring. */
  expected: number;
  /** The most it can plausibly bring, as the upper end of its 95 % band. */
  best: number;
  /** Part of the day that is left, 1 for a whole one. */
  share?: number | undefined;
}

export type TargetOutcome =
  | {
      ok: true;
      /** `missed`: the deadline has passed without it. */
      state: 'met' | 'missed' | 'open';
      /** Probability of being met by the deadline; undefined where no projection could be made. */
      probability: number | undefined;
      /** What is still to come, 0 once met. */
      missing: number;
      /** What each working day left must bring, when other days bring what is expected; undefined without a working day. */
      neededPerDay: number | undefined;
      /** What a working day left is expected to bring. */
      expectedPerDay: number | undefined;
      /** Whether the best that all days left can plausibly bring would be enough. */
      reachable: boolean;
      /**
       * The last day on which turning from the expected to the best pace is still enough. Undefined once met or out of reach, and
       * where the expected pace alone is enough.
       */
      lastDay: string | undefined;
    }
  | { ok: false; reason: 'bad-request'; detail: string };

const bad = (detail: string) => ({ ok: false, reason: 'bad-request', detail }) as const;
const isCount = (value: number): boolean => Number.isFinite(value) && value >= 0;

/** A total to be reached by `deadline` (ms, as `now`). `days` are those left, in order; without a running projection pass none. */
export function assessTarget({
  target,
  counted,
  projection,
  now,
  deadline,
  days,
}: {
  target: number;
  counted: number;
  projection: TotalOutcome | undefined;
  now: number;
  deadline: number;
  days: readonly DayLeft[];
}): TargetOutcome {
  if (!isCount(target)) return bad('A target is a number from 0 on.');
  if (!isCount(counted)) return bad('What is counted so far is a number from 0 on.');
  if (!Number.isFinite(now) || !Number.isFinite(deadline)) return bad('The deadline and the present are instants.');
  if (days.some(({ expected, best, share = 1 }) => !isCount(expected) || !isCount(best) || !(share >= 0 && share <= 1)))
    return bad('Each day left needs what is expected of it and the most it can bring.');
  const missing = Math.max(0, target - counted);
  const closed = { neededPerDay: undefined, expectedPerDay: undefined, lastDay: undefined };
  if (missing === 0) return { ok: true, state: 'met', probability: 1, missing, reachable: true, ...closed };
  if (now >= deadline) return { ok: true, state: 'missed', probability: 0, missing, reachable: false, ...closed };
  const sum = (of: readonly number[]): number => of.reduce((total, it) => total + it, 0);
  const best = (it: DayLeft): number => Math.max(it.best, it.expected);
  const working = days.filter((it) => it.working);
  const worked = sum(working.map((it) => it.share ?? 1));
  const others = sum(days.filter((it) => !it.working).map((it) => it.expected));
  const expected = sum(days.map((it) => it.expected));
  const most = sum(days.map(best));
  const reachable = most >= missing;
  let lastDay: string | undefined;
  if (reachable && expected < missing) {
    // Every day at the expected pace costs what it could have brought more.
    let left = most;
    for (const day of days) {
      if (left < missing) break;
      lastDay = day.day;
      left -= best(day) - day.expected;
    }
  }
  return {
    ok: true,
    state: 'open',
    probability: projection?.ok ? projection.atLeast(target) : undefined,
    missing,
    neededPerDay: worked > 0 ? Math.max(0, missing - others) / worked : undefined,
    expectedPerDay: worked > 0 ? sum(working.map((it) => it.expected)) / worked : undefined,
    reachable,
    lastDay,
  };
}

export type ShareStanding =
  | {
      ok: true;
      /** `met` and `missed` are final: the deadline has passed, or nothing that is left can change it. */
      state: 'met' | 'missed' | 'open';
      probability: number | undefined;
      /** Share so far; undefined before the first case. */
      share: number | undefined;
      /** Share that is expected at the end. */
      projected: number | undefined;
      /** Share that the rest must reach; above 1 no rest of the expected size can. */
      neededShare: number | undefined;
      reachable: boolean;
    }
  | { ok: false; reason: 'bad-request' | 'nothing-to-judge'; detail: string };

/** Places in the distribution of the rest's size at which the rest's share is judged. */
const PLACES = [0.1, 0.3, 0.5, 0.7, 0.9];

/**
 * A share to be reached by `deadline`, as 95 % of cases on time. `rest` projects how many cases are still to come (counted 0);
 * `shares` are what rests of such a size held before, the latest past ones; at least three are needed for a probability.
 */
export function assessShare({
  target,
  met,
  total,
  rest,
  shares,
  now,
  deadline,
}: {
  target: number;
  met: number;
  total: number;
  rest: TotalOutcome | undefined;
  shares: readonly number[];
  now: number;
  deadline: number;
}): ShareStanding {
  if (!(target >= 0 && target <= 1)) return bad('A share is between 0 and 1.');
  if (!isCount(met) || !isCount(total) || met > total) return bad('Cases that met it are some of all cases.');
  if (!Number.isFinite(now) || !Number.isFinite(deadline)) return bad('The deadline and the present are instants.');
  const share = total > 0 ? met / total : undefined;
  const over = now >= deadline;
  const coming = over ? 0 : rest?.ok ? rest.mean : undefined;
  if (coming === 0) {
    if (share === undefined) return { ok: false, reason: 'nothing-to-judge', detail: 'There is no case.' };
    const state = share >= target ? 'met' : 'missed';
    const closed = { probability: state === 'met' ? 1 : 0, projected: share, neededShare: undefined };
    return { ok: true, state, share, reachable: state === 'met', ...closed };
  }
  const past = shares.filter((it) => it >= 0 && it <= 1);
  const middle = past.length > 0 ? past.reduce((sum, it) => sum + it, 0) / past.length : undefined;
  const needed = (size: number): number => (target * (total + size) - met) / size;
  const neededShare = coming === undefined ? undefined : needed(coming);
  const reachable = neededShare === undefined || neededShare <= 1;
  const open = { ok: true, state: 'open', share, neededShare, reachable } as const;
  if (coming === undefined || !rest?.ok || middle === undefined) {
    return { ...open, probability: undefined, projected: undefined };
  }
  const projected = (met + middle * coming) / (total + coming);
  if (past.length < FEWEST_SHARES) return { ...open, probability: undefined, projected };
  const errors = past.map((it) => (it - middle) * Math.sqrt(past.length / (past.length - 1)));
  const chances = PLACES.map((place) => {
    const size = sizeAt(rest, place);
    if (size < 1) return share !== undefined && share >= target ? 1 : 0;
    const asked = needed(size);
    if (asked <= 0) return 1;
    if (asked > 1) return 0;
    const rate = Math.min(1 - 0.5 / size, Math.max(0.5 / size, middle));
    return spreadOf(errors, past.length - 1, Math.sqrt((rate * (1 - rate)) / size)).above(asked - middle);
  });
  return { ...open, probability: chances.reduce((sum, it) => sum + it, 0) / chances.length, projected };
}

const FEWEST_SHARES = 3;

/**
 * Of the days left, whose expected cases are given in order, the place of the last on which turning from the usual share to the best
 * one still reaches the target; undefined where the usual one does anyway, or not even the best would.
 */
export function lastDayToTurn({
  target,
  met,
  total,
  days,
  usual,
  best,
}: {
  target: number;
  met: number;
  total: number;
  days: readonly number[];
  usual: number;
  best: number;
}): number | undefined {
  const rest = days.reduce((sum, it) => sum + it, 0);
  const needed = target * (total + rest) - met;
  if (usual * rest >= needed) return undefined;
  let last: number | undefined;
  let most = best * rest;
  for (const [n, expected] of days.entries()) {
    if (most < needed) break;
    last = n;
    most -= (best - usual) * expected;
  }
  return last;
}

/** Size that the rest stays below with probability `place`. */
function sizeAt(rest: Extract<TotalOutcome, { ok: true }>, place: number): number {
  let [low, high] = [0, Math.max(1, 2 * rest.mean)];
  while (rest.atLeast(high) > 1 - place && high < 1e15) high *= 2;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (rest.atLeast(middle) > 1 - place) low = middle;
    else high = middle;
  }
  return low;
}
