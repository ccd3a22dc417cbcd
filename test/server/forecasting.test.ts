/** What a room foresees, from the portals' events to the wall and to whoever asks by HTTP. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { type Calibration, type Evidence, type ExpectedMade, localDay, startOfDay } from '@room/contract';
import type { StoredForecast } from '@room/warehouse';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { apiOf } from '../harness/api.ts';
import { send, snapshot, submission } from '../harness/client.ts';
import { scrape } from '../harness/metrics.ts';
import { type Room, startRoom } from '../harness/room.ts';

const HOUR = 3_600_000;
const TIME_ZONE = 'Asia/Ho_Chi_Minh';
const PATIENCE = { timeout: 120_000, interval: 200 };

let room: Room;
beforeAll(async () => {
  room = await startRoom();
}, 90_000);
afterAll(async () => {
  await room[Symbol.asyncDispose]();
});

const asked = async (query: string): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`${room.url}${query}`);
  return { status: response.status, body: await response.json() };
};

it.each([
  ['dim=planet', 'dim is one of all, agency, province, service'],
  ['dim=province&code=nowhere', 'the catalogue has no such province'],
  ['dim=province&code=02', 'the catalogue has no such province'],
  ['dim=all&code=x', 'the nation has no code'],
  ['metric=none', 'metric is one of submitted, submittedOnline, onTime, late'],
  ['grain=minute', 'grain is one of hour, day'],
  ['dim=all&dim=agency', 'dim is given once'],
  ['dim=__proto__', 'dim is one of'],
  ['province=34-01', 'province is not known; known are dim, code, metric, grain'],
])('refuses %s and says why', async (query, reason) => {
  const { status, body } = await asked(`/v1/forecasts?${query}`);
  expect(status).toBe(400);
  expect(body).toMatchObject({ error: { code: 'bad_request', reason: expect.stringContaining(reason) } });
});

it('before there is any history nothing is foreseen, and nothing is claimed', async () => {
  expect(await asked('/v1/calibration')).toEqual({ status: 200, body: [] });
  expect(await asked('/v1/forecasts?metric=late')).toMatchObject({
    status: 404,
    body: { error: { code: 'no_forecast' } },
  });
});

it('from three days of hours on the wall and everyone who asks see what is expected', {
  timeout: 240_000,
}, async () => {
  onTestFailed(() => console.error(room.logs()));
  // An hour is known a few minutes after its end.
  const last = Math.floor((Date.now() - 5 * 60_000) / HOUR) * HOUR - HOUR;
  const events = Array.from({ length: 75 }, (_, back) => {
    const from = last - back * HOUR;
    const interval = { start: new Date(from).toISOString(), end: new Date(from + HOUR).toISOString() };
    return submission(`h-${from}`, { occurredAt: undefined, interval, count: 40 + (back % 7) });
  });
  await send(room, events);
  await expect.poll(async () => (await snapshot(room))?.state.forecasts?.hours ?? {}, PATIENCE).not.toEqual({});
  const forecasts = (await snapshot(room))?.state.forecasts;
  expect(forecasts?.knownTo).toBe(last + HOUR);
  const [[at, hour] = []] = Object.entries(forecasts?.hours ?? {});
  // The wall has today's hours alone.
  const midnight = startOfDay(localDay(Date.now(), TIME_ZONE), TIME_ZONE);
  expect(Number(at) * 1_000).toBe(Math.max(last + HOUR, midnight));
  expect(hour?.mean).toBeGreaterThan(20);
  expect(hour?.mean).toBeLessThan(80);
  expect(hour?.bands).toHaveLength(3);

  await expect.poll(async () => (await asked('/v1/forecasts?dim=agency&code=MPS')).status, PATIENCE).toBe(200);
  const found = (await asked('/v1/forecasts')).body as StoredForecast;
  expect(found).toMatchObject({ madeAt: forecasts?.madeAt, knownTo: last + HOUR, start: last + HOUR, grain: 'hour' });
  expect(found.mean[0]).toBeCloseTo(hour?.mean ?? 0, 0);
  expect(((await asked('/v1/calibration')).body as Calibration[]).length).toBe(0);

  // From the number one step to what it was made from, and from there to the events that were counted.
  const made = (await asked(`/v1/evidence/expected?at=${found.start + HOUR + 1}`)).body as ExpectedMade;
  expect(made).toMatchObject({
    issuedAt: found.madeAt,
    knownTo: found.knownTo,
    at: found.start + HOUR,
    expected: { mean: found.mean[1], bands: [0, 2, 4].map((n) => found.bounds.slice(6 + n, 8 + n)) },
  });
  const [hours] = made.inputs;
  expect(hours).toMatchObject({ grain: 'hour', to: localDay(last, TIME_ZONE) });
  const counted = (await asked(hours?.evidence ?? '')).body as Evidence;
  expect(counted.sum).toMatchObject({
    events: 75,
    value: events.reduce((sum, { data }) => sum + (data as { count: number }).count, 0),
  });
  expect((await asked(`/v1/evidence/expected?at=${found.start - 1}`)).status).toBe(404);
  expect((await asked(`/v1/evidence/expected?by=${found.madeAt - HOUR}`)).status).toBe(404);

  // A code stands for the unit that has it today, and the answer names that.
  const byId = await asked('/v1/forecasts?dim=province&code=34-01');
  expect(byId).toMatchObject({ status: 200, body: { code: '34-01' } });
  expect(await asked('/v1/forecasts?dim=province&code=01')).toEqual(byId);
  // And to an assistant, with what it is a forecast of and what was known.
  await using client = {
    of: new Client({ name: 'test', version: '1' }),
    [Symbol.asyncDispose]: () => client.of.close(),
  };
  const transport = new StreamableHTTPClientTransport(new URL(`${room.url}/mcp`));
  await client.of.connect(transport as Parameters<Client['connect']>[0]);
  const told = await client.of.callTool({ name: 'forecasts', arguments: { dim: 'province', code: '01' } });
  const { mean, bounds, start, ...row } = byId.body as { mean: number[]; bounds: number[]; start: number };
  expect(told.structuredContent).toMatchObject({
    about: { asOf: new Date(last + HOUR).toISOString(), steps: expect.stringContaining('an hour') },
    definitions: { submitted: { unit: 'dossiers' } },
    answer: {
      ...row,
      steps: mean.map((expected, step) => ({
        at: new Date(start + step * HOUR).toISOString(),
        expected,
        bounds: expect.arrayContaining([[bounds[step], bounds[mean.length + step]]]),
      })),
    },
  });
  const api = await apiOf(room);
  for (const [path, query] of [
    ['/v1/forecasts', '?dim=agency&code=MPS'],
    ['/v1/snapshot', ''],
    ['/v1/calibration', ''],
  ] as const)
    expect(await api.wrong({ method: 'get', path }, await fetch(`${room.url}${path}${query}`))).toBeUndefined();

  const metrics = async () => scrape(room.url, room.operatorToken);
  await expect.poll(async () => (await metrics()).get('room_forecasting_series') ?? 0, PATIENCE).toBeGreaterThan(0);
  const measured = await metrics();
  expect(measured.get('room_forecasting_leading')).toBe(1);
  expect(measured.get('room_forecasting_failures_total')).toBe(0);
  expect(measured.get('room_forecasting_refresh_duration_seconds_count')).toBe(1);
  expect(measured.get('room_forecasting_age_seconds')).toBeGreaterThan(0);
});

it('ends cleanly afterwards', { timeout: 60_000 }, async () => {
  await room.stop();
  expect(room.exitCode).toBe(0);
  expect(room.logs()).not.toContain('did not stop');
});
