/** Directives of a real room: of a real alert, to its ministry, which answers; told to no other; and what the Office does then. */
import type { Alerts, AlertTimeline, Directives, DirectiveTimeline, ResponseTimes } from '@room/contract';
import { addDays, localDay } from '@room/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AlertingRoom, startAlertingRoom } from '../../../harness/alerting.ts';

const PATIENCE = { timeout: 30_000, interval: 100 };
const OFFICE = 'leadership';
const MINISTRY = 'agency:MPS';
const OTHER = 'agency:MOH';
const TODAY = localDay(Date.now(), 'Asia/Ho_Chi_Minh');
const DUE = addDays(TODAY, 7);

let alerting: AlertingRoom;
beforeAll(async () => {
  alerting = await startAlertingRoom(3_600);
});
afterAll(() => alerting[Symbol.asyncDispose]());

const as: AlertingRoom['as'] = (look, path, body) => alerting.as(look, path, body);
const told = async <T>(answer: Promise<Response>): Promise<T> => {
  const response = await answer;
  const text = await response.text();
  expect([response.status, text]).toEqual([200, text]);
  return JSON.parse(text) as T;
};
const refused = async (answer: Promise<Response>): Promise<string> => {
  const response = await answer;
  const { error } = (await response.json()) as { error: { code: string } };
  return `${response.status} ${error.code}`;
};
const listed = async (look: string, which = 'open'): Promise<string[]> =>
  (await told<Directives>(as(look, `/v1/directives?which=${which}`))).directives.map(({ id: each }) => each);
const of = (look: string): Promise<DirectiveTimeline> => told(as(look, `/v1/directives/${id}`));
const post = (look: string, step: string, body: object): Promise<DirectiveTimeline> =>
  told(as(look, `/v1/directives/${id}${step}`, body));

const ORDER = {
  text: 'Bring what is overdue below the limit',
  head: 'Trần Quang Minh',
  due: DUE,
  wanted: { text: 'fewer than 900 beyond their date', side: 'below', value: 900 },
};
const UNIT = { dim: 'agency', code: 'MPS' };
const RESPONSE = {
  cause: 'two people were ill',
  measure: 'forty more',
  until: DUE,
  evidence: 'https://mps.example/plan',
};
let alert: string;
let id: string;

describe('a directive', () => {
  it('is given by the Office alone, to the unit of its alert alone, until a day that is to come', async () => {
    await alerting.tellOverdue(1_500);
    alert = await vi.waitFor(async () => {
      await alerting.tell(0);
      const { alerts } = await told<Alerts>(as(MINISTRY, '/v1/alerts'));
      const rung = alerts.find(({ rule }) => rule === 'T-04');
      expect(rung).toBeDefined();
      return rung?.id ?? '';
    }, PATIENCE);
    const give = (look: string, more: object = {}) =>
      as(look, '/v1/directives', { alert, unit: UNIT, ...ORDER, ...more });
    expect(await refused(give(MINISTRY))).toBe('403 no_right');
    expect(await refused(give('administrator'))).toBe('403 no_right');
    expect(await refused(give(OFFICE, { unit: { dim: 'agency', code: 'MOH' } }))).toBe('400 another_unit');
    expect(await refused(give(OFFICE, { unit: { dim: 'agency', code: 'XYZ' } }))).toBe('400 no_such_unit');
    expect(await refused(give(OFFICE, { due: addDays(TODAY, -1) }))).toBe('400 due_past');
    expect(await refused(give(OFFICE, { due: 'soon' }))).toBe('400 bad_directive');
    expect(await refused(give(OFFICE, { text: ' ' }))).toBe('400 bad_directive');
    expect(await refused(give(OFFICE, { wanted: { text: 'less', value: 900 } }))).toBe('400 bad_directive');
    expect(await refused(give(OFFICE, { alert: crypto.randomUUID() }))).toBe('404 no_such_alert');
    const { directive } = await told<DirectiveTimeline>(give(OFFICE));
    id = directive.id;
    expect(directive).toMatchObject({
      kind: 'directive',
      state: 'open',
      unit: UNIT,
      version: 1,
      order: ORDER,
      daysLeft: 7,
      isReached: false,
      reading: { value: 1_500, limit: 1_000 },
      alert: { id: alert },
    });
  });

  it('is seen by its unit and by whoever sees everything, and by no other', async () => {
    expect(await listed(MINISTRY)).toEqual([id]);
    expect(await listed(OFFICE)).toEqual([id]);
    expect(await listed(OTHER)).toEqual([]);
    expect(await refused(as(OTHER, `/v1/directives/${id}`))).toBe('404 no_such_directive');
    expect(await refused(as(OTHER, `/v1/directives/${id}/answer`, { ...RESPONSE, version: 1 }))).toBe(
      '404 no_such_directive',
    );
  });

  it('is answered by its unit, sent back with a reason, and answered anew over what was seen', async () => {
    expect(await refused(as(OFFICE, `/v1/directives/${id}/answer`, { ...RESPONSE, version: 1 }))).toBe('403 no_right');
    expect(
      await refused(as(MINISTRY, `/v1/directives/${id}/answer`, { ...RESPONSE, evidence: 'javascript:1', version: 1 })),
    ).toBe('400 bad_answer');
    expect(await refused(as(OFFICE, `/v1/directives/${id}/send-back`, { version: 1, why: 'too early' }))).toBe(
      '409 not_answered',
    );
    expect((await post(MINISTRY, '/answer', { ...RESPONSE, version: 1 })).directive).toMatchObject({
      state: 'answered',
      version: 2,
      response: { ...RESPONSE, who: `look:${MINISTRY}` },
      isAnsweredLate: false,
    });
    expect(await refused(as(MINISTRY, `/v1/directives/${id}/answer`, { ...RESPONSE, version: 1 }))).toBe(
      '409 conflict',
    );
    expect(await refused(as(MINISTRY, `/v1/directives/${id}/send-back`, { version: 2, why: 'x' }))).toBe(
      '403 no_right',
    );
    const sentBack = await post(OFFICE, '/send-back', { version: 2, why: 'no day', due: addDays(DUE, 3) });
    expect(sentBack.directive).toMatchObject({ state: 'open', version: 3, order: { due: addDays(DUE, 3) } });
    expect((await post(MINISTRY, '/answer', { ...RESPONSE, version: 3 })).directive.state).toBe('answered');
  });

  it('is confirmed with the reading that its measure has then, on one timeline with its alert', async () => {
    await alerting.tellOverdue(800);
    await vi.waitFor(async () => {
      await alerting.tell(0);
      expect((await told<AlertTimeline>(as(MINISTRY, `/v1/alerts/${alert}`))).alert.state).toBe('ended');
    }, PATIENCE);
    const { directive } = await post(OFFICE, '/confirm', { version: 4, note: 'seen' });
    expect(directive).toMatchObject({
      state: 'done',
      version: 5,
      isReached: true,
      decided: { what: 'confirmed', why: 'seen', reading: { value: 800 } },
      alert: { outcome: 'recovered' },
    });
    const { entries } = await of(MINISTRY);
    expect(entries.map(({ action }) => action)).toEqual([
      'alert.fired',
      'directive.given',
      'directive.answered',
      'directive.sent_back',
      'directive.answered',
      'alert.ended',
      'directive.confirmed',
    ]);
    expect(entries.find(({ action }) => action === 'directive.sent_back')?.why).toBe('no day');
    expect([await listed(OFFICE), await listed(OFFICE, 'settled')]).toEqual([[], [id]]);
    expect(await refused(as(MINISTRY, `/v1/directives/${id}/answer`, { ...RESPONSE, version: 5 }))).toBe('409 settled');
  });

  it('is as it was before where the Office takes its own change back, and where the newest is none, is not', async () => {
    expect((await of(OFFICE)).mayUndo).toBe(true);
    expect((await post(OFFICE, '/undo', { version: 5 })).directive).toMatchObject({ state: 'answered', version: 6 });
    expect(await refused(as(OFFICE, `/v1/directives/${id}/undo`, { version: 6 }))).toBe('409 nothing_to_undo');
    expect((await post(OFFICE, '', { ...ORDER, text: 'Another', version: 6 })).directive).toMatchObject({
      order: { text: 'Another' },
      version: 7,
    });
    expect((await post(OFFICE, '/undo', { version: 7 })).directive.order.text).toBe(ORDER.text);
    expect((await post(OFFICE, '/withdraw', { version: 8, why: 'given twice' })).directive).toMatchObject({
      state: 'withdrawn',
      decided: { what: 'withdrawn', why: 'given twice' },
    });
    expect(await refused(as(OFFICE, `/v1/directives/${id}/confirm`, { version: 9 }))).toBe('409 settled');
  });
});

describe('times', () => {
  it('are of the alerts of a scope, and say what is not over', async () => {
    await alerting.tell(150);
    await vi.waitFor(
      async () => expect((await told<Alerts>(as(MINISTRY, '/v1/alerts'))).alerts).toHaveLength(1),
      PATIENCE,
    );
    const theirs = await told<ResponseTimes>(as(MINISTRY, '/v1/response-times'));
    expect(theirs.rows).toMatchObject([
      { unit: { dim: 'agency', code: 'MPS' }, alerts: 2, open: 1, acknowledged: { ended: 0, open: 2 } },
    ]);
    expect(theirs.rows[0]?.recovered).toMatchObject({ ended: 1, open: 1 });
    expect(theirs.rows[0]?.recovered.median).toBeGreaterThan(0);
    expect((await told<ResponseTimes>(as(OTHER, '/v1/response-times'))).all.alerts).toBe(0);
    expect((await told<ResponseTimes>(as(OFFICE, '/v1/response-times?by=province'))).rows).toEqual([]);
    const file = await (await as(OFFICE, '/v1/response-times.csv?lang=en')).text();
    expect(file.split('\r\n').filter((line) => /,MPS,/.test(line))).toHaveLength(1);
    expect(file.trimEnd().split('\r\n').at(-1)).toMatch(/^# .*: 2$/);
    expect(await refused(as(OFFICE, '/v1/response-times?from=2020-01-01'))).toBe('422 too_much');
    expect(await refused(as(OFFICE, '/v1/response-times?from=2026-02-02&to=2026-02-01'))).toBe('400 bad_request');
  });
});
