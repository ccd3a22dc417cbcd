import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { addDays, Baseline, type Catalogue, comparableDays, type HourRow, median, startOfDay } from '@room/contract';
import { expect, it } from 'vitest';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const zone = catalogue.timeZone;

const rows = (day: string, submitted: number, dim = 'all', code = ''): HourRow[] =>
  Array.from({ length: 24 }, (_, hour) => ({
    day,
    dim,
    code,
    hour: startOfDay(day, zone) / 1_000 + hour * 3_600,
    submitted,
    simulated: 0,
  }));

it('compares a working day with working days of its weekday, and skips holidays', () => {
  const days = comparableDays(catalogue, '2026-09-09', '2026-06-01');
  expect(days[0]).toBe('2026-08-26');
  expect(days).not.toContain('2026-09-02');
  expect(days.every((day) => new Date(day).getUTCDay() === 3)).toBe(true);
});

it('compares a worked Saturday with working days, and a holiday with holidays', () => {
  const saturday = comparableDays(catalogue, '2026-08-22', '2026-06-01');
  expect(saturday[0]).toBe('2026-08-21');
  expect(comparableDays(catalogue, '2026-09-02', '2026-06-01')[0]).toBe('2026-09-01');
});

it('reaches back no further than there are days, and outside the calendar goes by weekday', () => {
  expect(comparableDays(catalogue, '2026-11-19', '2026-11-19')).toEqual([]);
  const other: Catalogue = { ...catalogue, calendar: { ...catalogue.calendar, from: '2030-01-01', to: '2030-12-31' } };
  expect(comparableDays(other, '2026-11-19', '2026-11-01')).toEqual(['2026-11-12', '2026-11-05']);
});

it('counts the hour under way by the share that has passed', () => {
  const baseline = new Baseline(['2026-11-12'], rows('2026-11-12', 60), zone);
  expect(baseline.upTo('all', '', '2026-11-12', 0)).toBe(0);
  expect(baseline.upTo('all', '', '2026-11-12', 2 * 3_600 + 900)).toBe(135);
  expect(baseline.total('all', '', '2026-11-12')).toBe(24 * 60);
  expect(baseline.upTo('all', '', '2026-11-12', 90_000)).toBe(24 * 60);
});

it('shows no range with fewer than four days, and leaves out days without data', () => {
  const days = ['2026-11-18', '2026-11-17', '2026-11-16', '2026-11-13', '2026-11-12'];
  const few = new Baseline(
    days,
    days.slice(0, 3).flatMap((day) => rows(day, 10)),
    zone,
  );
  expect(few.days).toHaveLength(3);
  expect(few.usual((day) => few.total('all', '', day), 1.645)).toBeUndefined();
});

it('a range covers its days, is never narrower than chance, and one wild day does not move it', () => {
  const days = Array.from({ length: 8 }, (_, n) => addDays('2026-11-18', -n));
  const baseline = new Baseline(
    days,
    days.flatMap((day, n) => rows(day, n === 3 ? 900 : 100)),
    zone,
  );
  const usual = baseline.usual((day) => baseline.total('all', '', day), 1.645);
  expect(usual).toMatchObject({ median: 2_400, days: 8 });
  expect(usual?.low).toBeLessThanOrEqual(2_400 - Math.floor(1.645 * Math.sqrt(2_400)));
  expect(usual?.high).toBeLessThan(3_000);
  expect(median([3, 1, 2, 10])).toBe(2.5);
});

it('five minutes have a range of the same five minutes of those days whose minutes are known', () => {
  const days = Array.from({ length: 6 }, (_, n) => addDays('2026-11-18', -n));
  const baseline = new Baseline(
    days,
    days.flatMap((day) => rows(day, 120)),
    zone,
  );
  const [from, to] = [10 * 3_600, 10 * 3_600 + 600];
  const fives = (of: readonly string[]) =>
    of.flatMap((day) => [0, 300].map((step) => ({ five: startOfDay(day, zone) / 1_000 + from + step, submitted: 10 })));
  const usual = baseline.usualFives(fives(days.slice(0, 4)), from, to, zone, 1.645);
  expect([...usual.keys()]).toEqual([from, from + 300]);
  // The minutes of two days are not kept any more: they are no days of zeros.
  expect(usual.get(from)).toMatchObject({ median: 10, days: 4 });
  expect(baseline.usualFives(fives(days.slice(0, 3)), from, to, zone, 1.645).size).toBe(0);
});

it('five minutes in which nobody ever submits are zeros that were counted', () => {
  const days = Array.from({ length: 5 }, (_, n) => addDays('2026-11-18', -n));
  const quiet = days.flatMap((day) => rows(day, 60).map((row, hour) => ({ ...row, submitted: hour === 3 ? 0 : 60 })));
  const usual = new Baseline(days, quiet, zone).usualFives([], 3 * 3_600, 3 * 3_600 + 300, zone, 1.645);
  expect(usual.get(3 * 3_600)).toMatchObject({ median: 0, days: 5 });
});
