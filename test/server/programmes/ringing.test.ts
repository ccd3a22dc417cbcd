/** Rules about indicators in a real room: what a unit owes rings, its number is that of the programme's page, and it is not tried on the past. */
import { type Alerts, addDays, type IndicatorList, localDay, periodsUntil } from '@room/contract';
import { afterAll, beforeAll, expect, it, onTestFailed, vi } from 'vitest';
import { type AlertingRoom, startAlertingRoom } from '../../harness/alerting.ts';

const TODAY = localDay(Date.now(), 'Asia/Ho_Chi_Minh');
const label = { vi: 'Báo cáo quá hạn', en: 'Reports overdue' };
const ruleOf = (when: object) => ({
  label,
  reason: label,
  owner: 'somebody',
  severity: 'warning',
  over: { dim: 'agency' },
  when,
  forSeconds: 0,
  keepSeconds: 0,
});
const OVERDUE = ruleOf({ kind: 'reports-overdue', limit: 0 });
const UNLIKELY = ruleOf({ kind: 'indicators-unlikely', chance: 1, limit: 0 });
const WAIT = { timeout: 90_000, interval: 500 };

let alerting: AlertingRoom;
beforeAll(async () => {
  alerting = await startAlertingRoom(3_600, {}, { 'I-01': OVERDUE, 'I-02': UNLIKELY });
});
afterAll(() => alerting?.[Symbol.asyncDispose]());

const told = async <T>(look: string, path: string, body?: object): Promise<T> => {
  const response = await alerting.as(look, path, body);
  const text = await response.text();
  expect([response.status, text]).toEqual([200, text]);
  return JSON.parse(text) as T;
};
const open = async (look: string, rule: string) =>
  (await told<Alerts>(look, '/v1/alerts')).alerts.filter((alert) => alert.rule === rule);
const indicators = async (look: string) => (await told<IndicatorList>(look, '/v1/indicators')).indicators;

it('rings for each unit that owes reports, with how many, and tells its own unit alone', async () => {
  onTestFailed(() => console.error(alerting.room.logs()));
  const owed = new Map<string, number>();
  for (const { body, overdue, units = [] } of await indicators('government')) {
    const add = (dim: string, code: string, count: number) =>
      dim === 'agency' && count > 0 ? owed.set(code, (owed.get(code) ?? 0) + count) : undefined;
    add(body.owner.dim, body.owner.code, overdue.length);
    for (const unit of units) add(body.by ?? '', unit.code, unit.overdue.length);
  }
  expect(owed.size).toBeGreaterThan(1);
  await vi.waitFor(async () => {
    const rung = (await open('government', 'I-01')).map(({ code, latest }) => [code, latest.value] as const);
    expect(new Map(rung)).toEqual(owed);
  }, WAIT);
  const [[first = ''] = []] = [...owed];
  expect((await open(`agency:${first}`, 'I-01')).map(({ code }) => code)).toEqual([first]);
  const [alert] = await open('government', 'I-01');
  const curve = await alerting.as('government', `/v1/alerts/${alert?.id}/curve`);
  expect([curve.status, await curve.text()]).toEqual([404, expect.stringContaining('/v1/indicators')]);
});

it('rings for what is unlikely by the reports that there are', async () => {
  // One whose next target is still to come, so that a chance can be said of it.
  const entry = (await indicators('government')).find(
    ({ body }) =>
      body.owner.dim === 'agency' &&
      body.targets.some(({ on }) => on > TODAY) &&
      periodsUntil(body, addDays(TODAY, -1)).length >= 6,
  );
  if (entry === undefined) throw new Error('the catalogue has an indicator with a target to come');
  const { id, body } = entry;
  const periods = periodsUntil(body, addDays(TODAY, -1)).slice(-6);
  const reports = periods.map(([period], n) => ({
    indicator: id,
    period,
    unit: body.unit,
    value: body.unit === 'share' ? 0.1 + (n % 2) / 100 : 100 + (n % 2),
    evidence: { text: 'a report' },
  }));
  await told(`agency:${body.owner.code}`, '/v1/indicators/reports', { reports });
  const chance = (await indicators('government')).find((each) => each.id === id)?.progress.chance;
  expect(chance?.probability).toBeLessThan(1);
  await vi.waitFor(
    async () => expect((await open('government', 'I-02')).map(({ code }) => code)).toEqual([body.owner.code]),
    WAIT,
  );
});

it('is not tried on the past, and says so', async () => {
  const { over, when } = OVERDUE;
  const tried = await alerting.as('government', '/v1/rules/backtest', { rule: { over, when }, days: 7 });
  expect([tried.status, await tried.json()]).toMatchObject([422, { error: { code: 'indicators_not_tried' } }]);
});
