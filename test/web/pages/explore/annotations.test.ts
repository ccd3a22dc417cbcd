import type { Annotation, Query } from '@room/contract';
import { expect, it } from 'vitest';
import { ofText, whenText } from '../../../../web/src/messages/annotations.ts';
import { speechIn } from '../../../../web/src/messages/context.ts';
import {
  aroundEvent,
  daysOffIn,
  eventOf,
  type Happened,
  happenedIn,
  spanOn,
  wordsOf,
} from '../../../../web/src/pages/explore/annotations.ts';
import { catalogue } from '../../room.ts';

const annotation = (some: Partial<Annotation> = {}): Annotation => ({
  kind: 'outage',
  text: { vi: 'Bảo trì', en: 'Maintenance' },
  of: { dim: 'all' },
  from: '2026-11-19',
  to: '2026-11-19',
  ...some,
});
const happened = (id: string, some: Partial<Annotation>): Happened => ({
  id,
  version: 1,
  owner: 'look:analyst',
  who: 'look:analyst',
  at: 0,
  mayEdit: true,
  body: annotation(some),
});

const ALL = [
  happened('all', { from: '2026-11-20' }),
  happened('A', { of: { dim: 'agency', code: 'A' } }),
  happened('N', { of: { dim: 'province', code: 'N' }, from: '2026-11-01', to: '2026-11-18' }),
  happened('s2', { of: { dim: 'service', code: 's2' }, from: '2026-11-19T08:22', to: '2026-11-19T10:00' }),
  happened('before', { from: '2026-10-01', to: '2026-10-31' }),
];
const PERIOD = { from: '2026-11-18', to: '2026-11-30' };
const asked = (only: Partial<Pick<Query, 'agency' | 'province' | 'service'>> = {}): string[] =>
  happenedIn(ALL, { ...PERIOD, ...only }, catalogue).map(({ id }) => id);

it('stands on every chart of its scope, and on no other', () => {
  expect(asked()).toEqual(['N', 'A', 's2', 'all']);
  expect(asked({ agency: ['A'] })).toEqual(['N', 'A', 'all']);
  expect(asked({ agency: ['B'], province: ['S'] })).toEqual(['s2', 'all']);
  expect(asked({ service: ['s1'] })).toEqual(['N', 'A', 'all']);
});

it.each([
  ['2026-11-19', '2026-11-20', ['2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21'], { from: 1, to: 2 }],
  ['2026-11-19T08:22', '2026-11-19T10:00', ['2026-11-18', '2026-11-19'], { from: 1, to: 1 }],
  ['2026-11-19T08:22', '2026-11-19T10:00', ['2026-11-19T07', '2026-11-19T08', '2026-11-19T09'], { from: 1, to: 2 }],
  [
    '2026-11-19',
    '2026-11-19',
    ['2026-11-18T23', '2026-11-19T00', '2026-11-19T23', '2026-11-20T00'],
    { from: 1, to: 2 },
  ],
  ['2026-01-05', '2026-11-19', ['2026-10', '2026-11', '2026-12'], { from: 0, to: 1 }],
  ['2025-01-05', '2025-01-19', ['2026-10', '2026-11'], undefined],
])('from %s to %s stands over the right points of a curve', (from, to, points, span) => {
  expect(
    spanOn(
      points.map((at) => ({ at })),
      { from, to },
    ),
  ).toEqual(span);
});

it('what came after it is held against as many days before it, and is known again by its days', () => {
  const around = aroundEvent(annotation(), '2026-11-24');
  expect(around).toEqual({
    after: { from: '2026-11-19', to: '2026-11-23' },
    before: { from: '2026-11-14', to: '2026-11-18' },
    days: 5,
  });
  expect(aroundEvent(annotation(), '2026-11-19')?.after).toEqual({ from: '2026-11-19', to: '2026-11-19' });
  expect(aroundEvent(annotation(), '2026-11-18')).toBeUndefined();
  expect(aroundEvent(annotation(), '2028-01-01')?.days).toBe(91);
  const question = { ...(around?.after ?? PERIOD), compare: around?.before ?? 'none' } as const;
  expect(eventOf(ALL, question)?.id).toBe('A');
  expect(eventOf(ALL, { ...question, compare: { from: '2026-11-13', to: '2026-11-18' } })).toBeUndefined();
  expect(eventOf(ALL, { ...question, compare: 'previous' })).toBeUndefined();
});

it('days off in a row are one', () => {
  const label = (en: string) => ({ vi: en, en });
  const daysOff = ['2026-11-20', '2026-11-19', '2026-11-25', '2026-12-01'].map((date) => ({
    date,
    label: label(date),
    kind: '',
  }));
  const days = daysOffIn({ calendar: { ...catalogue.calendar, daysOff } }, PERIOD);
  expect(days.map(({ from, to }) => [from, to])).toEqual([
    ['2026-11-19', '2026-11-20'],
    ['2026-11-25', '2026-11-25'],
  ]);
});

it('is told in the language of the page, or in its own', () => {
  expect(wordsOf(annotation(), 'en')).toEqual({ words: 'Maintenance', lang: 'en' });
  expect(wordsOf(annotation({ text: { vi: 'Bảo trì' } }), 'en')).toEqual({ words: 'Bảo trì', lang: 'vi' });
  const speech = speechIn('en', catalogue);
  expect(ofText(annotation({ of: { dim: 'agency', code: 'A' } }), catalogue, speech)).toBe('A');
  expect(whenText({ from: '2026-11-19T08:22', to: '2026-11-19T10:00' }, speech)).toBe('19 Nov 2026 08:22–10:00');
  expect(whenText({ from: '2026-11-19', to: '2026-11-20' }, speech)).toBe('19 Nov 2026 – 20 Nov 2026');
});
