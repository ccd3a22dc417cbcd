/** What tiles of the programme say: who stands first, what is not known as that, and nothing that is not sure. */
import type { Catalogue, WallEssential, WallIndex, WallLeaders } from '@room/contract';
import { expect, it } from 'vitest';
import { addMessages } from '../../../web/src/i18n/index.ts';
import { programmeTiles } from '../../../web/src/i18n/programme-tiles.ts';
import { speechIn } from '../../../web/src/messages/context.ts';
import {
  boardOrder,
  dueRows,
  dueWords,
  fairly,
  hasRanks,
  isToldApart,
  type LedRow,
  lateRows,
  ledParts,
  missingParts,
  owedTrend,
  pointsAxis,
  pointsText,
  rankText,
  scoreRows,
  scoreTitle,
  serviceRows,
  sureText,
  unitText,
} from '../../../web/src/scenes/programme-rows.ts';
import { catalogue as small } from '../room.ts';

addMessages(programmeTiles);
const label = (name: string) => ({ vi: name, en: name });
const units = ['A', 'B', 'C', 'D'].map((id) => ({ id, code: id, label: label(`Place ${id}`) }));
const catalogue: Catalogue = { ...small, agencies: units, provinces: units };
const speech = speechIn('en', catalogue);

it('what is owed is held against a day of which something is known, and says so where nothing is', () => {
  const trend = (before?: number) =>
    owedTrend(5, { day: '2026-11-13', ...(before === undefined ? {} : { overdue: before }) }, 'owedWeek', speech);
  expect([trend(2), trend(9), trend(5)].map(({ mark, text }) => [mark, text])).toEqual([
    ['watch', '3 more than 7 days before'],
    ['ok', '4 fewer than 7 days before'],
    ['few', 'as many as 7 days before'],
  ]);
  expect(trend()).toEqual({ mark: 'unknown', text: 'nothing to compare: given after 13 Nov 2026' });
  expect([dueWords(0, speech), dueWords(1, speech), dueWords(7, speech)]).toEqual([
    'today',
    '1 day left',
    '7 days left',
  ]);
  expect(unitText({ dim: 'agency', code: 'GONE' }, catalogue, speech)).toBe('GONE');
});

it('a task is a line of how late it is, whose, and whose turn it is', () => {
  const task = { id: 'a', unit: { dim: 'agency' as const, code: 'A' }, text: 'Write', due: '2026-11-10' };
  const late = [
    { ...task, head: 'Deputy', state: 'overdue' as const, daysLate: 1_200 },
    { ...task, id: 'b', state: 'answered' as const, daysLate: 1 },
  ];
  expect(lateRows({ late }, catalogue, speech).map(({ when, who, turn }) => [when, who, turn])).toEqual([
    ['1,200 days overdue', 'Place A, Deputy', 'its unit'],
    ['1 day overdue', 'Place A', 'to be confirmed'],
  ]);
  const [due] = dueRows({ due: [{ ...task, state: 'open', daysLeft: 2 }] }, catalogue, speech);
  expect(due).toMatchObject({ when: '10 Nov, 2 days left', who: 'Place A', text: 'Write', isAnswered: false });
});

const index: WallIndex = {
  title: label('index'),
  decision: '1/QD',
  period: '2026-Q4',
  from: '2026-10-01',
  to: '2026-11-20',
  simulated: false,
  isRanked: true,
  total: 100,
  measured: 24,
  points: 20.5,
  groups: [
    { id: 'a', label: label('Part a'), total: 76, measured: 0, points: 0 },
    { id: 'b', label: label('Part b'), total: 24, measured: 24, points: 20.5 },
  ],
  units: [
    { code: 'A', points: 22, measured: 24, low: 21.5, high: 22.5, side: 'above', best: 1, worst: 1, change: -0.5 },
    { code: 'B', points: 20.4, measured: 24, low: 19, high: 21, side: 'unclear', best: 2, worst: 3 },
    { code: 'C', points: 4, measured: 4, side: 'unclear' },
    { code: 'D', points: 18.2, measured: 24, low: 17.9, high: 18.5, side: 'below', best: 2, worst: 3 },
  ],
};

it('scores stand in three groups, the lowest first; a unit of which less is measured is no laggard', () => {
  const rows = scoreRows(index, 'province', catalogue, speech);
  expect(rows.map(({ code, mark }) => [code, mark])).toEqual([
    ['D', 'watch'],
    ['B', 'few'],
    ['C', 'few'],
    ['A', 'ok'],
  ]);
  expect(rows.map((row) => [pointsText(row, index.measured, speech), rankText(row, rows, speech)])).toEqual([
    ['18.2', '2–3'],
    ['20.4', '2–3'],
    ['4.0/4', '—'],
    ['22.0', '1'],
  ]);
  expect(pointsAxis(rows, index)).toEqual({ from: 17, to: 23, ticks: [18, 19, 20, 21, 22] });
  expect(missingParts(index, speech)).toEqual(['Part a 76']);
  expect(scoreTitle(index, 'Provinces', '2026-11-21', speech)).toBe('Index 1/QD, provinces, Q4 2026');
  expect(scoreTitle(index, 'Provinces', '2026-11-20', speech)).toBe('Index 1/QD, provinces, Q4 2026 so far');
});

it('where none can be told from another they stand by name, and whoever is surely above has no rank that says the opposite', () => {
  const unit = (code: string, points: number, side: 'unclear' | 'above' = 'unclear') => ({
    code,
    points,
    measured: 24,
    low: points - 1,
    high: points + 1,
    side,
    best: 1,
    worst: 3,
  });
  const alike = { ...index, units: [unit('C', 20.1), unit('A', 20.3), unit('B', 20.2)] };
  expect(isToldApart(alike)).toBe(false);
  expect(scoreRows(alike, 'province', catalogue, speech).map(({ code }) => code)).toEqual(['A', 'B', 'C']);
  const told = { ...alike, units: [unit('C', 22.5, 'above'), unit('B', 20.2), unit('A', 20.3)] };
  expect(isToldApart(told)).toBe(true);
  // Between those who surely are below and above an order by points would be one by chance.
  expect(scoreRows(told, 'province', catalogue, speech).map(({ code }) => code)).toEqual(['A', 'B', 'C']);
  expect([hasRanks(told.units), hasRanks(index.units)]).toEqual([false, true]);
  expect(told.units.map((each) => rankText(each, told.units, speech))).toEqual(['unclear', 'unclear', 'unclear']);
  // Of a part of the units nobody is held against another.
  expect(isToldApart({ ...told, isRanked: false })).toBe(false);
  const lone = { best: 1, worst: 1 };
  expect(rankText(lone, [lone], speech)).toBe('1');
});

it('an axis of points has a length where all have the same', () => {
  for (const points of [0, 24]) {
    const { from, to, ticks } = pointsAxis([{ points, measured: 24 }], { measured: 24, points });
    expect(from).toBeLessThan(points - 0.2);
    expect(to).toBeGreaterThan(points + 0.2);
    // Fewer than none and more than are measured nobody can have.
    expect(ticks.every((tick) => tick >= 0 && tick <= 24)).toBe(true);
  }
});

it('an order of services is named by what stands first in it, and by nothing that is not there', () => {
  const order = (uses: Partial<WallEssential['uses']>) =>
    boardOrder({ uses: { used: 0, unused: 0, unknown: 0, unmeasured: 0, ...uses } }, speech);
  expect([
    order({ unused: 1, unknown: 4 }),
    order({ unknown: 4, used: 9 }),
    order({ used: 9, unmeasured: 17 }),
  ]).toEqual([
    'Service, used by nobody first',
    'Service, not known whether used first',
    'Service, most dossiers first',
  ]);
});

it('a service says how it is used, or why that is not known; shares with half of their sure range', () => {
  const more = { agencies: ['A'], isSure: true };
  const services: WallEssential['services'] = [
    { id: '1', label: label('Idle'), ...more, use: 'unused', submitted: 0, isDeployed: false },
    { id: '2', label: label('Dark'), ...more, use: 'unknown' },
    {
      id: '3',
      label: label('Busy'),
      ...more,
      agencies: ['A', 'B'],
      use: 'used',
      submitted: 1_234,
      online: { share: 0.75, low: 0.73, high: 0.77 },
      onTime: { share: 0.9 },
    },
    { id: '4', label: label('Apart'), ...more, isSure: false, use: 'unmeasured' },
  ];
  const rows = serviceRows({ services } as WallEssential, catalogue, speech);
  expect(rows.map(({ mark, owners, useText, onlineText }) => [mark, owners, useText, onlineText])).toEqual([
    ['act', 'Place A', 'used by nobody', ''],
    ['unknown', 'Place A', 'not known', ''],
    ['none', 'Place A · Place B', '1,234', '75.0% ±2.0'],
    ['few', 'Place A · not surely on the list', 'not counted apart', ''],
  ]);
  // Each by a shape and a word of its own; what nobody said is neither.
  expect(rows.slice(0, 2).map(({ deployed }) => deployed)).toEqual([
    { mark: 'watch', text: 'no' },
    { mark: 'unknown', text: 'not told' },
  ]);
  expect(
    serviceRows({ services: [{ ...services[0], isDeployed: true }] } as WallEssential, catalogue, speech)[0]?.deployed,
  ).toEqual({
    mark: 'ok',
    text: 'yes',
  });
  expect([rows[2]?.onTimeText, sureText(undefined, speech)]).toEqual(['90.0%', '—']);
});

const row = (code: string, side: LedRow['side']): LedRow => ({
  code,
  name: code,
  side,
  mark: 'ok',
  text: '',
  change: '',
});

it('who lags stands before who leads, and where there is little room nobody is told of laggards alone', () => {
  const of = (code: string) => ({ code, value: 0.9, low: 0.89, high: 0.91, change: 0.012 });
  const groups: WallLeaders['groups'] = [{ size: 'large', units: 12, value: 0.95, leads: [of('A')], lags: [of('B')] }];
  const [part] = ledParts({ groups } as WallLeaders, 'province', catalogue, speech);
  expect([part?.heading, part?.value]).toEqual(['Large: 12 units', '95.0%']);
  expect(part?.rows.map(({ code, side, text, change }) => [code, side, text, change])).toEqual([
    ['B', 'lags', '90.0% ±1.0', '▲ 1.2'],
    ['A', 'leads', '90.0% ±1.0', '▲ 1.2'],
  ]);
  // Where nobody is named it says how far apart they are all the same, if that is known.
  const none = { size: 'small' as const, units: 4, value: 0.9, leads: [], lags: [] };
  const alike = ledParts(
    { groups: [{ ...none, least: 0.89, most: 0.92 }, none] } as unknown as WallLeaders,
    'province',
    catalogue,
    speech,
  );
  expect(alike.map(({ nobody }) => nobody)).toEqual([
    'from 89.0% to 92.0%: nobody surely differs from the group',
    'Nobody surely differs from the group.',
  ]);
  const rows = [...['a', 'b', 'c', 'd'].map((code) => row(code, 'lags')), row('y', 'leads'), row('z', 'leads')];
  const shown = (n: number) => fairly(rows, n).map(({ code }) => code);
  expect([shown(9), shown(4), shown(3), shown(5), shown(1)]).toEqual([
    ['a', 'b', 'c', 'd', 'y', 'z'],
    ['a', 'b', 'y', 'z'],
    ['a', 'b', 'y'],
    ['a', 'b', 'c', 'y', 'z'],
    ['a'],
  ]);
});
