/** Links to national databases, from what parties report to what people of each scope are told, and to the inbox of alerts. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_CATALOGUE } from '@room/catalogue';
import type { Alerts, LinkStanding, LinkStandings, LinkTrend } from '@room/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { send } from '../../harness/client.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { type TempDir, tempDir } from '../../harness/temp.ts';

const WAIT = { timeout: 60_000, interval: 250 };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Seconds without a report after which a link is silent here. */
const SILENT_AFTER = 40 * 60;
const label = (text: string) => ({ vi: text, en: text });
const COMMON = { forSeconds: 0, keepSeconds: 0, owner: 'somebody', reason: label('test'), severity: 'critical' };
const RULES = {
  'L-01': { ...COMMON, label: label('Link silent'), over: { dim: 'link' }, when: { kind: 'silent' } },
  'L-02': {
    ...COMMON,
    label: label('Link errs'),
    over: { dim: 'link', codes: ['population.MOJ', 'land.34-01'] },
    when: { kind: 'link-errors', limit: 'linkErrors' },
  },
};

let folder: TempDir;
let room: Room;
beforeAll(async () => {
  folder = await tempDir('links');
  const catalogue = join(folder.path, 'catalogue');
  await cp(DEFAULT_CATALOGUE, catalogue, { recursive: true });
  const file = join(catalogue, 'catalogue.json');
  const found = JSON.parse(await readFile(file, 'utf8')) as { links: { silentAfter: number }[] };
  for (const group of found.links) group.silentAfter = SILENT_AFTER;
  await writeFile(file, JSON.stringify(found));
  await writeFile(join(catalogue, 'rules.json'), JSON.stringify(RULES));
  room = await startRoom({ catalogue, dataDir: join(folder.path, 'data') });
  // All numbers here are made up, as those of a trial are: units are looked at by a click.
  await writeFile(join(room.dataDir, 'simulator-keys.jsonl'), '');
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

let sent = 0;
interface Told {
  database: string;
  agency?: string;
  province?: string;
  telecom?: string;
  requests: number;
  errors?: object;
  /** Milliseconds since 1970 UTC. */
  end: number;
  minutes?: number;
}
const SOURCES = {
  MOJ: 'urn:portal:agency:MOJ',
  MOF: 'urn:portal:agency:MOF',
  '01': 'urn:portal:province:01',
  VNPT: 'urn:telecom:vnpt',
};
/** One report, of the minute before `end` where nothing else is said. */
async function tell({ end, minutes = 1, requests, errors, ...link }: Told): Promise<void> {
  const source = SOURCES[(link.agency ?? link.province ?? link.telecom) as keyof typeof SOURCES];
  const failed = Object.values(errors ?? {}).reduce((sum: number, n) => sum + (n as number), 0);
  // No interval lies within two days.
  const midnight = Math.floor((end - 1 + 7 * HOUR) / (24 * HOUR)) * 24 * HOUR - 7 * HOUR;
  const start = Math.max(end - minutes * MINUTE, midnight);
  const interval = { start: new Date(start).toISOString(), end: new Date(end).toISOString() };
  const last = failed < requests ? { lastSuccessAt: interval.end } : {};
  const data = { ...link, interval, requests, ...(errors === undefined ? {} : { errors }), ...last };
  const event = { specversion: '1.0', id: `l-${sent++}`, source, type: 'link.reported', data };
  expect(await send(room, [event], source)).toMatchObject([{ result: 'accepted' }]);
}
const as = (look: string, path: string): Promise<Response> =>
  fetch(`${room.url}${path}`, { headers: { cookie: `room-look=${look}` } });
const linksOf = async (look = 'leadership', query = ''): Promise<Map<string, LinkStanding>> => {
  const response = await as(look, `/v1/links${query}`);
  const { links } = (await response.json()) as LinkStandings;
  return new Map(links.map((link) => [link.id, link]));
};
const ringing = async (): Promise<string[]> =>
  ((await (await as('leadership', '/v1/alerts')).json()) as Alerts).alerts
    .filter(({ state }) => state === 'firing')
    .map(({ rule, dim, code }) => `${rule} ${dim} ${code}`)
    .sort();

it('says of each link of a scope what it is, and of whoever told nothing nothing', async () => {
  const now = Date.now();
  await tell({ database: 'NDB01', agency: 'MOJ', requests: 1_000, errors: { timeout: 3 }, end: now - MINUTE });
  await tell({ database: 'NDB05', province: '01', requests: 100, errors: { unavailable: 40 }, end: now - MINUTE });
  await tell({ database: 'NDB03', province: '01', requests: 29, errors: { timeout: 9 }, end: now - MINUTE });
  await tell({ database: 'NDB01', telecom: 'VNPT', requests: 500, end: now - SILENT_AFTER * 1_000 - 2 * MINUTE });
  await expect
    .poll(async () => {
      const links = await linksOf();
      return ['population.MOJ', 'land.34-01', 'population.VNPT', 'population.MOF', 'insurance.34-01'].map(
        (id) => links.get(id)?.state,
      );
    }, WAIT)
    .toEqual(['working', 'erring', 'silent', 'unknown', 'few']);
  const links = await linksOf('leadership', `?from=${dayOf(now - 86_400_000)}`);
  expect(links.get('population.MOJ')).toMatchObject({
    requests: 1_000,
    errors: { timeout: 3, unavailable: 0, refused: 0, invalid: 0 },
    share: { share: 0.003 },
    reportedTo: now - MINUTE,
    lastSuccessAt: now - MINUTE,
  });
  expect(links.get('population.MOJ')?.reported).toBeGreaterThan(0);
  // Silence is not zero.
  for (const field of ['requests', 'errors', 'share', 'reportedTo', 'lastSuccessAt'])
    expect(links.get('population.MOF')).not.toHaveProperty(field);
  // What needs attention stands first.
  expect([...links.keys()].slice(0, 2)).toEqual(['population.VNPT', 'land.34-01']);
});

it('a later report of the same interval takes the place of the earlier one', async () => {
  const end = Date.now() - 3 * MINUTE;
  await tell({ database: 'NDB02', province: '01', requests: 70, end });
  const requests = async () =>
    (await linksOf('leadership', `?from=${dayOf(end - 86_400_000)}`)).get('business.34-01')?.requests;
  await expect.poll(requests, WAIT).toBe(70);
  await tell({ database: 'NDB02', province: '01', requests: 50, errors: { invalid: 1 }, end });
  await expect.poll(requests, WAIT).toBe(50);
  const told = await linksOf('leadership', `?from=${dayOf(end - 86_400_000)}`);
  expect(told.get('business.34-01')?.replaced).toBe(1);
  const trend = (await (await as('leadership', '/v1/links/business.34-01')).json()) as LinkTrend;
  expect(trend.replaced).toBe(1);
});

it('tells a unit of its own links, and of those to a database that it keeps', async () => {
  const province = await linksOf('province:34-01');
  expect([...province.keys()].sort()).toEqual(
    ['business', 'civil-status', 'insurance', 'land', 'population'].map((database) => `${database}.34-01`),
  );
  const keeper = await linksOf('agency:MPS');
  expect([...keeper.values()].filter(({ database }) => database === 'population')).toHaveLength(52);
  expect(keeper.get('land.34-01')).toBeUndefined();
  expect((await as('province:34-01', '/v1/links/population.MOJ')).status).toBe(404);
  expect((await as('province:34-01', '/v1/links/population.34-01')).status).toBe(200);
  expect((await as('leadership', '/v1/links/population.nothing')).status).toBe(404);
  expect((await as('leadership', '/v1/links?from=2020-01-01')).status).toBe(422);
});

it('one link over time has every hour up to now, without counts where nobody reported', async () => {
  const trend = (await (await as('leadership', '/v1/links/land.34-01')).json()) as LinkTrend;
  expect(trend.grain).toBe('hour');
  expect(trend.points.length).toBeGreaterThan(6 * 24);
  expect(trend.points.filter(({ requests }) => requests !== undefined)).toMatchObject([{ requests: 100, failed: 40 }]);
  const csv = await (await as('leadership', '/v1/links.csv?lang=en')).text();
  expect(csv).toMatch(/\r\nland\.34-01,National land database,Ha Noi,erring,.*,100,40,0\.4,/);
  expect(csv).toMatch(/\r\ninsurance\.34-01,.*,too few requests to tell,/);
  expect(csv).toMatch(
    /\r\npopulation\.MOF,National population database,Ministry of Finance,unknown,,,,,,,,0,0,,,,\r\n/,
  );
});

it('a dying link goes from its last reports to the inbox, and comes back', async () => {
  // The telecom fell silent, the province's land link errs; whoever never reported has not fallen silent.
  await expect.poll(ringing, WAIT).toEqual(['L-01 link population.VNPT', 'L-02 link land.34-01']);
  const now = Date.now();
  await tell({ database: 'NDB01', agency: 'MOJ', requests: 200, errors: { unavailable: 150 }, end: now });
  await expect
    .poll(ringing, WAIT)
    .toEqual(['L-01 link population.VNPT', 'L-02 link land.34-01', 'L-02 link population.MOJ']);
  const { alerts } = (await (await as('agency:MOJ', '/v1/alerts')).json()) as Alerts;
  expect(alerts).toMatchObject([
    { rule: 'L-02', code: 'population.MOJ', latest: { value: 0.1275, limit: 0.05, whole: 1_200 } },
  ]);
  // Of its last hour, both reports of it.
  // The same answer is shared for some seconds: rules may know before it.
  await expect
    .poll(async () => (await linksOf()).get('population.MOJ'), WAIT)
    .toMatchObject({ state: 'erring', judged: { requests: 1_200, failed: 153, to: now } });
  // Nobody of another unit hears of it.
  expect(((await (await as('agency:MOH', '/v1/alerts')).json()) as Alerts).alerts).toEqual([]);
  await tell({ database: 'NDB01', telecom: 'VNPT', requests: 10, end: Date.now() });
  await tell({ database: 'NDB01', agency: 'MOJ', requests: 10_000, end: Date.now() });
  await expect.poll(ringing, WAIT).toEqual(['L-02 link land.34-01']);
});

it('is told by the reports that stand: one that was replaced is no last one, and the last success is known on', async () => {
  const start = noonBefore(Date.now());
  const link = { database: 'NDB02', agency: 'MOJ' };
  const standing = async () => {
    const { reportedTo, lastSuccessAt } = (await linksOf()).get('business.MOJ') ?? {};
    return { reportedTo, lastSuccessAt };
  };
  await tell({ ...link, requests: 100, end: start - MINUTE });
  await tell({ ...link, requests: 5, end: start + 26 * MINUTE, minutes: 26 });
  await expect.poll(standing, WAIT).toMatchObject({ reportedTo: start + 26 * MINUTE });
  // The same start, another end; nothing of it succeeded.
  await tell({ ...link, requests: 500, errors: { timeout: 500 }, end: start + MINUTE });
  await expect.poll(standing, WAIT).toEqual({ reportedTo: start + MINUTE, lastSuccessAt: start - MINUTE });
});

it('no time of a link is told of twice: what comes later takes the place of all of its time', async () => {
  const end = noonBefore(Date.now());
  const link = { database: 'NDB04', province: '01' };
  const told = async () =>
    (await linksOf('leadership', `?from=${dayOf(end)}&to=${dayOf(end)}`)).get('civil-status.34-01');
  await tell({ ...link, requests: 100, end, minutes: 60 });
  await expect.poll(async () => (await told())?.requests, WAIT).toBe(100);
  for (const before of [10, 20, 30]) await tell({ ...link, requests: 10, end: end - before * MINUTE, minutes: 10 });
  await expect.poll(async () => (await told())?.requests, WAIT).toBe(30);
  expect(await told()).toMatchObject({ replaced: 1, reported: expect.closeTo(0.5 / 24, 6) });
  await tell({ ...link, requests: 55, end, minutes: 59 });
  await expect.poll(async () => (await told())?.requests, WAIT).toBe(55);
  expect(await told()).toMatchObject({ replaced: 4, reported: expect.closeTo(59 / 60 / 24, 6) });
});

/** In Viet Nam. */
function dayOf(at: number): string {
  return new Date(at + 7 * 3_600_000).toISOString().slice(0, 10);
}

/** Noon of the local day before. */
function noonBefore(at: number): number {
  return Date.parse(`${dayOf(at - 24 * HOUR)}T12:00:00+07:00`);
}
