/** What operators are told of alerts: zero where nothing rings, and how long what waits does. */
import type { AlertRow } from '@room/database';
import { createRegistry } from '@room/operations';
import { expect, it } from 'vitest';
import { measureAlerts } from '../../../server/src/operations/alerts.ts';

const row = (severity: string, state: string, beganAgo: number, acknowledged: boolean): AlertRow =>
  ({
    body: JSON.stringify({ severity }),
    state,
    began_at: new Date(Date.now() - beganAgo).toISOString(),
    acknowledged_at: acknowledged ? new Date().toISOString() : null,
  }) as AlertRow;

it('are born at zero, count what is open, and are absent while the database is away', async () => {
  const registry = createRegistry();
  let rows: AlertRow[] | undefined = [];
  let lookedAt: string | undefined;
  const away = new Error('away');
  measureAlerts(registry, {
    list: async () => {
      if (rows === undefined) throw away;
      return rows;
    },
    lookedAt: async () => {
      if (rows === undefined) throw away;
      return lookedAt;
    },
  });
  const values = async (name: string): Promise<Record<string, number>> => {
    const text = await registry.getSingleMetricAsString(name);
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
    );
  };
  expect(Object.keys(await values('room_alerts_open'))).toHaveLength(9);
  expect(new Set(Object.values(await values('room_alerts_open')))).toEqual(new Set([0]));
  expect(Object.values(await values('room_alerts_oldest_unacknowledged_seconds'))).toEqual([0, 0, 0]);
  // Before anybody looked it is as old as the process.
  expect((await values('room_alerts_evaluation_age_seconds'))['room_alerts_evaluation_age_seconds']).toBeLessThan(60);

  rows = [
    row('critical', 'firing', 90_000, true),
    row('critical', 'firing', 30_000, false),
    row('info', 'unknown', 0, false),
  ];
  lookedAt = new Date(Date.now() - 120_000).toISOString();
  expect(await values('room_alerts_open')).toMatchObject({
    'room_alerts_open{severity="critical",state="firing"}': 2,
    'room_alerts_open{severity="info",state="unknown"}': 1,
    'room_alerts_open{severity="warning",state="firing"}': 0,
  });
  const critical = 'room_alerts_oldest_unacknowledged_seconds{severity="critical"}';
  const age = (await values('room_alerts_oldest_unacknowledged_seconds'))[critical];
  expect(age).toBeGreaterThanOrEqual(30);
  expect(age).toBeLessThan(60);
  const looked = (await values('room_alerts_evaluation_age_seconds'))['room_alerts_evaluation_age_seconds'];
  expect(looked).toBeGreaterThanOrEqual(120);

  rows = undefined;
  expect(await values('room_alerts_open')).toEqual({});
  expect(await values('room_alerts_evaluation_age_seconds')).toEqual({});
});
