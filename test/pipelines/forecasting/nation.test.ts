import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { addDays, type Catalogue, startOfDay } from '@room/contract';
import type { HistoryRow } from '@room/warehouse';
import { describe, expect, it } from 'vitest';
import { Calendar, HOUR } from '../../../pipelines/src/forecasting/calendar.ts';
import { gridsAt } from '../../../pipelines/src/forecasting/grids.ts';
import { isPath, isStretch, NationalSeries, projectionsOf } from '../../../pipelines/src/forecasting/nation.ts';
import { outlooksOf } from '../../../pipelines/src/forecasting/outlook.ts';
import { type Grid, History } from '../../../pipelines/src/forecasting/series.ts';
import { flat, service } from '../forecast/series.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const { timeZone } = catalogue;
const calendar = new Calendar(catalogue);
const SOURCE = 'national';
const SOURCES: Catalogue['sources'] = [
  { id: SOURCE, label: { vi: SOURCE, en: SOURCE }, lateAfter: 60, silentAfter: 300 },
];

function historyOf(grid: Grid, valueAt: (slot: number) => number, first = 0): History {
  const made = new History(grid, SOURCES);
  const rows = (code: string): HistoryRow[] =>
    Array.from({ length: grid.known - first }, (_, after) => {
      const slot = first + after;
      const value = valueAt(slot);
      return {
        code,
        slot,
        submitted: value,
        submittedOnline: value,
        onTime: value,
        late: 0,
        reached: value,
        events: value,
        reportedTo: grid.start + (slot + 1) * grid.step,
      };
    });
  made.add('source', rows(SOURCE));
  made.add('all', rows(''));
  return made;
}

/** What the room knows at an hour of a local day, its last hours times `factor`; and what the whole day holds if that goes on. */
function seriesAt(
  day: string,
  hour: number,
  { factor = 1, hours = 0 } = {},
): { series: NationalSeries; whole: number } {
  const first = addDays(day, -730);
  const generated = service(catalogue.calendar, { from: first, days: 731, perHour: 600, seed: 7, step: 'hour' });
  const origin = startOfDay(first, timeZone);
  const now = startOfDay(day, timeZone) + hour * HOUR;
  const since = now - hours * HOUR;
  const valueAt = (at: number): number =>
    Math.round((generated.values[Math.round((at - origin) / HOUR)] ?? 0) * (at >= since ? factor : 1));
  const dayAt = (at: number): number =>
    Array.from({ length: 24 }, (_, n) => valueAt(at + n * HOUR)).reduce((sum, value) => sum + value, 0);
  const grids = gridsAt(now, calendar);
  const scene = {
    calendar,
    grids,
    hours: historyOf(grids.hours, (slot) => valueAt(grids.hours.start + slot * HOUR)),
    days: historyOf(grids.days, (slot) => dayAt(startOfDay(addDays(grids.days.first, slot), timeZone))),
    backtests: { day: grids.today, past: {} },
  };
  return {
    series: new NationalSeries(scene, ['submitted'], addDays(day, 60)),
    whole: dayAt(startOfDay(day, timeZone)),
  };
}

function endOfDay(series: NationalSeries, day: string) {
  const found = projectionsOf(series, day).day;
  if (!('mean' in found)) throw new Error(found.detail);
  const [low, high] = found.bands.at(-1) ?? [Number.NaN, Number.NaN];
  return { mean: found.mean, low, high };
}

describe('where today will end', () => {
  const TUESDAY = '2026-06-16';

  it('is known to a few percent at eleven of an ordinary day', () => {
    const { series, whole } = seriesAt(TUESDAY, 11);
    const { low, high } = endOfDay(series, TUESDAY);
    expect(whole).toBeGreaterThan(low);
    expect(whole).toBeLessThan(high);
    expect(high - low).toBeLessThan(0.2 * whole);
  });

  it('may be as usual or as the morning goes on, once the morning is far from what was foreseen', () => {
    for (const factor of [1.6, 0.4]) {
      const usual = seriesAt(TUESDAY, 11).whole;
      const { series, whole } = seriesAt(TUESDAY, 11, { factor, hours: 3 });
      const { low, high } = endOfDay(series, TUESDAY);
      const overNow = usual + (series.countedToday - seriesAt(TUESDAY, 11).series.countedToday);
      // Give or take what any day may be off.
      for (const end of [whole, overNow]) {
        expect(end).toBeGreaterThan(0.95 * low);
        expect(end).toBeLessThan(1.05 * high);
      }
    }
  });

  it('is as open on the curve of hours that is shown', () => {
    const widthAt = ({ byHour }: NationalSeries, step: number): number => {
      if (!isPath(byHour)) throw new Error(byHour.detail);
      const { lower, upper } = byHour.bands.at(-1) ?? { lower: [], upper: [] };
      return ((upper[step] ?? 0) - (lower[step] ?? 0)) / (byHour.mean[step] ?? 1);
    };
    const { series: calm } = seriesAt(TUESDAY, 11);
    const { series: moved } = seriesAt(TUESDAY, 11, { factor: 1.6, hours: 3 });
    expect(widthAt(moved, 4)).toBeGreaterThan(1.5 * widthAt(calm, 4));
    expect(widthAt(moved, 4)).toBeGreaterThan(0.6);
  });
});

describe('where the month will end', () => {
  const openAt = (day: string, to: string): number => {
    const stretch = seriesAt(day, 9).series.stretch(`${day.slice(0, 7)}-01`, to);
    if (!isStretch(stretch)) throw new Error(stretch.detail);
    return stretch.doubt ?? 0;
  };

  it('is as open as the types of its days leave it: more with the lunar new year to come, not at all in an ordinary one', () => {
    expect(openAt('2026-02-05', '2026-02-28')).toBeGreaterThan(0.05);
    expect(openAt('2026-06-05', '2026-06-30')).toBe(0);
  });
});

describe('a year of days that differ by chance alone, of which so many days are known', () => {
  const JANUARY = '2026-01-12';
  const now = startOfDay(JANUARY, timeZone);
  const grids = gridsAt(now, calendar);
  const sceneOf = (known: number, seed: number) => {
    const values = flat(seed, grids.days.known);
    const days = historyOf(grids.days, (slot) => Math.round(values[slot] ?? 0), grids.days.known - known);
    const hours = historyOf(grids.hours, () => 1_000 / 24);
    return { calendar, grids, hours, days, backtests: { day: grids.today, past: {} } };
  };

  it.each([730, 400, 200])('%i: has a total within a quarter, and targets that are met or not', (known) => {
    const scene = sceneOf(known, known);
    const { year } = projectionsOf(new NationalSeries(scene, ['submitted'], '2026-12-31'), JANUARY);
    if (!('mean' in year)) throw new Error(year.detail);
    const rest = year.mean - year.counted;
    const [low = Number.NaN, high = Number.NaN] = year.bands.at(-1) ?? [];
    expect(rest / 1_000 / 354).toBeCloseTo(1, 1);
    expect(high - year.mean).toBeLessThan(0.25 * rest);
    expect(year.mean - low).toBeLessThan(0.25 * rest);
    const targets = [0.7, 1.3].map((times) => ({
      id: `${times}`,
      label: { vi: '', en: '' },
      metric: 'submitted' as const,
      from: '2026-01-01',
      by: '2026-12-31',
      value: times * year.mean,
      source: { vi: '', en: '' },
    }));
    const chances = outlooksOf(scene, { targets }, now).map((it) => ('probability' in it ? it.probability : undefined));
    expect(chances[0]).toBeGreaterThan(0.99);
    expect(chances[1]).toBeLessThan(0.01);
  });

  it('40: is not told, as nothing says how far off it may be', () => {
    const { year } = projectionsOf(new NationalSeries(sceneOf(40, 1), ['submitted'], '2026-12-31'), JANUARY);
    expect(year).toMatchObject({ reason: 'not-enough-history' });
  });
});
