/** How sure a share over days is, by how it varied from day to day: days differ more than dossiers do. Pure. */

export interface DayCount {
  part: number;
  whole: number;
}

export interface SureShare {
  share: number;
  /** Holds the truth in 95 of 100 cases; absent where too few days say anything. */
  low?: number;
  high?: number;
}

export type Verdict = 'below' | 'unsure' | 'above';

/** Fewer days vary by chance alone. */
const DAYS_ENOUGH = 5;
/** Student's t of 97.5 % by degrees of freedom, from 4 on; the last of all more. */
const T = [
  2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086,
];
const T_MORE = 2.05;

/** Undefined of nothing. */
export function sureShare(days: readonly DayCount[]): SureShare | undefined {
  const counted = days.filter(({ whole }) => whole > 0);
  const whole = counted.reduce((sum, day) => sum + day.whole, 0);
  if (whole === 0) return undefined;
  const share = counted.reduce((sum, { part }) => sum + part, 0) / whole;
  const n = counted.length;
  if (n < DAYS_ENOUGH) return { share };
  const error = errorOf(counted, share, whole);
  const reach = (T[n - 1 - 4] ?? T_MORE) * error;
  return { share, low: Math.max(0, share - reach), high: Math.min(1, share + reach) };
}

/** Standard error of a ratio of sums over days, and never less than that of as many single dossiers. */
function errorOf(days: readonly DayCount[], share: number, whole: number): number {
  const n = days.length;
  const squares = days.reduce((sum, day) => sum + (day.part - share * day.whole) ** 2, 0);
  const between = (n / (n - 1)) * (squares / whole ** 2);
  return Math.sqrt(Math.max(between, (share * (1 - share)) / whole));
}

/** Whether it is surely on one side of a target. */
export function verdictOf({ low, high }: SureShare, target: number): Verdict {
  if (low === undefined || high === undefined) return 'unsure';
  return high < target ? 'below' : low >= target ? 'above' : 'unsure';
}

/** Whether two shares differ by more than chance explains. */
export function differsSurely(one: SureShare, other: SureShare): boolean {
  if (one.low === undefined || one.high === undefined || other.low === undefined || other.high === undefined)
    return false;
  const half = ({ low = 0, high = 0 }: SureShare): number => (high - low) / 2;
  return Math.abs(one.share - other.share) > Math.hypot(half(one), half(other));
}

/** A range of ranks that is first and last of all that have one at once: it says nothing, as if there were none. */
export const isAnyRank = (
  { best, worst }: { best?: number; worst?: number },
  all: readonly { best?: number }[],
): boolean => best === 1 && worst === all.filter((other) => other.best !== undefined).length && worst > 1;
