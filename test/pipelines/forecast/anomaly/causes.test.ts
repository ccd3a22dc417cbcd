import { type Deviation, driversOf, foldEpisodes, type Located } from '@room/forecast';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR } from './planted.ts';

const of = (counts: Record<string, number>): Map<string, number> => new Map(Object.entries(counts));

describe('drivers of a difference', () => {
  it('are the fewest parts that explain four fifths, the largest first', () => {
    const expected = of({ a: 1_000, b: 800, c: 600, d: 400, e: 200 });
    const made = driversOf(of({ a: 1_010, b: 1_400, c: 590, d: 1_300, e: 210 }), expected, 5);
    expect(made.drivers.map(({ part }) => part)).toEqual(['d', 'b']);
    expect(made.drivers[0]?.difference).toBe(900);
    expect(made.difference).toBe(1_510);
    expect(made.explained).toBeGreaterThan(0.95);
    expect(made.broad).toBe(false);
  });

  it('are none where all parts rise as their size says', () => {
    const expected = of({ a: 4_000, b: 2_000, c: 1_000, d: 500 });
    const made = driversOf(new Map([...expected].map(([part, n]) => [part, 1.5 * n])), expected, 5);
    expect(made).toMatchObject({ drivers: [], explained: 0, broad: true });
  });

  it('are no more than asked for, and say how much they explain', () => {
    const parts = Array.from({ length: 10 }, (_, i) => `p${i}`);
    const expected = new Map([...parts.map((part) => [part, 100] as const), ['large', 9_000] as const]);
    const observed = new Map([...parts.map((part) => [part, 300] as const), ['large', 9_000] as const]);
    const made = driversOf(observed, expected, 4);
    expect(made.drivers).toHaveLength(4);
    expect(made.explained).toBeCloseTo(0.4);
  });

  it('are on the side of the difference; what went the other way is told', () => {
    const made = driversOf(of({ a: 100, b: 700 }), of({ a: 1_000, b: 500 }), 3);
    expect(made.drivers.map(({ part }) => part)).toEqual(['a']);
    expect(made.against).toBeCloseTo(200 / 900);
  });

  it('are not made of chance, nor of nothing', () => {
    expect(driversOf(of({ a: 104, b: 99 }), of({ a: 100, b: 100 }), 3).drivers).toEqual([]);
    expect(driversOf(new Map(), new Map(), 3)).toMatchObject({ difference: 0, drivers: [], broad: false });
    expect(driversOf(of({ a: Number.NaN, b: 500 }), of({ a: 1, b: 100 }), 3).drivers[0]?.part).toBe('b');
  });

  it('never explain more than all, in whatever order the parts come', () => {
    const counts = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), fc.integer({ min: 0, max: 5_000 }));
    fc.assert(
      fc.property(counts, counts, (observed, expected) => {
        const made = driversOf(of(observed), of(expected), 3);
        expect(made.explained).toBeLessThanOrEqual(1);
        expect(made.drivers.length).toBeLessThanOrEqual(3);
        const shares = made.drivers.map(({ share }) => share);
        expect(shares).toEqual([...shares].sort((a, b) => b - a));
        const turned = driversOf(new Map([...of(observed)].reverse()), new Map([...of(expected)].reverse()), 3);
        expect(turned.drivers).toEqual(made.drivers);
      }),
      { seed: 5 },
    );
  });
});

describe('one finding for one cause', () => {
  const episode = (more: Partial<Deviation>): Deviation => ({
    kind: 'above',
    onset: 0,
    end: 8 * HOUR,
    ended: 'usual',
    peak: 0,
    observed: 1_500,
    expected: 1_000,
    size: 500,
    rebound: 0,
    score: 8,
    method: 'weekly',
    ...more,
  });
  const located = (series: string, more: Partial<Deviation> = {}): Located => ({
    series,
    dimension: series.split(':')[0] ?? '',
    within: series === 'all' ? [] : ['all'],
    episode: episode(more),
  });
  const folded = (...found: Located[]): string[][] =>
    foldEpisodes(found, 100 * HOUR).map(({ lead, also }) => [lead.series, ...also.map((it) => it.series)]);

  it('folds what drives the whole into the whole', () => {
    const province = located('province:01', { size: 450, observed: 600, expected: 150 });
    expect(folded(province, located('service:A', { size: 300 }), located('all'))).toEqual([
      ['all', 'province:01', 'service:A'],
    ]);
  });

  it('leaves a small part that departs on its own a cause of its own', () => {
    const other = located('province:79', { size: 30, observed: 35, expected: 5 });
    expect(folded(located('all', { size: 500 }), other)).toEqual([['all'], ['province:79']]);
  });

  it('folds a small part that departs no more than the whole', () => {
    expect(folded(located('all'), located('province:79', { size: 30, observed: 90, expected: 60 }))).toHaveLength(1);
  });

  it('folds a province and a service of equal size, and provinces struck at once', () => {
    expect(folded(located('province:01'), located('service:A', { size: 450 }))).toHaveLength(1);
    expect(folded(located('province:01'), located('service:A', { size: 90 }))).toHaveLength(2);
    expect(folded(located('province:01'), located('province:02', { onset: HOUR }))).toHaveLength(1);
    expect(folded(located('province:01'), located('province:02', { onset: 4 * HOUR, end: 12 * HOUR }))).toHaveLength(2);
  });

  it('is told of the part that was told before, as sizes come near each other', () => {
    const [province, service] = [located('province:01', { size: 500 }), located('service:A', { size: 510 })];
    expect(folded(province, service)).toEqual([['service:A', 'province:01']]);
    expect(folded({ ...province, isTold: true }, service)).toEqual([['province:01', 'service:A']]);
    expect(folded(located('all'), { ...province, isTold: true })).toEqual([['all', 'province:01']]);
  });

  it('keeps apart what differs in kind or does not meet in time', () => {
    expect(folded(located('all'), located('province:01', { kind: 'silence', size: -400 }))).toHaveLength(2);
    expect(folded(located('all'), located('province:01', { kind: 'below', size: -400 }))).toHaveLength(2);
    expect(folded(located('all'), located('province:01', { onset: 9 * HOUR, end: 12 * HOUR }))).toHaveLength(2);
    expect(folded(located('all'), located('all', { onset: 30 * HOUR, end: 40 * HOUR }))).toHaveLength(2);
  });

  it('takes what goes on as lasting until now', () => {
    const going = located('all', { onset: 90 * HOUR });
    delete going.episode.end;
    expect(folded(going, located('province:01', { onset: 92 * HOUR, end: 99 * HOUR, size: 400 }))).toHaveLength(1);
  });

  it('loses none, and answers alike in any order', () => {
    const any = fc.record({
      series: fc.constantFrom('all', 'province:01', 'province:02', 'service:A'),
      onset: fc.integer({ min: 0, max: 40 }),
      size: fc.integer({ min: 10, max: 900 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(any, { selector: (it) => `${it.series} ${it.onset} ${it.size}` }), (list) => {
        const found = list.map(({ series, onset, size }) =>
          located(series, { onset: onset * HOUR, end: (onset + 8) * HOUR, size, observed: 1_000 + size }),
        );
        expect(folded(...found).flat()).toHaveLength(found.length);
        expect(folded(...[...found].reverse())).toEqual(folded(...found));
      }),
      { seed: 3 },
    );
  });
});
