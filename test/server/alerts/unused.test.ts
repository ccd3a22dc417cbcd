/** A rule over the catalogue's essential services, in a real room whose portals all reported: who uses none of them rings. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { type Alerts, addDays, type Backtest, ESSENTIAL, localDay } from '@room/contract';
import { afterAll, beforeAll, expect, it, onTestFailed, vi } from 'vitest';
import { type AlertingRoom, startAlertingRoom } from '../../harness/alerting.ts';
import { send, submission } from '../../harness/client.ts';

const TODAY = localDay(Date.now(), 'Asia/Ho_Chi_Minh');
const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const CODES = catalogue.groups?.find(({ name }) => name === ESSENTIAL)?.codes ?? [];
const label = { vi: 'Không ai dùng', en: 'Nobody uses it' };
const RULE = {
  label,
  reason: label,
  owner: 'somebody',
  severity: 'warning',
  over: { dim: 'service', group: ESSENTIAL },
  when: { kind: 'unused', days: 3 },
  forSeconds: 0,
  keepSeconds: 0,
};

let alerting: AlertingRoom;
beforeAll(async () => {
  alerting = await startAlertingRoom(300, {}, { 'U-01': RULE });
});
afterAll(() => alerting?.[Symbol.asyncDispose]());

const open = async (look = 'government') => {
  const response = await alerting.as(look, '/v1/alerts');
  const { alerts } = (await response.json()) as Alerts;
  return alerts.filter(({ rule }) => rule === 'U-01');
};

it('rings for each that nobody used once all was reported, and not before; one that is used ends', async () => {
  onTestFailed(() => console.error(alerting.room.logs()));
  // On four days before today and today, so that a midnight meanwhile changes nothing.
  const told = (source: string, procedure: string, days: readonly number[]) =>
    send(
      alerting.room,
      days.map((ago) => {
        const occurredAt =
          ago === 0 ? new Date().toISOString() : new Date(`${addDays(TODAY, -ago)}T12:00:00+07:00`).toISOString();
        return submission(`${source} ${procedure} ${ago}`, { procedure, occurredAt }, { source });
      }),
      source,
    );
  const [first = '', ...rest] = catalogue.sources.map(({ id }) => id);
  await told(first, 'DV03', [4, 3, 2, 1, 0]);
  // Nothing is said while most of it is not reported.
  await vi.waitFor(
    async () =>
      expect(((await (await alerting.as('government', '/v1/alerts')).json()) as Alerts).evaluatedAt).toBeDefined(),
    { timeout: 60_000, interval: 200 },
  );
  expect(await open()).toEqual([]);
  for (const source of rest) await told(source, 'OTHER-MPS', [4, 3, 2, 1, 0]);
  const others = CODES.filter((code) => code !== 'DV03').sort();
  await vi.waitFor(async () => expect((await open()).map(({ code }) => code).sort()).toEqual(others), {
    timeout: 60_000,
    interval: 500,
  });
  const [alert] = await open();
  expect(alert).toMatchObject({ dim: 'service', opened: { value: 0, limit: 1 } });
  expect((alert?.opened.to ?? 0) - (alert?.opened.from ?? 0)).toBe(3 * 24 * 3_600_000);

  await told(first, 'DV04', [0]);
  await vi.waitFor(async () => expect((await open()).some(({ code }) => code === 'DV04')).toBe(false), {
    timeout: 60_000,
    interval: 500,
  });
});

it('is tried on the past by what was reported then', async () => {
  const { over, when, forSeconds, keepSeconds } = RULE;
  const response = await alerting.as('government', '/v1/rules/backtest', {
    rule: { over, when, forSeconds, keepSeconds },
    days: 7,
  });
  const { series, rings } = (await response.json()) as Backtest;
  expect(series).toHaveLength(CODES.length);
  // The day before yesterday was the third whole day in a row of which all was reported.
  expect(new Set(rings.map(({ code }) => code)).size).toBe(CODES.length - 1);
});
