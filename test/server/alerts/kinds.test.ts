/** Each kind of condition: what it measures, when it holds, when nothing is known or decided, and which of its fields cannot be. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import {
  type Catalogue,
  type Condition,
  type Forecasts,
  type Indicator,
  indicatorSchema,
  limitsOf,
  type Measures,
  membersOf,
  NOTHING,
  namedBy,
  OVER_OF,
  type Over,
  owns,
  type Progress,
  type Query,
  type QueryAnswer,
  type Rule,
  ruleSchema,
  scopeOf,
  standingsOf,
  startOfDay,
  unknownInRule,
  unsoundLimit,
  watchesNobody,
} from '@room/contract';
import { describe, expect, it } from 'vitest';
import { earlierKey, earlierThan } from '../../../server/src/alerts/earlier.ts';
import { indexScores } from '../../../server/src/alerts/index-scores.ts';
import { unitIndicators } from '../../../server/src/alerts/indicators.ts';
import {
  observe,
  overdueKey,
  type Seen,
  type Stretch,
  sceneOf,
  type UnitIndicators,
} from '../../../server/src/alerts/observe.ts';
import { conditionOf, limited, limitIn } from '../../../web/src/pages/rules/draft.ts';

const HOUR = 3_600_000;
const DAY = '2026-11-19';
const loaded = await loadCatalogue(DEFAULT_CATALOGUE);
const catalogue: Catalogue = loaded.catalogue;
const MIDNIGHT = startOfDay(DAY, catalogue.timeZone);
const NOW = MIDNIGHT + 10 * HOUR;
const TARGET = catalogue.targets?.[0]?.id ?? '';
const label = { vi: 'tên', en: 'name' };
const MPS = { dim: 'agency', code: 'MPS' } as const;
const NATION = { dim: 'all', code: '' } as const;

const ruleOf = (when: object, over: object = { dim: 'agency', codes: ['MPS'] }): Rule =>
  ruleSchema.parse({ label, reason: label, owner: label, severity: 'warning', over, when });

const stretchOf = (of: Partial<Measures>): Stretch => ({
  from: NOW - HOUR,
  to: NOW,
  total: { ...NOTHING, ...of },
  units: new Map([['agency', new Map([['MPS', { ...NOTHING, ...of }]])]]),
});

const forecasts = (more: Partial<Forecasts> = {}): Forecasts => ({
  madeAt: NOW - HOUR,
  knownTo: NOW - HOUR,
  hours: {},
  projections: {},
  targets: [],
  episodes: [],
  ...more,
});

interface Given extends Partial<Omit<Seen, 'state'>> {
  today?: Partial<Measures>;
  forecasts?: Forecasts;
}

/** The ministry's portal and the national one report. */
function seenOf({ today = {}, forecasts, ...more }: Given): Seen {
  const reporting = { status: 'reporting' as const, weight: 0.5, reportedTo: NOW };
  return {
    at: NOW,
    tick: 0,
    isStale: false,
    last: new Map(),
    levels: new Map(),
    ...more,
    state: {
      period: { from: DAY, to: DAY },
      total: { ...NOTHING, ...today },
      coverage: { asOf: NOW, share: 1 },
      sources: { 'urn:portal:national': reporting, 'urn:portal:agency:MPS': reporting },
      agencies: { MPS: { ...NOTHING, ...today } },
      provinces: {},
      services: {},
      ...(forecasts === undefined ? {} : { forecasts }),
    },
  };
}

/** `rings`, `recovers`, `between`, why nothing is known, or undefined where nothing is decided. */
function said(
  rule: Rule,
  given: Given,
  member: { dim: 'all' | 'agency' | 'service' | 'link'; code: string } = MPS,
): string | undefined {
  const seen = observe(rule, member, sceneOf(seenOf(given), catalogue), catalogue);
  if (seen === undefined) return undefined;
  const { look, reading } = seen;
  if (!look.isKnown) return reading.missing;
  return look.holds ? 'rings' : look.isClear ? 'recovers' : 'between';
}

describe('a threshold against an earlier stretch', () => {
  const against = { kind: 'previous', beyond: 0.5, recover: 0.2 };
  const last = { kind: 'last', minutes: 60 } as const;
  const rule = ruleOf({ kind: 'threshold', measure: 'submitted', window: last, side: 'above', against });
  const held = (now: number, before: number | undefined): Given => ({
    last: new Map([[60, stretchOf({ submitted: now })]]),
    earlier: new Map(
      before === undefined ? [] : [[earlierKey({ window: last, kind: 'previous' }), stretchOf({ submitted: before })]],
    ),
  });

  it('is crossed beyond a share of it, and says nothing of few', () => {
    expect([151, 150, 121, 120].map((now) => said(rule, held(now, 100)))).toEqual([
      'rings',
      'between',
      'between',
      'recovers',
    ]);
    expect(said(rule, held(1_000, catalogue.thresholds.countEnough - 1))).toBe('few');
  });

  it('is unknown where nobody had reported then', () => {
    expect(said(rule, held(1_000, undefined))).toBe('earlier');
    expect(said(rule, held(1_000, 0))).toBe('earlier');
  });

  it('of the running day is that of the day before, or of the last day of its type, up to the same time', () => {
    const today = { from: MIDNIGHT, to: NOW };
    const window = { kind: 'today' } as const;
    const daysAgo = (between: { from: number; to: number } | undefined) =>
      between && [(MIDNIGHT - between.from) / 24 / HOUR, (NOW - between.to) / 24 / HOUR];
    expect(daysAgo(earlierThan(today, { window, kind: 'previous' }, catalogue))).toEqual([1, 1]);
    // A Thursday is held against the Thursday before.
    expect(daysAgo(earlierThan(today, { window, kind: 'alike' }, catalogue))).toEqual([7, 7]);
    expect(earlierThan({ from: NOW - HOUR, to: NOW }, { window: last, kind: 'previous' }, catalogue)).toEqual({
      from: NOW - 2 * HOUR,
      to: NOW - HOUR,
    });
  });
});

it('a change rings by how much a number rose or fell, in its own unit', () => {
  const waiting = (overdue: number | undefined): Seen['levels'] =>
    new Map([['agency', new Map(overdue === undefined ? [] : [['MPS', { backlogOverdue: overdue, asOf: NOW }]])]]);
  const when = { kind: 'change', measure: 'backlogOverdue', window: { kind: 'now' }, days: 3, limit: 100 };
  const [rose, fell] = ['above', 'below'].map((side) => ruleOf({ ...when, side }));
  if (rose === undefined || fell === undefined) throw new Error('there are two');
  const held = (now: number | undefined, before: number | undefined): Given => ({
    levels: waiting(now),
    levelsBefore: new Map([[3, waiting(before)]]),
  });
  expect(said(rose, held(601, 500))).toBe('rings');
  expect(said(rose, held(600, 500))).toBe('recovers');
  expect(said(rose, held(100, 500))).toBe('recovers');
  expect(said(fell, held(100, 500))).toBe('rings');
  expect(said(rose, held(600, undefined))).toBe('earlier');
  expect(said(rose, held(undefined, 500))).toBeUndefined();
});

it('a ratio of two numbers says nothing where the whole is too small', () => {
  const sums = {
    kind: 'ratio',
    part: 'late',
    whole: 'submitted',
    window: { kind: 'today' },
    side: 'above',
    limit: 0.5,
  };
  const rule = ruleOf({ ...sums, recover: 0.4, least: 20 });
  expect(said(rule, { today: { late: 11, submitted: 20 } })).toBe('rings');
  expect(said(rule, { today: { late: 9, submitted: 20 } })).toBe('between');
  expect(said(rule, { today: { late: 8, submitted: 20 } })).toBe('recovers');
  expect(said(rule, { today: { late: 19, submitted: 19 } })).toBe('few');
});

describe('by what is foreseen', () => {
  const surge = {
    id: 'e',
    kind: 'surge' as const,
    dim: 'agency' as const,
    code: 'MPS',
    metric: 'submitted' as const,
    onset: NOW - HOUR,
    observed: 150,
    expected: 100,
    score: 9,
    drivers: [],
  };

  it('an anomaly rings while it goes on, and is over with it', () => {
    const rule = ruleOf({ kind: 'anomaly', metric: 'submitted', side: 'above', beyond: 0.4 });
    expect(said(rule, { forecasts: forecasts({ episodes: [surge] }) })).toBe('rings');
    expect(said(rule, { forecasts: forecasts({ episodes: [{ ...surge, observed: 140 }] }) })).toBe('recovers');
    expect(said(rule, { forecasts: forecasts({ episodes: [{ ...surge, end: NOW }] }) })).toBe('recovers');
    expect(said(rule, { forecasts: forecasts({ episodes: [{ ...surge, code: 'MOH' }] }) })).toBe('recovers');
    const drop = ruleOf({ kind: 'anomaly', metric: 'submitted', side: 'below', beyond: 0.4 });
    expect(said(drop, { forecasts: forecasts({ episodes: [surge] }) })).toBe('recovers');
    expect(said(drop, { forecasts: forecasts({ episodes: [{ ...surge, kind: 'drop', observed: 50 }] }) })).toBe(
      'rings',
    );
  });

  it('an edge of a band rings where it lies beyond', () => {
    const when = { kind: 'forecast', horizon: 'month', level: 0.8, edge: 'high', side: 'below', limit: 1_000 };
    const rule = ruleOf(when, { dim: 'all' });
    const projection = (high: number) => {
      const bands: [number, number][] = [[900, 950] as const, [800, high] as const, [700, 5_000] as const].map(
        (band) => [...band],
      );
      return forecasts({
        projections: { month: { mean: 920, bands, from: '2026-11-01', to: '2026-11-30', counted: 500, backtests: 9 } },
      });
    };
    expect(said(rule, { forecasts: projection(999) }, NATION)).toBe('rings');
    expect(said(rule, { forecasts: projection(1_000) }, NATION)).toBe('recovers');
    const none = { reason: 'not-enough-history' as const, detail: '' };
    expect(said(rule, { forecasts: forecasts({ projections: { month: none } }) }, NATION)).toBeUndefined();
    const gaps = { ...none, reason: 'mostly-gaps' as const };
    expect(said(rule, { forecasts: forecasts({ projections: { month: gaps } }) }, NATION)).toBe('forecast');
  });

  it('a target is at risk under a probability, and unknown where forecasts are too old', () => {
    const rule = ruleOf({ kind: 'target', target: TARGET, limit: 'unlikely', recover: 'likely' }, { dim: 'all' });
    const standing = (probability: number, madeAt = NOW) =>
      forecasts({
        madeAt,
        targets: [{ id: TARGET, unit: 'share', probability, reached: 0.4, state: 'open' }],
      });
    expect(said(rule, { forecasts: standing(0.1) }, NATION)).toBe('rings');
    expect(said(rule, { forecasts: standing(0.5) }, NATION)).toBe('between');
    expect(said(rule, { forecasts: standing(0.9) }, NATION)).toBe('recovers');
    const tooOld = NOW - catalogue.thresholds.forecastsStaleAfter * 1_000 - 1;
    expect(said(rule, { forecasts: standing(0.1, tooOld) }, NATION)).toBe('forecast');
    expect(said(rule, {}, NATION)).toBeUndefined();
  });
});

const TODAY = { kind: 'today' };
const HOURLY = { kind: 'last', minutes: 60 };
const SUBMITTED = { kind: 'threshold', measure: 'submitted', window: TODAY, side: 'above' };
const CHANGE = { kind: 'change', measure: 'submitted', window: HOURLY, side: 'above', limit: 1 };
const RATIO = { kind: 'ratio', part: 'late', whole: 'onTime', window: TODAY, side: 'above', limit: 1, least: 1 };
const FORECAST = { kind: 'forecast', horizon: 'day', level: 0.8, edge: 'low', side: 'above', limit: 1 };
const OF_TARGET = { kind: 'target', target: TARGET, limit: 0.5 };
it.each([
  ['when.against.beyond', { ...SUBMITTED, side: 'below', against: { kind: 'previous', beyond: 1.5 } }],
  ['when.against.recover', { ...SUBMITTED, against: { kind: 'alike', beyond: 0.1, recover: 0.2 } }],
  ['when.against', { ...SUBMITTED, measure: 'backlogOpen', against: { kind: 'previous', beyond: 0.1 } }],
  ['when.window', { ...CHANGE, window: TODAY }],
  ['when.days', { ...CHANGE, days: 7 }],
  ['when.enough', { ...CHANGE, enough: 7 }],
  ['when.limit', { ...CHANGE, measure: 'shareOnTime', limit: 1.1 }],
  ['when.whole', { ...RATIO, whole: 'late' }],
  ['when.whole', { ...RATIO, whole: 'backlogOpen' }],
  ['when.least', { ...RATIO, least: 0 }],
  ['when.least', { ...RATIO, least: undefined }],
  ['when.metric', { kind: 'anomaly', metric: 'backlogOpen', side: 'above', beyond: 1 }],
  ['when.beyond', { kind: 'anomaly', metric: 'late', side: 'below', beyond: 1.2 }],
  ['when.level', { ...FORECAST, level: 0.9 }],
  ['over.dim', FORECAST],
  ['when.limit', { ...OF_TARGET, limit: 1.2 }],
  ['when.recover', { ...OF_TARGET, recover: 0.2 }],
])('a condition that cannot be is refused by the name of its field: %s', (field, when) => {
  const about = { label, reason: label, owner: 'somebody', severity: 'warning' };
  const found = ruleSchema.safeParse({ ...about, over: { dim: 'agency' }, when });
  expect(found.error?.issues.map(({ path }) => path.join('.'))).toContain(field);
});

it.each([
  ['when.chance: finishedEnough', { kind: 'indicators-unlikely', chance: 'finishedEnough', limit: 1 }],
  ['when.limit: finishedEnough', { kind: 'index-low', limit: 'finishedEnough' }],
  ['when.limit: finishedEnough', { kind: 'coverage', limit: 'finishedEnough' }],
  ['when.limit: finishedEnough', { kind: 'link-errors', limit: 'finishedEnough' }],
  ['when.limit: finishedEnough', { ...OF_TARGET, limit: 'finishedEnough' }],
  ['when.recover: finishedEnough', { ...OF_TARGET, recover: 'finishedEnough' }],
  ['when.recover: a share', { kind: 'index-low', limit: 0.5, recover: 7 }],
  ['when.limit: finishedEnough', { ...RATIO, limit: 'finishedEnough' }],
  ['when.least: likely', { ...RATIO, least: 'likely' }],
  ['when.limit: onTimeAct', { ...FORECAST, limit: 'onTimeAct' }],
  ['when.limit: finishedEnough', { ...CHANGE, measure: 'shareOnTime', limit: 'finishedEnough' }],
  ['when.enough: likely', { ...CHANGE, measure: 'shareOnTime', limit: 0.1, enough: 'likely' }],
  ['when.against.limit: likely', { ...SUBMITTED, against: { kind: 'value', limit: 'likely' } }],
  ['when.against.beyond: finishedEnough', { ...SUBMITTED, against: { kind: 'usual', beyond: 'finishedEnough' } }],
  ['when.beyond: finishedEnough', { kind: 'anomaly', metric: 'late', side: 'above', beyond: 'finishedEnough' }],
  ['when.recover: unlikely (0.2)', { ...OF_TARGET, limit: 'likely', recover: 'unlikely' }],
  ['when.recover: 0.1 must', { ...OF_TARGET, limit: 'unlikely', recover: 0.1 }],
  ['when.recover: likely (0.8)', { kind: 'link-errors', limit: 'linkErrors', recover: 'likely' }],
  [
    'when.against.recover: farFromUsual (0.2)',
    { ...SUBMITTED, against: { kind: 'usual', beyond: 'beyondUsual', recover: 'farFromUsual' } },
  ],
  [undefined, { ...OF_TARGET, limit: 'unlikely', recover: 'likely' }],
  [undefined, { ...OF_TARGET, limit: 'unlikely', recover: 'unlikely' }],
  [undefined, { ...RATIO, limit: 3, recover: 2, least: 'finishedEnough' }],
  [undefined, { ...SUBMITTED, against: { kind: 'usual', beyond: 'farFromUsual', recover: 'beyondUsual' } }],
  [undefined, { kind: 'anomaly', metric: 'late', side: 'above', beyond: 2.5, recover: 1 }],
])('a limit is what it is written as, by name too: %s', (fault, when) => {
  // As it was taken once, it goes on to be read.
  const found = unsoundLimit(when as Condition, catalogue.thresholds);
  expect(found?.slice(0, fault?.length)).toBe(fault);
  expect(found?.length ?? 1_000).toBeGreaterThan((fault?.length ?? 0) + 20);
});

it('the rules that the catalogue brings are sound', () => {
  for (const [id, { when }] of Object.entries(loaded.rules))
    expect([id, unsoundLimit(when, catalogue.thresholds)]).toEqual([id, undefined]);
  expect(Object.keys(loaded.rules).length).toBeGreaterThan(5);
});

it.each([
  ['over.codes', { dim: 'service', agency: 'MOF', codes: ['DV02'] }],
  ['over.agency', { dim: 'service', agency: 'GOV', group: 'essential' }],
  ['over.codes', { dim: 'agency', codes: ['ENDED'] }],
  [undefined, { dim: 'agency', codes: ['ENDED', 'MPS'] }],
  [undefined, { dim: 'agency', codes: ['COMES'] }],
  [undefined, { dim: 'service', agency: 'MPS', codes: ['DV02'] }],
  [undefined, { dim: 'service', group: 'essential' }],
  [undefined, { dim: 'source' }],
] satisfies [string | undefined, Over][])('a rule that would watch nobody is at fault: %s %j', (field, over) => {
  const [first] = catalogue.agencies;
  if (first === undefined) throw new Error('no agency');
  const agencies = [
    ...catalogue.agencies,
    { ...first, id: 'ENDED', validTo: '2026-11-18' },
    { ...first, id: 'COMES', validFrom: '2027-01-01' },
  ];
  expect(watchesNobody({ over }, { ...catalogue, agencies }, DAY)?.split(':')[0]).toBe(field);
});

describe('of links to national databases', () => {
  const LINK = { dim: 'link', code: 'population.MOJ' } as const;
  const over = { dim: 'link', codes: [LINK.code] };
  const silent = ruleOf({ kind: 'silent' }, over);
  const errs = ruleOf({ kind: 'link-errors', limit: 0.1, recover: 0.05 }, over);
  const latest = (minutes: number, failed: number, requests = 100): Given => {
    const end = NOW - minutes * 60_000;
    const errors = { timeout: failed, unavailable: 0, refused: 0, invalid: 0 };
    return { links: new Map([[LINK.code, { start: end - 600_000, end, requests, ...errors, simulated: false }]]) };
  };

  it('one is silent beyond its own limit, and was never silent where it never told', () => {
    expect(said(silent, latest(61, 0), LINK)).toBe('rings');
    expect(said(silent, latest(60, 0), LINK)).toBe('recovers');
    expect(said(silent, { links: new Map() }, LINK)).toBeUndefined();
    expect(said(silent, {}, LINK)).toBeUndefined();
  });

  it('one errs by the share of its last report; few requests say nothing, unless none succeeded', () => {
    expect([11, 10, 6, 5].map((failed) => said(errs, latest(5, failed), LINK))).toEqual([
      'rings',
      'between',
      'between',
      'recovers',
    ]);
    expect(said(errs, latest(5, 3, 9), LINK)).toBe('few');
    expect(said(errs, latest(5, 9, 9), LINK)).toBe('rings');
    expect(said(errs, latest(5, 0, 0), LINK)).toBe('few');
    // Its silence is told by itself.
    expect(said(errs, latest(61, 90), LINK)).toBe('link');
  });

  it('a rule of links is over links alone', () => {
    const made = (when: object, of: object) =>
      ruleSchema.safeParse({ label, reason: label, owner: 'x', severity: 'info', over: of, when }).success;
    expect(made({ kind: 'link-errors', limit: 0.1 }, { dim: 'agency' })).toBe(false);
    expect(made({ kind: 'link-errors', limit: 2 }, { dim: 'link' })).toBe(false);
    expect(made({ kind: 'coverage', limit: 0.1 }, { dim: 'link' })).toBe(false);
    expect(made({ kind: 'link-errors', limit: 'linkErrors' }, { dim: 'link' })).toBe(true);
  });
});

describe('of tasks', () => {
  const late = ruleOf({ kind: 'tasks-overdue', limit: 3, recover: 1 });
  const overdue = (count?: number): Given => ({
    overdueTasks: new Map(count === undefined ? [] : [[overdueKey('agency', 'MPS'), count]]),
  });

  it('a unit has too many that are overdue, none where it has none, and nothing is decided before they are read', () => {
    expect([4, 3, 2, 1].map((count) => said(late, overdue(count)))).toEqual([
      'rings',
      'between',
      'between',
      'recovers',
    ]);
    expect(said(late, overdue())).toBe('recovers');
    expect(said(late, {})).toBeUndefined();
  });

  it('a rule of tasks is over units that owe them', () => {
    const made = (when: object, of: object) =>
      ruleSchema.safeParse({ label, reason: label, owner: 'x', severity: 'info', over: of, when }).success;
    expect(made({ kind: 'tasks-overdue', limit: 3 }, { dim: 'province' })).toBe(true);
    expect(made({ kind: 'tasks-overdue', limit: 3 }, { dim: 'service' })).toBe(false);
    expect(made({ kind: 'tasks-overdue', limit: 3 }, { dim: 'all' })).toBe(false);
    expect(made({ kind: 'tasks-overdue', limit: 3, recover: 4 }, { dim: 'agency' })).toBe(false);
  });
});

describe('of indicators', () => {
  const known = (unit?: UnitIndicators): Given => ({
    indicators: new Map(unit === undefined ? [] : [[overdueKey('agency', 'MPS'), unit]]),
  });

  it('a unit has too many reports that are overdue, and none where it owes none', () => {
    const late = ruleOf({ kind: 'reports-overdue', limit: 3, recover: 1 });
    const overdue = (count: number): Given => known({ overdue: count, chances: [] });
    expect([4, 3, 1].map((count) => said(late, overdue(count)))).toEqual(['rings', 'between', 'recovers']);
    expect([said(late, known()), said(late, {})]).toEqual(['recovers', undefined]);
  });

  it('a unit has some that are unlikely to be met; where no chance is known nothing is decided', () => {
    const unlikely = ruleOf({ kind: 'indicators-unlikely', chance: 0.2, limit: 0 });
    const chances = (...all: number[]): Given => known({ overdue: 0, chances: all });
    expect(said(unlikely, chances(0.9, 0.19))).toBe('rings');
    expect(said(unlikely, chances(0.9, 0.2))).toBe('recovers');
    expect([said(unlikely, chances()), said(unlikely, known()), said(unlikely, {})]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const scene = sceneOf(seenOf(chances(0.9, 0.1, 0.1)), catalogue);
    expect(observe(unlikely, MPS, scene, catalogue)?.reading).toMatchObject({ value: 2, whole: 3 });
    const made = (when: object) => ruleSchema.safeParse({ ...unlikely, when }).success;
    expect(made({ kind: 'indicators-unlikely', chance: 'unlikely', limit: 0 })).toBe(true);
    expect(made({ kind: 'indicators-unlikely', chance: 2, limit: 0 })).toBe(false);
    expect(made({ kind: 'reports-overdue', limit: 1, recover: 2 })).toBe(false);
  });

  it('the value for all is its owner’s, and that of a unit is the unit’s', () => {
    const body: Indicator = indicatorSchema.parse({
      label,
      owner: { dim: 'agency', code: 'MPS' },
      by: 'province',
      unit: 'count',
      direction: 'up',
      period: 'month',
      from: '2026-01-01',
      graceDays: 0,
      targets: [],
      published: [],
    });
    const likely = (probability: number): Progress => ({
      chance: { probability, low: 0, high: 1, steps: 6, expected: { value: 1, low: 0, high: 2 } },
    });
    const found = unitIndicators([
      {
        body,
        progress: likely(0.5),
        overdue: ['2026-01', '2026-02'],
        units: [{ code: '34-01', progress: {}, overdue: ['2026-02'] }],
      },
      { body: { ...body, by: undefined } as unknown as Indicator, progress: likely(0.1), overdue: ['2026-02'] },
    ]);
    expect([...found]).toEqual([
      ['agency MPS', { overdue: 3, chances: [0.5, 0.1] }],
      ['province 34-01', { overdue: 1, chances: [] }],
    ]);
  });
});

it('a score of the index rings where it is surely low, and is not decided where nothing says how sure it is', () => {
  const low = ruleOf({ kind: 'index-low', limit: 0.5, recover: 0.6 });
  const score = (reached: number, most: number): Given => ({
    scores: new Map([[overdueKey('agency', 'MPS'), { reached, most }]]),
  });
  expect([score(0.4, 0.49), score(0.4, 0.5), score(0.4, 0.6)].map((given) => said(low, given))).toEqual([
    'rings',
    'between',
    'recovers',
  ]);
  expect([said(low, { scores: new Map() }), said(low, {})]).toEqual([undefined, undefined]);
  expect(observe(low, MPS, sceneOf(seenOf(score(0.4, 0.49)), catalogue), catalogue)?.reading).toMatchObject({
    value: 0.49,
    observed: 0.4,
  });
  expect(ruleSchema.safeParse({ ...low, when: { kind: 'index-low', limit: 30 } }).success).toBe(false);
});

it('scores of the running quarter are those of the page of the index', async () => {
  const { index } = await loadCatalogue(DEFAULT_CATALOGUE);
  if (index === undefined) throw new Error('the catalogue has an index');
  const days = Array.from({ length: 12 }, (_, n) => ({
    at: `2026-11-${String(n + 1).padStart(2, '0')}`,
    now: { submitted: 100, submittedOnline: 50 + (n % 3), onTime: 80, late: 20 + n },
  }));
  const asked: object[] = [];
  const answer = async (query: Query) => {
    asked.push({ from: query.from, to: query.to, split: query.split });
    const of = (key: string[]) => ({ key, points: days });
    return { total: of([]), rows: [of(['MPS']), { key: ['MOH'], points: [] }] } as unknown as QueryAnswer;
  };
  const scores = await indexScores({ answer }, index, 'agency', DAY);
  expect(asked).toEqual([{ from: '2026-10-01', to: DAY, split: ['agency'] }]);
  expect([...scores.keys()]).toEqual(['agency MPS']);
  const { units } = standingsOf(
    index,
    days.map(({ now }) => now),
    [{ code: 'MPS', now: days.map(({ now }) => now), before: [] }],
  );
  const { points, measured, high } = units[0] ?? {};
  expect(scores.get('agency MPS')).toEqual({
    reached: (points ?? 0) / (measured ?? 1),
    most: (high ?? 0) / (measured ?? 1),
  });
});

describe('of services that nobody uses', () => {
  const ALL = { dim: 'service', group: 'essential' } as const;
  const idle = ruleOf({ kind: 'unused', days: 28 }, ALL);
  const told = (submitted: number, coverage: number | undefined): Given => ({
    uses: new Map([
      [28, { from: MIDNIGHT - 28 * 24 * HOUR, to: MIDNIGHT, coverage, submitted: new Map([['DV03', submitted]]) }],
    ]),
  });
  const of = (code: string, given: Given): string | undefined => said(idle, given, { dim: 'service', code });

  it('rings where nobody filed one of all that was reported, and says nothing where too little was', () => {
    expect(of('DV03', told(1, 1))).toBe('recovers');
    expect(of('DV03', told(0, 1))).toBe('rings');
    expect(of('DV04', told(7, 0.95))).toBe('rings');
    expect([of('DV04', told(7, 0.94)), of('DV04', told(7, undefined))]).toEqual(['few', 'few']);
    // What is filed is used, however little is reported.
    expect(of('DV03', told(1, 0.1))).toBe('recovers');
    expect(of('DV03', {})).toBeUndefined();
  });

  it('ends as soon as somebody files one today', () => {
    const scene = sceneOf(seenOf(told(0, 1)), catalogue);
    scene.state.services = { DV03: { ...NOTHING, submitted: 1 } };
    expect(observe(idle, { dim: 'service', code: 'DV03' }, scene, catalogue)?.look).toMatchObject({ holds: false });
  });

  it('is over the group of the catalogue as it is, of one ministry, shared or not; no code stands in the rule', () => {
    const shared: Catalogue = {
      ...catalogue,
      groups: (catalogue.groups ?? []).map((group) => ({
        ...group,
        codes: ['DV03', 'DV11'],
        agencies: { DV03: ['MPS', 'MOJ'], DV11: ['MOJ'] },
      })),
    };
    const codes = (over: Over, of: Catalogue): string[] => membersOf({ over }, of, DAY).map(({ code }) => code);
    expect(codes(ALL, catalogue)).toHaveLength(25);
    expect(codes(ALL, shared)).toEqual(['DV03', 'DV11']);
    expect(codes({ ...ALL, agency: 'MPS' }, shared)).toEqual(['DV03']);
    expect(codes({ ...ALL, agency: 'MOJ' }, shared)).toEqual(['DV03', 'DV11']);
    const { groups: _, ...without } = catalogue;
    expect(codes(ALL, without)).toEqual([]);
    expect(unknownInRule({ over: ALL, when: idle.when }, without)).toMatch(/^over\.group: .*essential/);
    expect(unknownInRule(idle, catalogue)).toBeUndefined();
    // Of all of them nobody of one ministry rules.
    const scope = scopeOf({ agencies: ['MOJ'], provinces: [] }, shared);
    const isTheirs = (over: Over): boolean =>
      namedBy({ over }, shared).every(({ dim, code }) => owns(scope, dim, code));
    expect([isTheirs(ALL), isTheirs({ ...ALL, agency: 'MOJ' })]).toEqual([true, true]);
    expect(isTheirs({ dim: 'service' })).toBe(false);
    expect(ruleSchema.safeParse({ ...idle, over: { dim: 'agency' } }).success).toBe(false);
    expect(ruleSchema.safeParse({ ...idle, when: { kind: 'unused', days: 93 } }).success).toBe(false);
  });
});

it('a form has each kind with what makes it whole, and gives it another limit', () => {
  const kinds: Condition['kind'][] = [
    'threshold',
    'change',
    'ratio',
    'anomaly',
    'forecast',
    'target',
    'coverage',
    'freshness',
    'tasks-overdue',
    'reports-overdue',
    'indicators-unlikely',
    'index-low',
  ];
  for (const kind of kinds) {
    const when = limited(conditionOf(kind), 0.5, catalogue.thresholds);
    const over = OVER_OF[kind].includes('agency') ? { dim: 'agency' } : { dim: 'all' };
    const whole = when.kind === 'target' ? { ...when, target: TARGET } : when;
    const parsed = ruleSchema.parse({ label, reason: label, owner: 'x', severity: 'info', over, when: whole });
    expect([kind, limitIn(parsed.when)]).toEqual([kind, kind === 'freshness' ? 1 : 0.5]);
    expect(limitsOf(parsed.when, catalogue.thresholds).limit).toBe(kind === 'freshness' ? 1 : 0.5);
  }
});
