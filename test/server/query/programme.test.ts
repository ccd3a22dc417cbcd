/** Tasks and links as measures of questions, in a real room: the same as their own pages say, within each one's scope, and with their reasons refused. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import {
  addDays,
  failedOf,
  type LinkStandings,
  type LinkTrend,
  linksOf,
  localDay,
  type QueryAnswer,
  type TaskHistory,
} from '@room/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { send } from '../../harness/client.ts';
import { type Room, startRoom } from '../../harness/room.ts';

const { catalogue: CATALOGUE } = await loadCatalogue(DEFAULT_CATALOGUE);
const ZONE = 'Asia/Ho_Chi_Minh';
const OFFICE = 'leadership';
const ANALYST = 'analyst';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.now();
const TODAY = localDay(NOW, ZONE);
/** Whole days, which no hour of today is in. */
const DAY = addDays(TODAY, -1);
const EARLIER = addDays(TODAY, -2);

let room: Room;
const as = (look: string, path: string, body?: object): Promise<Response> =>
  fetch(`${room.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      cookie: `room-look=${look}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json', origin: room.url }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
async function told<T>(look: string, path: string, body?: object): Promise<T> {
  const response = await as(look, path, body);
  const text = await response.text();
  expect([response.status, text]).toEqual([200, text]);
  return JSON.parse(text) as T;
}
const query = (fields: Record<string, string>, look = ANALYST): Promise<QueryAnswer> =>
  told(look, `/v1/query?${new URLSearchParams({ from: EARLIER, to: TODAY, boundaries: 'today', ...fields })}`);
const refused = async (fields: Record<string, string>): Promise<string> => {
  const response = await as(ANALYST, `/v1/query?${new URLSearchParams({ from: DAY, to: DAY, ...fields })}`);
  const { error } = (await response.json()) as { error: { code: string; reason: string } };
  return `${response.status} ${error.code} ${error.reason}`;
};

const SOURCES: Readonly<Record<string, string>> = {
  MOJ: 'urn:portal:agency:MOJ',
  '01': 'urn:portal:province:01',
  VNPT: 'urn:telecom:vnpt',
};
let sent = 0;
/** A report of the quarter of an hour that begins at an hour of a local day. */
async function report(
  link: { database: string; agency?: string; province?: string; telecom?: string },
  [day, hour]: readonly [string, number],
  requests: number,
  timeout: number,
): Promise<void> {
  const source = SOURCES[link.agency ?? link.province ?? link.telecom ?? ''] ?? '';
  const start = Date.parse(`${day}T00:00:00+07:00`) + hour * HOUR;
  const interval = { start: new Date(start).toISOString(), end: new Date(start + 15 * MINUTE).toISOString() };
  const data = { ...link, interval, requests, errors: { timeout }, lastSuccessAt: interval.end };
  const event = { specversion: '1.0', id: `p-${sent++}`, source, type: 'link.reported', data };
  expect(await send(room, [event], source)).toMatchObject([{ result: 'accepted' }]);
}
const task = (item: string, dim: 'agency' | 'province', code: string, due: string) => ({
  plan: 'Plan 2026',
  item,
  unit: { dim, code },
  text: `Task ${item}`,
  due,
  wanted: 'all of it',
});

beforeAll(async () => {
  room = await startRoom();
  // All numbers here are made up, as those of a trial are: units are looked at by a click.
  await writeFile(join(room.dataDir, 'simulator-keys.jsonl'), '');
  const moj = { database: 'NDB01', agency: 'MOJ' };
  await report(moj, [EARLIER, 9], 80, 8);
  await report(moj, [DAY, 9], 100, 4);
  await report(moj, [DAY, 10], 50, 1);
  await report({ database: 'NDB03', agency: 'MOJ' }, [DAY, 9], 10, 5);
  await report({ database: 'NDB05', province: '01' }, [DAY, 9], 200, 20);
  await report({ database: 'NDB01', telecom: 'VNPT' }, [DAY, 23], 400, 1);
}, 120_000);
afterAll(() => room[Symbol.asyncDispose]());

it('of tasks nothing is known before the first was given, and zero is not said', async () => {
  const { total, rows, periods } = await query({ sort: 'tasksOpen', split: 'agency', grain: 'day' });
  expect(total.now).toBeUndefined();
  expect(total.points?.map(({ now }) => now)).toEqual([undefined, undefined, undefined]);
  expect(rows).toEqual([]);
  expect(periods.now.asOf).toBeUndefined();
});

it('tasks are what their history says, of all and of each unit, as they stood at the end of each day', async () => {
  await told(OFFICE, '/v1/tasks', {
    tasks: [
      task('1', 'agency', 'MPS', addDays(TODAY, 9)),
      task('2', 'agency', 'MPS', addDays(TODAY, -9)),
      task('3', 'agency', 'MOH', addDays(TODAY, -3)),
      task('4', 'province', '34-01', addDays(TODAY, -3)),
    ],
  });
  for (const look of [ANALYST, 'agency:MPS']) {
    const path = `/v1/tasks/history?from=${EARLIER}&to=${TODAY}&by=unit`;
    const history = await told<TaskHistory>(look, path);
    const answer = await query({ sort: 'tasksOverdue', split: 'agency', grain: 'day' }, look);
    const numbers = ({ open, overdue, settled }: TaskHistory['all']) =>
      history.days.map((_, n) => ({ tasksOpen: open[n], tasksOverdue: overdue[n], tasksSettled: settled[n] }));
    expect(history.days).toEqual([TODAY]);
    expect(answer.total.points?.flatMap(({ now }) => now ?? [])).toEqual(numbers(history.all));
    expect(answer.total.points?.map(({ at, now }) => [at, now === undefined])).toEqual([
      [EARLIER, true],
      [DAY, true],
      [TODAY, false],
    ]);
    expect(answer.total.now).toEqual(numbers(history.all).at(-1));
    for (const { unit, ...of } of history.rows.filter((row) => row.unit.dim === 'agency'))
      expect(answer.rows.find(({ key }) => key[0] === unit.code)?.now).toEqual(numbers(of).at(-1));
    const byMonth = await query({ measures: 'tasksOpen,tasksOverdue', grain: 'month' }, look);
    expect(byMonth.total.points?.at(-1)?.now).toEqual({
      tasksOpen: history.all.open.at(-1),
      tasksOverdue: history.all.overdue.at(-1),
    });
  }
  // Those of a province are of no ministry: one row, which stands last.
  const { rows, total } = await query({ sort: 'tasksOverdue', split: 'agency' });
  expect(rows.map(({ key, now }) => [...key, now?.tasksOpen, now?.tasksOverdue])).toEqual([
    ['MOH', 1, 1],
    ['MPS', 2, 1],
    ['', 1, 1],
  ]);
  expect(total.now).toMatchObject({ tasksOpen: 4, tasksOverdue: 3 });
  // A ministry sees its own, and nothing of any other.
  const own = await query({ sort: 'tasksOverdue', split: 'agency' }, 'agency:MPS');
  expect(own.rows.map(({ key, now }) => [...key, now?.tasksOpen, now?.tasksOverdue])).toEqual([['MPS', 2, 1]]);
  expect(own.total.now).toMatchObject({ tasksOpen: 2, tasksOverdue: 1 });
  const narrowed = await query({ sort: 'tasksOverdue', agency: 'MOH' }, 'agency:MPS');
  expect(narrowed.total.now).toBeUndefined();
  const one = await query({ sort: 'tasksOverdue', agency: 'MOF' });
  // After the first of all was given, a ministry without any has none: that is known.
  expect(one.total.now).toMatchObject({ tasksOpen: 0, tasksOverdue: 0 });
});

it('tasks go into files, on paper, and are kept as they were answered', async () => {
  const fields = `sort=tasksOverdue&split=agency&from=${DAY}&to=${TODAY}&lang=en`;
  const csv = await (await as(ANALYST, `/v1/query.csv?${fields}`)).text();
  expect(csv).toMatch(/,Open tasks,Overdue tasks,Settled tasks\r\n/);
  expect(csv).toMatch(/\r\nMPS,Ministry of Public Security,2,1,0\r\n/);
  expect(csv).toMatch(/\r\n,Other units,1,1,0/);
  expect(csv).not.toMatch(/days received/);
  for (const [kind, begins] of [
    ['pdf', '%PDF-'],
    ['xlsx', 'PK'],
  ] as const) {
    const file = await as(ANALYST, `/v1/query.${kind}?${fields}`);
    expect([
      file.status,
      Buffer.from(await file.arrayBuffer())
        .toString('latin1')
        .slice(0, begins.length),
    ]).toEqual([200, begins]);
  }
  const question = { sort: 'tasksOverdue', split: 'agency', from: DAY, to: TODAY };
  const frozen = await told<{ id: string; answer: QueryAnswer }>(ANALYST, '/v1/frozen', { question });
  expect(frozen.answer.rows[0]).toMatchObject({ key: ['MOH'], now: { tasksOpen: 1, tasksOverdue: 1 } });
});

it('links are what their page says, over days and hours, and whoever told nothing has no row', {
  timeout: 120_000,
}, async () => {
  const page = (look: string, from: string, to: string): Promise<LinkStandings> =>
    told(look, `/v1/links?from=${from}&to=${to}`);
  await expect
    .poll(
      async () => (await page(OFFICE, EARLIER, DAY)).links.filter(({ requests }) => requests !== undefined).length,
      {
        timeout: 60_000,
        interval: 300,
      },
    )
    .toBe(4);
  const links = linksOf(CATALOGUE);
  for (const look of [ANALYST, 'agency:MOJ', 'province:34-01', 'agency:MOH']) {
    const standings = (await page(look, EARLIER, DAY)).links.filter(({ requests }) => requests !== undefined);
    const answer = await query({ sort: 'linkVolume', from: EARLIER, to: DAY, split: 'agency', compare: 'none' }, look);
    const sums = new Map<string, [number, number]>();
    for (const { id, requests = 0, errors } of standings) {
      const link = links.get(id);
      const key = link?.dim === 'agency' ? link.party.id : '';
      const [all, failed] = sums.get(key) ?? [0, 0];
      sums.set(key, [all + requests, failed + (errors === undefined ? 0 : failedOf(errors))]);
    }
    expect(new Map(answer.rows.map(({ key, now }) => [key[0], [now?.linkVolume, now?.linkErrors]]))).toEqual(sums);
    expect(
      answer.rows.every(({ now }) => now?.linkErrorShare === (now?.linkErrors ?? 0) / (now?.linkVolume ?? 1)),
    ).toBe(true);
    const all = [...sums.values()].reduce(([a, b], [c, d]) => [a + c, b + d] as [number, number], [0, 0]);
    expect([answer.total.now?.linkVolume, answer.total.now?.linkErrors]).toEqual(
      standings.length === 0 ? [undefined, undefined] : all,
    );
  }
  const byDay = await query({
    sort: 'linkErrors',
    from: DAY,
    to: DAY,
    compare: 'previous',
    grain: 'day',
    split: 'agency',
  });
  expect(byDay.total).toMatchObject({
    now: { linkVolume: 760, linkErrors: 31, linkErrorShare: 31 / 760 },
    before: { linkVolume: 80, linkErrors: 8, linkErrorShare: 0.1 },
  });
  expect(byDay.rows.map(({ key, now, before }) => [key[0], now?.linkErrors, before?.linkErrors])).toEqual([
    ['MOJ', 10, 8],
    ['', 21, undefined],
  ]);
  // Five reports of a quarter of an hour each, of all links' whole day.
  const quarter = 15 / (24 * 60 * links.size);
  expect(byDay.periods.now.coverage).toBeCloseTo(5 * quarter, 9);
  expect(byDay.periods.now.asOf).toBe(Date.parse(`${DAY}T23:15:00+07:00`));
  const hourly = await query({ measures: 'linkVolume,linkErrors', from: DAY, to: DAY, compare: 'none', grain: 'hour' });
  expect(hourly.total.points?.flatMap(({ at, now }) => (now === undefined ? [] : [[at, now.linkVolume]]))).toEqual([
    [`${DAY}T09`, 310],
    [`${DAY}T10`, 50],
    [`${DAY}T23`, 400],
  ]);
  const { points } = await told<LinkTrend>(OFFICE, `/v1/links/population.MOJ?from=${DAY}&to=${DAY}`);
  const own = await query({
    measures: 'linkVolume',
    from: DAY,
    to: DAY,
    agency: 'MOJ',
    grain: 'hour',
    compare: 'none',
  });
  const [nine, ten] = [9, 10].map((hour) => points[hour]?.requests);
  expect([nine, ten]).toEqual([100, 50]);
  // Of one party all its links: that to another database told of ten at nine.
  expect(own.total.points?.slice(9, 11).map(({ now }) => now?.linkVolume)).toEqual([110, 50]);
  expect(
    await (await as(ANALYST, `/v1/query.csv?sort=linkErrors&split=province&from=${DAY}&to=${DAY}&lang=en`)).text(),
  ).toMatch(/34-01,.*,200,20,0\.1\r\n,Other units,560,11,/);
});

it('what they do not have is refused, with the field, the reason and what to ask instead', async () => {
  expect(await refused({ measures: 'submitted,tasksOverdue' })).toMatch(
    /^400 bad_query measures: .*question of its own/,
  );
  expect(await refused({ measures: 'submitted', sort: 'tasksOverdue' })).toMatch(
    /^400 bad_query sort: .*question of its own/,
  );
  expect(await refused({ measures: 'tasksOpen', split: 'channel' })).toMatch(
    /^400 bad_query split: .*agency or province/,
  );
  expect(await refused({ measures: 'linkErrors', service: 'DV01' })).toMatch(
    /^400 bad_query service: .*agency or province/,
  );
  expect(await refused({ measures: 'tasksOpen', agency: 'MPS', split: 'province' })).toMatch(
    /^400 bad_query .*one unit/,
  );
  expect(await refused({ measures: 'tasksOpen', grain: 'hour' })).toMatch(/^400 bad_query grain: .*grain=day/);
  expect(await refused({ measures: 'linkVolume', per: '1000-people' })).toMatch(/^400 bad_query per: .*leave it out/);
  expect(await refused({ measures: 'tasksOpen', compare: 'day-types' })).toMatch(/^400 bad_query compare: .*previous/);
  expect(await refused({ measures: 'tasksOpen', from: addDays(DAY, -366) })).toMatch(/^422 too_much to: /);
  expect(await refused({ measures: 'linkVolume', from: addDays(DAY, -31), grain: 'hour' })).toMatch(
    /^422 too_much to: /,
  );
  expect(await refused({ measures: 'tasksOpen', agency: 'XYZ' })).toMatch(
    /^400 bad_query agency: the catalogue has no/,
  );
  const proven = await as(ANALYST, `/v1/evidence?measure=tasksOpen&from=${DAY}&to=${DAY}`);
  expect([proven.status, await proven.text()]).toEqual([400, expect.stringMatching(/\/v1\/tasks\/history/)]);
});
