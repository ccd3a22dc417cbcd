import type { Catalogue } from '@room/contract';
import type { HistoryRow } from '@room/warehouse';
import { describe, expect, it } from 'vitest';
import { type Grid, History } from '../../../pipelines/src/forecasting/series.ts';

const HOUR = 3_600_000;
const DAYS = 21;
const GRID: Grid = {
  start: 0,
  step: HOUR,
  known: DAYS * 24,
  kindOf: (hour) => String(hour % 24),
  dayOf: (hour) => Math.floor(hour / 24),
};
const source = (id: string, unit?: string): Catalogue['sources'][number] => ({
  id,
  label: { vi: id, en: id },
  ...(unit === undefined ? {} : { unit }),
  lateAfter: 60,
  silentAfter: 300,
});
const SOURCES = [source('national'), source('p1', 'P1'), source('p2', 'P2')];

const row = (code: string, slot: number, submitted: number): HistoryRow => ({
  code,
  slot,
  submitted,
  submittedOnline: submitted / 2,
  onTime: 0,
  late: 0,
  reached: submitted,
  events: 1,
  reportedTo: (slot + 1) * HOUR,
});
const every = (code: string, submitted: number, but: (hour: number) => boolean = () => false): HistoryRow[] =>
  Array.from({ length: GRID.known }, (_, slot) => row(code, slot, submitted)).filter(({ slot }) => !but(slot));

/** Of P1 most comes through its own portal, of P2 all through the national one; nothing is heard in hour 5. */
function history(outage: (hour: number) => boolean): History {
  const made = new History(GRID, SOURCES);
  const nothing = (hour: number): boolean => hour === 5;
  made.add('source', every('national', 40, nothing));
  made.add(
    'source',
    every('p1', 60, (hour) => nothing(hour) || outage(hour)),
  );
  made.add('all', every('', 100, nothing));
  made.add('province', every('P1', 80, nothing));
  made.add(
    'province',
    every('P2', 20, (hour) => nothing(hour) || hour === 7),
  );
  return made;
}
const gapsOf = (values: Float64Array): number[] => [...values].flatMap((value, t) => (Number.isNaN(value) ? [t] : []));

describe('what was not reported is a gap and never zero', () => {
  const made = history((hour) => hour === 300 || hour === 301);

  it('where nothing was heard from anywhere', () => {
    expect(gapsOf(made.values('province', 'P2', 'submitted'))).toEqual([5]);
  });
  it('where the own portal of a unit was silent, and in the nation that it is a part of', () => {
    expect(gapsOf(made.values('province', 'P1', 'submitted'))).toEqual([5, 300, 301]);
    expect(gapsOf(made.values('all', '', 'submitted'))).toEqual([5, 300, 301]);
    expect(made.reported('province', 'P1')[300]).toBeCloseTo(1 - 60 / 80);
    expect(made.reported('all', '')[300]).toBeCloseTo(0.4);
  });
  it('and an hour in which sources reported and nobody came is a true zero', () => {
    expect(made.values('province', 'P2', 'submitted')[7]).toBe(0);
  });
  it('what was counted in a gap still counts towards totals', () => {
    expect(made.counted('all', '', 'submitted')[300]).toBe(100);
  });
});

it('nothing is known of a unit before its first word', () => {
  const made = history(() => false);
  made.add(
    'province',
    every('P3', 10, (hour) => hour < 100),
  );
  expect(gapsOf(made.values('province', 'P3', 'submitted'))).toHaveLength(100);
});

it('a small share of silent sources is made up for, a large one is a gap', () => {
  const made = new History(GRID, SOURCES);
  made.add('source', every('national', 90));
  made.add(
    'source',
    every('p2', 10, (hour) => hour === 300),
  );
  made.add('all', every('', 100, (hour) => hour === 300).concat(row('', 300, 90)));
  expect(made.values('all', '', 'submitted')[300]).toBeCloseTo(100, 0);
  expect(made.counted('all', '', 'submitted')[300]).toBe(90);
});
