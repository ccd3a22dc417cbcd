import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { type CountedSeries, type Deviation, findEpisodes, type Told } from '@room/forecast';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomOf } from '../../../portal/random.ts';
import { service } from '../series.ts';
import { addScore, DAY, HOUR, lumpy, plantedYear, tally } from './planted.ts';

const { calendar } = (await loadCatalogue(DEFAULT_CATALOGUE)).catalogue;
const MONDAY = Date.parse('2026-06-01T00:00:00Z');

/** Office hours on weekdays, less at weekends; `perHour` is the mean of a working hour. */
function hours(days: number, perHour: number, seed = 'hours', step = HOUR): number[] {
  const random = randomOf(seed);
  const perDay = DAY / step;
  return Array.from({ length: days * perDay }, (_, t) => {
    const hour = ((t % perDay) * 24) / perDay;
    const open = hour >= 7 && hour < 18 ? 1 : 0.15;
    return random.poisson(((perHour * step) / HOUR) * open * (Math.floor(t / perDay) % 7 < 5 ? 1 : 0.3));
  });
}

function change(values: number[], from: number, length: number, factor: number): number[] {
  return values.map((value, t) => (t >= from && t < from + length ? Math.round(value * factor) : value));
}

function episodesOf(values: number[], more: Partial<CountedSeries> = {}): Deviation[] {
  const findings = findEpisodes({ start: MONDAY, step: HOUR, values, ...more });
  if (!findings.ok) throw new Error(findings.detail);
  return findings.episodes;
}

const at = (hour: number): number => MONDAY + hour * HOUR;

describe('a year of generated hours with a surge, a fall, a silence and a lasting shift', () => {
  const from = Date.parse('2026-01-01');
  const sum = tally();
  const years = [1, 2, 3, 4].map((seed) => {
    const year = plantedYear(calendar, seed);
    const findings = findEpisodes({ ...year.series, from });
    if (!findings.ok) throw new Error(findings.detail);
    const episodes = findings.episodes.filter((it) => (it.end ?? Number.POSITIVE_INFINITY) > from);
    addScore(sum, year.planted, episodes, year.series.start + year.series.values.length * HOUR);
    return { ...year, episodes, judgement: findings.judgement };
  });

  it('finds all that was planted, and hardly anything else', () => {
    expect(sum.found).toBe(sum.planted);
    expect(sum.right / sum.episodes).toBeGreaterThanOrEqual(0.83);
  });

  it('has one episode for each', () => {
    expect(sum.episodes).toBeLessThanOrEqual(sum.planted + 1);
  });

  it('flags nothing around the lunar new year, which it does judge', () => {
    const [first, last] = [Date.parse('2026-02-03'), Date.parse('2026-02-28')];
    for (const { episodes, series, judgement } of years) {
      expect(episodes.filter((it) => it.onset < last && (it.end ?? last) > first)).toEqual([]);
      const day = (Date.parse('2026-02-17') - series.start) / HOUR;
      expect(judgement.score.slice(day, day + 24).some(Number.isNaN)).toBe(false);
    }
  });

  it('says that the shift has become usual', () => {
    const shifts = years.map(({ planted, episodes }) => {
      const from = planted.find((it) => it.what === 'shift')?.from ?? 0;
      return episodes.find((it) => it.kind === 'above' && it.onset > from - DAY);
    });
    for (const shift of shifts) {
      expect(shift?.ended).toBe('new-usual');
      expect((shift?.end ?? 0) - (shift?.onset ?? 0)).toBeLessThan(12 * DAY);
    }
  });
}, 120_000);

it('flags nothing in the first new year ever seen', () => {
  const all = service(calendar, { from: '2025-10-01', days: 180, perHour: 150, seed: 9, step: 'hour' });
  const start = Date.parse('2025-10-01');
  expect(episodesOf(all.values, { start, dayTypes: all.dayTypes })).toEqual([]);
}, 60_000);

describe('an episode', () => {
  const values = change(hours(42, 200), 35 * 24 + 9, 6, 2);

  it('has its onset, its end, its size and its side', () => {
    const [episode, ...others] = episodesOf(values);
    expect(others).toEqual([]);
    expect(episode).toMatchObject({ kind: 'above', onset: at(35 * 24 + 9), ended: 'usual' });
    expect(Math.abs((episode?.end ?? 0) - at(35 * 24 + 15))).toBeLessThanOrEqual(HOUR);
    expect(episode?.size).toBeGreaterThan(900);
    expect(episode?.size).toBeLessThan(1_500);
    expect(episode?.observed).toBeCloseTo((episode?.expected ?? 0) + (episode?.size ?? 0) + (episode?.rebound ?? 0), 6);
  });

  it('goes on while nothing says that it ended', () => {
    const [episode] = episodesOf(values.slice(0, 35 * 24 + 14));
    expect(episode).toMatchObject({ kind: 'above', onset: at(35 * 24 + 9) });
    expect(episode).not.toHaveProperty('end');
  });

  it('is one with the rush that follows a fall', () => {
    const fallen = change(change(hours(42, 200), 35 * 24 + 8, 5, 0.05), 35 * 24 + 13, 4, 1.9);
    const [episode, ...others] = episodesOf(fallen);
    expect(others).toEqual([]);
    expect(episode).toMatchObject({ kind: 'below', onset: at(35 * 24 + 8) });
    expect(episode?.rebound).toBeGreaterThan(400);
  });

  it('of office hours does not end each night', () => {
    const closed = hours(42, 200).map((value, t) => (t % 24 >= 7 && t % 24 < 18 ? value : 0));
    const days = change(closed, 35 * 24, 3 * 24, 1.8);
    const [episode, ...others] = episodesOf(days);
    expect(others).toEqual([]);
    expect((episode?.end ?? 0) - (episode?.onset ?? 0)).toBeGreaterThan(2 * DAY);
    const [night] = episodesOf(days.slice(0, 36 * 24 + 4));
    expect(night).not.toHaveProperty('end');
  });

  it('shows where a series holds ten events an hour and then none', () => {
    const [episode] = episodesOf(change(hours(42, 10), 35 * 24 + 8, 9, 0));
    expect(episode).toMatchObject({ kind: 'below' });
    expect(Math.abs((episode?.onset ?? 0) - at(35 * 24 + 8))).toBeLessThanOrEqual(2 * HOUR);
  });
});

it('does not change when later hours arrive', () => {
  const random = randomOf('later');
  const values = change(change(hours(56, 120), 30 * 24 + 9, 7, 2.2), 45 * 24 + 10, 6, 0.2);
  const ends = Array.from({ length: 12 }, () => 15 * 24 + Math.floor(random.next() * 41 * 24));
  const whole = episodesOf(values).map(({ onset }) => onset);
  for (const end of ends) {
    const onsets = episodesOf(values.slice(0, end)).map(({ onset }) => onset);
    expect(onsets).toEqual(whole.filter((onset) => onsets.includes(onset)));
    expect(whole.filter((onset) => onset < at(end - 24))).toEqual(onsets.filter((onset) => onset < at(end - 24)));
  }
});

it('raises few false alarms where nothing happens, in busy series and in quiet ones', () => {
  let found = 0;
  for (const perHour of [0.3, 2, 10, 60, 400, 5_000]) {
    for (const seed of ['a', 'b', 'c', 'd']) found += episodesOf(hours(84, perHour, `${seed} ${perHour}`)).length;
  }
  // 24 series over ten judged weeks each.
  expect(found).toBeLessThanOrEqual(2);
});

describe('a small unit whose dossiers come in lumps', () => {
  const lumps = (days: number, perHour: number, size: number, share: number, seed: string): number[] => {
    const random = randomOf(seed);
    return Array.from({ length: days * 24 }, (_, t) => {
      const open = t % 24 >= 7 && t % 24 < 18 ? 1 : 0.1;
      return lumpy(random, perHour * open * (Math.floor(t / 24) % 7 < 5 ? 1 : 0.3), size, share);
    });
  };
  const seeds = Array.from({ length: 20 }, (_, seed) => `lumps ${seed}`);

  it.each([
    [2, 10, 0.3],
    [5, 35, 0.5],
    [5, 35, 1],
    [20, 35, 0.3],
    [50, 100, 1],
  ])('%i an hour, by %i: raises one false alarm in a hundred days at most', (perHour, size, share) => {
    const found = seeds.flatMap((seed) => episodesOf(lumps(60, perHour, size, share, seed)));
    expect(found.length).toBeLessThanOrEqual((seeds.length * 60) / 100);
  });

  it('shows a rush all the same', () => {
    for (const seed of seeds) {
      const found = episodesOf(change(lumps(42, 100, 10, 0.5, seed), 35 * 24 + 8, 9, 2.5));
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({ kind: 'above' });
    }
  });

  it('has an episode of one hour where never any came before, and it ends', () => {
    const hour = 35 * 24 + 5;
    for (const seed of seeds) {
      const values = hours(38, 3, seed).map((value, t) => (t === hour ? value + 60 : value));
      expect(episodesOf(values)).toEqual([expect.objectContaining({ onset: at(hour), end: at(hour + 1) })]);
      expect(episodesOf(values.slice(0, hour + 2))[0]).not.toHaveProperty('end');
      expect(episodesOf(values.slice(0, hour + 13))[0]).toHaveProperty('end', at(hour + 1));
    }
  });
});

describe('a fall in working hours', () => {
  const first = 35 * 24 + 9;
  const last = 35 * 24 + 17;
  const fallen = (perHour: number, seed: number): number[] => {
    const random = randomOf(`fall ${seed} ${perHour}`);
    const office = [4, 2, 2, 1, 2, 5, 15, 55, 130, 150, 140, 110, 60, 95, 140, 150, 125, 75, 40, 30, 28, 24, 16, 9];
    return Array.from({ length: 40 * 24 }, (_, t) => {
      const here = t >= first && t < last ? 0.05 : 1;
      return random.poisson((here * perHour * (office[t % 24] ?? 0) * (Math.floor(t / 24) % 7 < 5 ? 1 : 0.3)) / 100);
    });
  };

  it.each([30, 100, 300])('of %i an hour is told to end with them, not in the night', (perHour) => {
    const ends = Array.from({ length: 20 }, (_, seed) => {
      const found = episodesOf(fallen(perHour, seed));
      expect(found).toHaveLength(1);
      return ((found[0]?.end ?? 0) - at(last)) / HOUR;
    });
    expect(ends.filter((hours) => hours !== 0).length).toBeLessThanOrEqual(1);
  });

  it('goes on through a night that proves nothing, and is then told to have ended before it', () => {
    for (let seed = 0; seed < 20; seed++) {
      const values = fallen(100, seed).map((value, t) => (t % 24 >= 17 || t % 24 < 7 ? 0 : value));
      expect(episodesOf(values.slice(0, last + 12))[0]).not.toHaveProperty('end');
      expect(episodesOf(values)).toEqual([expect.objectContaining({ kind: 'below', end: at(last) })]);
    }
  });
});

describe('silence', () => {
  const whole = hours(42, 100);
  const first = 35 * 24 + 9;
  const silent = whole.map((value, t) => (t >= first && t < first + 8 ? Number.NaN : value));

  it('is a finding of its own, never a fall', () => {
    const [episode, ...others] = episodesOf(silent);
    expect(others).toEqual([]);
    expect(episode).toMatchObject({ kind: 'silence', onset: at(first), end: at(first + 8) });
    expect(episode?.expected).toBeGreaterThan(600);
    expect(episode?.size).toBe(-(episode?.expected ?? 0));
  });

  it('goes on while the last bucket is silent', () => {
    expect(episodesOf(silent.slice(0, first + 3))[0]).not.toHaveProperty('end');
  });

  it('of a part of the sources is none of the whole either', () => {
    const reported = whole.map((_, t) => (t >= first && t < first + 8 ? 0.3 : 1));
    const found = episodesOf(change(whole, first, 8, 0.3), { reported });
    expect(found.map(({ kind }) => kind)).toEqual(['silence']);
    expect(found[0]?.expected).toBeGreaterThan(400);
    // The same numbers with every source heard are a fall.
    expect(episodesOf(change(whole, first, 8, 0.3)).map(({ kind }) => kind)).toEqual(['below']);
  });

  it('does not hide a rush of those who do report', () => {
    const reported = whole.map((_, t) => (t >= first && t < first + 8 ? 0.9 : 1));
    const found = episodesOf(change(whole, first, 8, 2.5), { reported });
    expect(found.map(({ kind }) => kind).sort()).toEqual(['above', 'silence']);
  });

  it('leaves no mark on the weeks after it', () => {
    expect(episodesOf([...silent, ...hours(28, 100, 'after')]).map(({ kind }) => kind)).toEqual(['silence']);
  });
});

it('takes a lasting shift for usual after a week, and a return to the old level for no news', () => {
  const shifted = change(hours(84, 200), 35 * 24, 49 * 24, 1.7);
  const [episode, ...others] = episodesOf(shifted);
  expect(others).toEqual([]);
  expect(episode).toMatchObject({ kind: 'above', ended: 'new-usual' });
  expect((episode?.end ?? 0) - (episode?.onset ?? 0)).toBeLessThan(9 * DAY);
  const returned = change(hours(84, 200), 35 * 24, 9 * 24, 1.7);
  expect(episodesOf(returned)).toHaveLength(1);
});

describe('little history', () => {
  const step = 300_000;
  const fine = (days: number, seed: string): number[] => hours(days, 240, seed, step);
  const surge = (values: number[], first: number): number[] => change(values, first, 12, 6);

  it('is judged by the last two days, at five minutes', () => {
    const values = surge(fine(5, 'fine'), 4 * 288 + 120);
    const [episode, ...others] = episodesOf(values, { step });
    expect(others).toEqual([]);
    expect(episode).toMatchObject({ kind: 'above', method: 'trailing', onset: MONDAY + (4 * 288 + 120) * step });
  });

  it('does not take each morning for an event', () => {
    for (const seed of ['a', 'b', 'c', 'd']) expect(episodesOf(fine(13, seed), { step })).toEqual([]);
  });

  it('of less than two days is refused with the reason', () => {
    const findings = findEpisodes({ start: MONDAY, step, values: surge(fine(1, 'short'), 200) });
    expect(findings).toMatchObject({ ok: false, reason: 'not-enough-history' });
    expect(findings.ok || findings.detail).toContain('24 hours are known');
    expect(findEpisodes({ start: MONDAY, step, values: [] })).toMatchObject({ ok: false });
  });
});

it('refuses buckets that do not fill a day, and labels that are missing', () => {
  const values = hours(20, 10);
  expect(findEpisodes({ start: MONDAY, step: 7 * HOUR, values })).toMatchObject({ reason: 'bad-request' });
  expect(findEpisodes({ start: Number.NaN, step: HOUR, values })).toMatchObject({ reason: 'bad-request' });
  expect(findEpisodes({ start: MONDAY, step: HOUR, values, dayTypes: ['working'] })).toMatchObject({
    reason: 'bad-request',
  });
  expect(findEpisodes({ start: MONDAY, step: HOUR, values, reported: [1] })).toMatchObject({ reason: 'bad-request' });
});

it('whatever comes in, episodes are sound and the same each time', () => {
  const anything = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 60 }) },
    { weight: 2, arbitrary: fc.constantFrom<number | null | undefined>(Number.NaN, null, undefined, 0) },
    { weight: 1, arbitrary: fc.constantFrom(1e9, -5, 0.25, Number.POSITIVE_INFINITY) },
  );
  fc.assert(
    fc.property(
      fc.array(anything, { maxLength: 900, size: 'max' }),
      fc.array(fc.constantFrom(1, 0.99, 0.5, 0, Number.NaN), { maxLength: 40 }),
      (values, shares) => {
        const reported = values.map((_, t) => shares[t % Math.max(1, shares.length)] ?? 1);
        const series = { start: MONDAY, step: HOUR, values, reported };
        const findings = findEpisodes(series);
        expect(findEpisodes(series)).toEqual(findings);
        if (!findings.ok) return;
        for (const it of findings.episodes) {
          for (const number of [it.observed, it.expected, it.size, it.rebound, it.score]) expect(number).not.toBeNaN();
          expect(it.end ?? Number.POSITIVE_INFINITY).toBeGreaterThan(it.onset);
          expect(it.peak).toBeGreaterThanOrEqual(it.onset);
          expect(Math.sign(it.size)).toBe(it.kind === 'above' ? 1 : it.size === 0 ? 0 : -1);
        }
      },
    ),
    { numRuns: 40, seed: 11 },
  );
}, 120_000);

it('what closes is news for a week, and ends as the new usual', () => {
  for (const days of [10, 20]) {
    const closed = change(hours(63 + days, 40), 63 * 24, days * 24, 0);
    const [episode, ...others] = episodesOf(closed);
    expect(others).toEqual([]);
    expect(episode).toMatchObject({ kind: 'below', ended: 'new-usual' });
    expect(episode?.end).toBeLessThanOrEqual(at(71 * 24));
  }
});

describe('what was told is kept while it is a little less than what is told', () => {
  const kept = (values: number[], more: Partial<CountedSeries>, told: Told) => ({
    untold: episodesOf(values, more),
    told: episodesOf(values, { ...more, told: [told] }),
  });

  it('as an episode of a few events in the first two weeks', () => {
    const quiet = Array.from({ length: 9 * 24 }, (_, t) => (t % 24 === 12 ? 1 : 0));
    const first = 7 * 24 + 3;
    const size = (events: number) => quiet.map((value, t) => (t >= first && t < first + 3 ? events / 3 : value));
    expect(episodesOf(size(18))).toMatchObject([{ kind: 'above', size: 18 }]);
    const { untold, told } = kept(size(13.5), {}, { kind: 'departure', onset: at(first), end: at(first + 3) });
    expect(untold).toEqual([]);
    expect(told).toMatchObject([{ kind: 'above', size: 13.5, onset: at(first) }]);
  });

  it('as a silence in which a few events are missing', () => {
    const values = Array.from({ length: 42 * 24 }, () => 1);
    const first = 35 * 24 + 3;
    const reported = (missing: number) => values.map((_, t) => (t >= first && t < first + 3 ? 1 - missing / 3 : 1));
    expect(episodesOf(values, { reported: reported(3) })).toMatchObject([{ kind: 'silence' }]);
    const more = { reported: reported(2.7) };
    const { untold, told } = kept(values, more, { kind: 'silence', onset: at(first), end: at(first + 3) });
    expect(untold).toEqual([]);
    expect(told).toMatchObject([{ kind: 'silence', onset: at(first) }]);
  });
});
