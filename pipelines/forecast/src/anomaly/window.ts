/** Hours put together: where a bucket holds so few events that chance hides what happens, several of them tell. */
import type { Judgement } from './judge.ts';
import { chance, chanceSquared, logScoreOf, scoreOf } from './score.ts';

/** Share of the scatter of its buckets that chance must be before a window is judged as one. */
const CHANCE = 0.5;

/**
 * Signed deviations of the `width` buckets up to `t` taken together: 0 where less than half of them are judged, where some are of
 * another day type than usual or by another method, or where chance is not most of their scatter. In a unit's first two weeks, whose
 * scatter is hardly known, all of them count.
 */
export function windowScore(judgement: Judgement, t: number, width: number): number {
  const { observed, expected, deviation, score, drift, method } = judgement;
  let held = 0;
  let usual = 0;
  let squares = 0;
  let byChance = 0;
  let judged = 0;
  const lump = judgement.lump[t] as number;
  let silent = false;
  for (let u = Math.max(0, t - width + 1); u <= t; u++) {
    if (Number.isNaN(score[u])) continue;
    if (method[u] !== method[t] || Number.isNaN(drift[u])) return 0;
    silent ||= (judgement.silent[u] as number) > 0;
    held += observed[u] as number;
    usual += expected[u] as number;
    squares += (deviation[u] as number) ** 2;
    byChance += chanceSquared(expected[u] as number, lump);
    judged++;
  }
  const isEarly = method[t] === 'trailing';
  if (2 * judged < width || (!isEarly && byChance < CHANCE * squares)) return 0;
  const varies = drift[t] as number;
  const value = isEarly
    ? logScoreOf(held, usual, varies, lump)
    : scoreOf(held, usual, 0, lump) / Math.hypot(1, (varies * usual) / chance(usual, lump));
  return silent ? Math.max(0, value) : value;
}

/** Mean size of the scores of the latest `width` buckets; 0 where less than half of them are judged. */
export function meanScore({ score }: Judgement, t: number, width: number): number {
  let sum = 0;
  let judged = 0;
  for (let u = Math.max(0, t - width + 1); u <= t; u++) {
    const value = score[u] as number;
    if (Number.isNaN(value)) continue;
    sum += Math.abs(value);
    judged++;
  }
  return 2 * judged >= width ? sum / judged : 0;
}
