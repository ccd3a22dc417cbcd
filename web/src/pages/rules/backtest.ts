/** What a backtest's page draws and counts. Pure; instants are milliseconds since 1970 UTC. */
import type { Backtest, BacktestRing, BacktestSeries, Limits } from '@room/contract';

const DAY_MS = 86_400_000;
/** Units across a strip. */
const WIDTH = 1_000;
/** What rang shortly is still seen. */
const LEAST_WIDTH = 2;
const OTHER_LIMITS = 6;

export interface BacktestSummary {
  days: number;
  times: number;
  units: number;
  perWeek: number;
}

export function summaryOf(
  { step, steps }: Pick<Backtest, 'step' | 'steps'>,
  rings: readonly BacktestRing[],
): BacktestSummary {
  const days = (step * steps) / DAY_MS;
  return {
    days: Math.max(1, Math.round(days)),
    times: rings.length,
    units: new Set(rings.map(({ code }) => code)).size,
    perWeek: (rings.length / Math.max(days, 1)) * 7,
  };
}

interface Piece {
  x: number;
  width: number;
}

export interface Strip {
  dim: BacktestSeries['dim'];
  code: string;
  times: number;
  lastAt: number;
  rings: Piece[];
  unknown: Piece[];
}

/** Of each unit for which it would have rung, the most often first. */
export function stripsOf({ from, step, steps, series }: Backtest, rings: readonly BacktestRing[]): Strip[] {
  const end = from + step * steps;
  const piece = (start: number, stop: number): Piece => {
    const x = ((start - from) / (end - from)) * WIDTH;
    return { x, width: Math.max(LEAST_WIDTH, ((stop - start) / (end - from)) * WIDTH) };
  };
  return series
    .flatMap(({ dim, code, unknown }): Strip[] => {
      const own = rings.filter((ring) => ring.code === code);
      const [last] = own;
      if (last === undefined) return [];
      return [
        {
          dim,
          code,
          times: own.length,
          lastAt: last.from,
          rings: own.map(({ from: start, to = end }) => piece(start, to)),
          unknown: unknown.map(([first, after]) => piece(from + first * step, from + after * step)),
        },
      ];
    })
    .sort((a, b) => b.times - a.times);
}

export interface LimitRange {
  min: number;
  max: number;
  step: number;
}

/** Where limits can be tried: from none to a little beyond all that was measured. */
export function limitedTo({ series }: Pick<Backtest, 'series'>, { side, limit }: Limits, isShare: boolean): LimitRange {
  let most = limit;
  for (const { values, references } of series)
    for (const [n, value] of values.entries()) {
      const reference = references?.[n] ?? undefined;
      if (value === null || (references !== undefined && (reference ?? 0) <= 0)) continue;
      const size = reference === undefined ? value : (side === 'above' ? 1 : -1) * (value / reference - 1);
      if (size > most) most = size;
    }
  const max = niceAbove(most, isShare);
  return { min: 0, max, step: isShare ? 0.005 : Math.max(1, 10 ** Math.floor(Math.log10(Math.max(1, max)) - 2)) };
}

const niceAbove = (value: number, isShare: boolean): number => {
  if (isShare) return Math.min(10, Math.max(0.1, Math.ceil(value * 10) / 10));
  const unit = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return Math.max(1, Math.ceil(value / unit) * unit);
};

/** Limits to say the outcome of beside the rule's own, in their order. */
export function otherLimits({ min, max, step }: LimitRange, own: number): number[] {
  const each = (max - min) / OTHER_LIMITS;
  const limits = Array.from({ length: OTHER_LIMITS - 1 }, (_, n) =>
    Number((Math.round((min + (n + 1) * each) / step) * step).toPrecision(12)),
  );
  return [...new Set([...limits, own])].sort((a, b) => a - b);
}
