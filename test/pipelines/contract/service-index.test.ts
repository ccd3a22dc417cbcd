/** The index: formulas are data, what is not counted has its points apart, and a rank is as sure as the days are alike. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import {
  type DayCounts,
  gainsOf,
  indexPeriod,
  indexQuerySchema,
  indicatorsOf,
  pointsOfIndex,
  type ServiceIndex,
  serviceIndexSchema,
  standingsOf,
} from '@room/contract';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';

let index: ServiceIndex;
beforeAll(async () => {
  const loaded = await loadCatalogue(DEFAULT_CATALOGUE);
  if (loaded.index === undefined) throw new Error('the default catalogue has no index');
  index = loaded.index;
});

const day = (onTime: number, late: number, submittedOnline: number, submitted: number): DayCounts => ({
  onTime,
  late,
  submittedOnline,
  submitted,
});
const scoreOf = (days: readonly DayCounts[]) => standingsOf(index, days, []).all;
const days = (most: number) =>
  fc.array(
    fc
      .tuple(...Array.from({ length: 4 }, () => fc.nat(most)))
      .map(([a = 0, b = 0, c = 0, d = 0]) => day(a, b, c, c + d)),
    { minLength: 5, maxLength: 40 },
  );

it('has 100 points in groups of 18, 20, 22, 22 (12 and 10) and 18, of which the unpublished are marked', () => {
  expect(index.groups.map(({ points }) => points)).toEqual([18, 20, 12, 10, 22, 18]);
  expect(pointsOfIndex(index)).toBe(100);
  const configured = indicatorsOf(index).filter(({ isConfigured }) => isConfigured);
  expect(configured.map(({ id }) => id)).toEqual(['3.1', '3.2', '3.3']);
});

it('is refused where points of a group are not those of its indicators, or an indicator stands twice', () => {
  const [first, ...rest] = index.groups;
  if (first === undefined) throw new Error('there is no group');
  expect(serviceIndexSchema.safeParse({ ...index, groups: [{ ...first, points: 17 }, ...rest] }).success).toBe(false);
  expect(serviceIndexSchema.safeParse({ ...index, groups: [first, first] }).success).toBe(false);
});

it('a month, quarter or year begins and ends as the calendar has it, and a running one today', () => {
  expect(indexPeriod('2024-02', '2026-11-29')).toEqual({ from: '2024-02-01', to: '2024-02-29' });
  expect(indexPeriod('2025-Q4', '2026-11-29')).toEqual({ from: '2025-10-01', to: '2025-12-31' });
  expect(indexPeriod('2026', '2026-11-29')).toEqual({ from: '2026-01-01', to: '2026-11-29' });
  for (const period of ['2026-13', '2026-00', '2026-Q5', '2026-Q0', '1999', '26', '2026-1', ''])
    expect(indexQuerySchema.safeParse({ period }).success).toBe(false);
});

it('what nothing was counted of is not measured: no points, and its points are none that could be had', () => {
  const { points, measured, components } = scoreOf(Array.from({ length: 6 }, () => day(0, 0, 2, 8)));
  expect([points, measured]).toEqual([2, 4]);
  expect(components.find(({ id }) => id === '2.1')).toEqual({ id: '2.1' });
  expect(components.filter((component) => component.points !== undefined).map(({ id }) => id)).toEqual(['3.3']);
  expect(scoreOf([])).toMatchObject({ points: 0, measured: 0 });
});

it('full points are given from the share on that the formula names', () => {
  const of = (online: number) => scoreOf([day(3, 1, online, 10)]).components;
  expect(of(5).find(({ id }) => id === '3.3')?.points).toBe(4);
  expect(of(10).find(({ id }) => id === '3.3')?.points).toBe(4);
  expect(of(4).find(({ id }) => id === '3.3')?.points).toBeCloseTo(3.2);
  expect(of(4).find(({ id }) => id === '2.1')).toEqual({ id: '2.1', points: 15, part: 3, whole: 4 });
});

it('an interval holds the score and stays within what could be had, and ranks within how many there are', () => {
  fc.assert(
    fc.property(fc.array(days(50), { minLength: 1, maxLength: 8 }), (all) => {
      const { units } = standingsOf(
        index,
        all.flat(),
        all.map((now, at) => ({ code: `u${at}`, now, before: [] })),
      );
      expect(units).toHaveLength(all.length);
      for (const { low, high, points, measured, best, worst, side } of units) {
        if (low === undefined || high === undefined) continue;
        expect(low - 1e-9).toBeLessThanOrEqual(points);
        expect(points).toBeLessThanOrEqual(high + 1e-9);
        expect(high).toBeLessThanOrEqual(measured);
        if (best === undefined || worst === undefined) expect(side).toBe('unclear');
        else expect(1 <= best && best <= worst && worst <= all.length).toBe(true);
      }
    }),
  );
});

it('names nobody by chance: units that do alike are not told apart, one that does worse is, with its sure change', () => {
  const steady = (share: number) =>
    Array.from({ length: 30 }, (_, at) =>
      day(Math.round(100 * share) + (at % 5) - 2, 100 - Math.round(100 * share), 30, 100),
    );
  const alike = standingsOf(index, steady(0.9), [
    { code: 'a', now: steady(0.9), before: steady(0.9) },
    { code: 'b', now: steady(0.9), before: steady(0.9) },
  ]).units;
  expect(alike.map(({ side, best, worst, change }) => [side, best, worst, change])).toEqual(
    ['a', 'b'].map(() => ['unclear', 1, 2, undefined]),
  );
  const [first, last] = standingsOf(index, steady(0.9), [
    { code: 'a', now: steady(0.5), before: steady(0.9) },
    { code: 'b', now: steady(0.9), before: steady(0.9) },
  ]).units;
  expect([first?.code, first?.best, first?.worst]).toEqual(['b', 1, 1]);
  expect([last?.code, last?.side, last?.best, last?.worst]).toEqual(['a', 'below', 2, 2]);
  expect(last?.change).toBeLessThan(-7);
});

it('says no interval, rank or change of fewer than five days, nor a rank of what is measured otherwise', () => {
  const few = Array.from({ length: 4 }, () => day(3, 1, 1, 4));
  const whole = Array.from({ length: 9 }, () => day(3, 1, 1, 4));
  const { units } = standingsOf(index, whole, [
    { code: 'few', now: few, before: few },
    { code: 'other', now: whole.map(() => day(0, 0, 1, 4)), before: [] },
  ]);
  for (const { side, best } of units) expect([side, best]).toEqual(['unclear', undefined]);
  expect(units.find(({ code }) => code === 'few')?.low).toBeUndefined();
});

it('what would raise the score most gives, where it is done, exactly the points that it says', () => {
  fc.assert(
    fc.property(days(30), (counted) => {
      const score = scoreOf(counted);
      const gains = gainsOf(index, score);
      expect(score.points + gains.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(100);
      for (const { id, points, dossiers } of gains) {
        const component = score.components.find((of) => of.id === id);
        const indicator = indicatorsOf(index).find((of) => of.id === id);
        if (dossiers === undefined || component?.whole === undefined || indicator === undefined) continue;
        const share = ((component.part ?? 0) + dossiers) / component.whole / (indicator.fullFrom ?? 1);
        expect(share).toBeGreaterThan(1 - 1e-9);
        expect((component.points ?? 0) + points).toBeCloseTo(indicator.points);
      }
    }),
  );
});
