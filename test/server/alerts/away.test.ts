/** Alerts of a room whose database is away for half a minute, and which is killed then: nothing rings twice, nothing is lost, and it is said. */
import type { Alerts, AlertTimeline } from '@room/contract';
import { expect, it, vi } from 'vitest';
import { startAlertingRoom } from '../../harness/alerting.ts';
import { orSkip } from '../../harness/need.ts';
import { startPostgres } from '../../postgres/server.ts';

const PATIENCE = { timeout: 60_000, interval: 200 };
const AWAY_MS = 30_000;
const MINISTRY = 'agency:MPS';

it('keeps what rang, rings for what was crossed meanwhile once it is back, and goes on after a kill', {
  timeout: 240_000,
}, async (context) => {
  await using postgres = await orSkip(context, startPostgres());
  await using alerting = await startAlertingRoom(3_600, { DATABASE_URL: postgres.url });
  const ask = async <T>(path: string): Promise<T> => {
    const response = await alerting.as(MINISTRY, path);
    expect(response.status).toBe(200);
    return (await response.json()) as T;
  };
  const open = async (): Promise<string[]> =>
    (await ask<Alerts>('/v1/alerts')).alerts.map(({ rule, state }) => `${rule} ${state}`).sort();
  const actionsOf = async (id: string): Promise<string[]> =>
    (await ask<AlertTimeline>(`/v1/alerts/${id}`)).entries.map(({ action }) => action);
  await alerting.tell(150);
  await vi.waitFor(async () => expect(await open()).toEqual(['T-01 firing']), PATIENCE);
  const [{ id } = { id: '' }] = (await ask<Alerts>('/v1/alerts')).alerts;

  await postgres.stop();
  await alerting.tellOverdue(1_500);
  const began = performance.now();
  await vi.waitFor(async () => expect((await alerting.as(MINISTRY, '/v1/alerts')).status).toBe(503), PATIENCE);
  await vi.waitFor(() => expect(performance.now() - began).toBeGreaterThan(AWAY_MS), PATIENCE);
  expect(alerting.room.logs()).toContain('rules are looked at again');
  await postgres.start();

  // What was crossed while nobody could write it down rings now, and what rang before goes on.
  await vi.waitFor(async () => {
    await alerting.tell(0);
    expect(await open()).toEqual(['T-01 firing', 'T-04 firing']);
  }, PATIENCE);
  expect(await actionsOf(id)).toEqual(['alert.fired']);

  await alerting.room.kill();
  await alerting.room.restart();
  await alerting.tellOverdue(800);
  await vi.waitFor(async () => {
    await alerting.tell(0);
    expect(await open()).toEqual(['T-01 firing']);
  }, PATIENCE);
  expect(await actionsOf(id)).toEqual(['alert.fired']);
  const { alerts } = await ask<Alerts>('/v1/alerts?which=ended');
  expect(alerts).toMatchObject([{ rule: 'T-04', outcome: 'recovered' }]);
});
