import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import {
  Baseline,
  type Catalogue,
  type Episode,
  type HourRow,
  type SourceState,
  sourceStatus,
  startOfDay,
} from '@room/contract';
import type { BucketRow, DimRow } from '@room/warehouse';
import { describe, expect, it } from 'vitest';
import { heardAgain, type Reading, runningState, steadySources } from '../../../pipelines/src/pulse/state.ts';

const loaded = (await loadCatalogue(DEFAULT_CATALOGUE)).catalogue;
const [first, second] = loaded.sources;
if (first === undefined || second === undefined) throw new Error('the catalogue has two sources');
const catalogue: Catalogue = { ...loaded, sources: [first, second] };
const zone = catalogue.timeZone;
const TODAY = '2026-11-19';
const MIDNIGHT = startOfDay(TODAY, zone);
const NOW = MIDNIGHT + 10.5 * 3_600_000;
const DAYS = ['2026-11-12', '2026-11-05', '2026-10-29', '2026-10-22'];

const sums = {
  submitted: 0,
  submittedOnline: 0,
  onTime: 0,
  late: 0,
  reached: 0,
  events: 1,
  reportedTo: NOW,
  receivedAt: NOW,
  simulated: 0,
};
const dim = (name: string, code: string, change: Partial<DimRow> = {}): DimRow => ({
  ...sums,
  dim: name,
  code,
  ...change,
});
const minute = (secondsAgo: number, submitted: number, change: Partial<BucketRow> = {}): BucketRow => ({
  ...sums,
  bucket: Math.floor((NOW / 1_000 - secondsAgo) / 60) * 60,
  grain: 0,
  submitted,
  ...change,
});
const curve = (day: string, code: string, perHour: number): HourRow[] =>
  ['all', 'source'].flatMap((name) =>
    Array.from({ length: 24 }, (_, hour) => ({
      day,
      dim: name,
      code: name === 'all' ? '' : code,
      hour: startOfDay(day, zone) / 1_000 + hour * 3_600,
      submitted: perHour,
      simulated: 0,
    })),
  );
const history = new Baseline(
  DAYS,
  DAYS.flatMap((day) => [
    ...curve(day, first.id, 90),
    ...curve(day, second.id, 10).filter((row) => row.dim === 'source'),
  ]),
  zone,
);

const reading = (change: Partial<Reading> = {}): Reading => ({
  now: NOW,
  totals: [dim('source', first.id), dim('source', second.id)],
  minutes: [minute(30, 5)],
  seconds: [],
  lastSeen: new Map(),
  late: [],
  backlog: undefined,
  baseline: new Baseline([], [], zone),
  isSimulated: false,
  lastDay: TODAY,
  pending: 0,
  quarantined: 0,
  ...change,
});

describe('silence is not zero', () => {
  it('nothing yet shows no coverage, no rate and no comparison', () => {
    const state = runningState(reading({ totals: [], minutes: [] }), catalogue);
    expect(state).toMatchObject({ events: 0, hours: {}, minutes: {} });
    expect(state).not.toHaveProperty('coverage');
    expect(state).not.toHaveProperty('perMinute');
    expect(state.sources[first.id]).toMatchObject({ status: 'never' });
  });

  it('a source goes from reporting to late to silent by the age of its report', () => {
    expect(sourceStatus(first, NOW - first.lateAfter * 1_000, NOW)).toBe('reporting');
    expect(sourceStatus(first, NOW - first.lateAfter * 1_000 - 1, NOW)).toBe('late');
    expect(sourceStatus(first, NOW - first.silentAfter * 1_000 - 1, NOW)).toBe('silent');
    expect(sourceStatus(first, undefined, NOW)).toBe('never');
  });

  it('numbers stand on the time up to which every source in time has reported; the others are missing from the share', () => {
    const withSecond = (reportedTo: number) =>
      runningState(reading({ totals: [dim('source', first.id), dim('source', second.id, { reportedTo })] }), catalogue);
    expect(withSecond(NOW - 10_000).coverage?.asOf).toBe(NOW - 10_000);
    for (const late of [NOW - 90_000, NOW - 3_600_000]) {
      expect(withSecond(late).coverage?.asOf).toBe(NOW);
      expect(withSecond(late).coverageNow?.share).toBeCloseTo(0.5);
    }
  });

  it('where no source is in time, the numbers are as old as the latest report', () => {
    const rows = [
      dim('source', first.id, { reportedTo: NOW - 90_000 }),
      dim('source', second.id, { reportedTo: NOW - 3_600_000 }),
    ];
    expect(runningState(reading({ totals: rows }), catalogue).coverage?.asOf).toBe(NOW - 90_000);
  });

  it('sources that all fell silent have no rate; the totals keep the time of the last report', () => {
    const silent = NOW - 3_600_000;
    const rows = [first, second].map(({ id }) => dim('source', id, { reportedTo: silent, receivedAt: silent }));
    const state = runningState(reading({ totals: rows }), catalogue);
    expect(state.coverage?.asOf).toBe(silent);
    expect(state).not.toHaveProperty('perMinute');
  });

  it('reports of earlier days say nothing about today', () => {
    const yesterday = { reportedTo: MIDNIGHT - 1, receivedAt: MIDNIGHT - 1 };
    const lastSeen = new Map([first, second].map(({ id }) => [id, yesterday]));
    const state = runningState(reading({ totals: [], minutes: [], lastSeen }), catalogue);
    for (const name of ['coverage', 'coverageNow', 'perMinute', 'comparable']) expect(state).not.toHaveProperty(name);
  });

  it('a source that was heard yesterday and not today is silent, not unknown', () => {
    const yesterday = { reportedTo: NOW - 86_400_000, receivedAt: NOW - 86_400_000 };
    const state = runningState(
      reading({ totals: [dim('source', first.id)], lastSeen: new Map([[second.id, yesterday]]) }),
      catalogue,
    );
    expect(state.sources[second.id]).toMatchObject({ status: 'silent', reportedTo: yesterday.reportedTo });
  });

  it('a minute in which sources reported and nobody submitted is a true zero; before the first report there is none', () => {
    const state = runningState(reading({ minutes: [minute(600, 3), minute(30, 5)] }), catalogue);
    const values = Object.values(state.minutes);
    expect(values.filter((value) => value === 0).length).toBeGreaterThanOrEqual(8);
    expect(Object.keys(state.minutes)).toHaveLength(11);
  });
});

describe('against earlier days', () => {
  it('weighs sources by their usual volume, and counts what was due before each last report', () => {
    const silentSince = MIDNIGHT + 5.25 * 3_600_000;
    const state = runningState(
      reading({
        baseline: history,
        totals: [dim('source', first.id), dim('source', second.id, { reportedTo: silentSince })],
      }),
      catalogue,
    );
    expect(state.sources[first.id]?.weight).toBeCloseTo(0.9);
    expect([state.coverage?.of, state.coverageNow?.of]).toEqual(['volume', 'volume']);
    const begun = runningState(reading({ totals: [dim('source', first.id)] }), catalogue);
    expect([begun.coverage?.of, begun.coverageNow?.of]).toEqual(['sources', 'sources']);
    expect(state.coverageNow?.share).toBeCloseTo(0.9);
    expect(state.coverage?.share).toBeCloseTo((90 * 10.5 + 10 * 5.25) / (100 * 10.5));
  });

  it('the share and the time of a caption belong together: what was due after that time is not missing from it', () => {
    const asOf = MIDNIGHT + 10 * 3_600_000;
    const rows = [dim('source', first.id, { reportedTo: asOf }), dim('source', second.id, { reportedTo: asOf })];
    const lax = { ...catalogue, sources: [first, second].map((source) => ({ ...source, lateAfter: 3_600 })) };
    expect(runningState(reading({ baseline: history, totals: rows }), lax).coverage).toEqual({
      asOf,
      share: 1,
      of: 'volume',
    });
  });

  it('expects only what the sources that report could have sent: silence is no fall', () => {
    const silentSince = MIDNIGHT + 2 * 3_600_000;
    const state = runningState(
      reading({
        baseline: history,
        totals: [dim('source', first.id), dim('source', second.id, { reportedTo: silentSince })],
      }),
      catalogue,
    );
    expect(state.comparable).toMatchObject({ day: '2026-11-12', toNow: 90 * 10.5 + 10 * 2, total: 24 * 90 });
    expect(state.usual?.median).toBe(90 * 10.5 + 20);
  });
});

it('totals, units, channels and statuses come from the same rows', () => {
  const state = runningState(
    reading({
      minutes: [minute(30, 5, { submittedOnline: 4, onTime: 2, late: 1 }), minute(7_200, 40, { grain: 1 })],
      totals: [
        dim('source', first.id),
        dim('province', '34-01', { submitted: 45 }),
        dim('agency', 'MPS', { submitted: 45, onTime: 2, late: 1 }),
        dim('channel', '2', { submitted: 44 }),
        dim('status', '9', { reached: 3 }),
      ],
    }),
    catalogue,
  );
  expect(state).toMatchObject({
    total: { submitted: 45, submittedOnline: 4, onTime: 2, late: 1 },
    provinces: { '34-01': { submitted: 45 } },
    agencies: { MPS: { onTime: 2, late: 1 } },
    channels: { 2: 44 },
    statuses: { 9: 3 },
    dayType: 'working',
  });
  expect(Object.values(state.hours).reduce((sum, n) => sum + n, 0)).toBe(45);
  expect(Object.values(state.minutes).reduce((sum, n) => sum + n, 0)).toBe(5);
});

it('the rate is what came in the last 60 seconds before the as-of time', () => {
  const at = Math.floor(NOW / 1_000);
  const seconds = [
    { bucket: at - 61, submitted: 100 },
    { bucket: at - 60, submitted: 1 },
    { bucket: at - 1, submitted: 2 },
    { bucket: at, submitted: 50 },
  ];
  expect(runningState(reading({ minutes: [], seconds }), catalogue).perMinute).toBe(3);
});

it('of portals that report by the second and by the minute, the rate is that of both in the last whole minute', () => {
  const half = NOW + 30_000;
  const totals = [first, second].map(({ id }) => dim('source', id, { reportedTo: half }));
  const whole = NOW / 1_000 - 60;
  // Of 9 in the last whole minute 4 are known by the second.
  const seconds = [
    { bucket: whole + 10, submitted: 3 },
    { bucket: whole + 40, submitted: 1 },
    { bucket: whole + 70, submitted: 2 },
  ];
  const given = reading({ now: half, totals, minutes: [minute(30, 9), minute(-10, 2)], seconds });
  expect(runningState(given, catalogue).perMinute).toBe(9);
  const fine = { ...given, minutes: [minute(30, 4), minute(-10, 2)] };
  expect(runningState(fine, catalogue).perMinute).toBe(1 + 2);
});

it('is the same for the same rows', () => {
  expect(runningState(reading({ baseline: history }), catalogue)).toEqual(
    runningState(reading({ baseline: history }), catalogue),
  );
});

describe('times of sources', () => {
  const at = (reportedTo: number, change: Partial<SourceState> = {}): SourceState => ({
    status: 'reporting',
    weight: 0.5,
    reportedTo,
    receivedAt: reportedTo,
    ...change,
  });

  it('stay as they were shown while nothing else of the source changes', () => {
    expect(steadySources({ a: at(2), b: at(2) }, { a: at(1), b: at(1) })).toEqual({ a: at(1), b: at(1) });
  });

  it('follow at once where the status or the weight changes, and where a source is new', () => {
    const fresh = { a: at(2, { status: 'late' }), b: at(2, { weight: 0.6 }), c: at(2) };
    expect(steadySources(fresh, { a: at(1), b: at(1) })).toEqual(fresh);
  });
});

it('a silence that forecasts found is over once its source reports again', () => {
  const silence = (code: string): Episode => ({
    id: code,
    kind: 'silence',
    dim: 'source',
    code,
    metric: 'submitted',
    onset: NOW - 7_200_000,
    observed: 0,
    expected: 40,
    score: 0,
    drivers: [],
  });
  const made = { madeAt: NOW, knownTo: NOW - 600_000, hours: {}, projections: {}, targets: [] };
  const { episodes } = heardAgain(
    { ...made, episodes: [silence('a'), silence('b')] },
    { a: { status: 'reporting', weight: 0.5 }, b: { status: 'silent', weight: 0.5 } },
  );
  expect(episodes.map(({ end }) => end)).toEqual([made.knownTo, undefined]);
});

it('of what is usual in five minutes it has those of the last hour alone', () => {
  const range = { low: 1, median: 2, high: 3, days: 5 };
  const five = Math.floor(NOW / 300_000) * 300;
  const fives = { [five - 5_400]: range, [five - 3_600]: range, [five]: range, [five + 300]: range };
  const { usualFives } = runningState(reading({ baseline: history, fives }), catalogue);
  expect(Object.keys(usualFives ?? {}).map(Number)).toEqual([five - 3_600, five]);
});

it('holds who waits against a week ago once nothing of the past is coming in any more', () => {
  const backlog = { open: 40_000, overdue: 19_852, oldest: NOW, weekBefore: 15_900, monthBefore: 15_000 };
  const filling = { events: 298_600, since: NOW - 60_000 };
  expect(runningState(reading({ backlog }), catalogue).backlog).toEqual(backlog);
  expect(runningState(reading({ backlog, filling }), catalogue).backlog).toEqual({
    open: 40_000,
    overdue: 19_852,
    oldest: NOW,
  });
});
