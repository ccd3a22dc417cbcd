/** The provinces of one map: which, how many, which share, and which are too few. */
import type { AnswerRow, Catalogue } from '@room/contract';
import { expect, it } from 'vitest';
import {
  earlierMaps,
  mapDayOf,
  mapUnitsOf,
  spanOfUnits,
  untilOf,
} from '../../../../web/src/pages/explore/province-map.ts';
import { catalogue as small } from '../../room.ts';

const label = { vi: '', en: '' };
/** Two that were merged into one in the middle of 2025, and one that goes on under a code that was another's. */
const catalogue: Catalogue = {
  ...small,
  provinces: [
    { id: 'old-1', code: '1', label, validTo: '2025-06-30', successors: ['new-1'] },
    { id: 'old-2', code: '2', label, validTo: '2025-06-30', successors: ['new-1'] },
    { id: 'new-1', code: '2', mapCode: '02', label, validFrom: '2025-07-01' },
    { id: 'new-3', code: '3', label, validFrom: '2025-07-01' },
  ],
};
const row = (id: string, now: AnswerRow['now']): AnswerRow => ({ key: [id], ...(now === undefined ? {} : { now }) });

it('is the map that the question is restated to, otherwise that of its last day', () => {
  const period = { from: '2025-06-01', to: '2025-06-20' };
  expect(earlierMaps(catalogue)).toEqual(['2025-06-30']);
  expect(mapDayOf({ boundaries: 'as-reported' }, period, '2026-11-19')).toBe('2025-06-20');
  expect(mapDayOf({ boundaries: 'as-reported' }, { ...period, to: '2027-01-01' }, '2026-11-19')).toBe('2026-11-19');
  expect(mapDayOf({ boundaries: 'today' }, period, '2026-11-19')).toBe('2026-11-19');
  expect(mapDayOf({ boundaries: '2025-06-30' }, period, '2026-11-19')).toBe('2025-06-30');
  expect(untilOf('2025-06-30', catalogue)).toBe('2025-06-30');
  expect(untilOf('2025-07-01', catalogue)).toBeUndefined();
});

it('has the units of that day alone, under their codes on it: a code that was reused is never joined to the other place', () => {
  const rows = [row('old-2', { submitted: 30 }), row('new-1', { submitted: 90 })];
  expect(mapUnitsOf(rows, 'submitted', '2025-06-30', catalogue)).toEqual([
    { id: 'old-1', code: '1', value: undefined, count: undefined, share: undefined, isFew: false },
    { id: 'old-2', code: '2', value: 30, count: 30, share: 1, isFew: false },
  ]);
  expect(mapUnitsOf(rows, 'submitted', '2025-07-01', catalogue).map(({ code, count }) => [code, count])).toEqual([
    ['02', 90],
    ['3', undefined],
  ]);
});

it('a share stands beside what it is of, and is left out where that is too few', () => {
  const rows = [
    row('new-1', { shareOnTime: 0.9, onTime: 90, late: 10 }),
    row('new-3', { shareOnTime: 1, onTime: 2, late: 0 }),
  ];
  const units = mapUnitsOf(rows, 'shareOnTime', '2026-11-19', catalogue);
  expect(units.map(({ count, share, isFew }) => [count, share, isFew])).toEqual([
    [100, 0.9, false],
    [2, 1, true],
  ]);
  expect(spanOfUnits(units)).toEqual({ least: 0.9, most: 0.9 });
  expect(spanOfUnits([])).toEqual({ least: 0, most: 0 });
});
