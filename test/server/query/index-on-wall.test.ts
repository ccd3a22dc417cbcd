/** The index on walls: what is not measured stands apart, and who sees a part of the units is told no rank. */
import { type IndexAnswer, indexSpan, type Scope, standingsOf } from '@room/contract';
import { expect, it } from 'vitest';
import { indexOnWall } from '../../../server/src/query/index-on-wall.ts';

const label = (text: string) => ({ vi: text, en: text });
const formula = { part: 'a', whole: 'b', scoring: 'c' };
const counted = { ratio: 'shareOnTime' as const, differs: label('d') };
const index = {
  title: label('index'),
  decision: '1/QD',
  date: '2026-01-01',
  asOf: '2026-01-01',
  source: label('s'),
  licence: label('l'),
  groups: [
    { id: 'none', label: label('none'), points: 60, indicators: [{ id: '1', label: label('1'), points: 60, formula }] },
    {
      id: 'some',
      label: label('some'),
      points: 40,
      indicators: [
        { id: '2', label: label('2'), points: 30, formula, counted },
        { id: '3', label: label('3'), points: 10, formula },
      ],
    },
  ],
};
const days = (onTime: number, late: number) =>
  Array.from({ length: 30 }, (_, n) => ({ onTime: onTime + (n % 3), late: late + ((n + 1) % 2) }));
const answer: IndexAnswer = {
  index,
  from: '2026-10-01',
  to: '2026-11-20',
  simulated: false,
  ...standingsOf(
    index,
    days(200, 20),
    [
      { code: 'GOOD', now: days(100, 1), before: days(60, 40) },
      { code: 'BAD', now: days(60, 40), before: [] },
      { code: 'IDLE', now: [], before: [] },
    ].map((unit) => unit),
  ),
};
const asked = { period: '2026-Q4', by: 'agency' as const };
const scope = (...codes: string[]): Scope => ({ key: 'k', own: { agency: new Set(codes) } });

it('tells points of what is measured, and apart from them those of what is not', () => {
  const told = indexOnWall(answer, { ...asked, scope: { key: 'all', own: undefined } });
  expect([told.total, told.measured, told.isRanked]).toEqual([100, 30, true]);
  expect(told.groups.map(({ id, total, measured }) => [id, total, measured])).toEqual([
    ['none', 60, 0],
    ['some', 40, 30],
  ]);
  // A unit of which nothing is measured is no zero: it is not there.
  expect(told.units.map(({ code, side }) => [code, side])).toEqual([
    ['GOOD', 'above'],
    ['BAD', 'below'],
  ]);
  expect(told.units[0]).toMatchObject({ best: 1, worst: 1, change: expect.any(Number) });
  expect(JSON.stringify(told)).not.toContain('components');
});

it('a part of the units is told without rank or side, and nobody else’s', () => {
  const told = indexOnWall(answer, { ...asked, scope: scope('BAD') });
  expect(told.isRanked).toBe(false);
  expect(told.units).toEqual([expect.objectContaining({ code: 'BAD', side: 'unclear' })]);
  for (const field of ['best', 'worst']) expect(told.units[0]).not.toHaveProperty(field);
});

it('a span is the running quarter or the last whole month, over the edges of a year too', () => {
  expect(['2026-01-01', '2026-03-31', '2026-04-01', '2026-12-31'].map((day) => indexSpan('quarter', day))).toEqual([
    '2026-Q1',
    '2026-Q1',
    '2026-Q2',
    '2026-Q4',
  ]);
  expect(['2026-01-31', '2026-03-31', '2026-12-01'].map((day) => indexSpan('month', day))).toEqual([
    '2025-12',
    '2026-02',
    '2026-11',
  ]);
});
