import { expect, it } from 'vitest';
import { speechIn } from '../../web/src/messages/context.ts';
import {
  agencyRows,
  countOf,
  foremost,
  leadingRows,
  onTimeMark,
  provinceRows,
  silentUnits,
  standingOf,
} from '../../web/src/ranking.ts';
import { catalogue, measures, NOW, state } from './room.ts';

const vi = speechIn('vi', catalogue);

it('marks an on-time share by its threshold, and too few as few', () => {
  const of = (onTime: number, late: number) => onTimeMark(measures({ onTime, late }), catalogue.thresholds);
  expect([of(89, 11), of(90, 10), of(95, 5), of(20, 5), of(0, 0)]).toEqual(['act', 'watch', 'ok', 'few', 'few']);
});

it('marks a share as it is shown: what reads 90.0 % is not below 90 %', () => {
  const of = (onTime: number, late: number) => onTimeMark(measures({ onTime, late }), catalogue.thresholds);
  expect([of(8_997, 1_003), of(8_994, 1_006)]).toEqual(['watch', 'act']);
});

it('marks by the thresholds of the catalogue', () => {
  const strict = { ...catalogue.thresholds, onTimeAct: 0.97, onTimeWatch: 0.99, finishedEnough: 10 };
  const of = (onTime: number, late: number) => onTimeMark(measures({ onTime, late }), strict);
  expect([of(96, 4), of(98, 2), of(99, 1), of(20, 0), of(9, 0)]).toEqual(['act', 'watch', 'ok', 'ok', 'few']);
});

it('ranks offices worst first, those that cannot be judged last', () => {
  const agencies = { A: measures({ onTime: 1, late: 2 }), B: measures({ onTime: 99, late: 1 }) };
  expect(agencyRows(state({ agencies }), catalogue, vi).map(({ id }) => id)).toEqual(['B', 'A']);
});

it('ranks those that can be judged by their late dossiers, not by a share of few', () => {
  const agencies = { A: measures({ onTime: 28, late: 2 }), B: measures({ onTime: 970, late: 30 }) };
  expect(agencyRows(state({ agencies }), catalogue, vi).map(({ id }) => id)).toEqual(['B', 'A']);
});

it('whoever must act stands before those that need not, and comes there though rows keep their places', () => {
  const agencies = { A: measures({ onTime: 50, late: 50 }), B: measures({ onTime: 970, late: 60 }) };
  const rows = agencyRows(state({ agencies }), catalogue, vi);
  expect(rows.map(({ id, mark }) => `${id} ${mark}`)).toEqual(['A act', 'B watch']);
  expect(foremost(rows.toReversed(), 1).map(({ id }) => id)).toEqual(['A']);
  expect(foremost(rows.toReversed(), 2).map(({ id }) => id)).toEqual(['A', 'B']);
});

it('lists the units of the period, and any other that has numbers', () => {
  expect(agencyRows(state(), catalogue, vi).map(({ id }) => id)).toEqual(['A', 'B']);
  const agencies = { old: measures({ submitted: 1 }) };
  expect(agencyRows(state({ agencies }), catalogue, vi).map(({ id }) => id)).toContain('old');
});

it('tells a former unit from the one that took its name, and takes nothing of it for not known', () => {
  const [north, south] = catalogue.provinces;
  if (north === undefined || south === undefined) throw new Error('two places');
  const merged = {
    ...catalogue,
    provinces: [
      { ...north, id: 'oldN', validTo: '2025-06-30' },
      { ...north, validFrom: '2025-07-01' },
      south,
      { ...south, id: 'closing', label: { vi: 'Closing', en: 'Closing' }, validTo: '2027-06-30' },
    ],
  };
  const shown = state({ kind: 'past', period: { from: '2025-06-01', to: '2025-07-31' } });
  const rows = provinceRows(shown, merged, vi).map((row) => [row.name, countOf(row.submitted, row, vi)]);
  expect(Object.fromEntries(rows)).toEqual({
    'North (đến 30/06/2025)': '—',
    'North (từ 01/07/2025)': '0',
    South: '0',
    Closing: '0',
  });
  const later = { ...shown, period: { from: '2025-07-01', to: '2025-07-31' } };
  expect(provinceRows(later, merged, vi).map(({ name }) => name)).toContain('North');
});

it('ranks places and leading services by what was submitted', () => {
  const provinces = { S: measures({ submitted: 9 }), N: measures({ submitted: 2 }) };
  expect(provinceRows(state({ provinces }), catalogue, vi).map(({ id }) => id)).toEqual(['S', 'N']);
  const services = { s1: measures({ submitted: 5 }), s2: measures({ submitted: 50 }) };
  expect(leadingRows(state({ services }), catalogue, vi).map(({ id }) => id)).toEqual(['s1']);
});

it('colours a unit only outside its own usual range', () => {
  const usual = { low: 70, median: 100, high: 130, days: 12 };
  const of = (submitted: number, days = 12) =>
    standingOf({ ...measures({ submitted }), usual: { ...usual, days } }, catalogue.thresholds);
  expect([of(60), of(75), of(128), of(131), of(142), of(60, 2)]).toEqual([
    'farBelow',
    'neutral',
    'neutral',
    'neutral',
    'farAbove',
    'neutral',
  ]);
  const narrow = { low: 950, median: 1_000, high: 1_050, days: 12 };
  expect(standingOf({ ...measures({ submitted: 900 }), usual: narrow }, catalogue.thresholds)).toBe('below');
  expect(standingOf(undefined, catalogue.thresholds)).toBe('neutral');
});

it('knows which units are silent, and since when', () => {
  const sources = { 'urn:n': { status: 'silent', reportedTo: NOW, weight: 0.3 } as const };
  expect([...silentUnits(state({ sources }), catalogue)]).toEqual([['N', NOW]]);
});

it('shows nothing counted of a unit as a dash where its source is silent or nobody reported, and as a zero elsewhere', () => {
  const sources = { 'urn:n': { status: 'silent', reportedTo: NOW, weight: 0.3 } as const };
  const counts = (some: Parameters<typeof state>[0]) =>
    Object.fromEntries(
      provinceRows(state(some), catalogue, vi).map((row) => [row.id, countOf(row.submitted, row, vi)]),
    );
  expect(counts({ sources })).toEqual({ N: '—', S: '0' });
  expect(counts({ sources, provinces: { N: measures({ submitted: 7 }) } })).toEqual({ N: '7', S: '0' });
  expect(counts({ events: 0 })).toEqual({ N: '—', S: '—' });
  const service = leadingRows(state({ events: 0 }), catalogue, vi)[0];
  expect(service && countOf(service.submitted, service, vi)).toBe('—');
});

it('a former office is named with what it became, unless that has its name', () => {
  const [office, other] = catalogue.agencies;
  if (office === undefined || other === undefined) throw new Error('two offices');
  const named = (name: string) => ({ label: { vi: name, en: name } });
  const merged = {
    ...catalogue,
    agencies: [
      { ...other, id: 'land', ...named('Land'), validTo: '2025-02-28', successors: ['A'] },
      { ...other, id: 'was', validTo: '2025-02-28', successors: ['B'] },
      office,
      { ...other, validFrom: '2025-03-01' },
    ],
  };
  const shown = state({ kind: 'past', period: { from: '2025-02-01', to: '2025-03-31' } });
  const names = agencyRows(shown, merged, speechIn('en', catalogue)).map(({ name }) => name);
  expect(names.toSorted()).toEqual([
    'A',
    'Land (until 28 Feb 2025, then A)',
    'Office B (from 1 Mar 2025)',
    'Office B (until 28 Feb 2025)',
  ]);
  // It was what it was.
  const before = { ...shown, period: { from: '2025-02-01', to: '2025-02-28' } };
  expect(agencyRows(before, merged, vi).map(({ name }) => name)).toContain('Land');
});
