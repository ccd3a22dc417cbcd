/** What a briefing says of a period that little was reported of: that it is missing or cannot be compared, never zero. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import {
  type Alerts,
  type IndicatorEntry,
  type IndicatorList,
  indicatorSchema,
  isOverdue,
  type KeptModel,
  type Leaders,
  type Led,
  type QueryAnswer,
  ruleSchema,
  type Task,
  type Tasks,
} from '@room/contract';
import { expect, it } from 'vitest';
import { annexOf } from '../../../server/src/briefing/annex.ts';
import { type Ground, saidOf } from '../../../server/src/briefing/sentences.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const NOW = Date.parse('2026-11-29T03:00:00Z');
const answer = (now: number, before: number, coverage: number): QueryAnswer => ({
  periods: { now: { from: '2026-11-22', to: '2026-11-28', days: 7, coverage } },
  total: {
    key: [],
    points: Array.from({ length: 7 }, (_, at) => ({
      at: `2026-11-2${at + 2}`,
      ...(now === 0 ? {} : { now: { submitted: now } }),
      ...(before === 0 ? {} : { before: { submitted: before } }),
    })),
  },
  rows: [],
  simulated: false,
  answeredAt: NOW,
  source: 'test',
  ms: 1,
});
const entry = ({ chance }: { chance?: { probability: number; low: number; high: number } }): IndicatorEntry => ({
  id: 'ACCOUNTS',
  version: 1,
  body: indicatorSchema.parse({
    label: { vi: 'Tài khoản', en: 'Accounts' },
    owner: { dim: 'agency', code: 'MPS' },
    unit: 'count',
    direction: 'up',
    period: 'quarter',
    from: '2026-01-01',
    graceDays: 10,
    targets: [{ on: '2026-12-31', value: 100, source: { vi: 'x', en: 'x' } }],
    published: [],
  }),
  known: [],
  overdue: [],
  progress: {
    latest: { on: '2026-09-30', value: 45 },
    target: { on: '2026-12-31', value: 100 },
    isMet: false,
    reportsLeft: 1,
    ...(chance === undefined ? {} : { chance: { ...chance, steps: 3, expected: { value: 60, low: 50, high: 70 } } }),
  },
});
const said = (more: Partial<Ground>) =>
  saidOf({
    catalogue,
    now: NOW,
    from: '2026-11-22',
    to: '2026-11-28',
    days: 7,
    grain: 'day',
    counted: undefined,
    state: undefined,
    alerts: undefined,
    indicators: undefined,
    tasks: undefined,
    led: undefined,
    models: [],
    ...more,
  });
const changed = (counted: QueryAnswer): string | undefined =>
  said({ counted }).parts.find(({ part }) => part === 'changed')?.sentences[0]?.en;

it('names every part that it has nothing for', () => {
  expect(said({}).missing).toEqual(['changed', 'units', 'forecast', 'alerts', 'overdue', 'tasks', 'indicators']);
});

it('says nothing of a period that was not reported, and zero only of one that was', () => {
  expect(said({ counted: answer(0, 10, 0.2) }).missing).toContain('changed');
  expect(changed(answer(0, 10, 1))).toMatch(/^Dossiers submitted in 7 days: 0, −100/);
  expect(changed(answer(10, 0, 1))).toBe(
    'Dossiers submitted in 7 days: 70; of the 7 days before nothing was reported to compare with.',
  );
  expect(changed(answer(10, 10, 1))).toMatch(/^Dossiers submitted in 7 days: 70, 0\.0%/);
  // A sum of a third of it says so itself.
  expect(changed(answer(10, 10, 0.32))).toMatch(
    /^Dossiers submitted in 7 days: 70 \(of 32\.0% of what should be in\), /,
  );
  const [unknown] = said({ counted: answer(10, 10, 0.32) }).parts;
  expect(unknown?.sentences[0]?.vi).toMatch(/^Mới có 32,0\s?% số liệu của kỳ;/);
});

it('of a period that is over, says of what is not known today that it is not of its end', () => {
  const indicators: IndicatorList = { at: NOW, indicators: [entry({})] };
  const unknown = (to: string): (string | undefined)[] =>
    said({ to, counted: answer(10, 10, 0.32), indicators }).parts[0]?.sentences.map(({ en }) => en) ?? [];
  expect(unknown('2026-09-30')).toEqual([
    expect.stringMatching(/^32\.0% of the period/),
    expect.stringMatching(/^As of 29 Nov 2026, not of the period's end: Of 1 targets/),
  ]);
  expect(unknown('2026-11-28')[1]).toMatch(/^Of 1 targets/);
});

const led = (units: Partial<Led>[], group = 0.9): Omit<Leaders, 'models'> => ({
  from: '2026-11-22',
  to: '2026-11-28',
  asOf: NOW,
  coverage: 1,
  simulated: false,
  groups: [
    {
      size: 'large',
      from: 1,
      to: 10,
      value: group,
      units: units.map((unit, at) => ({ code: `34-0${at + 1}`, value: group, side: 'between', ...unit })),
    },
  ],
});
const units = (more: Partial<Ground>): string[] =>
  said(more)
    .parts.find(({ part }) => part === 'units')
    ?.sentences.map(({ en }) => en) ?? [];

it('names who surely lags, the farthest first, then who leads and who changed, and no others', () => {
  const province = led([
    { code: '34-01', value: 0.8, side: 'lags', change: -0.021 },
    { code: '34-04', value: 0.7, side: 'lags' },
    { code: '34-08', value: 0.95, side: 'leads' },
    { code: '34-11', value: 0.89 },
  ]);
  expect(units({ led: { agency: led([{ code: 'MPS' }]), province } })).toEqual([
    'Provinces surely below others of like size on time (7 days, 99%): Cao Bang 70.0% (its group 90.0%); Ha Noi 80.0% (its group 90.0%).',
    'Ministries: none can surely be told from others of like size in finishing on time (7 days, 99% sure).',
    'Provinces surely above others of like size on time (7 days, 99%): Tuyen Quang 95.0% (its group 90.0%).',
    'Provinces that surely changed on time against the 7 days before (99%): Ha Noi −2.1 points.',
  ]);
  const many = led(['34-01', '34-04', '34-08', '34-11', '34-12'].map((code) => ({ code, value: 0.8, side: 'lags' })));
  expect(units({ led: { agency: led([]), province: many } }).at(-1)).toMatch(/; and 2 more\.$/);
});

it('tells of good models of the period, and of none before it', () => {
  const model = (at: string): KeptModel => ({
    id: at,
    version: 1,
    who: 'person:lan',
    at: Date.parse(at),
    body: {
      unit: { dim: 'agency', code: 'MPS' },
      measure: 'shareOnTime',
      title: 'One desk',
      did: 'x',
      evidence: { text: 'x' },
    },
  });
  const models = [model('2026-11-21T10:00:00Z'), model('2026-11-25T10:00:00Z')];
  const told = units({ led: { agency: led([]), province: led([]) }, models });
  expect(told.filter((text) => text.startsWith('Good model'))).toEqual([
    'Good model of Ministry of Public Security: One desk.',
  ]);
});

it('a value of a year is of that year, and not of its last day', () => {
  const { progress, body, ...rest } = entry({});
  const of: IndicatorEntry = {
    ...rest,
    body: { ...body, period: 'year' },
    progress: { ...progress, latest: { on: '2025-12-31', value: 71 } },
  };
  const { parts } = said({ indicators: { at: NOW, indicators: [of] } });
  const [sentence] = parts.find(({ part }) => part === 'indicators')?.sentences ?? [];
  expect(sentence?.en).toMatch(/Accounts, as reported: 71 of 2025; target/);
  expect(sentence?.vi).toMatch(/Tài khoản, theo báo cáo: 71 của năm 2025; mục tiêu/);
});

it('tells a chance no firmer than the page: a bound as a bound, in the annex too', () => {
  const told = (low: number, probability: number, high: number) => {
    const indicators: IndicatorList = { at: NOW, indicators: [entry({ chance: { probability, low, high } })] };
    const { parts } = said({ indicators });
    const [of] = annexOf(indicators, undefined).indicators;
    return [parts.find(({ part }) => part === 'indicators')?.sentences[0]?.en, of?.chanceBound];
  };
  expect(told(0.091, 0.091, 0.091)).toEqual([expect.stringMatching(/: chance at most 9%\.$/), 'most']);
  expect(told(0.75, 0.75, 0.75)).toEqual([expect.stringMatching(/: chance at least 75%\.$/), 'least']);
  expect(told(0.2, 0.49, 0.7)).toEqual([expect.stringMatching(/: chance 49% \(20%–70%\)\.$/), undefined]);
});

it('names whom an alert is about, also where that is a link', () => {
  const label = { vi: 'Kết nối im lặng', en: 'Link silent' };
  const body = ruleSchema.parse({
    label,
    reason: label,
    owner: 'somebody',
    severity: 'warning',
    over: { dim: 'link' },
    when: { kind: 'silent' },
  });
  const about = { id: 'a', rule: 'R', ruleVersion: 1, dim: 'link' as const, code: 'civil-status.34-20', body };
  const alert = { ...about, state: 'firing' as const, since: NOW, beganAt: NOW, answerVersion: 0, covers: 0 };
  const alerts: Alerts = { alerts: [{ ...alert, opened: { at: NOW }, latest: { at: NOW } }], pending: [] };
  const sentence = said({ alerts }).parts.find(({ part }) => part === 'alerts')?.sentences[0];
  expect(sentence?.en).toMatch(/^Link silent \(Civil status – Lang Son\), since /);
  expect(sentence?.vi).toMatch(/^Kết nối im lặng \(Hộ tịch – Lạng Sơn\), từ /);
});

it('holds a working day against a working day where a holiday lies between, and names both', () => {
  const worked = (now: number, before: number): QueryAnswer => {
    const counted = answer(90, 100, 1);
    const period = { from: '2026-11-15', to: '2026-11-21', days: 7 };
    return {
      ...counted,
      periods: { now: { ...counted.periods.now, workingDays: now }, before: { ...period, workingDays: before } },
    };
  };
  expect(changed(worked(5, 5))).toMatch(/^Dossiers submitted in 7 days: 630, −10\.0%/);
  expect(changed(worked(4, 5))).toMatch(
    /^Dossiers submitted in 7 days: 630; by the working day \+12\.5% .* against the 7 days before \(4 working days, 5 before\)\.$/,
  );
  // A week without any is like no other.
  for (const [now, before] of [
    [0, 5],
    [5, 0],
  ] as const)
    expect(changed(worked(now, before))).toBe(
      `Dossiers submitted in 7 days: 630; not held against the 7 days before: ${now} working days, ${before} before.`,
    );
});

it('tells overdue tasks in the order of their list, with their unit and how long they are late', () => {
  const task = (id: string, state: Task['state'], daysLeft: number): Task => ({
    id,
    kind: 'task',
    unit: { dim: 'agency', code: 'MPS' },
    order: { text: `Task ${id}`, due: '2026-11-01', wanted: { text: 'all' } },
    state,
    version: 1,
    given: { who: 'person:office', at: NOW },
    daysLeft,
    isOverdue: isOverdue({ state, daysLeft }),
    isLateSince: false,
    age: 90,
    moves: [],
  });
  const tasks: Tasks = {
    since: '2026-11-22',
    tasks: [task('a', 'overdue', -28), task('c', 'answered', -9), task('b', 'open', 3)],
    isCut: false,
  };
  const part = said({ tasks }).parts.find((each) => each.part === 'tasks');
  expect(part?.sentences.map(({ code, en, path }) => [code, en, path])).toEqual([
    ['K1', 'Ministry of Public Security: Task a; due 1 Nov 2026, 28 days overdue.', '/tasks?task=a'],
    [
      'K2',
      'Ministry of Public Security: Task c; due 1 Nov 2026, 9 days overdue; answered, to be confirmed.',
      '/tasks?task=c',
    ],
  ]);
  expect(annexOf(undefined, tasks).tasks.map(({ id, state, daysLate }) => [id, state, daysLate])).toEqual([
    ['a', 'overdue', 28],
    ['c', 'answered', 9],
    ['b', 'open', 0],
  ]);
});

it('names the file that a figure rests on by its sum, and nothing where there is none', () => {
  const sha256 = 'a'.repeat(64);
  const file = { id: '0feebb63-727f-4964-83c9-b614781f0a13', name: 'a.pdf', type: 'application/pdf' as const };
  const kept = { ...file, size: 1, sha256, who: 'person:ann', at: 0 };
  const figures = [{ text: 'report 12', file: kept }, { text: 'report 12' }].map((evidence) => {
    const known = [{ period: '2026-01', revision: 1, value: 7, who: 'person:ann', at: 0, evidence }];
    const { parts } = said({ indicators: { at: NOW, indicators: [{ ...entry({}), known }] } });
    return parts.find(({ part }) => part === 'indicators')?.sentences[0]?.figures?.[0];
  });
  expect(figures).toEqual([
    expect.objectContaining({ period: '2026-01', value: 7, file: sha256 }),
    expect.not.objectContaining({ file: expect.anything() }),
  ]);
});
