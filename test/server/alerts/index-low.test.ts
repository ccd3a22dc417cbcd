/** A rule about the index in a real room: it rings for a ministry that surely has little of the points that are measured, and ends once it has them. */
import { type Alerts, addDays, indexPeriod, indexSpan, localDay, type QueryAnswer } from '@room/contract';
import { expect, it, onTestFailed, vi } from 'vitest';
import { startAlertingRoom } from '../../harness/alerting.ts';
import { send, submission } from '../../harness/client.ts';

const PATIENCE = { timeout: 90_000, interval: 300 };
/** Fewer say nothing of how days vary: then nobody is judged. */
const ENOUGH_DAYS = 5;
const label = { vi: 'Chỉ số thấp', en: 'The index is low' };
const RULE = {
  label,
  reason: label,
  owner: 'somebody',
  severity: 'warning',
  over: { dim: 'agency', codes: ['MPS', 'MOH'] },
  when: { kind: 'index-low', limit: 0.5, recover: 0.6 },
  forSeconds: 0,
  keepSeconds: 0,
};

it('rings and ends with the events of the running quarter; in its first days, which say nothing yet, it is silent', {
  timeout: 240_000,
}, async () => {
  await using alerting = await startAlertingRoom(3_600, {}, { 'L-01': RULE });
  onTestFailed(() => console.error(alerting.room.logs()));
  const today = localDay(Date.now(), 'Asia/Ho_Chi_Minh');
  const { from } = indexPeriod(indexSpan('quarter', today), today);
  // Whole days of this quarter, the newest first, and the running one up to now.
  const whole = Array.from({ length: ENOUGH_DAYS }, (_, n) => addDays(today, -n - 1)).filter((day) => day >= from);
  const times = [new Date().toISOString(), ...whole.map((day) => `${day}T09:00:00+07:00`)];
  let sent = 0;
  let count = 0;
  /** Each day so many dossiers are filed by that channel, and as many are finished, in time or not. */
  async function serve(agency: string, each: number, isGood: boolean): Promise<void> {
    await send(
      alerting.room,
      times.flatMap((occurredAt) => [
        submission(`i-${sent++}`, { agency, count: each, channel: isGood ? 2 : 1, occurredAt }),
        submission(`i-${sent++}`, { agency, count: each, channel: 1, status: 9, onTime: isGood, occurredAt }),
      ]),
    );
    count += each * times.length;
  }
  /** Scores are read again after two minutes, and at once by a room that begins: with all that was told, once it is counted. */
  async function looked(): Promise<void> {
    await vi.waitFor(async () => {
      const answer = await alerting.as(
        'government',
        `/v1/query?measures=submitted&from=${addDays(today, -9)}&to=${today}`,
      );
      expect(((await answer.json()) as QueryAnswer).total.now?.submitted).toBe(count);
    }, PATIENCE);
    await alerting.room.kill();
    await alerting.room.restart();
  }
  const alerts = async (which = 'open'): Promise<Alerts> =>
    (await (await alerting.as('government', `/v1/alerts?which=${which}`)).json()) as Alerts;
  const ringing = async (which?: string) =>
    (await alerts(which)).alerts.filter(({ rule }) => rule === 'L-01').map(({ code }) => code);
  await serve('MPS', 10, false);
  await serve('MOH', 10, true);
  await looked();
  if (times.length < ENOUGH_DAYS) {
    const { evaluatedAt = 0 } = await alerts();
    await vi.waitFor(
      async () => expect((await alerts()).evaluatedAt ?? 0).toBeGreaterThan(Math.max(evaluatedAt, Date.now() - 10_000)),
      PATIENCE,
    );
    expect(await ringing()).toEqual([]);
    return;
  }
  await vi.waitFor(async () => expect(await ringing()).toEqual(['MPS']), PATIENCE);
  const [alert] = (await alerts()).alerts.filter(({ rule }) => rule === 'L-01');
  // Of what is measured it has nothing, and no more than nothing.
  expect(alert).toMatchObject({ dim: 'agency', opened: { value: 0, observed: 0, limit: 0.5 } });

  // A hundred times as many, in time and online: what was late is a hundredth of it.
  await serve('MPS', 1_000, true);
  await looked();
  await vi.waitFor(async () => expect(await ringing()).toEqual([]), PATIENCE);
  const [ended] = (await alerts('ended')).alerts.filter(({ rule }) => rule === 'L-01');
  expect(ended).toMatchObject({ code: 'MPS', outcome: 'recovered' });
});
