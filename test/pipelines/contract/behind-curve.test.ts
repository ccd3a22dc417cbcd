/** What stands behind a curve of a question, whoever draws it. */
import { beyondOf, foreseenBy, type Query, querySchema, seriesOf } from '@room/contract';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../web/room.ts';

const question = (some: Record<string, string> = {}): Query =>
  querySchema.parse({ from: '2026-11-19', to: '2026-11-19', grain: 'hour', ...some });

describe('a forecast is asked of', () => {
  it.each([
    ['the whole', {}, { metric: 'submitted', grain: 'hour' }],
    ['one province', { province: 'N' }, { dim: 'province', code: 'N', metric: 'submitted', grain: 'hour' }],
    ['one leading service', { service: 's1' }, { dim: 'service', code: 's1', metric: 'submitted', grain: 'hour' }],
    ['a service that is none of the leading', { service: 's2' }, undefined],
    ['two provinces', { province: 'N,S' }, undefined],
    ['a province and an office', { province: 'N', agency: 'A' }, undefined],
    ['a channel', { channel: '1' }, undefined],
    ['months', { grain: 'month' }, undefined],
    ['people', { per: '1000-people' }, undefined],
    ['the units of an earlier day', { boundaries: '2025-06-30' }, undefined],
  ])('%s, or is not', (_, some, series) => {
    expect(seriesOf(question(some), 'submitted', catalogue)).toEqual(series);
  });

  it.each(['shareOnTime', 'backlogOpen'])('%s never', (measure) => {
    expect(seriesOf(question(), measure, catalogue)).toBeUndefined();
  });
});

const made = { dim: 'all', code: '', metric: 'submitted', madeAt: 0, knownTo: 0 } as const;
it('a forecast stands at its points, with the band that holds four in five', () => {
  const start = Date.parse('2026-11-19T15:00:00+07:00');
  const bounds = [1, 2, 3, 4, 10, 20, 30, 40, 5, 6, 7, 8];
  const byHour = foreseenBy({ ...made, grain: 'hour', start, mean: [15, 25], bounds }, catalogue, (at) =>
    String((new Date(at).getUTCHours() + 7) % 24).padStart(2, '0'),
  );
  expect([...byHour]).toEqual([
    ['2026-11-19T15', { mean: 15, low: 10, high: 30 }],
    ['2026-11-19T16', { mean: 25, low: 20, high: 40 }],
  ]);
  const midnight = Date.parse('2026-11-19T00:00:00+07:00');
  const byDay = foreseenBy({ ...made, grain: 'day', start: midnight, mean: [15, 25], bounds }, catalogue, () => '');
  expect([...byDay.keys()]).toEqual(['2026-11-19', '2026-11-20']);
});

it('days that are foreseen go on where a curve of days reaches today, for a part of its length', () => {
  const foreseen = new Map(
    Array.from({ length: 30 }, (_, n) => [`2026-12-${String(n + 1).padStart(2, '0')}`, { mean: 1, low: 0, high: 2 }]),
  );
  const days = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ at: `2026-11-${String(n + 1).padStart(2, '0')}` }));
  expect(beyondOf(days(28), foreseen, '2026-11-28')).toHaveLength(7);
  expect(beyondOf(days(4), foreseen, '2026-11-04')).toEqual(['2026-12-01', '2026-12-02']);
  expect(beyondOf(days(28), foreseen, '2026-11-29')).toEqual([]);
  expect(beyondOf([{ at: '2026-11-28T09' }], foreseen, '2026-11-28')).toEqual([]);
  expect(beyondOf([], foreseen, '2026-11-28')).toEqual([]);
});
