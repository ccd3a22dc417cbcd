import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { forecast, score } from '@room/forecast';
import { describe, expect, it } from 'vitest';
import { randomOf } from '../../portal/random.ts';
import { COURSES, flat, january, januaryOf, lastYearGrown } from './series.ts';

const { calendar } = (await loadCatalogue(DEFAULT_CATALOGUE)).catalogue;
const DAILY = [7, 365];
const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, it) => total + it, 0);

describe('a flat series with 5 % noise, a year ahead', () => {
  const HORIZON = 365;

  it.each([
    [730, 8],
    [400, 24],
    [200, 24],
  ])('after %i days stays within a quarter of its level, and holds what it says', (known, seeds) => {
    const held = Array.from({ length: seeds }, (_, n) => {
      const all = flat(n + 1, known + HORIZON);
      const { lower, upper } = forecast(all.slice(0, known), HORIZON, DAILY, 0.95);
      expect(Math.max(...upper)).toBeLessThan(1_250);
      expect(Math.min(...lower)).toBeGreaterThan(750);
      return score.coverage(lower, upper, all.slice(known));
    });
    expect(sum(held) / held.length).toBeGreaterThanOrEqual(0.93);
    expect(sum(held) / held.length).toBeLessThanOrEqual(0.97);
  });

  it('has a wider band where its level wanders', () => {
    const random = randomOf('wandering');
    let level = 1_000;
    const wandering = flat(5, 400).map((value) => {
      level *= Math.exp(0.06 * (random.next() - 0.5));
      return (value * level) / 1_000;
    });
    const width = (values: number[]): number => {
      const { lower, upper, mean } = forecast(values, HORIZON, DAILY, 0.95);
      return ((upper.at(-1) ?? 0) - (lower.at(-1) ?? 0)) / (mean.at(-1) ?? 1);
    };
    expect(width(wandering)).toBeGreaterThan(2 * width(flat(5, 400)));
  });
});

it("the year's total made in January is no worse than last year's days times recent growth", () => {
  const missed = { ours: 0, simple: 0 };
  for (const day of ['2026-01-05', '2026-01-12', '2027-01-05', '2027-01-12'])
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { history, dayTypes, counted, horizon, rest } = january(calendar, day, seed);
      const { mean } = forecast(history, { horizon, seasons: DAILY, level: 0.95, dayTypes });
      missed.ours += Math.abs(sum(mean) - rest) / (counted + rest);
      missed.simple += Math.abs(lastYearGrown(history, horizon) - rest) / (counted + rest);
    }
  expect(missed.ours).toBeLessThan(missed.simple);
});

it.each(Object.entries(COURSES))("the year's total made in January is no worse than that for %s", (_, course) => {
  const missed = { ours: 0, simple: 0 };
  for (const day of [4, 19])
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) {
      const { history, counted, horizon, rest, truth } = januaryOf(course(seed), day);
      const { mean } = forecast(history, horizon, DAILY, 0.95);
      const total = sum(mean.filter((_it, j) => !Number.isNaN(truth[j])));
      const carried = history.map((value, t) => (Number.isNaN(value) ? (history[t - 7] ?? 0) || 0 : value));
      missed.ours += Math.abs(total - rest) / (counted + rest);
      missed.simple += Math.abs(lastYearGrown(carried, horizon) - rest) / (counted + rest);
    }
  expect(missed.ours).toBeLessThan(1.1 * missed.simple);
});

it('a low December that had none the year before is carried on', () => {
  const fallen = flat(3, 700).map((value, t) => (t >= 690 ? value / 2 : value));
  const { mean } = forecast(fallen, 120, DAILY, 0.95);
  expect(sum(mean) / 120).toBeLessThan(800);
});

describe('a service that is closed', () => {
  const random = randomOf('closed');
  const open = (days: number): number[] => Array.from({ length: days }, (_, t) => random.poisson(t % 7 < 5 ? 280 : 70));

  it.each([60, 400])('for two weeks after %i days is foreseen at nothing, and may open again', (days) => {
    const { mean, lower, upper } = forecast([...open(days), ...Array(14).fill(0)], 7, DAILY, 0.95);
    expect([...mean]).toEqual(Array(7).fill(0));
    expect([...lower]).toEqual(Array(7).fill(0));
    expect(sum(upper)).toBeGreaterThan(1_200);
    expect(sum(upper)).toBeLessThan(1_900);
  });

  it.each([
    ['of which one day is not known', (t: number) => (t === 408 ? Number.NaN : 0), undefined],
    ['which begin with holidays', () => 0, (t: number) => (t >= 400 && t < 403 ? 'holiday' : 'working')],
  ])('for two weeks %s is foreseen at nothing', (_, closed, labelOf) => {
    const values = [...open(400), ...Array.from({ length: 14 }, (_, t) => closed(400 + t))];
    const dayTypes = labelOf && Array.from({ length: 421 }, (_, t) => labelOf(t));
    expect(sum(forecast(values, { horizon: 7, seasons: DAILY, level: 0.95, dayTypes }).mean)).toBe(0);
  });

  it.each([1, 7, 14])('for two weeks and open again for %i days is foreseen as it was', (days) => {
    const { mean, lower, upper } = forecast([...open(399), ...Array(14).fill(0), ...open(days)], 7, DAILY, 0.95);
    expect(sum(mean)).toBeGreaterThan(1_400);
    expect(sum(mean)).toBeLessThan(1_700);
    expect(sum(upper) - sum(lower)).toBeLessThan(1_000);
  });

  it('is not open again for one event, nor for a third of what it was', () => {
    expect(sum(forecast([...open(399), ...Array(14).fill(0), 1], 7, DAILY, 0.95).mean)).toBeLessThan(150);
    const slow = open(7).map((value) => Math.round(value / 3));
    expect(sum(forecast([...open(399), ...Array(14).fill(0), ...slow], 7, DAILY, 0.95).mean)).toBeLessThan(900);
  });

  it('each weekend opens on Monday, on the first one ever too', () => {
    const hours = Array.from({ length: 7 * 24 }, (_, t) => (t < 120 && t % 24 >= 8 && t % 24 < 17 ? 40 : 0));
    for (const weeks of [1, 6]) {
      const { mean } = forecast(Array(weeks).fill(hours).flat(), 24, [24, 168], 0.95);
      // Of the first weekend it is not known how long it lasts.
      if (weeks > 1) expect(sum(mean)).toBeGreaterThan(250);
      else expect(sum(mean)).toBeGreaterThan(0);
    }
  });

  it('is nothing new where most days are empty', () => {
    const rare = Array.from({ length: 300 }, (_, t) => (t % 20 === 0 && t < 281 ? 3 : 0));
    expect(sum(forecast(rare, 60, DAILY, 0.95).upper)).toBeGreaterThan(0);
  });
});
