/** What ministries report of indicators, in a real room: taken or refused with row and field, corrected beside, read as known then. */
import type { IndicatorHistory, IndicatorList } from '@room/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CookieClient, firstAdministrator, PASSWORD } from '../../harness/cookies.ts';
import { type Room, startRoom } from '../../harness/room.ts';

let room: Room;
let administrator: CookieClient;
/** May answer for one ministry. */
let police: CookieClient;
beforeAll(async () => {
  room = await startRoom();
  administrator = await firstAdministrator(room);
  const scope = { agencies: ['MPS'], provinces: [] };
  const invited = { id: 'police', name: 'Police', rights: ['view', 'answer'], scope };
  const { token } = await administrator.told<{ token: string }>('/v1/people', invited);
  police = new CookieClient(room);
  await police.told('/v1/session/accept', { token, password: PASSWORD });
});
afterAll(() => room[Symbol.asyncDispose]());

const report = (more: object = {}): object => ({
  indicator: 'EID-ACCOUNTS',
  period: '2026-01',
  unit: 'count',
  value: 71_000_000,
  evidence: { text: 'report 12', link: 'https://example.vn/12' },
  ...more,
});
const send = (...reports: object[]): Promise<Response> => police.ask('/v1/indicators/reports', { reports });
const refusal = async (answer: Promise<Response>): Promise<string> => {
  const response = await answer;
  const { error } = (await response.json()) as { error: { code: string; reason: string } };
  return `${response.status} ${error.code} ${error.reason}`;
};
const history = (): Promise<IndicatorHistory> => police.told<IndicatorHistory>('/v1/indicators/EID-ACCOUNTS');
const known = async (at: number): Promise<(number | null)[]> => {
  const query = `?at=${encodeURIComponent(new Date(at).toISOString())}`;
  const { indicators } = await police.told<IndicatorList>(`/v1/indicators${query}`);
  return indicators.find(({ id }) => id === 'EID-ACCOUNTS')?.known.map(({ value }) => value) ?? [];
};

it('a ministry sees its own, who sees everything sees all, and what is not reported in time is overdue', async () => {
  const own = await police.told<IndicatorList>('/v1/indicators');
  const others = own.indicators.filter(({ body }) => body.owner.code !== 'MPS');
  // Each ministry reports its own part of it, beside the value for all.
  expect(others.map(({ id, units }) => [id, units?.map(({ code }) => code)])).toEqual([['SERVICES-ONLINE', ['MPS']]]);
  expect(own.indicators.find(({ id }) => id === 'EID-ACCOUNTS')?.overdue).toContain('2026-01');
  const all = await administrator.told<IndicatorList>('/v1/indicators');
  expect(all.indicators).toHaveLength(23);
  expect(all.indicators.find(({ id }) => id === 'P06-SERVICES')?.progress).toEqual({
    latest: { on: '2023-12-28', value: 38 },
  });
  expect(await refusal(police.ask('/v1/indicators/NPSP-ACCOUNTS'))).toMatch(/^404 no_such_indicator/);
});

it('nothing was known at a time to come', async () => {
  const ask = (minutes: number) => {
    const at = encodeURIComponent(new Date(Date.now() + minutes * 60_000).toISOString());
    return administrator.ask(`/v1/indicators?at=${at}`);
  };
  expect(await refusal(ask(5))).toMatch(/^400 not_begun at: lies in the future/);
  // Clocks differ.
  expect((await ask(0.5)).status).toBe(200);
});

it('takes all rows or none, and names row and field of what it refuses', async () => {
  expect(await refusal(send(report(), report({ period: '2026-02', unit: 'share', value: 0.5 })))).toBe(
    '422 bad_report row 2: unit: it is reported as count',
  );
  expect(await refusal(send(report({ indicator: 'NPSP-ACCOUNTS' })))).toMatch(/^422 bad_report row 1: indicator: /);
  expect(await refusal(send(report({ period: 'soon', value: 7e11 })))).toMatch(
    /^422 bad_report row 1: period: write the month as 2026-11; row 1: value: more than 200000000/,
  );
  expect(await refusal(send(report(), report()))).toMatch(/^422 bad_report row 2: period: it stands in an earlier row/);
  expect(await refusal(send(report({ value: 7e11 })))).toMatch(/^422 bad_report row 1: value: more than 200000000/);
  expect(await refusal(send(report({ evidence: { text: 'x', link: 'javascript:alert(1)' } })))).toMatch(
    /^400 bad_report/,
  );
  expect((await history()).reports).toEqual([]);
});

it('corrects beside what was reported, and says what was known at any instant', async () => {
  const trial = await police.told('/v1/indicators/reports', { reports: [report()], isTrial: true });
  expect(trial).toEqual({ taken: 0, known: 0, refused: [] });
  const faulty = await police.told('/v1/indicators/reports', { reports: [report({ unit: 'share' })], isTrial: true });
  expect(faulty).toMatchObject({ taken: 0, refused: [{ row: 1, field: 'unit', code: 'measure', of: 'count' }] });
  expect(await police.told('/v1/indicators/reports', { reports: [report()] })).toEqual({
    taken: 1,
    known: 0,
    refused: [],
  });
  // The same again, as a file is sent twice, changes nothing; another value is a correction.
  expect(await police.told('/v1/indicators/reports', { reports: [report()] })).toEqual({
    taken: 0,
    known: 1,
    refused: [],
  });
  expect(await refusal(send(report({ value: 71_500_000 })))).toMatch(
    /^422 bad_report row 1: period: it is reported already; correct report 1/,
  );
  expect(await refusal(send(report({ revision: 1, value: 72_000_000 })))).toMatch(/row 1: why: /);
  await police.told('/v1/indicators/reports', {
    reports: [report({ revision: 1, value: 72_000_000, why: 'a district was missing' })],
  });
  const { reports } = await history();
  expect(reports.map(({ revision, value, who, why }) => [revision, value, who, why])).toEqual([
    [1, 71_000_000, 'person:police', undefined],
    [2, 72_000_000, 'person:police', 'a district was missing'],
  ]);
  const [first, second] = reports.map(({ at }) => at);
  expect(await known((first ?? 0) - 1)).toEqual([]);
  expect(await known(first ?? 0)).toEqual(first === second ? [72_000_000] : [71_000_000]);
  expect(await known(second ?? 0)).toEqual([72_000_000]);
});

it('a value that is taken back stands no longer, stays to be read, and is overdue again', async () => {
  await police.told('/v1/indicators/reports', {
    reports: [report({ revision: 2, value: null, why: 'of another month' })],
  });
  const list = await police.told<IndicatorList>('/v1/indicators');
  const entry = list.indicators.find(({ id }) => id === 'EID-ACCOUNTS');
  expect(entry?.known).toEqual([]);
  expect(entry?.overdue).toContain('2026-01');
  expect((await history()).reports.map(({ value }) => value)).toEqual([71_000_000, 72_000_000, null]);
  // Of the revision that is to be named, not of one that is there already.
  expect(await refusal(send(report()))).toMatch(/^422 bad_report row 1: revision: .* name report 3 as the revision/);
});

it('a province reports its own value: it and who sees everything see it, another province and the ministry do not', async () => {
  const invite = async (id: string, scope: object): Promise<CookieClient> => {
    const { token } = await administrator.told<{ token: string }>('/v1/people', {
      id,
      name: id,
      rights: ['view', 'answer'],
      scope,
    });
    const client = new CookieClient(room);
    await client.told('/v1/session/accept', { token, password: PASSWORD });
    return client;
  };
  const [hanoi, hue, office] = await Promise.all([
    invite('hanoi', { agencies: [], provinces: ['34-01'] }),
    invite('hue', { agencies: [], provinces: ['34-46'] }),
    invite('office', { agencies: ['OOG'], provinces: [] }),
  ]);
  const own = {
    ...report({ indicator: 'RESULTS-DIGITISED', period: '2026-Q1', unit: 'share', value: 0.61, by: '34-01' }),
  };
  expect(await refusal(hue.ask('/v1/indicators/reports', { reports: [own] }))).toMatch(/^422 .* row 1: scope: /);
  expect(await refusal(hanoi.ask('/v1/indicators/reports', { reports: [{ ...own, by: undefined }] }))).toMatch(
    /^422 .* row 1: scope: agency OOG reports it/,
  );
  expect(await hanoi.told('/v1/indicators/reports', { reports: [own] })).toEqual({ taken: 1, known: 0, refused: [] });
  const told = async (client: CookieClient): Promise<unknown> => {
    const { reports } = await client.told<IndicatorHistory>('/v1/indicators/RESULTS-DIGITISED');
    return reports.map(({ by, value }) => [by, value]);
  };
  expect(await told(hanoi)).toEqual([['34-01', 0.61]]);
  expect(await told(administrator)).toEqual([['34-01', 0.61]]);
  expect(await told(hue)).toEqual([]);
  expect(await told(office)).toEqual([]);
  const { indicators } = await hanoi.told<IndicatorList>('/v1/indicators');
  const entry = indicators.find(({ id }) => id === 'RESULTS-DIGITISED');
  expect(entry?.units?.map(({ code }) => code)).toEqual(['34-01']);
  expect(entry?.units?.[0]?.progress).toMatchObject({ latest: { on: '2026-03-31', value: 0.61 }, isMet: false });
  expect(entry?.units?.[0]?.overdue).not.toContain('2026-Q1');
});

it('of who may only look no report is taken', async () => {
  const scope = { agencies: ['MPS'], provinces: [] };
  const { token } = await administrator.told<{ token: string }>('/v1/people', {
    id: 'looks',
    name: 'Looks',
    rights: ['view'],
    scope,
  });
  const looks = new CookieClient(room);
  await looks.told('/v1/session/accept', { token, password: PASSWORD });
  expect(await refusal(looks.ask('/v1/indicators/reports', { reports: [report()] }))).toMatch(/^403 /);
});

it('is taken along as CSV, a row for each value of one’s own, and that it was is in the audit', async () => {
  expect((await send(report({ period: '2026-09' }))).status).toBe(200);
  const csv = await (await police.ask('/v1/indicators.csv?lang=en')).text();
  const lines = csv.split('\r\n');
  // How it is asked for again, and that it is whole.
  expect(csv).toMatch(/^# Indicators [\s\S]*\/v1\/indicators\.csv\?lang=en/);
  const [, said = ''] = /# [^\r\n]*: (\d+)\r\n$/.exec(csv) ?? [];
  const rows = lines.filter((line) => /^[A-Z0-9-]+,/.test(line) && !line.startsWith('#'));
  expect(Number(said)).toBe(rows.length);
  const ids = new Set(rows.map((line) => line.split(',')[0]));
  const { indicators } = await police.told<IndicatorList>('/v1/indicators');
  expect([...ids].sort()).toEqual(indicators.map(({ id }) => id).sort());
  const of = indicators.find(({ id }) => id === 'EID-ACCOUNTS');
  const told = (kind: string) => rows.filter((line) => line.startsWith('EID-ACCOUNTS,') && line.includes(`,${kind},`));
  expect(told('reported').length).toBe(of?.known.length);
  expect(told('reported').length).toBeGreaterThan(0);
  expect(told('report overdue').length).toBe(of?.overdue.length);
  expect(told('target').length).toBe(of?.body.targets.length);
  // As of a day before anything was reported there is none.
  const then = encodeURIComponent('2025-12-31T00:00:00Z');
  expect(await (await police.ask(`/v1/indicators.csv?lang=en&at=${then}`)).text()).not.toContain(',reported,');
  expect((await police.ask('/v1/indicators.csv?at=2099-01-01T00:00:00Z')).status).toBe(400);
  const { entries } = await administrator.told<{ entries: { after: unknown }[] }>(
    '/v1/audit?who=person:police&action=export.made',
  );
  expect(JSON.stringify(entries)).toContain('indicators csv');
});
