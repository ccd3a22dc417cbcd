import { type Forecast, forecast, forecastBands, tryForecast, tryForecastBands, type Values } from '@room/forecast';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomOf } from '../../portal/random.ts';

const HOURLY = [24, 168];
const DAILY = [7, 365];

const hours = (days: number, seed = 'hours', level = 100): number[] => {
  const random = randomOf(seed);
  return Array.from({ length: 24 * days }, (_, t) => {
    const hour = 1 + Math.sin((2 * Math.PI * ((t % 24) - 6)) / 24);
    return random.poisson(level * hour * (Math.floor(t / 24) % 7 < 5 ? 1 : 0.4) + 1);
  });
};

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, it) => sum + it, 0) / values.length;

function sound(made: Forecast, horizon: number): void {
  for (const side of [made.lower, made.mean, made.upper]) expect(side).toHaveLength(horizon);
  for (let j = 0; j < horizon; j++) {
    const [low, middle, high] = [made.lower[j] ?? -1, made.mean[j] ?? -1, made.upper[j] ?? -1];
    expect(low).toBeGreaterThanOrEqual(0);
    expect(middle).toBeGreaterThanOrEqual(low);
    expect(high).toBeGreaterThanOrEqual(middle);
    expect(Number.isFinite(middle)).toBe(true);
    expect(high).not.toBeNaN();
  }
}

/** Anything a caller may hand over: gaps of every kind, zeros, bursts, fractions, negative corrections. */
const anything = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 200 }) },
  { weight: 2, arbitrary: fc.constantFrom<number | null | undefined>(Number.NaN, null, undefined, 0) },
  { weight: 1, arbitrary: fc.constantFrom(1e9, -5, 0.25, Number.POSITIVE_INFINITY) },
);

describe('whatever comes in, what comes out is sound', () => {
  it.each([
    ['hours', HOURLY, 600, 48],
    ['days', DAILY, 500, 56],
    ['one season of hours', [24], 200, 30],
    ['no season', [], 40, 12],
  ] as const)(
    '%s',
    (_, seasons, longest, horizon) => {
      fc.assert(
        fc.property(
          fc.array(anything, { maxLength: longest, size: 'max' }),
          fc.double({ min: 0.01, max: 0.99, noNaN: true }),
          (values, level) => {
            sound(forecast(values, { horizon, seasons: [...seasons], level }), horizon);
          },
        ),
        { numRuns: 25, seed: 7 },
      );
    },
    120_000,
  );

  it('every length from nothing to five weeks of hours', () => {
    const all = hours(35, 'lengths');
    for (let length = 0; length <= all.length; length += length < 60 ? 1 : 37)
      sound(forecast(all.slice(0, length), 26, HOURLY, 0.9), 26);
  }, 120_000);

  it('every length of days to ten weeks', () => {
    const all = hours(70, 'days').filter((_, t) => t % 24 === 12);
    for (let length = 0; length <= all.length; length++) sound(forecast(all.slice(0, length), 10, DAILY, 0.9), 10);
  }, 120_000);
});

it('the same input gives the same output, in both forms', () => {
  const values = hours(40);
  const once = forecast(values, 48, HOURLY, 0.95);
  expect(forecast(Float64Array.from(values), 48, HOURLY, 0.95)).toEqual(once);
  expect(forecast(values, { horizon: 48, seasons: HOURLY, level: 0.95 })).toEqual(once);
});

it('does not change what it is given', () => {
  const values = Float64Array.from(hours(30));
  values[300] = 1e7;
  const before = values.slice();
  forecast(values, 24, HOURLY, 0.9);
  expect(values).toEqual(before);
});

describe('what is certain stays certain', () => {
  it.each([24, 26, 47, 50, 100, 400, 1000])('%i equal hours', (length) => {
    const made = forecast(new Float64Array(length).fill(17), 48, HOURLY, 0.95);
    for (const value of made.mean) expect(value).toBeCloseTo(17, 6);
  });

  it.each([5, 30, 400])('%i equal days', (length) => {
    const made = forecast(new Float64Array(length).fill(17), 14, DAILY, 0.95);
    for (const value of made.mean) expect(value).toBeCloseTo(17, 6);
  });

  it.each([30, 600])('%i zeros', (length) => {
    expect([...forecast(new Float64Array(length), 24, HOURLY, 0.95).mean]).toEqual(Array(24).fill(0));
  });

  it('a pattern that repeats exactly', () => {
    const values = hours(7);
    const repeated = [...values, ...values, ...values, ...values, ...values, ...values];
    const made = forecast(repeated, 168, HOURLY, 0.95);
    values.forEach((value, j) => {
      expect(Math.abs((made.mean[j] ?? 0) - value)).toBeLessThan(0.15 * value + 8);
    });
  });
});

describe('the band', () => {
  it('is wider for a higher level', () => {
    const values = hours(40);
    const widths = [0.5, 0.8, 0.95, 0.99].map((level) => {
      const made = forecast(values, 48, HOURLY, level);
      return mean(made.upper) - mean(made.lower);
    });
    expect([...widths].sort((a, b) => a - b)).toEqual(widths);
    expect(new Set(widths).size).toBe(4);
  });

  it('holds about what it says on series with a known course', () => {
    let inside = 0;
    let outside = 0;
    for (let seed = 0; seed < 24; seed++) {
      const all = hours(44, `band ${seed}`, 20 + 10 * seed);
      const made = forecast(all.slice(0, -48), 48, HOURLY, 0.8);
      all.slice(-48).forEach((value, j) => {
        if (value >= (made.lower[j] ?? 0) && value <= (made.upper[j] ?? 0)) inside++;
        else outside++;
      });
    }
    expect(inside / (inside + outside)).toBeGreaterThan(0.72);
    expect(inside / (inside + outside)).toBeLessThan(0.92);
  }, 60_000);

  it('is wider where the last values are missing, and where history is short', () => {
    const values = hours(40);
    const width = (given: Values): number => {
      const made = forecast(given, 24, HOURLY, 0.95);
      return mean(made.upper) - mean(made.lower);
    };
    const late: (number | null)[] = [...values.slice(0, -72), ...Array(72).fill(null)];
    expect(width(late)).toBeGreaterThan(0.95 * width(values));
    expect(width(values.slice(-96))).toBeGreaterThan(1.2 * width(values));
  });
});

describe('bands of several levels', () => {
  const values = hours(30, 'bands');
  const dayTypes = Array.from({ length: values.length + 24 }, (_, t) => (t >= values.length + 12 ? 'holiday' : 'day'));

  it.each([
    ['ordinary days', values, undefined],
    ['a day of an unknown type', values, dayTypes],
    ['a day of history', values.slice(0, 24), undefined],
    ['no history', [], undefined],
  ])('are those of one call a level, on one mean: %s', (_, given, types) => {
    const levels = [0.95, 0.5, 0.8];
    const request = { horizon: 24, seasons: HOURLY, dayTypes: types };
    const made = forecastBands(given, { ...request, levels });
    expect(made.bands.map(({ level }) => level)).toEqual(levels);
    for (const { level, lower, upper } of made.bands) {
      expect({ mean: made.mean, lower, upper }).toEqual(forecast(given, { ...request, level }));
    }
  });

  it('lie inside each other', () => {
    const { mean: middle, bands } = forecastBands(values, { horizon: 24, seasons: HOURLY, levels: [0.5, 0.8, 0.95] });
    const [inner, between, outer] = bands;
    if (!inner || !between || !outer) throw new Error('three bands were asked for');
    for (let j = 0; j < 24; j++) {
      const ascending = [outer.lower, between.lower, inner.lower, middle, inner.upper, between.upper, outer.upper].map(
        (side) => side[j] ?? Number.NaN,
      );
      expect([...ascending].sort((a, b) => a - b)).toEqual(ascending);
    }
    expect(mean(outer.upper)).toBeGreaterThan(mean(between.upper));
    expect(mean(between.upper)).toBeGreaterThan(mean(inner.upper));
  });

  it('are refused, and cautioned about, as one is', () => {
    const ask = (given: Values, levels: number[]) => tryForecastBands(given, { horizon: 24, seasons: HOURLY, levels });
    expect(ask(hours(10), [0.5, 1])).toMatchObject({ ok: false, reason: 'bad-request' });
    expect(ask([1, 2, 3], [0.5])).toMatchObject({ ok: false, reason: 'not-enough-history' });
    expect(ask(hours(10), [0.5, 0.8])).toMatchObject({
      ok: true,
      cautions: [{ code: 'short-history', known: 240 }],
      forecast: { bands: [{ level: 0.5 }, { level: 0.8 }] },
    });
  });
});

describe('trouble in the history', () => {
  const values = hours(42);
  const plain = forecast(values, 48, HOURLY, 0.95);
  const moved = (given: Values): number => {
    const made = forecast(given, 48, HOURLY, 0.95);
    return mean(made.mean.map((value, j) => Math.abs(value - (plain.mean[j] ?? 0)))) / mean(plain.mean);
  };

  it.each([1, 2, 5, 30, 200, 700])('one wild value %i hours ago moves the mean little', (ago) => {
    const wild = [...values];
    wild[wild.length - ago] = 50_000;
    expect(moved(wild)).toBeLessThan(0.12);
    wild[wild.length - ago] = 0;
    expect(moved(wild)).toBeLessThan(0.12);
  });

  /** Ends at the given hour of a working day. */
  const large = (hour: number): number[] => hours(41, 'large', 2_000).slice(0, 24 * 38 + hour);

  it.each([
    ['a night hour with the count of a busy one', 4, 8, 1],
    ['a night hour with the count of a busy one', 4, 8, 2],
    ['a night hour with the count of a busy one', 4, 8, 3],
    ['a busy hour with the count of a night', 14, 0.1, 1],
    ['a busy hour with the count of a night', 14, 0.1, 2],
    ['a busy hour with the count of a night', 14, 0.1, 3],
  ])('%s (at %i h, x%d) %i hours ago moves the mean little, though other hours hold as much', (_, hour, times, ago) => {
    const given = large(hour);
    const wild = given.map((value, t) => (t === given.length - ago ? Math.round(times * value) : value));
    const [from, to] = [given, wild].map((values) => forecast(values, 24, HOURLY, 0.95).mean);
    const off = mean((to ?? []).map((value, j) => Math.abs(value - (from?.[j] ?? Number.NaN)))) / mean(from ?? []);
    expect(off).toBeLessThan(0.01);
  });

  it('two such hours in a row are news: the mean follows them', () => {
    const given = large(16);
    const surge = given.map((value, t) => (t >= given.length - 2 ? 5 * value : value));
    const next = (values: number[]): number => forecast(values, 1, HOURLY, 0.95).mean[0] ?? Number.NaN;
    expect(next(surge)).toBeGreaterThan(1.2 * next(given));
  });

  it('gaps anywhere move the mean little', () => {
    const random = randomOf('gaps');
    expect(moved(values.map((value) => (random.next() < 0.1 ? Number.NaN : value)))).toBeLessThan(0.1);
    expect(moved(values.map((value, t) => (t >= 300 && t < 360 ? null : value)))).toBeLessThan(0.1);
    expect(moved([...Array(50).fill(null), ...values.slice(50)])).toBeLessThan(0.1);
  });

  it('values that are not there yet are forecast too', () => {
    expect(moved([...values.slice(0, -6), ...Array(6).fill(null)])).toBeLessThan(0.1);
  });

  it.each([
    [2, 2],
    [2, 4],
    [2, 8],
    [0.4, 2],
    [0.4, 4],
    [0.4, 8],
  ])('a level of %d times the old is mostly followed after %i days', (times, days) => {
    const level = hours(44);
    const old = forecast(level, 24, HOURLY, 0.95);
    const shifted = level.map((value, t) => (t >= level.length - 24 * days ? Math.round(times * value) : value));
    const made = forecast(shifted, 24, HOURLY, 0.95);
    const followed = Math.log(mean(made.mean) / mean(old.mean)) / Math.log(times);
    expect(followed).toBeGreaterThan(0.5);
    expect(followed).toBeLessThan(1.4);
  });

  it('a first weekend is not taken for a new level', () => {
    const week = hours(7, 'first weekend');
    const monday = forecast(week, 24, HOURLY, 0.95);
    expect(mean(monday.mean) / mean(week.slice(-48))).toBeGreaterThan(0.9);
  });
});

it('the unit does not matter much', () => {
  const values = hours(35);
  const once = forecast(values, 48, HOURLY, 0.95);
  for (const factor of [10, 1000]) {
    const scaled = forecast(
      values.map((value) => factor * value),
      48,
      HOURLY,
      0.95,
    );
    const difference = mean(scaled.mean.map((value, j) => Math.abs(value / factor - (once.mean[j] ?? 0))));
    expect(difference / mean(once.mean)).toBeLessThan(0.02);
  }
});

describe('where there is no honest answer it says why', () => {
  const refused = (values: Values, seasons = HOURLY): string | undefined => {
    const outcome = tryForecast(values, { horizon: 24, seasons, level: 0.95 });
    return outcome.ok ? undefined : outcome.reason;
  };

  it('too little', () => {
    expect(refused([])).toBe('not-enough-history');
    expect(refused(hours(1).slice(1))).toBe('not-enough-history');
    expect(refused(hours(1))).toBeUndefined();
    expect(refused([5, 6, null, 4], DAILY)).toBe('not-enough-history');
    expect(refused([5, 6, 7, 4], DAILY)).toBeUndefined();
  });

  it('too old, or mostly gaps', () => {
    expect(refused([...hours(10), ...Array(29 * 24).fill(null)])).toBe('too-old');
    expect(refused(hours(40).map((value, t) => (t % 10 === 0 ? value : null)))).toBe('mostly-gaps');
  });

  it('a request that makes no sense', () => {
    const ask = (options: object) => tryForecast(hours(10), { horizon: 24, seasons: HOURLY, level: 0.95, ...options });
    for (const options of [
      { horizon: 0 },
      { horizon: 1.5 },
      { level: 0 },
      { level: 1 },
      { level: Number.NaN },
      { dayTypes: ['working'] },
    ]) {
      expect(ask(options)).toMatchObject({ ok: false, reason: 'bad-request' });
    }
  });

  it('names what widens the band', () => {
    const outcome = tryForecast([...hours(6), null, null], { horizon: 24, seasons: HOURLY, level: 0.95 });
    expect(outcome).toMatchObject({
      ok: true,
      cautions: [
        { code: 'short-history', known: 144 },
        { code: 'late', missing: 2 },
      ],
    });
    expect(tryForecast(hours(40), { horizon: 24, seasons: HOURLY, level: 0.95 })).toMatchObject({
      ok: true,
      cautions: [],
    });
  });
});
