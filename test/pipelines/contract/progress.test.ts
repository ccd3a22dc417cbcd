/** How far an indicator is from its next target. */
import { type Indicator, indicatorSchema, type KnownReport, type Progress, progressOf } from '@room/contract';
import { expect, it } from 'vitest';

const LABEL = { vi: 'Tài khoản', en: 'Accounts' };
const indicator = (some: object = {}): Indicator =>
  indicatorSchema.parse({
    label: LABEL,
    owner: { dim: 'agency', code: 'MPS' },
    unit: 'count',
    direction: 'up',
    period: 'quarter',
    from: '2026-01-01',
    graceDays: 10,
    targets: [
      { on: '2026-06-30', value: 50, source: LABEL },
      { on: '2026-12-31', value: 100, source: LABEL },
    ],
    published: [{ on: '2025-12-31', value: 40, source: LABEL }],
    ...some,
  });
const kept = (period: string, value: number): KnownReport => ({
  period,
  revision: 1,
  value,
  at: 0,
  who: 'ministry',
  evidence: { text: 'report 12' },
});
const of = (known: KnownReport[], today: string, some: object = {}): Progress =>
  progressOf(indicator(some), known, today);

it('counts the reports up to the day of the target, and what each must bring', () => {
  const latest = { on: '2025-12-31', value: 40 };
  expect(of([], '2026-02-01')).toEqual({
    latest,
    target: { on: '2026-06-30', value: 50 },
    isMet: false,
    reportsLeft: 2,
    needed: 5,
  });
  expect(of([kept('2026-Q1', 70), kept('2026-Q2', 80)], '2026-07-01')).toEqual({
    latest: { on: '2026-06-30', value: 80 },
    target: { on: '2026-12-31', value: 100 },
    isMet: false,
    reportsLeft: 2,
    needed: 10,
  });
});

it('asks for nothing more where the target is met, whichever way is better', () => {
  expect(of([kept('2026-Q1', 50)], '2026-04-01')).toMatchObject({ isMet: true, reportsLeft: 1 });
  expect(of([kept('2026-Q1', 50)], '2026-04-01').needed).toBeUndefined();
  const down = { direction: 'down', targets: [{ on: '2026-12-31', value: 30, source: LABEL }] };
  expect(of([], '2026-02-01', down)).toMatchObject({ isMet: false, needed: -2.5 });
  expect(of([kept('2026-Q1', 30)], '2026-04-01', down)).toMatchObject({ isMet: true });
});

it('a path never lies beyond its target: who stood beyond it once has to stay there', () => {
  const least = {
    targets: [{ on: '2026-12-31', value: 50, source: LABEL }],
    published: [{ on: '2025-12-31', value: 75, source: LABEL }],
  };
  expect(of([kept('2026-Q3', 45)], '2026-10-20', least)).toMatchObject({ planned: 50, isMet: false });
  const most = { ...least, direction: 'down', published: [{ on: '2025-12-31', value: 30, source: LABEL }] };
  expect(of([kept('2026-Q3', 55)], '2026-10-20', most)).toMatchObject({ planned: 50, isMet: false });
});

it('claims nothing without a value, without a day to come, or with no report left', () => {
  expect(of([], '2026-02-01', { published: [] })).toEqual({ target: { on: '2026-06-30', value: 50 } });
  expect(of([], '2027-01-01')).toEqual({ latest: { on: '2025-12-31', value: 40 } });
  expect(of([kept('2026-Q1', 45)], '2026-04-01', { until: '2026-03-31' })).toMatchObject({
    isMet: false,
    reportsLeft: 0,
  });
  expect(of([kept('2026-Q1', 45)], '2026-04-01', { until: '2026-03-31' }).needed).toBeUndefined();
});
