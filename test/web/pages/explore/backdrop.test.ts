/** What stands behind the curve of the page of questions. */
import { type CurvePoint, type Query as Question, querySchema } from '@room/contract';
import { describe, expect, it } from 'vitest';
import { gapsIn, noUsualWhy, silenceOf, silenceOfMember } from '../../../../web/src/pages/explore/backdrop.ts';
import { catalogue, state } from '../../room.ts';

const question = (some: Record<string, string> = {}): Question =>
  querySchema.parse({ from: '2026-11-19', to: '2026-11-19', grain: 'hour', ...some });

it('says why there is no usual range', () => {
  expect(noUsualWhy('submitted', question())).toBeUndefined();
  expect(noUsualWhy('shareOnline', question())).toBe('usualNotOfShares');
  expect(noUsualWhy('indexPoints', question())).toBe('usualNotOfPoints');
  expect(noUsualWhy('backlogOverdue', question())).toBe('usualNotOfLevels');
  expect(noUsualWhy('late', question({ grain: 'month' }))).toBe('usualNotByMonth');
  expect(noUsualWhy('late', question({ per: '1000-people' }))).toBe('usualNotPerPerson');
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
