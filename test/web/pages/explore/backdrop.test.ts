/** What stands behind the curve of the page of questions. */
import { type CurvePoint, type Query as Question, querySchema } from '@room/contract';
import { describe, expect, it } from 'vitest';
import {
  beyondOf,
  foreseenBy,
  gapsIn,
  noUsualWhy,
  seriesOf,
  silenceOf,
  silenceOfMember,
} from '../../../../web/src/pages/explore/backdrop.ts';
import { catalogue, state } from '../../room.ts';

const question = (some: Record<string, string> = {}): Question =>
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

it('says why there is no usual range', () => {
  expect(noUsualWhy('submitted', question())).toBeUndefined();
  expect(noUsualWhy('shareOnline', question())).toBe('usualNotOfShares');
  expect(noUsualWhy('backlogOverdue', question())).toBe('usualNotOfLevels');
  expect(noUsualWhy('late', question({ grain: 'month' }))).toBe('usualNotByMonth');
  expect(noUsualWhy('late', question({ per: '1000-people' }))).toBe('usualNotPerPerson');
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

describe('nothing is known', () => {
  const points: CurvePoint[] = [1, undefined, undefined, 4, undefined, 6, undefined].map((submitted, n) => ({
    at: `2026-11-0${n + 1}`,
    ...(submitted === undefined ? {} : { now: { submitted } }),
  }));
  it('between points that are, as far as they are over', () => {
    expect(gapsIn(points, 6, question())).toEqual([
      { from: 0, to: 3 },
      { from: 3, to: 5 },
    ]);
    expect(gapsIn(points.slice(1), 6, question())[0]).toEqual({ from: 0, to: 2 });
    expect(gapsIn(points.slice(1, 3), 9, question())).toEqual([{ from: 0, to: 1 }]);
  });
  it('of a slice that portals are not told apart by that is no reason: it may be one of none', () => {
    expect(gapsIn(points, 6, question({ service: 's1' }))).toEqual([]);
    expect(gapsIn(points, 6, question({ source: 'urn:a' }))).toHaveLength(2);
  });
});

describe('silence', () => {
  const source = (status: 'reporting' | 'silent' | 'never', reportedTo?: number) => ({
    status,
    weight: 0.5,
    ...(reportedTo === undefined ? {} : { reportedTo }),
  });
  const heard = state({
    sources: { 'urn:a': source('reporting', 9), 'urn:n': source('silent', 5), 'urn:s': source('silent', 3) },
  });
  it('is that of the portals that the question is of, since the first of them', () => {
    expect(silenceOf(heard, question(), catalogue)).toEqual({
      sources: ['urn:n', 'urn:s'],
      since: 3,
      never: [],
      isAll: false,
    });
    expect(silenceOf(heard, question({ province: 'N' }), catalogue)).toMatchObject({ since: 5, isAll: false });
    expect(silenceOf(heard, question({ source: 'urn:n' }), catalogue)).toMatchObject({ since: 5, isAll: true });
    expect(silenceOf(heard, question({ source: 'urn:a' }), catalogue)).toBeUndefined();
  });
  it('of a member is that of its own portal, where members have one', () => {
    expect(silenceOfMember(heard, 'province', 'N', catalogue)).toMatchObject({ since: 5 });
    expect(silenceOfMember(heard, 'source', 'urn:a', catalogue)).toBeUndefined();
    expect(silenceOfMember(heard, 'service', 's1', catalogue)).toBeUndefined();
    expect(silenceOfMember(heard, 'agency', 'A', catalogue)).toBeUndefined();
  });
  it('has no beginning where a portal never reported', () => {
    const never = state({ sources: { 'urn:n': source('never') } });
    expect(silenceOf(never, question({ source: 'urn:n' }), catalogue)).toMatchObject({
      sources: [],
      since: undefined,
      never: ['urn:n'],
    });
  });
  it('of those that did report has its beginning, though others never did: they are told apart', () => {
    const some = state({ sources: { 'urn:n': source('never'), 'urn:s': source('silent', 3) } });
    expect(silenceOf(some, question(), catalogue)).toMatchObject({ sources: ['urn:s'], since: 3, never: ['urn:n'] });
  });
});
