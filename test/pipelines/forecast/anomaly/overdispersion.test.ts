import { expect, it } from 'vitest';
import { Overdispersion } from '../../../../pipelines/forecast/src/anomaly/overdispersion.ts';
import { type Random, randomOf } from '../../../portal/random.ts';
import { lumpy } from './planted.ts';

const OFFICE = Float64Array.from({ length: 24 }, (_, hour) => (hour >= 7 && hour < 18 ? 10 : 0.5));

function learnt(days: number, dayOf: (day: number, random: Random) => Float64Array): number {
  const overdispersion = new Overdispersion();
  const random = randomOf('lumps');
  for (let day = 0; day < days; day++) overdispersion.add(dayOf(day, random), OFFICE);
  return overdispersion.size();
}
const alone = (random: Random, factor = 1): Float64Array => OFFICE.map((mean) => random.poisson(factor * mean));

it('of events that come one by one are of one', () => {
  expect(learnt(35, (_, random) => alone(random))).toBeCloseTo(1, 0);
});

it('are as large as the lumps that come, at night or by day', () => {
  const size = learnt(35, (_, random) => OFFICE.map((mean) => lumpy(random, mean, 30, 1)));
  expect(size).toBeGreaterThan(20);
  expect(size).toBeLessThan(50);
});

it('are learnt of the day where the night has seen none yet', () => {
  const size = learnt(35, (_, random) => OFFICE.map((mean) => (mean < 1 ? 0 : lumpy(random, mean, 30, 1))));
  expect(size).toBeGreaterThan(10);
});

it('are not learnt of what lasts, nor of one day', () => {
  const rush = OFFICE.map((_, hour) => (hour >= 9 && hour < 15 ? 200 : 0));
  expect(learnt(35, (day, random) => (day === 20 ? rush : alone(random)))).toBeLessThan(1.5);
  expect(learnt(35, (day, random) => alone(random, day < 20 ? 1 : 3))).toBeLessThan(1.5);
});

it('are of one where nothing is known', () => {
  expect(new Overdispersion().size()).toBe(1);
  expect(learnt(20, () => new Float64Array(24).fill(Number.NaN))).toBe(1);
  expect(learnt(20, () => new Float64Array(24))).toBe(1);
});
