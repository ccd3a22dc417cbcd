/**
 * How likely a reported value reaches its target, by what few reports allow: steps from report to report are taken as a random
 * walk with drift (Brownian motion seen at uneven times), whose drift and spread are both estimated from the same few steps. So
 * the end has Student's t distribution around the trend, and no chance is told that is firmer than Laplace's rule of succession
 * gives after that many steps.
 */

export interface Step {
  /** Number of the period, counted without gaps. */
  at: number;
  value: number;
}

export interface Outlook {
  probability: number;
  /** The same were the drift at either end of its own 80 % interval. */
  low: number;
  high: number;
  /** Steps that it rests on. */
  steps: number;
  /** At the day of the target, with an 80 % interval. */
  expected: { value: number; low: number; high: number };
  /** Change from report to report so far. */
  usual: number;
  /** The best of them. */
  best: number;
}

/** Below it nothing can be said of a spread. */
export const FEWEST_STEPS = 2;
const TAIL = 0.9;

/** Of points in their order, so many periods after the last; undefined where there are too few steps. */
export function outlookOf(
  points: readonly Step[],
  { target, direction, ahead }: { target: number; direction: 'up' | 'down'; ahead: number },
): Outlook | undefined {
  const steps = points.slice(1).map(({ at, value }, before) => {
    const { at: from, value: was } = points[before] as Step;
    return { over: at - from, by: value - was };
  });
  const last = points.at(-1);
  const n = steps.length;
  if (last === undefined || n < FEWEST_STEPS || ahead <= 0) return undefined;
  const span = steps.reduce((sum, { over }) => sum + over, 0);
  const usual = steps.reduce((sum, { by }) => sum + by, 0) / span;
  const spread = Math.sqrt(steps.reduce((sum, { over, by }) => sum + (by - usual * over) ** 2 / over, 0) / (n - 1));
  const df = n - 1;
  const sign = direction === 'up' ? 1 : -1;
  const bound = 1 / (n + 2);
  const within = (chance: number): number => Math.min(1 - bound, Math.max(bound, chance));
  const reached = (drift: number, error: number): number => {
    const margin = sign * (last.value + ahead * drift - target);
    return within(error === 0 ? (margin >= 0 ? 1 : 0) : tCdf(margin / error, df));
  };
  const end = last.value + ahead * usual;
  const error = spread * Math.sqrt(ahead + ahead ** 2 / span);
  const away = tQuantile(TAIL, df);
  const drift = (away * spread) / Math.sqrt(span);
  const ends = [usual - drift, usual + drift].map((each) => reached(each, spread * Math.sqrt(ahead)));
  const best = sign * Math.max(...steps.map(({ over, by }) => (sign * by) / over));
  return {
    probability: reached(usual, error),
    low: Math.min(...ends),
    high: Math.max(...ends),
    steps: n,
    expected: { value: end, low: end - away * error, high: end + away * error },
    usual,
    best,
  };
}

/**
 * The last period after which the best pace so far, from there on, would still do: 0 is now, negative that it would not do any
 * more. Undefined where the usual pace does.
 */
export function lastTurn(
  { value, target, direction, ahead }: { value: number; target: number; direction: 'up' | 'down'; ahead: number },
  { usual, best }: Pick<Outlook, 'usual' | 'best'>,
): number | undefined {
  const sign = direction === 'up' ? 1 : -1;
  const short = sign * (target - value);
  const pace = sign * usual;
  const most = sign * best;
  if (pace * ahead >= short) return undefined;
  if (most <= pace || most * ahead < short) return -1;
  return Math.floor((most * ahead - short) / (most - pace) + 1e-9);
}

/** Student's t distribution for whole degrees of freedom: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4. */
export function tCdf(t: number, df: number): number {
  const angle = Math.atan(t / Math.sqrt(df));
  const cos = Math.cos(angle);
  const isOdd = df % 2 === 1;
  let term = isOdd ? cos : 1;
  let sum = df === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= df - 2; k += 2) {
    term *= ((k - 1) / k) * cos * cos;
    sum += term;
  }
  const inside = isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
  return (1 + inside) / 2;
}

/** Its inverse above one half, by halving: exact to what a reader could see. */
export function tQuantile(share: number, df: number): number {
  let [low, high] = [0, 1_000];
  for (let turn = 0; turn < 60; turn++) {
    const middle = (low + high) / 2;
    if (tCdf(middle, df) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
