/**
 * Generated requests against the table of routes: rights x scope x endpoints x filters x joins of sockets. An independent model
 * (`rights/model.ts`) says who may be told which number; no other number stands in any answer, whatever was asked.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import {
  type AlertLedger,
  type Alerts,
  addDays,
  type ClientToServer,
  type Directives,
  type DirectiveTimeline,
  type Evidence,
  type Explanation,
  type IndicatorList,
  type JoinAnswer,
  type LinkStandings,
  type OnTimeOverDays,
  type QueryAnswer,
  type ResponseTimes,
  type Ringing,
  type RoomName,
  type Rule,
  ruleSchema,
  type ServerToClient,
  type ServicesBoard,
  type Snapshot,
  screenSchema,
  type TakenReports,
  type TaskHistory,
  type Tasks,
  type WallEssential,
  type WallIndex,
  type WallTasks,
} from '@room/contract';
import { DirectiveTable, Documents, databaseFrom, EvidenceFileTable, openDatabase, ScreenTable } from '@room/database';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { apiOf } from '../harness/api.ts';
import { NATIONAL, send, snapshot, submission } from '../harness/client.ts';
import { config } from '../harness/config.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { randomOf } from '../portal/random.ts';
import {
  agenciesOn,
  answersOf,
  COUNTRY,
  DIMS,
  type Dim,
  type Dossiers,
  isTheirs,
  leaked,
  linksOf,
  type Numbers,
  numbersOf,
  ownSums,
  provincesOn,
  type Somebody,
} from './rights/model.ts';

const REQUESTS = config.rights;
const AT_ONCE = 24;
const LONG_MS = Math.max(240_000, REQUESTS * 80);
const PATIENCE = { timeout: 30_000, interval: 100 };

const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Ho_Chi_Minh' }).format(new Date());
/** Before the ministries of March 2025, before the provinces of July, and with both. */
const DAYS = ['2025-01-10', '2025-05-09', '2026-03-10', today] as const;
const PERIODS: readonly (readonly [room: RoomName, from: string, to: string])[] = [
  ['now', today, today],
  ...DAYS.slice(0, 3).map((day): [RoomName, string, string] => [`past:${day}:${day}`, day, day]),
  ['past:2025-01-01:2026-03-31', '2025-01-01', '2026-03-31'],
];

const { next } = randomOf('rights');
const below = (end: number): number => Math.floor(next() * end);
function pick<T>(of: readonly T[]): T {
  const found = of[below(of.length)];
  if (found === undefined) throw new Error('there is nothing to pick from');
  return found;
}

let room: Room;
let people: Somebody[];
const dossiers: Dossiers[] = [];
const truths = new Map<Somebody, Map<RoomName, Numbers>>();

beforeAll(async () => {
  room = await startRoom();
  // All numbers here are made up, as those of a trial are.
  await writeFile(join(room.dataDir, 'simulator-keys.jsonl'), '');
  for (const day of DAYS) await send(room, made(day, 200));
  await vi.waitFor(async () => {
    for (const [name] of PERIODS) expect((await snapshot(room, name))?.state.events).toBe(within(name).length);
  }, PATIENCE);
  await send(room, [submission('strange', { procedure: 'nothing', count: 987_654 })]);
  await vi.waitFor(async () => expect((await snapshot(room))?.state.pipeline.quarantined).toBe(1), PATIENCE);
  people = await everybody();
  await speakUp();
  await bringFiles();
  for (const somebody of people)
    truths.set(somebody, new Map(PERIODS.map(([name]) => [name, numbersOf(somebody, within(name), name === 'now')])));
});
afterAll(() => room[Symbol.asyncDispose]());

function within(name: RoomName): Dossiers[] {
  const [, from, to] = PERIODS.find(([each]) => each === name) ?? ['now', '', ''];
  return dossiers.filter(({ day }) => from <= day && day <= to);
}

/** Events of a day, noted as they are sent. */
function made(day: string, events: number): Record<string, unknown>[] {
  return Array.from({ length: events }, () => {
    const agency = pick(agenciesOn(day));
    const province = pick(provincesOn(day));
    const service = pick(COUNTRY.services);
    const isFinished = below(3) === 0;
    const each: Dossiers = {
      day,
      agency: agency.id,
      province: province.id,
      service: service.code,
      online: below(2) === 0,
      ...(isFinished ? { onTime: below(2) === 0 } : {}),
      count: 10_000 + below(900_000),
    };
    dossiers.push(each);
    return submission(`d-${dossiers.length}`, {
      procedure: each.service,
      agency: agency.code,
      province: province.code,
      channel: each.online ? 2 : 1,
      status: isFinished ? 3 : 1,
      ...(isFinished ? { onTime: each.onTime } : {}),
      count: each.count,
      occurredAt: day === today ? new Date().toISOString() : `${day}T03:00:00Z`,
    });
  });
}

async function everybody(): Promise<Somebody[]> {
  const look = (id: string, rights: string, units: Somebody['units']): Somebody => ({
    name: id,
    headers: { cookie: `room-look=${id}` },
    rights: rights.split(' '),
    units,
  });
  const visitor = (name: string, headers: Record<string, string>): Somebody => ({
    name,
    headers,
    rights: ['view', 'analyse'],
    units: 'all',
  });
  return [
    look('leadership', 'view direct', 'all'),
    look('analyst', 'view analyse', 'all'),
    look('operator', 'view operate', 'all'),
    look('administrator', 'view administer', 'all'),
    ...agenciesOn(today).map(({ id }) => look(`agency:${id}`, 'view analyse answer', [id])),
    ...provincesOn(today).map(({ id }) => look(`province:${id}`, 'view analyse answer', [id])),
    ...(await wallDisplays()),
    visitor('visitor', {}),
    visitor('with a look that is none', { cookie: 'room-look=agency:NOPE' }),
    visitor('with a look of a unit that is no more', { cookie: 'room-look=agency:P-G05' }),
    visitor('with a name of every object', { cookie: 'room-look=__proto__; room-look=constructor' }),
    visitor('with a cookie that is none', { cookie: ';;room-look;=;%%%=%E0%A4%A' }),
    visitor('with what no wall display holds', { cookie: `room-screen=${newToken()}` }),
    visitor('with what is no credential of one', { cookie: 'room-screen=__proto__.constructor' }),
    // Its program would take what anybody sees for what it may see.
    { ...visitor('with a wrong token', { authorization: 'Bearer wrong' }), rights: [] },
    {
      ...visitor('with a wrong token beside a look', { authorization: 'Bearer wrong', cookie: 'room-look=leadership' }),
      rights: ['view', 'direct'],
    },
    {
      name: 'token',
      headers: { authorization: `Bearer ${room.operatorToken}` },
      rights: ['view', 'operate'],
      units: 'all',
    },
    {
      name: 'portal',
      headers: { authorization: `Bearer ${await room.key(NATIONAL)}` },
      rights: ['submit'],
      units: 'all',
    },
  ];
}

/** Rules over units of each kind, also of those that are no more, and an alert of each that ended. */
const RULED: readonly (readonly [id: string, over: Rule['over'], dim: string, code: string])[] = [
  ['R-ALL', { dim: 'all' }, 'all', ''],
  ['R-AGENCY', { dim: 'agency', codes: ['MPS'] }, 'agency', 'MPS'],
  ['R-FORMER', { dim: 'province', codes: ['63-01'] }, 'province', '63-01'],
  ['R-PROVINCE', { dim: 'province', codes: ['34-01'] }, 'province', '34-01'],
  ['R-SERVICES', { dim: 'service', agency: 'MOH' }, 'service', serviceOf('MOH')],
  ['R-PORTAL', { dim: 'source', codes: [portalOf('34-01')] }, 'source', portalOf('34-01')],
];
/** Of a rule that the catalogue ships, the dimension that it is over all of. */
const SHIPPED: Record<string, string> = {
  'SRC-01': 'source',
  'LNK-01': 'link',
  'LNK-02': 'link',
  'COV-01': 'all',
  'ONT-01': 'agency',
  'ONT-02': 'province',
  'VOL-01': 'agency',
  'VOL-02': 'province',
};
/** Of the catalogue, with who reports them, and the kind of units that report their own values too. */
const INDICATORS = [
  ['EID-ACCOUNTS', 'MPS'],
  ['NPSP-ACCOUNTS', 'OOG'],
  ['SIGNAL-DIPS', 'MST'],
  ['RESULTS-DIGITISED', 'OOG', 'province'],
  ['SERVICES-ONLINE', 'OOG', 'agency'],
] as const;
/** When others of the same rules began and ended, on a day when nothing else did. */
const TIMED = '2026-02-02T03:00:00.000Z';
const isRung = (id: string): boolean => [...alertIds.values()].some((rung) => rung === id);
/** What was ordered because of each: of the country's alert, a unit that may not see that. */
const DIRECTED: readonly (readonly [rule: string, dim: 'agency' | 'province', code: string])[] = [
  ['R-ALL', 'agency', 'MPS'],
  ['R-ALL', 'province', '34-01'],
  ['R-AGENCY', 'agency', 'MPS'],
  ['R-PROVINCE', 'province', '34-01'],
  ['R-SERVICES', 'agency', 'MOH'],
  ['R-PORTAL', 'province', '34-01'],
];
const directiveIds = DIRECTED.map(() => randomUUID());
const alertIds = new Map(RULED.map(([id]) => [id, randomUUID()]));

/** For those alone who see everything. */
const ofWhole = ({ units }: Somebody, status: number): number[] => (units === 'all' ? [status] : [403]);
/** Who reports the value for all, and each unit that reports its own. */
const seesIndicator = (somebody: Somebody, [, owner, by]: readonly [string, string, (string | undefined)?]): boolean =>
  isTheirs(somebody, 'agency', owner) ||
  (by !== undefined && (somebody.units === 'all' || somebody.units.some((unit) => kindOf(unit) === by)));
const kindOf = (unit: string): string => (COUNTRY.agencies.some(({ id }) => id === unit) ? 'agency' : 'province');

function serviceOf(agency: string): string {
  return COUNTRY.services.find((each) => each.agency === agency)?.code ?? '';
}
function portalOf(agency: string): string {
  return COUNTRY.sources.find(({ unit }) => unit === agency)?.id ?? '';
}

async function speakUp(): Promise<void> {
  await using database = await openDatabase({ settings: databaseFrom({}, room.dataDir), report: () => undefined });
  const rules = new Documents({ database, kind: 'rule', schema: ruleSchema });
  const label = { vi: 'thử', en: 'a test' };
  for (const [id, over, dim, code] of RULED) {
    const when =
      over.dim === 'source'
        ? { kind: 'silent' as const }
        : {
            kind: 'threshold' as const,
            measure: 'late' as const,
            window: { kind: 'today' as const },
            side: 'above' as const,
            against: { kind: 'value' as const, limit: 1e12 },
          };
    const body = ruleSchema.parse({ label, reason: label, owner: 'somebody', severity: 'info', over, when });
    await rules.create({ who: 'test' }, id, body);
    const at = new Date().toISOString();
    const reading = JSON.stringify({ at: Date.parse(at), value: 1 });
    const alert = {
      id: alertIds.get(id) ?? '',
      rule: id,
      rule_version: 1,
      dim,
      code,
      body: JSON.stringify(body),
      state: 'normal',
      since: at,
      began_at: at,
      ended_at: at,
      outcome: 'recovered',
      opened: reading,
      latest: reading,
      acknowledged_at: null,
      acknowledged_by: null,
      answer: null,
      answer_version: 0,
    };
    await database.write({ who: 'test' }, async (edit) => {
      const timed = { ...alert, id: randomUUID(), began_at: TIMED, ended_at: TIMED };
      await edit.query.insertInto('alert').values([alert, timed]).execute();
      const told = { receiver: 'somebody', channel: 'mail', said: '250 ok' };
      edit.record({ action: 'alert.told', kind: 'alert', subject: alert.id, after: { told } });
    });
  }
  const directives = new DirectiveTable(database);
  await directives.giveAll(
    { who: 'test' },
    TASKED.map(([dim, code], at) => ({
      id: taskIds[at] ?? '',
      kind: 'task',
      alert: null,
      dim,
      code,
      state: 'open',
      due: '2030-01-01',
      remind_at: null,
      body: JSON.stringify({
        order: { text: 'see to it', due: '2030-01-01', wanted: { text: 'all of it' } },
        of: { plan: 'plan', item: `${at}` },
      }),
    })),
  );
  for (const [at, [rule, dim, code]] of DIRECTED.entries())
    await directives.give(
      { who: 'test' },
      {
        id: directiveIds[at] ?? '',
        kind: 'directive',
        alert: alertIds.get(rule) ?? null,
        dim,
        code,
        state: 'open',
        due: '2030-01-01',
        remind_at: null,
        body: JSON.stringify({
          order: { text: 'see to it', due: '2030-01-01', wanted: { text: 'less' } },
          reading: { at: Date.now(), value: 1 },
        }),
      },
    );
}

/** Files that show something, each with who may see that; the last shows nothing yet. */
const FILED: readonly (readonly [kind: string, subject: string, sees: (somebody: Somebody) => boolean])[] = [
  ['reported_value', 'EID-ACCOUNTS 2026-01', (somebody) => isTheirs(somebody, 'agency', 'MPS')],
  ['reported_value', 'RESULTS-DIGITISED 34-01 2026-Q1', (somebody) => isTheirs(somebody, 'province', '34-01')],
  ['directive', directiveIds[0] ?? '', (somebody) => isTheirs(somebody, 'agency', 'MPS')],
  [
    'deployment',
    'DV03',
    (somebody) =>
      isOfPlace(somebody) ||
      (essential?.services['DV03']?.agencies ?? []).some((agency) => isTheirs(somebody, 'agency', agency)),
  ],
  ['', '', () => false],
];
const fileIds = FILED.map(() => randomUUID());
const fileText = (at: number): string => `evidence of ${FILED[at]?.[1]}`;
const isOfPlace = ({ units }: Somebody): boolean =>
  units === 'all' || units.some((unit) => kindOf(unit) === 'province');

async function bringFiles(): Promise<void> {
  await using database = await openDatabase({ settings: databaseFrom({}, room.dataDir), report: () => undefined });
  const table = new EvidenceFileTable(database);
  const bounds = { since: new Date(0).toISOString(), files: 100, bytes: 1e6, roomBytes: 1e6 };
  for (const [at, [kind, subject]] of FILED.entries()) {
    const bytes = Buffer.from(fileText(at));
    const [id, sha256] = [fileIds[at] ?? '', createHash('sha256').update(bytes).digest('hex')];
    await table.create({ who: 'test' }, { id, sha256, type: 'text/plain', name: `${at}.txt` }, bytes, bounds);
    if (kind !== '') await database.write({ who: 'test' }, (edit) => table.attachIn(edit, id, { kind, subject }));
  }
}

function askFile(somebody: Somebody): Request {
  const [at, id] = pick([...fileIds.entries()]);
  const isSeen = FILED[at]?.[2](somebody) === true;
  return pick<Request>([
    { told: [400] },
    { id: randomUUID(), told: [404] },
    isSeen
      ? // Many files at once are not given to one.
        { id, told: [200, 429], lists: { wanted: [fileText(at)], of: (text) => [text] } }
      : { id, told: [404] },
  ]);
}

/** Rules that somebody may read: those over a unit of theirs. */
const rulesOf = (somebody: Somebody): string[] => [
  ...RULED.filter(([, , dim, code]) => isTheirs(somebody, dim, code)).map(([id]) => id),
  ...Object.entries(SHIPPED)
    .filter(([, dim]) => membersIn(dim).some((code) => isTheirs(somebody, dim, code)))
    .map(([id]) => id),
];
const membersIn = (dim: string): string[] =>
  ({
    all: [''],
    agency: COUNTRY.agencies.map(({ id }) => id),
    province: COUNTRY.provinces.map(({ id }) => id),
    source: COUNTRY.sources.map(({ id }) => id),
    link: linksOf({ units: 'all' }),
  })[dim] ?? [];
/** Alerts that ended and that somebody sees. */
const endedOf = (somebody: Somebody): string[] =>
  RULED.filter(([, , dim, code]) => isTheirs(somebody, dim, code)).map(([id]) => alertIds.get(id) ?? '');

/** What of them somebody sees, each with the alert that they see it came of. */
const directedOf = (somebody: Somebody): string[] =>
  DIRECTED.flatMap(([rule, dim, code], at) =>
    isTheirs(somebody, dim, code)
      ? [`${directiveIds[at]} ${endedOf(somebody).find((id) => id === alertIds.get(rule)) ?? ''}`]
      : [],
  );
/** Tasks of a plan, which came of no alert. */
const TASKED = [
  ['agency', 'MPS'],
  ['agency', 'MOH'],
  ['province', '34-01'],
] as const;
const taskIds = TASKED.map(() => randomUUID());
const tasksOf = (somebody: Somebody): string[] =>
  TASKED.flatMap(([dim, code], at) => (isTheirs(somebody, dim, code) ? [`${taskIds[at]} `] : []));
/** Units of either, in the order of their names. */
const unitsOfTasks = (somebody: Somebody): string[] =>
  [
    ...new Set(
      [...DIRECTED.map(([, dim, code]) => [dim, code] as const), ...TASKED].flatMap(([dim, code]) =>
        isTheirs(somebody, dim, code) ? [`${dim} ${code}`] : [],
      ),
    ),
  ].sort();
const directedIn = (text: string): string[] =>
  (JSON.parse(text) as Directives).directives.map(({ id, alert, reading }) => {
    if ((alert === undefined) !== (reading === undefined)) return 'a reading without its alert';
    return `${id} ${alert?.id ?? ''}`;
  });

const newToken = (): string => randomBytes(32).toString('base64url');

/** Wall displays, let in past the room: nobody of a demonstration may do that. */
async function wallDisplays(): Promise<Somebody[]> {
  await using database = await openDatabase({ settings: databaseFrom({}, room.dataDir), report: () => undefined });
  const table = new ScreenTable(database);
  const documents = new Documents({ database, kind: 'screen', schema: screenSchema });
  const ministry = pick(agenciesOn(today)).id;
  const province = pick(provincesOn(today)).id;
  const units = (agencies: string[], provinces: string[]) => ({
    scope: { agencies, provinces },
    units: [...agencies, ...provinces],
  });
  const grants: [
    name: string,
    of: { scope: 'all' | { agencies: string[]; provinces: string[] }; units: Somebody['units'] },
  ][] = [
    ['screen of everything', { scope: 'all', units: 'all' }],
    ['screen of nothing', units([], [])],
    ['screen of a ministry', units([ministry], [])],
    ['screen of a province', units([], [province])],
    ['screen of both', units([ministry], [province])],
    ['screen that was revoked', { scope: 'all', units: 'all' }],
  ];
  const made: Somebody[] = [];
  for (const [name, { scope, units }] of grants) {
    const [token, id, at] = [newToken(), randomUUID(), new Date().toISOString()];
    const hash = createHash('sha256').update(token).digest('hex');
    const expires_at = new Date(Date.now() + 60_000).toISOString();
    await table.ask({ hash, code: name, asked_from: '::1', asked_at: at, expires_at });
    await table.pair({ who: 'test' }, { code: name, screen: id, now: at }, (edit) =>
      documents.createIn(edit, id, { name, scope }),
    );
    const headers = { cookie: `room-screen=${token}` };
    if (name.endsWith('revoked')) {
      await documents.remove({ who: 'test' }, id, 1);
      // What such a room shows everybody.
      made.push({ name, headers, rights: ['view', 'analyse'], units: 'all' });
    } else made.push({ name, headers, rights: ['view'], units, isWall: true });
  }
  return made;
}

interface Request {
  headers?: Record<string, string>;
  /** A question that programs send, too: no page's origin stands there. */
  isReading?: true;
  query?: string;
  body?: unknown;
  /** Statuses, of which it must be one, for whoever has the right. */
  told: readonly number[];
  /** Whose numbers it may hold. */
  of?: RoomName;
  asked?: Asked;
  proven?: Proven;
  /** Who made a change from nothing: everybody by what is theirs. */
  explained?: RoomName;
  /** A file of dossiers submitted, by a dimension. */
  taken?: { name: RoomName; dim: Dim };
  /** By a tool: whether it is refused there. */
  isRefused?: boolean;
  /** In the place of `{id}`. */
  id?: string;
  /** Every number of it is checked by itself. */
  isExact?: true;
  /** What it must list, and how that is read. */
  lists?: { wanted: readonly string[]; of: (text: string) => string[] };
}

/** Evidence of the dossiers submitted, of all or of one member. */
interface Proven {
  name: RoomName;
  dim: Dim;
  code?: string;
}

/** What a question is about; its answer is known to the last dossier. */
interface Asked {
  name: RoomName;
  split: readonly Dim[];
  only?: { dim: Dim; codes: readonly string[] };
  /** What it is held against. */
  before?: RoomName;
}

interface Endpoint {
  right: string;
  /** Wall displays may ask for it, whose right to view is no right to more. */
  isOnWalls?: true;
  /** Asked by somebody with it. */
  ask(somebody: Somebody): Request;
}

const METRICS = ['submitted', 'submittedOnline', 'onTime', 'late'];

const askSnapshot = (): Request => {
  const [name, from, to] = pick(PERIODS);
  const query = name === 'now' ? pick(['', '?room=now']) : pick([`?room=${name}`, `?from=${from}&to=${to}`]);
  return pick<Request>([
    { query, told: [200], of: name },
    { query, told: [200], of: name },
    { query, told: [200], of: name },
    { query: pick(['?room=all', '?room=now%20all', '?room=past:2026-03-31:2026-03-01', '?room=']), told: [404] },
    { query: pick(['?scope=all', '?room=now&scope[agencies]=MPS', '?room=now&room=now', '?day=x']), told: [400] },
  ]);
};

const askForecast = (somebody: Somebody): Request => {
  const rest = `&metric=${pick(METRICS)}&grain=${pick(['hour', 'day'])}`;
  if (below(8) === 0) return { query: `?dim=all${rest}`, told: [200, 404] };
  if (below(10) === 0) return { query: `?dim=${pick(['source', 'channel', 'x', ''])}&code=1${rest}`, told: [400] };
  const dim = pick(['agency', 'province', 'service'] as const);
  if (dim === 'service') {
    const { code } = pick(COUNTRY.services);
    return { query: `?dim=${dim}&code=${code}${rest}`, told: isTheirs(somebody, dim, code) ? [200, 404] : [403] };
  }
  const unit = pick(dim === 'agency' ? COUNTRY.agencies : COUNTRY.provinces);
  // By its id, or by its code of today, which another may have had before.
  const isToday = (dim === 'agency' ? agenciesOn : provincesOn)(today).includes(unit);
  const code = isToday && below(2) === 0 ? unit.code : unit.id;
  return { query: `?dim=${dim}&code=${code}${rest}`, told: isTheirs(somebody, dim, unit.id) ? [200, 404] : [403] };
};

const askQuery = (): Request => {
  const [name, from, to] = pick(PERIODS);
  const first = pick(DIMS);
  const split = pick<readonly Dim[]>([[], [first], DIMS.filter((dim) => dim !== first)]);
  const query = `?from=${from}&to=${to}&measures=${METRICS.join(',')}&split=${split.join(',')}`;
  const dim = pick(DIMS);
  const codes = [...new Set([pick(dossiers)[dim], pick(dossiers)[dim]])];
  const only = { dim, codes };
  const [before, begins, ends] = pick(PERIODS);
  const narrowed = `${query}&${dim}=${codes.join(',')}`;
  const compared = `&compare=${begins}:${ends}`;
  return pick<Request>([
    { query, told: [200], asked: { name, split } },
    { query: narrowed, told: [200], asked: { name, split, only } },
    { query: `${query}${compared}`, told: [200], asked: { name, split, before } },
    { query: `${narrowed}${compared}`, told: [200], asked: { name, split, only, before } },
    { query: `${query}&scope=all`, told: [400] },
    { query: `${query}&agency=NOPE`, told: [400] },
  ]);
};

/** Tasks as a measure of questions: of the units whose history somebody sees, and of no other. */
const askTasks = (somebody: Somebody): Request => {
  const dim = pick(['agency', 'province']);
  const query = `?from=${addDays(today, -7)}&to=${today}&sort=tasksOpen&split=${dim}`;
  const units = unitsOfTasks(somebody).map((unit) => unit.split(' '));
  const wanted = [...new Set(units.map(([of, code = '']) => (of === dim ? code : '')))].sort();
  const of = (text: string): string[] => (JSON.parse(text) as QueryAnswer).rows.map(({ key }) => key[0] ?? '').sort();
  return pick<Request>([
    { query, told: [200], lists: { wanted, of } },
    { query: `${query}&channel=1`, told: [400] },
  ]);
};

const askEvidence = (): Request => {
  const [name, from, to] = pick(PERIODS);
  const dim = pick(DIMS);
  const query = `?from=${from}&to=${to}&measure=submitted&split=${dim}&limit=200`;
  const code = pick(within(name))?.[dim] ?? '';
  return pick<Request>([
    { query, told: [200], proven: { name, dim } },
    { query: `${query}&key=${code}`, told: [200], proven: { name, dim, code } },
    { query: `${query}&key=${code}`, told: [200], proven: { name, dim, code } },
    { query: `${query}&scope=all`, told: [400] },
    { query: `${query}&key=NOPE`, told: [400] },
  ]);
};

const askExplain = (): Request => {
  const [name, from, to] = pick(PERIODS);
  const query = `?from=${from}&to=${to}&measure=submitted&compare=1990-01-01:1990-01-02&by=${DIMS.join(',')}`;
  return pick<Request>([
    { query, told: [200], explained: name },
    { query, told: [200], explained: name },
    { query: `${query}&scope=all`, told: [400] },
    { query: query.replace('compare', 'x'), told: [400] },
  ]);
};

/** It ranks units against each other: for whoever sees all of them. */
const askIndex = ({ units }: Somebody): Request => {
  const told = units === 'all' ? [200] : [403];
  return pick<Request>([
    { query: `?period=2026-03&units=${pick(['agency', 'province'])}`, told },
    { query: '?period=2026-Q1', told },
    { query: '?period=2026&scope=all', told: [400] },
  ]);
};

/** What was finished on days up to today: of the whole, and of its units together. */
const askOnTime = (somebody: Somebody): Request => {
  const days = 90;
  const own = dossiers.filter(
    (each) =>
      addDays(today, 1 - days) <= each.day &&
      each.day <= today &&
      DIMS.some((dim) => isTheirs(somebody, dim, each[dim])),
  );
  const sum = (onTime: boolean): string =>
    String(own.reduce((all, each) => all + (each.onTime === onTime ? each.count : 0), 0));
  const wanted = [sum(true), sum(false)];
  const sums = ({ whole, units }: OnTimeOverDays): string[] =>
    [whole, ...units]
      .reduce(
        ([onTime = 0, late = 0, ofOnTime = 0, ofLate = 0], each, at) =>
          at === 0 ? [each.onTime, each.late, 0, 0] : [onTime, late, ofOnTime + each.onTime, ofLate + each.late],
        [] as number[],
      )
      .map(String);
  return pick<Request>([
    {
      query: `?by=${pick(['agency', 'province', 'service'])}&days=${days}`,
      told: [200],
      isExact: true,
      lists: { wanted: [...wanted, ...wanted], of: (text) => sums(JSON.parse(text) as OnTimeOverDays) },
    },
    {
      query: pick(['?by=agency&days=91', '?by=channel&days=30', '?days=30', '?by=agency&days=30&scope=all']),
      told: [400],
    },
  ]);
};

const askCsv = (): Request => {
  const [name, from, to] = pick(PERIODS);
  const dim = pick(DIMS);
  const query = `?from=${from}&to=${to}&measures=submitted&split=${dim}&lang=en`;
  return pick<Request>([
    { query, told: [200], taken: { name, dim } },
    { query, told: [200], taken: { name, dim } },
    { query: `${query}&scope=all`, told: [400] },
  ]);
};

/** The events of a number, each by its count. */
const askEventFile = (somebody: Somebody): Request => {
  const [name, from, to] = pick(PERIODS);
  const query = `?from=${from}&to=${to}&measure=submitted`;
  const own = within(name).filter(
    (each) => each.onTime === undefined && DIMS.some((dim) => isTheirs(somebody, dim, each[dim])),
  );
  return pick<Request>([
    { query, told: [200], isExact: true, lists: { wanted: own.map(({ count }) => String(count)), of: lastCells } },
    { query: `${query}&scope=all`, told: [400] },
  ]);
};

/** Of the rows of a file. */
const lastCells = (text: string): string[] =>
  text
    .split('\r\n')
    .filter((line) => line !== '' && !/^\ufeff?#/.test(line))
    .slice(1)
    .map((line) => line.slice(line.lastIndexOf(',') + 1));

const { essential } = await loadCatalogue(DEFAULT_CATALOGUE);
const BOARDED = Object.values(essential?.services ?? {});
function askBoard(somebody: Somebody): Request {
  const [name, from, to] = pick(PERIODS);
  const seen = new Set(
    BOARDED.filter(
      ({ agencies }) => isOfPlace(somebody) || agencies.some((agency) => isTheirs(somebody, 'agency', agency)),
    ).flatMap(({ counted }) => counted ?? []),
  );
  const own = within(name).filter(
    (each) =>
      // What is finished was filed on another day.
      each.onTime === undefined && seen.has(each.service) && DIMS.some((dim) => isTheirs(somebody, dim, each[dim])),
  );
  return pick<Request>([
    { query: pick(['?from=2026-02-02', '?from=2026-02-02&to=2026-02-01', '?from=soon&to=soon']), told: [400] },
    {
      query: `?from=${from}&to=${to}`,
      told: [200],
      lists: {
        wanted: [String(own.reduce((sum, { count }) => sum + count, 0))],
        of: (text) => [String((JSON.parse(text) as ServicesBoard).all.counts.submitted)],
      },
    },
  ]);
}

/** Nothing is kept of it: the version is none that there is. */
function askDeployment(somebody: Somebody): Request {
  const [id, agency] = pick([
    ['DV01', 'MPS'],
    ['DV20', COUNTRY.services.find(({ code }) => code === 'DV20')?.agency ?? ''],
  ] as const);
  const body = { version: 7, body: { isDeployed: false, evidence: { text: 'none' } } };
  return pick<Request>([
    { id, body: {}, told: [400] },
    { id, body, told: isTheirs(somebody, 'agency', agency) ? [409] : [404] },
  ]);
}

function askDirective(somebody: Somebody): Request {
  const [at, id] = pick([...directiveIds.entries()]);
  const seen = directedOf(somebody).find((each) => each.startsWith(id));
  const [rule = ''] = DIRECTED[at] ?? [];
  const alert = alertIds.get(rule) ?? '';
  return pick<Request>([
    { told: [400] },
    { id: alert, told: [404] },
    seen === undefined
      ? { id, told: [404] }
      : {
          id,
          told: [200],
          lists: {
            wanted: seen.endsWith(alert) ? ['alert.told', 'directive.given'] : ['directive.given'],
            of: (text) => (JSON.parse(text) as DirectiveTimeline).entries.map(({ action }) => action),
          },
        },
  ]);
}

/** Alerts of which a unit's times are told, and the units. */
const timedIn = (text: string): string[] => {
  const { all, rows } = JSON.parse(text) as ResponseTimes;
  return [`${all.alerts}`, ...rows.map(({ unit, alerts }) => `${unit.code} ${alerts}`)];
};
function timedOf(somebody: Somebody, by: 'agency' | 'province'): string[] {
  const theirs = RULED.filter(([, , dim, code]) => isTheirs(somebody, dim, code));
  const units = new Map<string, number>();
  for (const [, , dim, code] of theirs) {
    const unit =
      dim === by
        ? code
        : by === 'agency' && dim === 'service'
          ? 'MOH'
          : by === 'province' && dim === 'source'
            ? '34-01'
            : '';
    if (unit !== '') units.set(unit, (units.get(unit) ?? 0) + 1);
  }
  return [`${theirs.length}`, ...[...units].map(([unit, n]) => `${unit} ${n}`)];
}

function askAlert(somebody: Somebody): Request {
  const [rule, id] = pick([...alertIds]);
  const isSeen = endedOf(somebody).includes(id);
  return pick<Request>([{ told: [400] }, { id, told: [isSeen ? 200 : 404] }, { id: rule, told: [400] }]);
}

/** The same questions through a tool of the MCP server. */
function askMcp(somebody: Somebody): Request {
  const [name, { query = '', told, ...exact }] = pick<[string, Request]>([
    ['query', askQuery()],
    ['query', askQuery()],
    ['evidence', askEvidence()],
    ['explain', askExplain()],
    ['forecasts', has(somebody, 'view') ? askForecast(somebody) : { ...askForecast(somebody), told: [403] }],
    ['ask', askInWords(somebody)],
    ['catalogue', { query: pick(['', ...DIMS.map((dim) => `dimension=${dim}`)]), told: [] }],
  ]);
  const hasRows = ['query', 'explain'].includes(name);
  const given = { ...(hasRows ? { top: '1000' } : {}), ...Object.fromEntries(new URLSearchParams(query)) };
  return {
    ...exact,
    // Of a tool a refusal is an answer; of the catalogue there are no numbers, and of a series there may be no forecast.
    told: [200],
    ...(told.length === 1 ? { isRefused: !told.includes(200) } : {}),
    isReading: true,
    headers: { accept: 'application/json, text/event-stream' },
    body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: given } },
  };
}

/** Dossiers submitted, whose sum is told by the total and by the rows. */
function askInWords(somebody: Somebody): Request {
  const [name, from, to] = pick(PERIODS);
  const own = within(name).filter((each) => DIMS.some((dim) => isTheirs(somebody, dim, each[dim])));
  const sum = String(own.reduce((all, { onTime, count }) => all + (onTime === undefined ? count : 0), 0));
  const ask = (question: string): string => `?question=${encodeURIComponent(question)}`;
  const words = pick(['submitted by ministry', 'hồ sơ theo bộ']);
  return pick<Request>([
    {
      query: ask(`${words} ${from} ${words.startsWith('h') ? 'đến' : 'to'} ${to}`),
      told: [200],
      isExact: true,
      lists: { wanted: [sum, sum], of: submittedTwice },
    },
    { query: ask('zzyzx'), told: [400] },
  ]);
}

function submittedTwice(text: string): string[] {
  const { total, rows } = JSON.parse(text) as QueryAnswer;
  const sum = rows.reduce((all, { now }) => all + (now?.submitted ?? 0), 0);
  return [String(total.now?.submitted ?? 0), String(sum)];
}

/** What a tool told, as its row answers it; undefined where it refused. */
function toldBy(text: string): { answer: string | undefined; isBusy: boolean } {
  const { result } = JSON.parse(text) as {
    result: { structuredContent: { answer?: object; error?: { code: string } } };
  };
  const { answer, error } = result.structuredContent;
  return { answer: answer === undefined ? undefined : JSON.stringify(answer), isBusy: error?.code === 'busy' };
}

/** Every row of the table: one that is added stands here too, or the first test fails. */
const ENDPOINTS: Record<string, Endpoint> = {
  'GET /metrics': { right: 'operate', ask: () => ({ told: [200] }) },
  'POST /mcp': { right: 'analyse', ask: askMcp },
  'GET /v1/alerts': {
    right: 'view',
    isOnWalls: true,
    ask: (somebody) =>
      pick<Request>([
        { query: pick(['', '?which=open']), told: [200] },
        {
          query: '?which=ended',
          told: [200],
          lists: {
            wanted: endedOf(somebody),
            of: (text) => (JSON.parse(text) as Alerts).alerts.map(({ id }) => id).filter(isRung),
          },
        },
      ]),
  },
  'GET /v1/alerts/{id}': { right: 'view', ask: askAlert },
  'GET /v1/alerts/{id}/curve': { right: 'view', ask: askAlert },
  'GET /v1/alerts/{id}/drivers': { right: 'view', ask: askAlert },
  'GET /v1/alerts/{id}/earlier': { right: 'view', ask: askAlert },
  'GET /v1/ringing': {
    right: 'view',
    isOnWalls: true,
    ask: (somebody) => ({
      told: [200],
      lists: {
        wanted: [],
        of: (text) => {
          const { answered, unanswered } = JSON.parse(text) as Ringing;
          return [...answered, ...unanswered].filter((code) => !isTheirs(somebody, 'agency', code));
        },
      },
    }),
  },
  'GET /v1/directives': {
    right: 'view',
    ask: (somebody) =>
      pick<Request>([
        { query: '?which=settled', told: [200], lists: { wanted: [], of: directedIn } },
        { query: pick(['', '?which=open']), told: [200], lists: { wanted: directedOf(somebody), of: directedIn } },
      ]),
  },
  'GET /v1/directives/{id}': { right: 'view', ask: askDirective },
  'GET /v1/briefing-schedule': { right: 'view', ask: (somebody) => ({ told: ofWhole(somebody, 200) }) },
  'POST /v1/briefing-schedule': {
    right: 'analyse',
    ask: (somebody) => ({ body: {}, told: ofWhole(somebody, 400) }),
  },
  'GET /v1/leaders': {
    right: 'view',
    ask: (somebody) => ({
      query: pick(['?period=2026-02', '?period=2026-Q1&units=agency&measure=submitted']),
      told: ofWhole(somebody, 200),
    }),
  },
  'POST /v1/good-models': { right: 'direct', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/good-models/{id}/remove': { right: 'direct', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/good-models/{id}/undo': { right: 'direct', ask: () => ({ body: {}, told: [400] }) },
  'GET /v1/services-board': { right: 'view', ask: askBoard },
  'GET /v1/services-board.csv': {
    right: 'view',
    ask: () => ({ query: pick(['?from=2026-02-02&to=2026-02-02', '?lang=en']), told: [200] }),
  },
  'GET /v1/tasks': {
    right: 'view',
    ask: (somebody) =>
      pick<Request>([
        { query: '?since=soon', told: [400] },
        {
          query: pick(['', '?since=2026-02-02', '?since=2026-11-01']),
          told: [200],
          lists: {
            wanted: [...directedOf(somebody), ...tasksOf(somebody)],
            of: (text) => directedIn(JSON.stringify({ directives: (JSON.parse(text) as Tasks).tasks })),
          },
        },
      ]),
  },
  'GET /v1/tasks/imports': { right: 'view', ask: (somebody) => ({ told: ofWhole(somebody, 200) }) },
  'GET /v1/tasks/history': {
    right: 'view',
    ask: (somebody) =>
      pick<Request>([
        { query: pick(['', '?from=2026-02-02&to=2026-02-01']), told: [400] },
        { query: '?from=2024-01-01&to=2026-01-01', told: [422] },
        {
          query: `?from=${addDays(today, -7)}&to=${today}&by=unit`,
          told: [200],
          lists: {
            wanted: unitsOfTasks(somebody),
            of: (text) => (JSON.parse(text) as TaskHistory).rows.map(({ unit: { dim, code } }) => `${dim} ${code}`),
          },
        },
      ]),
  },
  'GET /v1/tasks/history.csv': {
    right: 'view',
    ask: () => ({ query: pick(['?from=2026-02-02&to=2026-02-02&lang=en']), told: [200] }),
  },
  'GET /v1/response-times': {
    right: 'view',
    ask: (somebody) => {
      const by = pick(['agency', 'province'] as const);
      return {
        query: `?by=${by}&from=2026-02-02&to=2026-02-02`,
        told: [200],
        lists: { wanted: timedOf(somebody, by), of: timedIn },
      };
    },
  },
  'GET /v1/response-times.csv': {
    right: 'view',
    ask: (somebody) => ({
      query: '?by=agency&lang=en&from=2026-02-02&to=2026-02-02',
      told: [200],
      lists: {
        wanted: timedOf(somebody, 'agency').slice(1),
        of: (text) =>
          text.split('\r\n').flatMap((line) => {
            const [, code, n] = /^[^#]*,([A-Z]+),(\d+),/.exec(line) ?? [];
            return code === undefined ? [] : [`${code} ${n}`];
          }),
      },
    }),
  },
  'GET /v1/links': {
    right: 'view',
    isOnWalls: true,
    ask: (somebody) =>
      pick<Request>([
        {
          query: pick(['', '?from=2026-02-02&to=2026-02-09']),
          told: [200],
          lists: {
            wanted: linksOf(somebody),
            of: (text) => (JSON.parse(text) as LinkStandings).links.map(({ id }) => id),
          },
        },
        { query: pick(['?from=2026-02-30', '?scope=all', '?from=2030-01-01']), told: [400] },
      ]),
  },
  'GET /v1/links.csv': {
    right: 'view',
    ask: (somebody) => ({
      query: '?lang=en',
      told: [200],
      lists: {
        wanted: linksOf(somebody),
        of: (text) =>
          text.split('\r\n').flatMap((line) => {
            const [, id] = /^([a-z-]+\.[A-Z0-9-]+),/.exec(line) ?? [];
            return id === undefined ? [] : [id];
          }),
      },
    }),
  },
  'GET /v1/links/{id}': {
    right: 'view',
    ask: (somebody) => {
      const id = pick(linksOf({ units: 'all' }));
      return { id, told: linksOf(somebody).includes(id) ? [200] : [404] };
    },
  },
  'GET /v1/ledger': {
    right: 'view',
    ask: (somebody) => ({
      query: pick(['', '?which=told']),
      told: [200],
      lists: {
        wanted: endedOf(somebody),
        of: (text) => [
          ...new Set((JSON.parse(text) as AlertLedger).entries.map(({ alert }) => alert.id).filter(isRung)),
        ],
      },
    }),
  },
  'GET /v1/audit': {
    right: 'administer',
    ask: () => ({ query: pick(['', '?who=*a*', '?action=portal_key.*', '?before=1']), told: [200] }),
  },
  'GET /v1/audit/chain': { right: 'administer', ask: () => ({ told: [200] }) },
  'GET /v1/calibration': { right: 'view', ask: () => ({ told: [200] }) },
  'GET /v1/catalogue': { right: 'codes', isOnWalls: true, ask: () => ({ told: [200] }) },
  'GET /v1/catalogue/insets': { right: 'view', isOnWalls: true, ask: () => ({ told: [200] }) },
  'GET /v1/catalogue/map': { right: 'view', isOnWalls: true, ask: () => ({ told: [200] }) },
  'GET /v1/evidence': { right: 'analyse', ask: askEvidence },
  'GET /v1/evidence/expected': { right: 'analyse', ask: askForecast },
  'GET /v1/evidence/rate': {
    right: 'analyse',
    ask: ({ units }) => ({
      query: pick(['', `?at=${Date.now() - below(60_000)}`]),
      told: units === 'all' ? [200] : [403],
    }),
  },
  'GET /v1/evidence.csv': { right: 'analyse', ask: askEventFile },
  'GET /v1/evidence.xlsx': { right: 'analyse', ask: () => ({ query: '?from=2026-03-01', told: [400] }) },
  'GET /v1/explain': { right: 'analyse', ask: askExplain },
  'GET /v1/events/schema': { right: 'codes', isOnWalls: true, ask: () => ({ told: [200] }) },
  'GET /v1/forecasts': { right: 'view', ask: askForecast },
  'GET /v1/index': { right: 'analyse', ask: askIndex },
  'GET /v1/openapi.json': { right: 'public', ask: () => ({ told: [200] }) },
  'GET /v1/operator/backup': { right: 'operate', ask: () => ({ told: [200] }) },
  'GET /v1/operator/backup/{name}': { right: 'operate', ask: () => ({ told: [404] }) },
  'GET /v1/operator/quarantine': {
    right: 'operate',
    ask: () => ({ query: pick(['', '?all=true', '?code=unknown_code', `?source=${NATIONAL}`]), told: [200] }),
  },
  'GET /v1/operator/quarantine/{id}': { right: 'operate', ask: () => ({ told: [404] }) },
  'GET /v1/people': { right: 'administer', ask: () => ({ told: [200] }) },
  'GET /v1/portals': { right: 'administer', ask: () => ({ told: [200] }) },
  'GET /v1/query': {
    right: 'analyse',
    ask: (somebody) => pick([askQuery, () => askTasks(somebody)])(),
  },
  'GET /v1/query.csv': { right: 'analyse', ask: askCsv },
  'GET /v1/query.pdf': { right: 'analyse', ask: () => ({ query: '?from=2026-03-01', told: [400] }) },
  'GET /v1/query.xlsx': { right: 'analyse', ask: () => ({ query: '?from=2026-03-01', told: [400] }) },
  'GET /v1/account': { right: 'self', ask: () => ({ told: [] }) },
  'GET /v1/account/tokens': { right: 'self', ask: () => ({ told: [] }) },
  'GET /v1/scenes': { right: 'view', ask: () => ({ told: [200] }) },
  'GET /v1/scenes/{id}/versions': {
    right: 'administer',
    ask: () => ({ id: pick(['pulse', 'none']), told: [200, 404] }),
  },
  'GET /v1/screen/program': {
    right: 'view',
    isOnWalls: true,
    ask: ({ isWall }) =>
      isWall === true
        ? { query: pick(['', '?wall=main', '?scene=pulse']), told: [404] }
        : pick<Request>([
            { query: '?wall=main', told: [200] },
            { query: '?scene=ministries', told: [200] },
            { query: pick(['', '?wall=none', '?scene=none']), told: [404] },
            { query: '?scope=all', told: [400] },
          ]),
  },
  'GET /v1/wall/on-time': { right: 'view', isOnWalls: true, ask: askOnTime },
  'GET /v1/wall/waiting': {
    right: 'view',
    isOnWalls: true,
    ask: () =>
      pick<Request>([
        { query: `?by=${pick(['agency', 'province'])}`, told: [200] },
        { query: pick(['', '?by=source', '?by=agency&scope=all']), told: [400] },
      ]),
  },
  'GET /v1/wall/tasks': {
    right: 'view',
    isOnWalls: true,
    ask: (somebody) =>
      pick<Request>([
        { query: pick(['?scope=all', '?by=agency']), told: [400] },
        {
          told: [200],
          lists: {
            wanted: [`${directedOf(somebody).length + tasksOf(somebody).length}`],
            of: (text) => {
              const { open, units, due, late } = JSON.parse(text) as WallTasks;
              const foreign = [...units, ...due, ...late].filter(
                ({ unit }) => !isTheirs(somebody, unit.dim, unit.code),
              );
              return [`${open}`, ...foreign.map(({ unit }) => unit.code)];
            },
          },
        },
      ]),
  },
  'GET /v1/wall/index': {
    right: 'view',
    isOnWalls: true,
    ask: (somebody) => {
      const by = pick(['agency', 'province'] as const);
      return pick<Request>([
        { query: pick(['', `?by=${by}`, '?by=service&span=month', `?by=${by}&span=quarter&scope=all`]), told: [400] },
        {
          query: `?by=${by}&span=${pick(['quarter', 'month'])}`,
          told: [200],
          lists: {
            wanted: [],
            of: (text) =>
              (JSON.parse(text) as WallIndex).units
                .filter(
                  ({ code, best }) => !isTheirs(somebody, by, code) || (somebody.units !== 'all' && best !== undefined),
                )
                .map(({ code }) => code),
          },
        },
      ]);
    },
  },
  'GET /v1/wall/essential': {
    right: 'view',
    isOnWalls: true,
    ask: (somebody) =>
      pick<Request>([
        { query: '?scope=all', told: [400] },
        {
          told: [200],
          lists: {
            wanted: [],
            of: (text) => {
              const { of, services } = JSON.parse(text) as WallEssential;
              const isOfPlace = somebody.units === 'all' || somebody.units.some((unit) => kindOf(unit) === 'province');
              return [
                ...(somebody.units !== 'all' && of !== undefined ? [`${of}`] : []),
                ...services
                  .filter(({ agencies }) => !isOfPlace && !agencies.some((each) => isTheirs(somebody, 'agency', each)))
                  .map(({ id }) => id),
              ];
            },
          },
        },
      ]),
  },
  'GET /v1/wall/leaders': {
    right: 'view',
    isOnWalls: true,
    ask: (somebody) => ({
      query: `?by=${pick(['agency', 'province'])}&measure=${pick(['shareOnTime', 'shareOnline'])}`,
      told: ofWhole(somebody, 200),
    }),
  },
  'GET /v1/walls': { right: 'administer', ask: () => ({ told: [200] }) },
  'GET /v1/walls/{id}/versions': { right: 'administer', ask: () => ({ id: pick(['main', 'none']), told: [200, 404] }) },
  'POST /v1/scenes': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/scenes/{id}': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/scenes/{id}/remove': { right: 'administer', ask: () => ({ body: { version: 1 }, told: [403] }) },
  'POST /v1/scenes/{id}/undo': { right: 'administer', ask: () => ({ body: { version: 1 }, told: [403] }) },
  'POST /v1/screen/state': { right: 'view', isOnWalls: true, ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/walls': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/walls/{id}': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/walls/{id}/order': { right: 'administer', ask: () => ({ body: { order: 'hold' }, told: [403] }) },
  'POST /v1/walls/{id}/remove': { right: 'administer', ask: () => ({ body: { version: 1 }, told: [403] }) },
  'POST /v1/walls/{id}/undo': { right: 'administer', ask: () => ({ body: { version: 1 }, told: [403] }) },
  'GET /v1/screens': { right: 'administer', ask: () => ({ told: [200] }) },
  'GET /v1/session': { right: 'public', ask: () => ({ told: [200] }) },
  'GET /v1/shown': {
    right: 'view',
    isOnWalls: true,
    ask: () =>
      pick<Request>([
        {
          query: `?at=${Date.now() - below(60_000)}${pick(['', '&scene=tasks', '&scene=leaders', '&scene=focus', '&scene=never'])}`,
          told: [200, 404],
        },
        {
          query: pick([
            '',
            '?at=x',
            '?at=-1',
            '?at=1&scope=all',
            '?at=99999999999999',
            '?at=1&scene=..%2f',
            '?at=1&scene=',
          ]),
          told: [400],
        },
      ]),
  },
  'GET /v1/shown/since': {
    right: 'view',
    ask: () =>
      pick<Request>([
        {
          query: `?at=${Date.now() - below(60_000)}&scene=${pick(['tasks', 'leaders', 'waiting', 'never'])}`,
          told: [200, 404],
        },
        { query: pick(['', '?at=1', '?at=x&scene=tasks', '?at=1&scene=tasks&scope=all', '?at=1&scene=']), told: [400] },
      ]),
  },
  'GET /v1/snapshot': { right: 'view', isOnWalls: true, ask: askSnapshot },
  'GET /v1/session/provider/callback': {
    right: 'public',
    ask: () => ({ query: pick(['', '?code=x&state=y', '?error=access_denied']), told: [404] }),
  },
  'POST /v1/session/provider': { right: 'public', ask: () => ({ body: {}, told: [404] }) },
  'POST /v1/account/password': {
    right: 'self',
    ask: () => ({ body: { before: 'none', password: 'long enough it is' }, told: [] }),
  },
  'POST /v1/account/sessions/{id}/end': { right: 'self', ask: () => ({ body: {}, told: [] }) },
  'POST /v1/account/tokens': {
    right: 'self',
    ask: () => ({ body: { name: 'eve', rights: ['analyse'], scope: 'all', days: 1 }, told: [] }),
  },
  'POST /v1/account/tokens/{id}/revoke': { right: 'self', ask: () => ({ body: {}, told: [] }) },
  'POST /v1/audit/verify': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'GET /v1/rules': {
    right: 'view',
    ask: (somebody) => ({
      told: [200],
      lists: {
        wanted: rulesOf(somebody),
        of: (text) => (JSON.parse(text) as { rules: { id: string }[] }).rules.map(({ id }) => id),
      },
    }),
  },
  'GET /v1/rules.json': {
    right: 'view',
    ask: (somebody) => ({
      told: [200],
      lists: { wanted: rulesOf(somebody), of: (text) => Object.keys(JSON.parse(text) as object) },
    }),
  },
  'GET /v1/rules/{id}/history': { right: 'administer', ask: () => ({ told: [400] }) },
  'POST /v1/alerts/{id}/acknowledge': { right: 'answer', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/alerts/{id}/answer': { right: 'answer', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/directives': { right: 'direct', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/services-board/{id}': { right: 'answer', ask: askDeployment },
  'POST /v1/services-board/{id}/undo': { right: 'answer', ask: () => ({ id: 'DV01', body: {}, told: [400] }) },
  'POST /v1/tasks': { right: 'direct', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/tasks/imports/{id}/undo': {
    right: 'direct',
    ask: (somebody) => ({ id: randomUUID(), body: {}, told: ofWhole(somebody, 404) }),
  },
  'POST /v1/directives/{id}': { right: 'direct', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/directives/{id}/answer': { right: 'answer', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/directives/{id}/confirm': { right: 'direct', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/directives/{id}/send-back': { right: 'direct', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/directives/{id}/undo': { right: 'direct', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/directives/{id}/withdraw': { right: 'direct', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/events': { right: 'submit', ask: () => ({ body: pick([[], 1, { a: 1 }]), told: [202, 400, 415] }) },
  'POST /v1/operator/backup': { right: 'operate', ask: () => ({ body: { name: '../x' }, told: [400] }) },
  'POST /v1/operator/quarantine/replay': { right: 'operate', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/operator/quarantine/close': { right: 'operate', ask: () => ({ body: { why: 'x' }, told: [400] }) },
  'POST /v1/operator/quarantine/reopen': { right: 'operate', ask: () => ({ body: {}, told: [400] }) },
  // Of another's unit there is no such case, as there is none of another's name.
  'POST /v1/operator/quarantine/delete': {
    right: 'operate',
    ask: () => ({ body: { quarantineId: '00000000-0000-0000-0000-000000000000', why: 'x' }, told: [404] }),
  },
  'POST /v1/operator/set-up': {
    right: 'operate',
    ask: ({ name }) => ({ body: {}, told: [name === 'token' ? 200 : 403] }),
  },
  // Somebody of a demonstration lets nobody in.
  'POST /v1/people': {
    right: 'administer',
    ask: () => ({ body: { id: 'eve', name: 'Eve', rights: ['administer'], scope: 'all' }, told: [403] }),
  },
  'POST /v1/people/{id}': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/people/{id}/invite': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/people/{id}/sign-out': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/people/{id}/undo': { right: 'administer', ask: () => ({ body: { version: 1 }, told: [403] }) },
  'POST /v1/screen/code': {
    right: 'public',
    ask: ({ isWall }) => ({ body: {}, told: isWall === true ? [200] : [200, 429] }),
  },
  'POST /v1/screen/renew': { right: 'public', ask: () => ({ body: {}, told: [200] }) },
  'POST /v1/screens': {
    right: 'administer',
    ask: () => ({ body: { code: 'CDFHJK', name: 'Eve', scope: 'all' }, told: [403] }),
  },
  'POST /v1/screens/{id}': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/screens/{id}/revoke': { right: 'administer', ask: () => ({ body: { version: 1 }, told: [403] }) },
  'POST /v1/screens/{id}/undo': { right: 'administer', ask: () => ({ body: { version: 2 }, told: [403] }) },
  'POST /v1/portals/keys': {
    right: 'administer',
    ask: () => ({ body: { source: NATIONAL, name: 'eve' }, told: [403] }),
  },
  'POST /v1/portals/keys/{id}': { right: 'administer', ask: () => ({ body: { name: 'eve' }, told: [403] }) },
  'POST /v1/portals/keys/{id}/restore': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/portals/keys/{id}/revoke': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'GET /v1/deliveries': { right: 'administer', ask: () => ({ told: [200] }) },
  'GET /v1/receivers': { right: 'administer', ask: () => ({ told: [200] }) },
  'GET /v1/receivers/{id}/versions': { right: 'administer', ask: () => ({ told: [400, 404] }) },
  'GET /v1/routing': { right: 'administer', ask: () => ({ told: [200] }) },
  'GET /v1/routing/versions': { right: 'administer', ask: () => ({ told: [200] }) },
  'GET /v1/rosters': { right: 'administer', ask: () => ({ told: [200] }) },
  'GET /v1/silences': { right: 'administer', ask: () => ({ told: [200] }) },
  'POST /v1/deliveries/{id}/again': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/receivers': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/receivers/{id}': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/receivers/{id}/remove': { right: 'administer', ask: () => ({ body: { version: 1 }, told: [403] }) },
  'POST /v1/receivers/{id}/secret': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/receivers/{id}/test': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/receivers/{id}/undo': { right: 'administer', ask: () => ({ body: { version: 1 }, told: [403] }) },
  'POST /v1/rosters': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/rosters/{id}': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/rosters/{id}/remove': { right: 'administer', ask: () => ({ body: { version: 1 }, told: [403] }) },
  'POST /v1/rosters/{id}/undo': { right: 'administer', ask: () => ({ body: { version: 1 }, told: [403] }) },
  'POST /v1/routing': { right: 'administer', ask: () => ({ body: { routes: [], version: 0 }, told: [403] }) },
  'POST /v1/routing/undo': { right: 'administer', ask: () => ({ body: { version: 1 }, told: [403] }) },
  'POST /v1/silences': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/silences/preview': { right: 'administer', ask: () => ({ body: { match: {} }, told: [403] }) },
  'POST /v1/silences/{id}/end': { right: 'administer', ask: () => ({ body: { version: 1 }, told: [403] }) },
  'POST /v1/rules': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/rules/backtest': {
    right: 'view',
    ask: (somebody) => {
      const [dim, code] = pick(
        RULED.filter(([, , of]) => of === 'agency' || of === 'province').map(([, , of, id]) => [of, id]),
      );
      const against = { kind: 'value', limit: 1 };
      const when = { kind: 'threshold', measure: 'submitted', window: { kind: 'today' }, side: 'above', against };
      const rule = { over: { dim, codes: [code] }, when };
      return { body: { rule, days: 7 }, told: isTheirs(somebody, dim, code) ? [200] : [403] };
    },
  },
  'POST /v1/rules/import': { right: 'administer', ask: () => ({ body: { rules: {} }, told: [403] }) },
  'POST /v1/rules/{id}': { right: 'administer', ask: () => ({ body: {}, told: [403] }) },
  'POST /v1/rules/{id}/remove': { right: 'administer', ask: () => ({ body: { version: 1 }, told: [403] }) },
  'POST /v1/rules/{id}/undo': { right: 'administer', ask: () => ({ body: { version: 1 }, told: [403] }) },
  'GET /v1/frozen/{id}': { right: 'analyse', ask: () => ({ told: [400] }) },
  'POST /v1/frozen': { right: 'analyse', ask: () => ({ body: { question: { from: 'day' } }, told: [400] }) },
  'GET /v1/notebooks': { right: 'analyse', ask: () => ({ told: [200] }) },
  'GET /v1/notebooks/{id}/paper.pdf': { right: 'analyse', ask: () => ({ told: [400] }) },
  'GET /v1/notebooks/{id}/versions': { right: 'analyse', ask: () => ({ told: [400] }) },
  'POST /v1/notebooks': { right: 'analyse', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/notebooks/{id}': { right: 'analyse', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/notebooks/{id}/remove': { right: 'analyse', ask: () => ({ body: { version: 1 }, told: [400] }) },
  'POST /v1/notebooks/{id}/undo': { right: 'analyse', ask: () => ({ body: { version: 1 }, told: [400] }) },
  'GET /v1/annotations': { right: 'view', ask: () => ({ told: [200] }) },
  'GET /v1/annotations/{id}/versions': { right: 'view', ask: () => ({ told: [400] }) },
  'POST /v1/annotations': { right: 'analyse', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/annotations/{id}': { right: 'analyse', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/annotations/{id}/remove': { right: 'analyse', ask: () => ({ body: { version: 1 }, told: [400] }) },
  'POST /v1/annotations/{id}/undo': { right: 'analyse', ask: () => ({ body: { version: 1 }, told: [400] }) },
  'GET /v1/indicators': {
    right: 'view',
    isOnWalls: true,
    ask: (somebody) => ({
      told: [200],
      lists: {
        wanted: INDICATORS.filter((each) => seesIndicator(somebody, each)).map(([id]) => id),
        of: (text) =>
          (JSON.parse(text) as IndicatorList).indicators
            .map(({ id }) => id)
            .filter((id) => INDICATORS.some(([known]) => known === id)),
      },
    }),
  },
  'GET /v1/indicators.csv': {
    right: 'view',
    ask: (somebody) => ({
      query: '?lang=en',
      told: [200],
      lists: {
        wanted: INDICATORS.filter((each) => seesIndicator(somebody, each)).map(([id]) => id),
        of: (text) => [
          ...new Set(
            text.split('\r\n').flatMap((line) => {
              const [id = ''] = line.split(',', 1);
              return INDICATORS.some(([known]) => known === id) ? [id] : [];
            }),
          ),
        ],
      },
    }),
  },
  'GET /v1/indicators/{id}': {
    right: 'view',
    ask: (somebody) => {
      const indicator = pick(INDICATORS);
      return { id: indicator[0], told: seesIndicator(somebody, indicator) ? [200] : [404] };
    },
  },
  'POST /v1/indicators/reports': {
    right: 'answer',
    ask: (somebody) => {
      const [indicator, owner, kind] = pick(INDICATORS);
      const isByUnit = kind !== undefined && below(2) === 0;
      const by = isByUnit ? pick(kind === 'province' ? ['34-01', '34-46', '34-79'] : ['MOH', 'MOF', 'MPS']) : undefined;
      const period = indicator.endsWith('ACCOUNTS') ? '2026-01' : '2026-Q1';
      const unit = kind === undefined ? 'count' : 'share';
      const report = { indicator, period, by, unit, value: 1, evidence: { text: 'eve' } };
      const isTaken = by === undefined ? isTheirs(somebody, 'agency', owner) : isTheirs(somebody, kind ?? 'all', by);
      return {
        body: { reports: [report], isTrial: true },
        told: [200],
        lists: {
          wanted: isTaken ? [] : [seesIndicator(somebody, [indicator, owner, kind]) ? 'scope' : 'indicator'],
          of: (text) => (JSON.parse(text) as TakenReports).refused.map(({ field }) => field),
        },
      };
    },
  },
  // It reads what is sent along, and nothing of the room's.
  'POST /v1/rows/read': {
    right: 'view',
    ask: (somebody) => ({
      body: { rows: 'reports', mapping: '{}', content: 'eA==' },
      told: [has(somebody, 'answer') ? 422 : 403],
    }),
  },
  'GET /v1/evidence-files/{id}': { right: 'view', ask: askFile },
  // What others brought nobody takes away but an administrator; who does not see it is told of none.
  'POST /v1/evidence-files/{id}/remove': {
    right: 'view',
    ask: (somebody) => {
      const [at, id] = pick([...fileIds.entries()]);
      if (!has(somebody, 'administer') && !has(somebody, 'answer')) return { id, body: { why: 'x' }, told: [403] };
      if (has(somebody, 'administer')) return { id: randomUUID(), body: { why: 'x' }, told: [404] };
      return { id, body: { why: 'x' }, told: [FILED[at]?.[2](somebody) === true ? 403 : 404] };
    },
  },
  'POST /v1/evidence-files': {
    right: 'answer',
    ask: () =>
      pick<Request>([
        { query: '?name=a.txt', body: { a: 1 }, told: [200, 429] },
        { query: pick(['', '?name=', '?name=a&scope=all']), body: { a: 1 }, told: [400] },
      ]),
  },
  // They hold numbers of all units.
  'GET /v1/briefings': { right: 'view', ask: (somebody) => ({ told: ofWhole(somebody, 200) }) },
  'GET /v1/briefings/{id}': { right: 'view', ask: (somebody) => ({ id: randomUUID(), told: ofWhole(somebody, 404) }) },
  'GET /v1/briefings/{id}/paper.pdf': {
    right: 'view',
    ask: (somebody) => ({ id: randomUUID(), told: ofWhole(somebody, 404) }),
  },
  'POST /v1/briefings': { right: 'analyse', ask: (somebody) => ({ body: {}, told: ofWhole(somebody, 400) }) },
  'POST /v1/briefings/verify': { right: 'view', ask: (somebody) => ({ body: {}, told: ofWhole(somebody, 400) }) },
  'GET /v1/views': { right: 'analyse', ask: () => ({ told: [200] }) },
  'GET /v1/views/{id}/versions': { right: 'analyse', ask: () => ({ told: [400] }) },
  'POST /v1/views': { right: 'analyse', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/views/{id}': { right: 'analyse', ask: () => ({ body: {}, told: [400] }) },
  'POST /v1/views/{id}/remove': { right: 'analyse', ask: () => ({ body: { version: 1 }, told: [400] }) },
  'POST /v1/views/{id}/undo': { right: 'analyse', ask: () => ({ body: { version: 1 }, told: [400] }) },
  'POST /v1/session/accept': {
    right: 'public',
    ask: () => ({ body: { token: 'none', password: 'long enough it is', id: 'eve' }, told: [404] }),
  },
  'POST /v1/session/invitation': { right: 'public', ask: () => ({ body: { token: 'none' }, told: [404] }) },
  'POST /v1/session/sign-in': {
    right: 'public',
    ask: () => ({ body: { id: pick(['eve', 'lan', '__proto__', '']), password: 'none' }, told: [401, 429] }),
  },
  'POST /v1/session/sign-out': { right: 'public', ask: () => ({ body: { everywhere: true }, told: [200] }) },
  'POST /v1/session/look': {
    right: 'public',
    ask: () =>
      pick<Request>([
        { body: { look: pick(['agency:MPS', 'leadership']) }, told: [200] },
        { body: { look: pick(['agency:NOPE', '__proto__', '']) }, told: [404] },
        { body: { rights: ['operate'] }, told: [400] },
      ]),
  },
};

/** Statuses that somebody is told. */
function expected(
  somebody: Somebody,
  { right, isOnWalls }: Endpoint,
  isForeign: boolean,
  { told }: Request,
): readonly number[] {
  if (somebody.isWall === true && right === 'view' && isOnWalls !== true) return [403];
  const isToken = 'authorization' in somebody.headers && (somebody.name === 'token' || right === 'submit');
  if (right !== 'public' && !has(somebody, right)) return right !== 'submit' && isKnown(somebody) ? [403] : [401];
  return isForeign && !isToken ? [403] : told;
}
/** Codes are of whoever has a page that names units by them, or sends what they name. */
const has = ({ rights }: Somebody, right: string): boolean =>
  right === 'codes' ? rights.length > 0 : rights.includes(right);
const isKnown = ({ name, headers, isWall }: Somebody): boolean =>
  name === 'token' ||
  isWall === true ||
  name.endsWith('beside a look') ||
  /^room-look=(leadership|analyst|operator|administrator|agency:(?!NOPE|P-)|province:)/.test(headers['cookie'] ?? '');

it('has a model of every route', async () => {
  const { operations } = await apiOf(room);
  expect(
    Object.entries(ENDPOINTS)
      .map(([name, { right }]) => `${name} ${right}`)
      .sort(),
  ).toEqual(operations.map((it) => `${it.method.toUpperCase()} ${it.path} ${it['x-right']}`).sort());
});

it('has secrets to keep, and numbers to tell', () => {
  const health = truths.get(people.find(({ name }) => name === 'agency:MOH') as Somebody);
  for (const [name, { open, secret }] of health ?? []) {
    expect([name, secret.size > 20, open.size > 20]).toEqual([name, true, true]);
  }
  for (const numbers of truths.get(people[0] as Somebody)?.values() ?? []) expect(numbers.secret.size).toBe(0);
});

it('tells nobody a number that is not theirs to know, whatever is asked', { timeout: LONG_MS }, async () => {
  const counts = new Map<string, number>();
  const wrong: string[] = [];
  const names = Object.keys(ENDPOINTS);
  // Numbers stand in few of them: these are asked most.
  const often = [
    ...names,
    ...Array<string>(12).fill('GET /v1/snapshot'),
    ...Array<string>(8).fill('GET /v1/forecasts'),
    ...Array<string>(3).fill('GET /v1/query'),
    ...Array<string>(3).fill('POST /mcp'),
  ];
  let left = REQUESTS;
  let away = 0;
  const asker = async (): Promise<void> => {
    while (left-- > 0) {
      const name = pick(often);
      const endpoint = ENDPOINTS[name];
      const somebody = pick(people);
      if (endpoint === undefined) throw new Error(name);
      const [method = '', path = ''] = name.split(' ');
      const request = endpoint.ask(somebody);
      const isForeign = method === 'POST' && below(3) === 0;
      const origin = isForeign
        ? pick([...(request.isReading === true ? [] : [{}]), { origin: 'https://evil.example' }, { origin: 'null' }])
        : { origin: room.url };
      const response = await fetch(
        `${room.url}${path.replace('{name}', 'none').replace('{id}', request.id ?? 'none')}${request.query ?? ''}`,
        {
          method,
          headers: {
            ...somebody.headers,
            ...request.headers,
            ...(method === 'POST' ? { 'content-type': 'application/json', ...origin } : {}),
          },
          ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        },
      );
      const whole = await response.text();
      const tool = request.isRefused !== undefined && response.status === 200 ? toldBy(whole) : undefined;
      const text = tool?.answer ?? whole;
      // As any client it asks again.
      if ((response.status === 503 || tool?.isBusy === true) && ++away < REQUESTS / 20) {
        left++;
        continue;
      }
      counts.set(name, (counts.get(name) ?? 0) + 1);
      const told = expected(somebody, endpoint, isForeign, request);
      if (!told.includes(response.status))
        wrong.push(
          `${somebody.name}: ${name}${request.query ?? ''} answered ${response.status}, not ${told.join(' or ')}: ${text.slice(0, 200)}`,
        );
      if (tool !== undefined && (tool.answer === undefined) !== request.isRefused)
        wrong.push(`${somebody.name}: ${name} ${JSON.stringify(request.body)} answered ${whole.slice(0, 300)}`);
      const isTold = response.status === 200 && request.isRefused !== true;
      const isExact = [request.asked, request.proven, request.explained, request.taken, request.isExact].some(
        (one) => one !== undefined,
      );
      const leaks = !isExact ? outside(somebody, text, request.of) : [];
      wrong.push(...leaks.map((number) => `${somebody.name}: ${name}${request.query ?? ''} told ${number}`));
      if (request.asked !== undefined && isTold)
        wrong.push(...misanswered(somebody, JSON.parse(text) as QueryAnswer, request.asked));
      if (request.proven !== undefined && isTold)
        wrong.push(...misproven(somebody, JSON.parse(text) as Evidence, request.proven));
      if (request.explained !== undefined && isTold)
        wrong.push(...misexplained(somebody, JSON.parse(text) as Explanation, request.explained));
      if (request.lists !== undefined && response.status === 200) {
        const { wanted, of } = request.lists;
        const [said, right] = [of(text), wanted].map((ids) => [...ids].sort().join());
        if (said !== right) wrong.push(`${somebody.name}: ${name}${request.query ?? ''} lists ${said}, not ${right}`);
      }
      if (request.taken !== undefined && response.status === 200)
        wrong.push(...mistaken(somebody, text, request.taken));
      if (request.of !== undefined && response.status === 200)
        wrong.push(...missing(somebody, JSON.parse(text) as Snapshot, request.of));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, asker));
  process.stdout.write(
    `${[...counts]
      .sort()
      .map(([name, n]) => `${String(n).padStart(6)}  ${name}`)
      .join('\n')}\n`,
  );
  expect(wrong.slice(0, 20)).toEqual([]);
  expect(counts.size).toBe(names.length);
});

/** What an answer says otherwise than the dossiers that are somebody's own do. */
function misanswered(somebody: Somebody, answer: QueryAnswer, { name, split, only, before }: Asked): string[] {
  const sides = [['now', name] as const, ...(before === undefined ? [] : [['before', before] as const])];
  return sides.flatMap(([side, period]) => {
    const found = Object.fromEntries(
      [{ ...answer.total, key: [] as string[] }, ...answer.rows]
        .filter((row) => row[side] !== undefined)
        .map((row) => [row.key.join(' '), row[side]]),
    );
    const own = within(period).filter(
      (each) =>
        DIMS.some((dim) => isTheirs(somebody, dim, each[dim])) &&
        (only === undefined || only.codes.includes(each[only.dim])),
    );
    const wanted = answersOf(own, split);
    const [said, right] = [found, wanted].map((rows) => JSON.stringify(Object.entries(rows).sort()));
    const what = `a query of ${name} by ${split.join()} only ${only?.codes.join() ?? 'all'} against ${before ?? 'nothing'}`;
    return said === right ? [] : [`${somebody.name}: ${what} says ${side} ${said}, not ${right}`.slice(0, 600)];
  });
}

/** What evidence says otherwise than the dossiers that are somebody's own do; whoever answers for nothing sees no id in full. */
function misproven(somebody: Somebody, { sum, events, matches }: Evidence, { name, dim, code }: Proven): string[] {
  const own = within(name).filter(
    (each) =>
      each.onTime === undefined &&
      (code === undefined || each[dim] === code) &&
      DIMS.some((one) => isTheirs(somebody, one, each[one])),
  );
  const right = own.reduce((all, { count }) => all + count, 0);
  const isWhole = somebody.rights.includes('answer') || somebody.rights.includes('operate');
  const isForeign = events.some((event) => !DIMS.some((one) => isTheirs(somebody, one, event[one])));
  const isShown = events.some(({ id }) => /^d-\d+$/.test(id) !== isWhole);
  const said = [matches, sum.value ?? 0, sum.events, events.length, isForeign, isShown].join();
  const wanted = [true, right, own.length, Math.min(200, own.length), false, false].join();
  return said === wanted ? [] : [`${somebody.name}: evidence of ${name} by ${dim} ${code} says ${said}, not ${wanted}`];
}

/** Dossiers submitted that are somebody's own, by member of a dimension. */
function ownBy(somebody: Somebody, name: RoomName, dim: Dim): string {
  const sums = new Map<string, number>();
  for (const each of within(name))
    if (DIMS.some((one) => isTheirs(somebody, one, each[one])))
      sums.set(each[dim], (sums.get(each[dim]) ?? 0) + (each.onTime === undefined ? each.count : 0));
  return JSON.stringify([...sums].sort());
}

const misexplained = (somebody: Somebody, { by }: Explanation, name: RoomName): string[] =>
  by.flatMap(({ dimension, members }) => {
    const said = JSON.stringify(members.map(({ code, change }) => [code, change]).sort());
    const wanted = ownBy(somebody, name, dimension as Dim);
    return said === wanted
      ? []
      : [`${somebody.name}: the change of ${name} by ${dimension} says ${said}, not ${wanted}`];
  });

function mistaken(somebody: Somebody, text: string, { name, dim }: { name: RoomName; dim: Dim }): string[] {
  const rows = text
    .split('\r\n')
    .filter((line) => line !== '' && !/^\ufeff?#/.test(line))
    .slice(1);
  const cells = rows.map((line) => [line.split(',')[0] ?? '', Number(line.slice(line.lastIndexOf(',') + 1))]);
  const [said, wanted] = [JSON.stringify(cells.sort()), ownBy(somebody, name, dim)];
  return said === wanted ? [] : [`${somebody.name}: the file of ${name} by ${dim} says ${said}, not ${wanted}`];
}

/** Numbers of a text that somebody must not be told: of the period that was asked for, or of any. */
function outside(somebody: Somebody, text: string, name?: RoomName): string[] {
  const truth = truths.get(somebody);
  const periods = name === undefined ? [...(truth?.keys() ?? [])] : [name];
  return periods.flatMap((each) => leaked(text, truth?.get(each) ?? { open: new Set(), secret: new Set() }));
}

const PLACES = { agency: 'agencies', province: 'provinces', service: 'services' } as const;

/** What a snapshot does not say of somebody's own. */
function missing(somebody: Somebody, { state }: Snapshot, name: RoomName): string[] {
  return ownSums(somebody, within(name)).flatMap(({ dim, code, sums }) => {
    const { submitted, submittedOnline, onTime, late } = state[PLACES[dim]][code] ?? {};
    const said = JSON.stringify({ submitted, submittedOnline, onTime, late });
    return said === JSON.stringify(sums)
      ? []
      : [`${somebody.name}: ${name} says ${said} of ${code}, not ${JSON.stringify(sums)}`];
  });
}

it('nor by a socket, in any room that is joined and by any delta after', { timeout: 240_000 }, async () => {
  const wrong: string[] = [];
  let joins = 0;
  let deltas = 0;
  const open = ({ headers }: Somebody): Socket<ServerToClient, ClientToServer> =>
    io(room.url, { transports: [pick(['websocket', 'polling'])], forceNew: true, extraHeaders: headers });
  const viewers = people.filter((somebody) => has(somebody, 'view'));
  // Whoever may see nothing opens none.
  for (const somebody of people.filter((each) => !has(each, 'view'))) {
    const socket = open(somebody);
    const told = await new Promise((resolve) =>
      socket.once('connect', () => resolve('open')).once('connect_error', () => resolve('refused')),
    );
    socket.disconnect();
    expect([somebody.name, told]).toEqual([somebody.name, 'refused']);
  }
  const sockets = viewers.map((somebody) => ({ somebody, socket: open(somebody) }));
  const join = (socket: Socket<ServerToClient, ClientToServer>, name: RoomName): Promise<JoinAnswer> =>
    new Promise((resolve) => void socket.emit('join', name, resolve));
  try {
    await Promise.all(
      sockets.map(async ({ somebody, socket }) => {
        for (let n = 0; n < 12; n++) {
          const [name] = pick(PERIODS);
          const answer = await join(socket, name);
          joins++;
          if (!answer.ok) wrong.push(`${somebody.name}: ${name} ${answer.reason}`);
          else
            wrong.push(...outside(somebody, JSON.stringify(answer), name), ...missing(somebody, answer.snapshot, name));
        }
        await join(socket, 'now');
      }),
    );
    const heard = new Map(sockets.map(({ somebody }) => [somebody, [] as string[]]));
    for (const { somebody, socket } of sockets)
      socket.on('delta', (delta) => void heard.get(somebody)?.push(JSON.stringify(delta)));
    const steps = new Map(viewers.map((somebody) => [somebody, [] as Numbers[]]));
    for (let n = 0; n < 12; n++) {
      await send(room, made(today, 1));
      await vi.waitFor(async () => expect((await snapshot(room))?.state.events).toBe(within('now').length), PATIENCE);
      for (const somebody of viewers) steps.get(somebody)?.push(numbersOf(somebody, within('now'), true));
    }
    await vi.waitFor(() => {
      for (const texts of heard.values()) expect(texts.length).toBeGreaterThan(5);
    }, PATIENCE);
    for (const somebody of viewers) {
      const known = steps.get(somebody) ?? [];
      const seen = new Set(known.flatMap((each) => [...each.open]));
      const secret = new Set(known.flatMap((each) => [...each.secret]).filter((number) => !seen.has(number)));
      for (const text of heard.get(somebody) ?? []) {
        deltas++;
        wrong.push(...leaked(text, { open: seen, secret }).map((number) => `${somebody.name}: a delta told ${number}`));
      }
    }
  } finally {
    for (const { socket } of sockets) socket.disconnect();
  }
  process.stdout.write(`${String(joins).padStart(6)}  joins\n${String(deltas).padStart(6)}  deltas\n`);
  expect(wrong.slice(0, 20)).toEqual([]);
});

it.each([{ origin: 'https://evil.example' }, { origin: 'null' }])('no socket for a page of %o', async (headers) => {
  const socket = io(room.url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: { ...headers, cookie: 'room-look=leadership' },
  });
  const outcome = await new Promise((resolve) => {
    socket.once('connect', () => resolve('connected')).once('connect_error', () => resolve('refused'));
  });
  socket.disconnect();
  expect(outcome).toBe('refused');
});
