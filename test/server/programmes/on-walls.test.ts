/** Essential services, leaders and laggards on walls: as sure as they are, what is not known as that, and nobody named by chance. */
import { type Leaders, type ServicesBoard, sureShare } from '@room/contract';
import { expect, it } from 'vitest';
import { essentialOnWall, leadersOnWall } from '../../../server/src/programmes/on-walls.ts';

const label = (text: string) => ({ vi: text, en: text });
const service = (id: string, use: ServicesBoard['services'][number]['use'], more: object = {}) => ({
  id,
  label: label(id),
  list: 'sure',
  agencies: ['A'],
  use,
  mayReport: false,
  ...more,
});
const NONE = { submitted: 0, submittedOnline: 0, onTime: 0, late: 0 };
const deployed = (isDeployed: boolean) => ({ version: 1, who: 'person:a', at: 1, isDeployed, evidence: { text: 'x' } });
const board: ServicesBoard = {
  title: label('t'),
  source: label('s'),
  listedAsOf: '2026-11-21',
  lists: { sure: { label: label('l'), isSure: true }, maybe: { label: label('m'), isSure: false } },
  of: 9,
  unnamed: 4,
  from: '2026-10-24',
  to: '2026-11-20',
  simulated: false,
  all: {
    services: 5,
    deployed: 1,
    notDeployed: 1,
    used: 2,
    unused: 1,
    unknown: 1,
    unmeasured: 1,
    untold: 3,
    counts: { ...NONE, submitted: 140 },
  },
  services: [
    service('IDLE', 'unused', { counted: 'IDLE', now: NONE, deployed: deployed(true) }),
    service('DARK', 'unknown', { counted: 'DARK', list: 'maybe' }),
    service('BUSY', 'used', { counted: 'BUSY', now: { ...NONE, submitted: 140 }, deployed: deployed(false) }),
    service('TWIN', 'used', { counted: 'BUSY', now: { ...NONE, submitted: 140 } }),
    service('UNCOUNTED', 'unmeasured'),
  ],
  byAgency: [],
  byProvince: [],
};
const points = Array.from({ length: 7 }, (_, n) => ({
  at: `2026-11-${14 + n}`,
  now: { submitted: 20, submittedOnline: 10 + (n % 2), onTime: 8, late: 2 },
}));
const rows = [{ key: ['BUSY'], points }] as unknown as Parameters<typeof essentialOnWall>[1]['rows'];

it('counts what is decided, named, sure, deployed and used, and what nobody said', () => {
  const told = essentialOnWall(board, { rows }, true);
  expect(told).toMatchObject({ of: 9, unnamed: 4, named: 5, sure: 4, deployed: 1, notDeployed: 1, untold: 3 });
  expect(told.uses).toEqual({ used: 2, unused: 1, unmeasured: 1, unknown: 1 });
  // What two entries are counted by counts once.
  expect(told.online).toEqual(
    sureShare(points.map(({ now }) => ({ part: now.submittedOnline, whole: now.submitted }))),
  );
  expect(told.onTime?.share).toBeCloseTo(0.8);
});

it('those that nobody uses stand first; of what is not known there is no number, and no zero', () => {
  const { services } = essentialOnWall(board, { rows }, true);
  expect(services.map(({ id, submitted, isDeployed, isSure }) => [id, submitted, isDeployed, isSure])).toEqual([
    ['IDLE', 0, true, true],
    ['DARK', undefined, undefined, false],
    ['BUSY', 140, false, true],
    ['TWIN', 140, undefined, true],
    ['UNCOUNTED', undefined, undefined, true],
  ]);
  for (const id of ['IDLE', 'DARK', 'UNCOUNTED'])
    expect(services.find((each) => each.id === id)).not.toHaveProperty('online');
  expect(services[2]?.online?.low).toBeLessThan(services[2]?.online?.share ?? 0);
});

it('whoever sees a part is not told of how many were decided', () => {
  const told = essentialOnWall(board, { rows }, false);
  expect([told.of, told.unnamed, told.named]).toEqual([undefined, undefined, 5]);
});

it('names of each group who surely leads or lags, and nobody between', () => {
  const led = (code: string, side: 'leads' | 'between' | 'lags', value: number, more: object = {}) => ({
    code,
    side,
    value,
    low: value - 0.01,
    high: value + 0.01,
    ...more,
  });
  const units = [
    led('A', 'leads', 0.99, { change: 0.02 }),
    led('B', 'between', 0.95),
    led('C', 'lags', 0.8),
    led('D', 'lags', 0.7),
  ];
  const few: Leaders['groups'][number]['units'] = [{ code: 'E', side: 'between', value: 1 }];
  const told = leadersOnWall({
    from: '2026-10-24',
    to: '2026-11-20',
    simulated: false,
    groups: [
      { size: 'large', from: 1, to: 2, value: 0.9, units },
      { size: 'small', from: 0, to: 1, units: few },
    ],
  });
  expect(
    told.groups.map(({ size, units: n, leads, lags }) => [
      size,
      n,
      leads.map(({ code }) => code),
      lags.map(({ code }) => code),
    ]),
  ).toEqual([
    ['large', 4, ['A'], ['D', 'C']],
    ['small', 1, [], []],
  ]);
  // How far apart they are is told of whole groups, and names nobody.
  expect(told.groups.map(({ least, most }) => [least, most])).toEqual([
    [0.7, 0.99],
    [1, 1],
  ]);
  expect(told.groups[0]?.leads[0]).toEqual({ code: 'A', value: 0.99, low: 0.98, high: 1, change: 0.02 });
});
