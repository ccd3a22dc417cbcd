import { type Episode, EVERYTHING, type Forecasts } from '@room/contract';
import {
  type Access,
  ForecastStore,
  HistoryQueries,
  historyRows,
  Ledger,
  OutcomeQueries,
  openAccess,
  type SeriesForecast,
} from '@room/warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempDir } from '../../harness/temp.ts';
import { copyWarehouse } from '../../harness/template.ts';
import { rows, submission } from './rows.ts';

const ZONE = 'Asia/Ho_Chi_Minh';
const HOUR = 3_600_000;
const START = Date.parse('2026-11-19T00:00:00+07:00');
const LONG_SOURCE = `urn:${'x'.repeat(190)}`;
const NATION = { dim: 'all', code: '', metric: 'submitted' } as const;

let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Access;
let store: ForecastStore;
const reports: string[] = [];

beforeAll(async () => {
  folder = await tempDir('forecast-store');
  await copyWarehouse(folder.path, ZONE);
  access = await openAccess({ kind: 'embedded', directory: folder.path, readers: 2, maxMemoryBytes: 2 ** 31 });
  store = new ForecastStore(access, (message) => void reports.push(message));
  const ledger = new Ledger(access);
  const events = [
    submission('a', '2026-11-18T17:10:00Z', { count: 12, submitted: 12, submittedOnline: 7, source: LONG_SOURCE }),
    submission('b', '2026-11-18T18:10:00Z', { count: 20, submitted: 20 }),
    submission('c', '2026-11-18T19:10:00Z', { count: 30, submitted: 30 }),
    submission('d', '2026-11-18T19:20:00Z', { count: -4, submitted: -4, province: 'P2' }),
    submission('e', '2026-11-18T19:30:00Z', { count: 3, submitted: 0, submittedOnline: 0, status: 9, onTime: false }),
    // Reported by the day: no curve can show it, but totals hold it.
    submission('f', '2026-11-18T20:00:00Z', { count: 100, submitted: 100, span: 8 * HOUR }),
  ];
  await ledger.insertRange('t:0:1', rows(events, '1', START + 24 * HOUR));
});
afterAll(async () => {
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

describe('history', () => {
  const history = (): HistoryQueries => new HistoryQueries(access);

  it('comes by hour, without what was reported more coarsely', async () => {
    const found = [...historyRows(await history().hours({ dim: 'all', codes: [''] }, START, START + 24 * HOUR))];
    expect(found.sort((a, b) => a.slot - b.slot)).toMatchObject([
      { code: '', slot: 0, submitted: 12, submittedOnline: 7, events: 1 },
      { code: '', slot: 1, submitted: 20, events: 1 },
      { code: '', slot: 2, submitted: 26, late: 3, reached: 29, events: 3 },
    ]);
    expect(await history().known(START, START + 2 * HOUR, START + 24 * HOUR)).toEqual({ hours: 4, today: 126 });
  });

  it('comes by local day with everything', async () => {
    const found = [...historyRows(await history().days({ dim: 'all', codes: [''] }, '2026-11-17', '2026-11-20'))];
    expect(found).toMatchObject([{ slot: 2, submitted: 158, late: 3 }]);
    expect(await history().countedOnDays('2026-11-17', '2026-11-20')).toBe(158);
    expect(await history().countedOnDays('2026-11-17', '2026-11-19')).toBe(0);
  });

  it('comes for the units that are asked for, whatever the length of their codes', async () => {
    const asked = (dim: string, codes: string[]) => history().hours({ dim, codes }, START, START + 3 * HOUR);
    expect([...historyRows(await asked('province', ['P2']))]).toMatchObject([{ code: 'P2', slot: 2, submitted: -4 }]);
    const sources = [...historyRows(await asked('source', []))];
    expect(sources.find(({ slot }) => slot === 0)).toMatchObject({ code: LONG_SOURCE, submitted: 12 });
    expect(sources).toHaveLength(3);
  });

  it('that was cut off is refused', async () => {
    const bytes = await history().hours({ dim: 'all', codes: [''] }, START, START + 24 * HOUR);
    expect(() => [...historyRows(bytes.subarray(0, bytes.length - 1))]).toThrow('middle of a row');
  });
});

const forecastOf = (mean: number[], half: number): SeriesForecast => ({
  ...NATION,
  grain: 'hour',
  start: START,
  mean: Float32Array.from(mean),
  bounds: Float32Array.from(
    [1, 2, 3].flatMap((width) => [
      ...mean.map((value) => value - width * half),
      ...mean.map((value) => value + width * half),
    ]),
  ),
});

describe('a forecast', () => {
  const first = { madeAt: START, knownTo: START - HOUR };
  const second = { madeAt: START + HOUR, knownTo: START };

  it('is kept with when it was made and what it knew, and found by both', async () => {
    await store.writeForecasts(first, [forecastOf([10, 20, 33, 4], 1)]);
    await store.writeForecasts(second, [forecastOf([11, 20, 33, 4], 1)]);
    expect(await store.forecast(EVERYTHING, NATION, 'hour')).toMatchObject({
      ...second,
      start: START,
      mean: [11, 20, 33, 4],
    });
    expect(await store.forecast(EVERYTHING, NATION, 'hour', START + HOUR - 1)).toMatchObject({
      ...first,
      mean: [10, 20, 33, 4],
    });
    expect(await store.forecast(EVERYTHING, NATION, 'day')).toBeUndefined();
    expect(await store.forecast(EVERYTHING, { ...NATION, dim: "x' OR 1", code: '' }, 'hour')).toBeUndefined();
  });

  it('written again under the same instant replaces itself', async () => {
    await store.writeForecasts(second, [forecastOf([11, 20, 33, 4], 1)]);
    const [row] = await access.read<{ n: number }>('SELECT count() AS n FROM forecast FINAL');
    expect(row?.n).toBe(2);
  });

  it('is held against what was counted in its hours', async () => {
    const outcomes = new OutcomeQueries(access);
    const asked = {
      since: START - 10 * HOUR,
      knownTo: START + 3 * HOUR,
      knownDay: '2026-11-19',
      timeZone: ZONE,
      silences: [] as { from: number; to: number }[],
    };
    // Truth 12, 20, 26 against 10, 20, 33 and 11, 20, 33, each a wide, two and three: the hour without a report is no truth.
    expect(await outcomes.read(asked)).toEqual([
      { metric: 'submitted', horizon: 'hour', of: 6, truths: 3, held: [3, 4, 4], missed: 17, truth: 116 },
    ]);
    const silences = [{ from: START + 2 * HOUR, to: START + 2.5 * HOUR }];
    expect(await outcomes.read({ ...asked, silences })).toMatchObject([
      { of: 4, truths: 2, held: [3, 4, 4], missed: 3 },
    ]);
    expect(await outcomes.read({ ...asked, knownTo: START + HOUR })).toMatchObject([{ of: 2, truths: 1 }]);
  });
});

it('a projection is held against the total of its days, once they are over', async () => {
  const projection = {
    from: '2026-11-19',
    to: '2026-11-19',
    counted: 58,
    mean: 150,
    bands: [
      [149, 151],
      [140, 157],
      [130, 170],
    ] as const,
    backtests: 20,
  };
  await store.writeProjections({ madeAt: START, knownTo: START }, [{ ...NATION, horizon: 'day', projection }]);
  await store.writeProjections({ madeAt: START + HOUR, knownTo: START + HOUR }, [
    { ...NATION, horizon: 'day', projection: { ...projection, mean: 160, bands: projection.bands } },
    { ...NATION, horizon: 'month', projection: { ...projection, from: '2026-11-01', to: '2026-11-30' } },
  ]);
  const read = (knownDay: string) =>
    new OutcomeQueries(access).read({
      since: START + 99 * HOUR,
      knownTo: START,
      knownDay,
      timeZone: ZONE,
      silences: [],
    });
  expect(await read('2026-11-19')).toEqual([]);
  // 158 were counted on that day.
  expect(await read('2026-11-20')).toEqual([
    { metric: 'submitted', horizon: 'day', of: 2, truths: 1, held: [0, 0, 2], missed: 10, truth: 316 },
  ]);
});

it('an episode goes on under its id, ends, and is withdrawn where it is no longer found', async () => {
  const episode = (id: string, change: Partial<Episode> = {}): Episode => ({
    id,
    kind: 'surge',
    dim: 'province',
    code: 'P1',
    metric: 'submitted',
    onset: START,
    observed: 90,
    expected: 30,
    score: 7,
    drivers: [],
    ...change,
  });
  await store.writeEpisodes({ madeAt: 1, knownTo: 0 }, [episode('a'), episode('b', { onset: START - 1 })], START);
  await store.writeEpisodes({ madeAt: 2, knownTo: 0 }, [episode('a', { end: START + HOUR, observed: 95 })], START - 1);
  expect(await store.episodes(START - HOUR)).toEqual([episode('a', { end: START + HOUR, observed: 95 })]);
  const [withdrawn] = await access.read<{ n: number }>('SELECT count() AS n FROM episode FINAL WHERE withdrawn');
  expect(withdrawn?.n).toBe(1);
});

it('the newest of what walls show is read', async () => {
  expect(await store.newestMadeAt()).toBeUndefined();
  expect(await store.newest()).toBeUndefined();
  for (const madeAt of [START + HOUR, START]) {
    const forecasts: Forecasts = { madeAt, knownTo: madeAt, hours: {}, projections: {}, targets: [], episodes: [] };
    const calibration = [{ metric: 'late' as const, horizon: 'hour' as const, levels: [] }];
    await store.writeRun(forecasts, { forecasts, calibration });
  }
  expect(await store.newestMadeAt()).toBe(START + HOUR);
  expect(await store.newest()).toMatchObject({
    forecasts: { madeAt: START + HOUR },
    calibration: [{ metric: 'late' }],
  });
});

describe('what another version stored', () => {
  const run = (at: string, state: object, calibration: unknown = []): Promise<void> =>
    access.command(
      `INSERT INTO foresight (made_at, known_to, state, calibration) FORMAT JSONEachRow\n${JSON.stringify({
        made_at: at,
        known_to: at,
        state: JSON.stringify(state),
        calibration: JSON.stringify(calibration),
      })}`,
    );
  const known: Forecasts = { madeAt: START, knownTo: START, hours: {}, projections: {}, targets: [], episodes: [] };

  it('and is only more than is known here, is read without that', async () => {
    await run('2026-11-20 01:00:00', {
      ...known,
      sky: 'blue',
      projections: { day: { reason: 'too-old', detail: 'x', more: 1 } },
    });
    expect(await store.newest()).toEqual({
      forecasts: { ...known, projections: { day: { reason: 'too-old', detail: 'x' } } },
      calibration: [],
    });
    expect(reports).toEqual([]);
  });

  it('and cannot be read, counts as if there were none, and is reported once until there is another', async () => {
    await run('2026-11-20 02:00:00', { ...known, hours: { '1763500000': { mean: [1], bands: [] } } });
    expect(await store.newest()).toBeUndefined();
    expect(await store.newest()).toBeUndefined();
    expect(reports.splice(0)).toEqual([
      expect.stringMatching(
        /^forecasts: the run of 2026-11-20 02:00:00.000 UTC cannot be read: hours\.1763500000\.mean: .*version/,
      ),
    ]);
    await run('2026-11-20 03:00:00', known, [{ metric: 'applause' }]);
    expect(await store.newest()).toBeUndefined();
    expect(reports.splice(0)).toEqual([expect.stringContaining('0.metric')]);
    await run('2026-11-20 04:00:00', known);
    expect(await store.newest()).toEqual({ forecasts: known, calibration: [] });
  });

  it('and is an episode, is passed over, and the others are found', async () => {
    const found = await store.episodes(START - HOUR);
    await access.command(
      `INSERT INTO episode (id, updated_at, kind, dim, code, metric, onset, ended, withdrawn, facts) FORMAT JSONEachRow\n${JSON.stringify(
        {
          id: 'other',
          updated_at: '2026-11-20 00:00:00',
          kind: 'wave',
          dim: 'all',
          code: '',
          metric: 'submitted',
          onset: '2026-11-20 00:00:00',
          ended: null,
          withdrawn: false,
          facts: JSON.stringify({ id: 'other', kind: 'wave' }),
        },
      )}`,
    );
    expect(found.length).toBe(1);
    expect(await store.episodes(START - HOUR)).toEqual(found);
    expect(reports.splice(0)).toEqual([expect.stringContaining('the episode other cannot be read: kind')]);
  });
});
