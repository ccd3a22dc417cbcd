import { expect, it } from 'vitest';
import { askedIn, grainOf, toggled, withChange } from '../../../../web/src/pages/explore/asked.ts';

const TODAY = '2026-11-28';
const GROUPED = {
  groups: [{ dimension: 'service' as const, name: 'some', label: { vi: 'vài', en: 'some' }, codes: ['A', 'B'], of: 3 }],
};

it('an address that asks nothing asks for four weeks that are over, beside the four before', () => {
  expect(askedIn({ lang: 'vi' }, TODAY)).toMatchObject({
    fields: { from: '2026-10-31', to: '2026-11-27', grain: 'day', compare: 'previous', boundaries: 'today' },
    question: { split: [] },
    measure: 'submitted',
  });
});

it('the address is the question', () => {
  const query = {
    from: '2026-11-01',
    to: '2026-11-02',
    split: 'agency',
    province: 'P1,P2',
    sort: 'late',
    theme: 'dark',
  };
  expect(askedIn(query, TODAY)).toMatchObject({
    fields: { from: '2026-11-01', to: '2026-11-02', split: 'agency', province: 'P1,P2', sort: 'late', grain: 'hour' },
    question: { split: ['agency'], province: ['P1', 'P2'] },
    measure: 'late',
  });
});

it.each([
  [{ from: 'yesterday' }, /^from: /],
  [{ split: 'colour' }, /^split: colour/],
  [{ compare: 'always' }, /^compare: /],
])('%o is no question, and says why', (query, fault) => {
  expect(askedIn(query, TODAY)).toEqual({ fault: expect.stringMatching(fault) });
});

it('a curve is cut as finely as it can be read', () => {
  const grain = (from: string) => grainOf({ from, to: '2026-11-27' });
  expect([
    grain('2026-11-27'),
    grain('2026-11-25'),
    grain('2026-11-24'),
    grain('2026-05-26'),
    grain('2026-05-25'),
  ]).toEqual(['hour', 'hour', 'day', 'day', 'month']);
});

it('a change keeps the rest of the address, and takes out what is nothing', () => {
  expect(
    withChange({ lang: 'vi', from: '2026-11-01', split: 'agency' }, { split: undefined, to: '2026-11-02' }),
  ).toEqual({
    lang: 'vi',
    from: '2026-11-01',
    to: '2026-11-02',
  });
});

it('a member that is taken twice is out again', () => {
  const after = (service: string | undefined, code: string) => {
    const found = askedIn(service === undefined ? {} : { service }, TODAY);
    if ('fault' in found) throw new Error(found.fault);
    return toggled(found.question, 'service', code, GROUPED);
  };
  expect(after(undefined, 'A')).toBe('A');
  expect(after('A', 'B')).toBe('A,B');
  expect(after('A,B', 'A')).toBe('B');
  expect(after('A', 'A')).toBeUndefined();
  // A group is one choice; without one of its members it is the rest of it, and another stands beside it.
  expect(after(undefined, 'some')).toBe('some');
  expect(after('some', 'some')).toBeUndefined();
  expect(after('some', 'A')).toBe('B');
  expect(after('some', 'C')).toBe('some,C');
  expect(after('A,C', 'some')).toBe('C,some');
});
