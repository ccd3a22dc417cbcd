/** From what is told of tasks and links to an answer, day by day: states stand at a point's end, counts add up, what nobody knows is absent. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { linksOf, querySchema, type TaskHistory } from '@room/contract';
import { describe, expect, it } from 'vitest';
import type { LinkSums } from '../../../pipelines/warehouse/src/links.ts';
import { programmeAnswer } from '../../../pipelines/warehouse/src/query/programme-answer.ts';
import { programmePlanOf } from '../../../pipelines/warehouse/src/query/programme-plan.ts';
import { toldOfLinks, toldOfTasks } from '../../../pipelines/warehouse/src/query/programme-told.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const { timeZone } = catalogue;
const TODAY = '2026-11-30';
const NOW = Date.parse('2026-11-30T12:00:00+07:00');

const planned = (fields: Record<string, string>) => {
  const query = querySchema.parse({ from: '2026-10-30', to: '2026-11-02', ...fields });
  return { query, plan: programmePlanOf(query, { catalogue, today: TODAY }) };
};

describe('tasks', () => {
  const history: TaskHistory = {
    // The first was given on the second day.
    days: ['2026-10-31', '2026-11-01', '2026-11-02'],
    all: { open: [3, 4, 2], overdue: [1, 2, 0], settled: [0, 1, 2] },
    rows: [
      { unit: { dim: 'agency', code: 'MPS' }, open: [1, 2, 1], overdue: [1, 1, 0], settled: [0, 0, 1] },
      { unit: { dim: 'agency', code: 'MOH' }, open: [1, 1, 1], overdue: [0, 1, 0], settled: [0, 0, 0] },
      { unit: { dim: 'province', code: '34-01' }, open: [1, 1, 0], overdue: [0, 0, 0], settled: [0, 1, 1] },
    ],
  };
  const answer = (fields: Record<string, string>) => {
    const { query, plan } = planned({ sort: 'tasksOverdue', ...fields });
    const of = { period: plan.periods.now, grain: plan.grain, now: NOW, timeZone };
    return programmeAnswer(query, plan, { now: { ...toldOfTasks(history, of), simulated: false } });
  };

  it('of a period the state at its end, and what was settled in all of it', () => {
    expect(answer({}).total.now).toEqual({ tasksOpen: 2, tasksOverdue: 0, tasksSettled: 3 });
  });

  it('of months the state at the end of each', () => {
    expect(answer({ grain: 'month' }).total.points).toEqual([
      { at: '2026-10', now: { tasksOpen: 3, tasksOverdue: 1, tasksSettled: 0 } },
      { at: '2026-11', now: { tasksOpen: 2, tasksOverdue: 0, tasksSettled: 3 } },
    ]);
  });

  it('of days before the first nothing, which is not zero; of a unit without any zero from then on', () => {
    const { points } = answer({ grain: 'day', agency: 'MOF' }).total;
    expect(points?.map(({ at, now }) => [at, now?.tasksOpen])).toEqual([
      ['2026-10-30', undefined],
      ['2026-10-31', 0],
      ['2026-11-01', 0],
      ['2026-11-02', 0],
    ]);
  });

  it('rows of a split add up to the total; those of others are one, the last whatever the order', () => {
    for (const order of ['largest', 'smallest']) {
      const { rows, total } = answer({ split: 'agency', sort: 'tasksSettled', order });
      expect(rows.at(-1)).toMatchObject({ key: [''], now: { tasksOpen: 0, tasksSettled: 2 } });
      expect(rows.map(({ key }) => key[0])).toEqual(order === 'largest' ? ['MPS', 'MOH', ''] : ['MOH', 'MPS', '']);
      expect(rows.reduce((sum, { now }) => sum + (now?.tasksSettled ?? 0), 0)).toBe(total.now?.tasksSettled);
    }
    // Units of another kind are none of the rest.
    expect(answer({ split: 'province', top: '1' })).toMatchObject({
      rows: [{ key: ['34-01'] }, { key: [''], now: { tasksOpen: 2 } }],
    });
    expect(answer({ split: 'province', top: '1' }).others).toBeUndefined();
    expect(answer({ split: 'agency', sort: 'tasksSettled', order: 'largest', top: '1' })).toMatchObject({
      rows: [{ key: ['MPS'] }, { key: [''] }],
      others: { members: 1 },
    });
  });
});

describe('links', () => {
  const sums = (requests: number, timeout: number, last: string): LinkSums => ({
    ...{ requests, timeout, unavailable: 0, refused: 0, invalid: 0, told: 3_600_000, replaced: 0, simulated: false },
    last: Date.parse(last),
  });
  const links = [...linksOf(catalogue).values()].filter(({ id }) => /^population\.(MOJ|MOH|VNPT)$/.test(id));
  const of = { period: { from: '2026-11-01', to: '2026-11-02' }, grain: 'day', now: NOW, timeZone } as const;
  const days = new Map([
    [
      'population.MOJ',
      new Map([
        ['2026-11-01', sums(10, 0, '2026-11-01T09:00:00+07:00')],
        ['2026-11-02', sums(30, 4, '2026-11-02T09:00:00+07:00')],
      ]),
    ],
    ['population.VNPT', new Map([['2026-11-02', sums(0, 0, '2026-11-02T10:00:00+07:00')]])],
  ]);
  const answered = (fields: Record<string, string>) => {
    const { query, plan } = planned({ ...of.period, sort: 'linkErrorShare', grain: 'day', ...fields });
    return programmeAnswer(query, plan, { now: toldOfLinks(links, days, of) });
  };

  it('a share is of the sums, of nothing it is not known, and who is silent has neither row nor point', () => {
    const { rows, total } = answered({ split: 'agency' });
    expect(total.now).toEqual({ linkVolume: 40, linkErrors: 4, linkErrorShare: 0.1 });
    expect(rows.map(({ key, now }) => [key[0], now])).toEqual([
      ['MOJ', { linkVolume: 40, linkErrors: 4, linkErrorShare: 0.1 }],
      ['', { linkVolume: 0, linkErrors: 0 }],
    ]);
    expect(rows[1]?.points?.map(({ now }) => now)).toEqual([undefined, { linkVolume: 0, linkErrors: 0 }]);
    expect(answered({ agency: 'MOH' }).total.now).toBeUndefined();
  });

  it('says which share of their time the links reported, and up to when', () => {
    expect(links).toHaveLength(3);
    expect(toldOfLinks(links, days, of)).toMatchObject({
      coverage: 3 / (3 * 48),
      asOf: Date.parse('2026-11-02T10:00:00+07:00'),
      simulated: false,
    });
    expect(toldOfLinks(links, new Map(), of)).toMatchObject({ rows: [], coverage: 0 });
    // Of a period that has not ended only what is over is due.
    const running = { ...of, period: { from: TODAY, to: TODAY } };
    const today = new Map([['population.MOJ', new Map([[TODAY, sums(1, 0, '2026-11-30T01:00:00+07:00')]])]]);
    expect(toldOfLinks(links, today, running).coverage).toBeCloseTo(1 / (3 * 12), 12);
  });

  it('hours are told where they begin, and none of another day', () => {
    const hour = (at: string) => Date.parse(`${at}:00:00+07:00`);
    const hours = new Map([
      [
        'population.MOJ',
        new Map([
          [hour('2026-10-31T23'), sums(7, 0, '2026-11-01T00:00:00+07:00')],
          [hour('2026-11-01T00'), sums(5, 1, '2026-11-01T01:00:00+07:00')],
        ]),
      ],
    ]);
    const { rows } = toldOfLinks(links, hours, { ...of, grain: 'hour' });
    expect(rows.map(({ told }) => [...told.points])).toEqual([[['2026-11-01T00', { linkVolume: 5, linkErrors: 1 }]]]);
  });
});

it('a code that was restated stands with the unit of the map that is asked for', () => {
  const { plan } = planned({ sort: 'tasksOpen', split: 'agency', boundaries: 'today' });
  expect(plan.keyOf({ dim: 'agency', code: 'P-G05' })).toBe('MOF');
  expect(plan.keyOf({ dim: 'province', code: '34-01' })).toBe('');
  expect(planned({ sort: 'tasksOpen', split: 'agency' }).plan.keyOf({ dim: 'agency', code: 'P-G05' })).toBe('P-G05');
});
