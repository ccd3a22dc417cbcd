import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { addDays } from '@room/contract';
import { dayEffects, type Forecast, forecast, labelOfDay, score, tryForecast } from '@room/forecast';
import { describe, expect, it } from 'vitest';
import { type Generated, labelOfDate, service, unlikeHolidays } from './series.ts';

const { calendar } = (await loadCatalogue(DEFAULT_CATALOGUE)).catalogue;
const DAYS = 1461;
const make = (seed: number, step: 'hour' | 'day'): Generated =>
  service(calendar, { from: '2024-01-01', days: DAYS, perHour: 120, seed, step });

interface Week {
  made: Forecast;
  truth: number[];
  expected: number[];
  history: number[];
}

function week(all: Generated, start: string, step: 'hour' | 'day', typed = true): Week {
  const at = all.dates.indexOf(start);
  const horizon = step === 'hour' ? 168 : 7;
  const history = all.values.slice(0, at);
  const made = forecast(history, {
    horizon,
    seasons: step === 'hour' ? [24, 168] : [7, 365],
    level: 0.95,
    dayTypes: typed ? all.dayTypes.slice(0, at + horizon) : undefined,
  });
  return { made, truth: all.values.slice(at, at + horizon), expected: all.expected.slice(at, at + horizon), history };
}

const error = ({ made, truth }: Week): number =>
  truth.reduce((sum, value, j) => sum + Math.abs(value - (made.mean[j] ?? 0)), 0) / truth.length;

it('labels a day by its type, and by its place near the lunar new year', () => {
  expect(labelOfDate(calendar, '2026-02-17')).toBe('holiday@new-year:0');
  expect(labelOfDate(calendar, '2026-02-07')).toBe('rest@new-year:-10');
  expect(labelOfDate(calendar, '2026-08-22')).toBe('working');
  expect(labelOfDate(calendar, '2026-09-02')).toBe('holiday');
  expect(labelOfDay('working')).toBe('working');
});

describe.each(['hour', 'day'] as const)('a week of holidays by the %s', (step) => {
  const series = [1, 2, 3, 4].map((seed) => make(seed, step));
  const ordinary = series.flatMap((all) =>
    ['2026-06-15', '2026-07-13', '2026-10-12'].map((start) => error(week(all, start, step))),
  );
  const usual = ordinary.reduce((sum, it) => sum + it, 0) / ordinary.length;
  const mean = (start: string, typed: boolean): number =>
    series.reduce((sum, all) => sum + error(week(all, start, step, typed)), 0) / series.length;

  it.each(['2026-02-15', '2026-04-27', '2026-08-31'])(
    'from %s is forecast at most 1.3 times as badly as an ordinary one',
    (start) => {
      expect(mean(start, true) / usual).toBeLessThan(1.3);
    },
    60_000,
  );

  it('would be missed by far without types of day', () => {
    expect(mean('2026-02-15', false) / usual).toBeGreaterThan(3);
  }, 60_000);

  it('leaves no mark on the weeks after it', () => {
    expect(mean(addDays('2026-02-17', 14), true) / usual).toBeLessThan(1.6);
  }, 60_000);
});

it('a worked Saturday looks like a working day, on the first one ever', () => {
  const all = make(5, 'hour');
  const at = all.dates.indexOf('2026-08-22');
  const from = at - 200 * 24;
  const made = forecast(all.values.slice(from, at), {
    horizon: 24,
    seasons: [24, 168],
    level: 0.95,
    dayTypes: all.dayTypes.slice(from, at + 24),
  });
  const total = made.mean.reduce((sum, value) => sum + value, 0);
  const truth = all.values.slice(at, at + 24).reduce((sum, value) => sum + value, 0);
  expect(total / truth).toBeGreaterThan(0.8);
  expect(total / truth).toBeLessThan(1.35);
});

describe('a holiday that twelve weeks of hours do not hold', () => {
  const HOURS = 84 * 24;
  const wrong = (seed: number, day: string, told: boolean): { hours: number; whole: number } => {
    const [hourly, daily] = [make(seed, 'hour'), make(seed, 'day')];
    const at = hourly.dates.indexOf(day);
    const days = daily.dates.indexOf(day);
    const { seen } = dayEffects(Float64Array.from(daily.values.slice(0, days)), daily.dayTypes.slice(0, days), 7, 0);
    const { mean } = forecast(hourly.values.slice(at - HOURS, at), {
      horizon: 24,
      seasons: [24, 168],
      level: 0.95,
      dayTypes: hourly.dayTypes.slice(at - HOURS, at + 24),
      ...(told ? { wholeDays: seen } : {}),
    });
    const expected = hourly.expected.slice(at, at + 24);
    const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, it) => total + it, 0);
    return { hours: score.smape(mean, expected), whole: Math.abs(sum(mean) / sum(expected) - 1) };
  };

  it.each(['2025-09-01', '2026-01-01', '2026-04-27', '2026-08-31'])(
    'is foreseen from years of days: %s',
    (day) => {
      for (const seed of [1, 2, 3]) {
        const told = wrong(seed, day, true);
        expect(told.whole).toBeLessThan(0.35);
        expect(told.hours).toBeLessThan(35);
      }
    },
    60_000,
  );

  it('would be missed by far without them', () => {
    expect(wrong(1, '2026-08-31', false).whole).toBeGreaterThan(0.5);
  }, 60_000);
});

describe('a holiday unlike the one of its label that hours hold', () => {
  const HORIZON = { horizon: 24, seasons: [24, 168] };
  const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, it) => total + it, 0);
  const made = Array.from({ length: 8 }, (_, seed) => {
    const { days, dayTypes: labels, hours, hourTypes: dayTypes, truth } = unlikeHolidays(seed + 1);
    const { seen } = dayEffects(Float64Array.from(days), labels, 7, 0);
    const of = (wholeDays?: typeof seen): Forecast =>
      forecast(hours, { ...HORIZON, level: 0.95, dayTypes, ...(wholeDays ? { wholeDays } : {}) });
    return { truth, alone: of(), together: of(seen), usual: seen.get('holiday\nworking')?.factor ?? Number.NaN };
  });

  it('is foreseen between that one and what years of days say, nearer to the years', () => {
    for (const { alone, together, usual } of made) {
      const [one, both, years] = [sum(alone.mean), sum(together.mean), usual * 1_400].map((it) => Math.log(it ?? 0));
      if (one === undefined || both === undefined || years === undefined) throw new Error('three totals');
      if (Math.abs(one - years) > 0.3) expect(Math.abs(both - years)).toBeLessThan(0.5 * Math.abs(one - years));
    }
  });

  it('is missed by less, and its band holds it', () => {
    const missed = (which: 'alone' | 'together'): number =>
      sum(made.map((it) => Math.abs(Math.log(sum(it[which].mean) / it.truth))));
    expect(missed('together')).toBeLessThan(0.85 * missed('alone'));
    const held = made.filter(({ together, truth }) => truth <= sum(together.upper) && truth >= sum(together.lower));
    expect(held.length).toBeGreaterThanOrEqual(made.length - 1);
  });
});

describe('a type of day that history does not hold', () => {
  const all = make(6, 'day');
  const at = all.dates.indexOf('2026-06-15');
  const options = (label: string) => ({
    horizon: 7,
    seasons: [7, 365],
    level: 0.95,
    dayTypes: [
      ...all.dayTypes.slice(at - 200, at),
      ...all.dayTypes.slice(at, at + 7).map((own, j) => (j === 2 ? label : own)),
    ],
  });
  const history = all.values.slice(at - 200, at);
  const width = ({ lower, upper, mean }: Forecast, j: number): number =>
    ((upper[j] ?? 0) - (lower[j] ?? 0)) / (mean[j] ?? 1);

  it('is named, and widens the band of its day alone', () => {
    const outcome = tryForecast(history, options('election'));
    expect(outcome).toMatchObject({ ok: true, cautions: [{ code: 'unseen-day-type', label: 'election' }] });
    const plain = forecast(history, options('working'));
    const made = forecast(history, options('election'));
    expect(width(made, 2)).toBeGreaterThan(2 * width(plain, 2));
    expect(made.mean[1]).toBe(plain.mean[1]);
    expect(made.upper[3]).toBe(plain.upper[3]);
  });

  it('takes the quietest days where nothing special is known', () => {
    const dayTypes: string[] = all.dayTypes
      .slice(at - 200, at + 7)
      .map((label) => (label === 'rest' ? 'rest' : 'working'));
    dayTypes[202] = 'holiday';
    const made = forecast(history, { horizon: 7, seasons: [7, 365], level: 0.95, dayTypes });
    expect(made.mean[2]).toBeLessThan(1.3 * (made.mean[6] ?? 0));
  });
});

it('day types that never differ from the week change nothing', () => {
  const all = make(7, 'day');
  const at = all.dates.indexOf('2026-06-15');
  const history = all.values.slice(0, at);
  const plain = forecast(history, { horizon: 7, seasons: [7, 365], level: 0.95 });
  const typed = forecast(history, { horizon: 7, seasons: [7, 365], level: 0.95, dayTypes: Array(at + 7).fill('day') });
  expect(typed).toEqual(plain);
  expect(score.coverage(plain.lower, plain.upper, all.values.slice(at, at + 7))).toBeGreaterThan(0.5);
});

it('gaps among holidays are no examples', () => {
  const all = make(8, 'day');
  const start = '2027-02-04';
  const at = all.dates.indexOf(start);
  const holed = {
    ...all,
    values: all.values.map((value, t) => (all.dates[t]?.startsWith('2025-01-2') ? Number.NaN : value)),
  };
  expect(error(week(holed, start, 'day'))).toBeLessThan(
    1.3 * error(week(all, '2026-06-15', 'day')) + 0.05 * (all.expected[at - 40] ?? 0),
  );
});
