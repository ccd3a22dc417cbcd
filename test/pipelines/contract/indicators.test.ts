/** What may be reported of an indicator, what was known when, and what is overdue. */
import {
  EVERYTHING,
  type Indicator,
  indicatorSchema,
  type KeptReport,
  knownAt,
  overduePeriods,
  type Refusal,
  type Report,
  refusalsOf,
  reportPeriod,
  reportSchema,
  type Scope,
} from '@room/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const LABEL = { vi: 'Tài khoản', en: 'Accounts' };
const indicator = (some: object = {}): Indicator =>
  indicatorSchema.parse({
    label: LABEL,
    owner: { dim: 'agency', code: 'MPS' },
    unit: 'count',
    direction: 'up',
    period: 'month',
    from: '2026-01-01',
    graceDays: 10,
    most: 1_000,
    targets: [],
    published: [],
    ...some,
  });
const report = (some: Partial<Report> = {}): Report =>
  reportSchema.parse({ period: '2026-03', unit: 'count', value: 7, evidence: { text: 'report 12' }, ...some });
const kept = (period: string, revision: number, value: number | null, at: number): KeptReport => ({
  period,
  revision,
  value,
  at,
  who: 'ministry',
  evidence: { text: 'report 12' },
});
const UNITS = {
  agencies: [],
  provinces: [
    { id: 'HN', label: LABEL, code: '01' },
    { id: 'OLD', label: LABEL, code: '02', validTo: '2025-06-30' },
  ],
};
const BY_PROVINCE = { by: 'province' };
const OF_HANOI: Scope = { key: 'HN', own: { province: new Set(['HN']) } };
const TODAY = '2026-04-20';
const OF_HEALTH: Scope = { key: 'MOH', own: { agency: new Set(['MOH']) } };
const refused = (
  of: Partial<Report>,
  { some = {}, reported = [], scope = EVERYTHING }: { some?: object; reported?: KeptReport[]; scope?: Scope } = {},
): Refusal | undefined => allRefused(of, { some, reported, scope })[0];
function allRefused(
  of: Partial<Report>,
  { some = {}, reported = [], scope = EVERYTHING }: { some?: object; reported?: KeptReport[]; scope?: Scope } = {},
): Refusal[] {
  return refusalsOf(report(of), indicator(some), { today: TODAY, reported, scope, units: UNITS });
}

describe('a report is refused with field and reason', () => {
  it.each<[string, Partial<Report>, Parameters<typeof refused>[1], Refusal['field'] | undefined]>([
    ['nothing is wrong', {}, {}, undefined],
    ['on the day after its period', { period: '2026-03' }, {}, undefined],
    ['outside of the scope', {}, { scope: OF_HEALTH }, 'scope'],
    ['another unit of measure', { unit: 'share' }, {}, 'unit'],
    ['another kind of period', { period: '2026-Q1' }, {}, 'period'],
    ['no period', { period: '2026-13' }, {}, 'period'],
    ['before the indicator', { period: '2025-12' }, {}, 'period'],
    ['a period that runs', { period: '2026-04' }, {}, 'period'],
    ['a period to come', { period: '2026-05' }, {}, 'period'],
    ['an ended indicator', {}, { some: { until: '2026-02-28' } }, 'period'],
    ['a digit too many', { value: 1_001 }, {}, 'value'],
    ['less than nothing', { value: -1 }, {}, 'value'],
    ['half a thing', { value: 1.5 }, {}, 'value'],
    ['more than there are', { value: 54 }, { some: { of: 53 } }, 'value'],
    ['twice', {}, { reported: [kept('2026-03', 1, 6, 0)] }, 'period'],
    ['a correction of nothing', { revision: 1, why: 'x' }, {}, 'revision'],
    ['a correction of an old one', { revision: 1, why: 'x' }, { reported: [kept('2026-03', 2, 6, 0)] }, 'revision'],
    ['a correction without why', { revision: 1 }, { reported: [kept('2026-03', 1, 6, 0)] }, 'why'],
    ['a unit where none reports its own', { by: 'HN' }, {}, 'by'],
    ['a unit’s own', { by: 'HN' }, { some: BY_PROVINCE, scope: OF_HANOI }, undefined],
    [
      'a unit’s own beside the value for all',
      { by: 'HN' },
      { some: BY_PROVINCE, reported: [kept('2026-03', 1, 6, 0)] },
      undefined,
    ],
    ['the value for all by a unit', {}, { some: BY_PROVINCE, scope: OF_HANOI }, 'scope'],
    ['a unit of another scope', { by: 'HN' }, { some: BY_PROVINCE, scope: OF_HEALTH }, 'scope'],
    ['a unit that had ended', { by: 'OLD' }, { some: BY_PROVINCE }, 'by'],
    ['taking back what is not there', { value: null }, {}, 'value'],
    ['taking back without why', { value: null, revision: 1 }, { reported: [kept('2026-03', 1, 6, 0)] }, 'why'],
    ['taking back', { value: null, revision: 1, why: 'x' }, { reported: [kept('2026-03', 1, 6, 0)] }, undefined],
    ['taking back twice', { value: null, revision: 2, why: 'x' }, { reported: [kept('2026-03', 2, null, 0)] }, 'value'],
    [
      'a value after one was taken back',
      { revision: 2, why: 'x' },
      { reported: [kept('2026-03', 2, null, 0)] },
      undefined,
    ],
    ['a correction', { revision: 1, why: 'x' }, { reported: [kept('2026-03', 1, 6, 0)] }, undefined],
  ])('%s', (_, of, ground, field) => {
    const refusal = refused(of, ground);
    expect(refusal?.field).toBe(field);
    if (field !== undefined) expect(refusal?.reason).not.toBe('');
  });

  it('all that is wrong with it at once, without what follows from it', () => {
    const fields = (...given: Parameters<typeof allRefused>) =>
      allRefused(...given).map(({ field, code }) => [field, code]);
    expect(fields({ period: '2026-Q1', value: 1.5 }, { scope: OF_HEALTH })).toEqual([
      ['period', 'periodName'],
      ['value', 'whole'],
    ]);
    expect(fields({ period: '2026-05', value: -1 }, { scope: OF_HEALTH })).toEqual([
      ['period', 'notBegun'],
      ['scope', 'outsideScope'],
      ['value', 'range'],
    ]);
    expect(fields({ value: 1.5 }, { reported: [kept('2026-03', 2, null, 0)] })).toEqual([
      ['value', 'whole'],
      ['revision', 'takenBack'],
    ]);
  });

  it('no value that is no number of its unit, whatever it is', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const refusal = refused({ unit: 'share', value }, { some: { unit: 'share' } });
        expect(refusal === undefined).toBe(value >= 0 && value <= 1);
      }),
    );
  });
});

it('names of periods cover the year once, and nothing else is a name', () => {
  expect(reportPeriod('2024-02')).toEqual({ kind: 'month', from: '2024-02-01', to: '2024-02-29' });
  expect(reportPeriod('2026-Q4')).toEqual({ kind: 'quarter', from: '2026-10-01', to: '2026-12-31' });
  expect(reportPeriod('2026-H2')).toEqual({ kind: 'half', from: '2026-07-01', to: '2026-12-31' });
  expect(reportPeriod('2026')).toEqual({ kind: 'year', from: '2026-01-01', to: '2026-12-31' });
  for (const name of ['', '2026-', '2026-00', '2026-Q5', '2026-h1', '1989', '2100', '2026-011', ' 2026'])
    expect(reportPeriod(name), name).toBeUndefined();
});

describe('what was known', () => {
  const REPORTS = fc
    .array(fc.tuple(fc.constantFrom('2026-01', '2026-02', '2026-03'), fc.integer({ min: 0, max: 99 })), {
      maxLength: 30,
    })
    .map((given) => {
      const revisions = new Map<string, number>();
      return given.map(([period, value], at) => {
        const revision = (revisions.get(period) ?? 0) + 1;
        revisions.set(period, revision);
        return kept(period, revision, value, at);
      });
    });

  it('is the same at any date, in whatever order corrected reports are read', () => {
    fc.assert(
      fc.property(
        REPORTS.chain((reports) =>
          fc.tuple(
            fc.constant(reports),
            fc.shuffledSubarray(reports, { minLength: reports.length, maxLength: reports.length }),
            fc.integer({ min: -1, max: 31 }),
          ),
        ),
        ([reports, shuffled, at]) => {
          // Plainly: one after the other, each over what stood there.
          const plain = new Map<string, KeptReport>();
          for (const each of reports) if (each.at <= at) plain.set(each.period, each);
          const expected = [...plain.values()].sort((one, other) => one.period.localeCompare(other.period));
          expect(knownAt(shuffled, at)).toEqual(expected);
        },
      ),
    );
  });
});

describe('overdue', () => {
  it('is what is over, was due before today and is not there', () => {
    const of = (known: KeptReport[], today: string, some: object = {}): string[] =>
      overduePeriods(indicator(some), known, today);
    expect(of([], '2026-03-10')).toEqual(['2026-01']);
    expect(of([], '2026-03-11')).toEqual(['2026-01', '2026-02']);
    expect(of([kept('2026-01', 1, 1, 0)], '2026-03-11')).toEqual(['2026-02']);
    expect(of([], '2027-03-11', { until: '2026-02-28' })).toEqual(['2026-01', '2026-02']);
    expect(of([], '2025-12-31')).toEqual([]);
    expect(of([], '2099-12-31')).toHaveLength(100);
  });
});

describe('an indicator', () => {
  it('has targets in the order of their days, of its unit, and ends after it began', () => {
    const wrong = (some: object): string | undefined => {
      const parsed = indicatorSchema.safeParse({ ...indicator(), ...some });
      return parsed.success ? undefined : parsed.error.issues[0]?.path.join('.');
    };
    const source = LABEL;
    expect(wrong({})).toBeUndefined();
    expect(wrong({ until: '2025-12-31' })).toBe('until');
    expect(wrong({ unit: 'share', targets: [{ on: '2026-12-31', value: 50, source }] })).toBe('targets.0.value');
    const twice = { on: '2026-12-31', value: 1, source };
    expect(wrong({ targets: [twice, twice] })).toBe('targets.1.on');
  });
});
