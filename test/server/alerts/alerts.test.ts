/** Alerts of a real room: rung by real events, answered by the ministry that they are about, and by no other. */
import {
  type Alerts,
  type AlertTimeline,
  addDays,
  type ClientToServer,
  localDay,
  type ServerToClient,
} from '@room/contract';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type AlertingRoom, MINISTRY_PORTAL, startAlertingRoom } from '../../harness/alerting.ts';
import { snapshot } from '../../harness/client.ts';

const SILENT_AFTER = 12;
const PATIENCE = { timeout: 30_000, interval: 100 };
const MINISTRY = 'agency:MPS';
const OTHER = 'agency:MOH';

let alerting: AlertingRoom;
let room: AlertingRoom['room'];
const sockets: Socket[] = [];

beforeAll(async () => {
  alerting = await startAlertingRoom(SILENT_AFTER);
  ({ room } = alerting);
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await alerting[Symbol.asyncDispose]();
});

const tell: AlertingRoom['tell'] = (count, data) => alerting.tell(count, data);
const as: AlertingRoom['as'] = (look, path, body) => alerting.as(look, path, body);
const told = async <T>(answer: Promise<Response>): Promise<T> => {
  const response = await answer;
  expect(response.status).toBe(200);
  return (await response.json()) as T;
};
const refused = async (answer: Promise<Response>): Promise<string> => {
  const response = await answer;
  const { error } = (await response.json()) as { error: { code: string } };
  return `${response.status} ${error.code}`;
};
const alertsOf = (look: string, which = 'open'): Promise<Alerts> => told(as(look, `/v1/alerts?which=${which}`));
const alertOf = (id: string, look = MINISTRY): Promise<AlertTimeline> => told(as(look, `/v1/alerts/${id}`));
const actionsOf = async (id: string): Promise<string[]> => (await alertOf(id)).entries.map(({ action }) => action);

function listening(look: string): { told: number } {
  const heard = { told: 0 };
  const socket: Socket<ServerToClient, ClientToServer> = io(room.url, {
    transports: ['websocket'],
    forceNew: true,
    extraHeaders: { cookie: `room-look=${look}` },
  });
  socket.on('alerts', () => heard.told++);
  sockets.push(socket);
  return heard;
}

const ANSWER = {
  cause: 'a rush at the end of the year',
  measure: 'forty people more',
  until: addDays(localDay(Date.now(), 'Asia/Ho_Chi_Minh'), 30),
};
let id: string;

it('rings for the ministry that it is about within seconds, and for no other', async () => {
  await tell(1);
  await vi.waitFor(async () => expect((await snapshot(room))?.state.agencies['MPS']?.submitted).toBe(1), PATIENCE);
  const [theirs, others] = [listening(MINISTRY), listening(OTHER)];
  await vi.waitFor(async () => expect((await alertsOf(MINISTRY)).evaluatedAt).toBeDefined(), PATIENCE);
  expect((await alertsOf(MINISTRY)).alerts).toEqual([]);
  const began = performance.now();
  await tell(150);
  const { alerts } = await vi.waitFor(async () => {
    const found = await alertsOf(MINISTRY);
    expect(found.alerts).toHaveLength(1);
    return found;
  }, PATIENCE);
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(alerts).toMatchObject([
    {
      rule: 'T-01',
      dim: 'agency',
      code: 'MPS',
      state: 'firing',
      opened: { value: 151, limit: 100 },
      answerVersion: 0,
      covers: 0,
    },
  ]);
  id = alerts[0]?.id ?? '';
  await vi.waitFor(() => expect(theirs.told).toBeGreaterThan(0), PATIENCE);
  expect(others.told).toBe(0);
  expect((await alertsOf(OTHER)).alerts).toEqual([]);
  expect(await refused(as(OTHER, `/v1/alerts/${id}`))).toBe('404 no_such_alert');
  expect((await alertsOf('leadership')).alerts.map((alert) => alert.id)).toEqual([id]);
});

it('is acknowledged and answered by whoever has the right within the scope, which everybody above sees', async () => {
  const acknowledge = `/v1/alerts/${id}/acknowledge`;
  const answer = `/v1/alerts/${id}/answer`;
  await tell(0);
  expect(await refused(as(OTHER, acknowledge, {}))).toBe('404 no_such_alert');
  expect(await refused(as('leadership', acknowledge, {}))).toBe('403 no_right');
  expect(await refused(as(OTHER, answer, { ...ANSWER, version: 0 }))).toBe('404 no_such_alert');
  const acknowledged = await told<AlertTimeline>(as(MINISTRY, acknowledge, {}));
  expect(acknowledged.alert.acknowledged?.who).toBe(`look:${MINISTRY}`);
  expect((await told<AlertTimeline>(as(MINISTRY, acknowledge, {}))).entries).toHaveLength(2);
  await tell(0);
  expect(await refused(as(MINISTRY, answer, { ...ANSWER, until: 'soon', version: 0 }))).toBe('400 bad_request');
  expect(await refused(as(MINISTRY, answer, { ...ANSWER, until: '2026-11-01', version: 0 }))).toBe('400 until_past');
  await told(as(MINISTRY, answer, { ...ANSWER, version: 0 }));
  expect(await refused(as(MINISTRY, answer, { ...ANSWER, version: 0 }))).toBe('409 conflict');
  await told(as(MINISTRY, answer, { ...ANSWER, cause: 'two rushes', version: 1 }));
  const { alert, entries } = await alertOf(id, 'leadership');
  expect(alert.answer).toMatchObject({ ...ANSWER, cause: 'two rushes', who: `look:${MINISTRY}` });
  expect(entries.map(({ action }) => action)).toEqual([
    'alert.fired',
    'alert.acknowledged',
    'alert.answered',
    'alert.answered',
  ]);
});

it('becomes unknown when its portal falls silent, which rings by itself, and nothing is resolved', async () => {
  const silent = await vi.waitFor(
    async () => {
      const { alerts } = await alertsOf(MINISTRY);
      expect(alerts.map(({ rule, state }) => `${rule} ${state}`).sort()).toEqual(['T-01 unknown', 'T-02 firing']);
      return alerts;
    },
    { timeout: SILENT_AFTER * 1_000 + 30_000, interval: 200 },
  );
  expect(silent.find(({ rule }) => rule === 'T-01')).toMatchObject({ id, latest: { missing: MINISTRY_PORTAL } });
  // The country as a whole is not known either, and does not ring besides.
  expect((await alertsOf('leadership')).alerts).toHaveLength(2);
  expect((await alertsOf(MINISTRY, 'ended')).alerts).toEqual([]);
});

it('is there once more, and rings no second time, after the server was killed and started again', async () => {
  const before = await alertOf(id);
  await room.kill();
  await room.restart();
  // Its rules were looked at since.
  const at = Date.now();
  await vi.waitFor(async () => expect((await alertsOf(MINISTRY)).evaluatedAt).toBeGreaterThan(at), PATIENCE);
  expect(await alertOf(id)).toMatchObject({ alert: { ...before.alert, latest: {} }, entries: before.entries });
  expect((await alertsOf(MINISTRY)).alerts).toHaveLength(2);
  await tell(0);
  await vi.waitFor(async () => expect((await alertOf(id)).alert.state).toBe('firing'), PATIENCE);
  expect((await actionsOf(id)).slice(4)).toEqual(['alert.unknown', 'alert.known_again']);
  expect((await alertsOf(MINISTRY)).alerts.map(({ rule }) => rule)).toEqual(['T-01']);
});

it('ends as corrected where a correction undoes the crossing', async () => {
  await tell(-60, { corrects: 'a-1' });
  await vi.waitFor(async () => expect((await alertOf(id)).alert.state).toBe('ended'), PATIENCE);
  const { alert, entries } = await alertOf(id);
  expect(alert).toMatchObject({ outcome: 'corrected', latest: { value: 91 } });
  expect(entries.at(-1)).toMatchObject({ action: 'alert.ended', outcome: 'corrected' });
  expect((await alertsOf(MINISTRY)).alerts).toEqual([]);
  expect((await alertsOf(MINISTRY, 'ended')).alerts.map(({ rule }) => rule)).toContain('T-01');
});

it('rings by what waits, as the portal last reported it', async () => {
  const ruleOf = async (which: string): Promise<object[]> =>
    (await alertsOf(MINISTRY, which)).alerts.filter(({ rule }) => rule === 'T-04');
  await alerting.tellOverdue(1_500);
  await vi.waitFor(async () => {
    await tell(0);
    expect(await ruleOf('open')).toMatchObject([{ state: 'firing', opened: { value: 1_500, limit: 1_000 } }]);
  }, PATIENCE);
  await alerting.tellOverdue(900);
  await vi.waitFor(async () => {
    await tell(0);
    expect(await ruleOf('ended')).toMatchObject([{ outcome: 'recovered', latest: { value: 900 } }]);
  }, PATIENCE);
});
