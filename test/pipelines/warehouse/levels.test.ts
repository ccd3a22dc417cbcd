/** What waits, as it was last reported: the answers' levels against plain reasoning over the reports. */
import {
  addDays,
  type Backlog,
  type Catalogue,
  type Dimension,
  EVERYTHING,
  type Evidence,
  evidenceQuerySchema,
  LEVEL_MEASURES,
  LEVEL_REACH_DAYS,
  LEVELS_REPORTED,
  type LevelMeasure,
  localDay,
  type Period,
  type Query,
  type QueryAnswer,
  querySchema,
  type ScopeGrant,
  scopeOf,
} from '@room/contract';
import {
  type Access,
  backlogRow,
  EvidenceStore,
  eventKey,
  Ledger,
  openAccess,
  QueryStore,
  WallQueries,
} from '@room/warehouse';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { likeDays } from '../../../pipelines/warehouse/src/query/like-days.ts';
import { comparedWith } from '../../../pipelines/warehouse/src/query/plan.ts';
import { tempDir } from '../../harness/temp.ts';
import { copyWarehouse } from '../../harness/template.ts';

const TIME_ZONE = 'Asia/Ho_Chi_Minh';
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const NOW = Date.now();
const TODAY = localDay(NOW, TIME_ZONE);
const back = (days: number): string => addDays(TODAY, -days);
/** Old 1 and Old 2 became New on this day. */
const MERGED = back(70);
const label = (id: string) => ({ vi: id, en: id });
const old = (id: string) => ({ id, code: id, label: label(id), validTo: addDays(MERGED, -1), successors: ['New'] });
const CATALOGUE = {
  timeZone: TIME_ZONE,
  agencies: ['A1', 'A2'].map((id) => ({ id, code: id, label: label(id) })),
  provinces: [old('Old1'), old('Old2'), ...['New', 'P4'].map((id) => ({ id, code: id, label: label(id) }))],
  services: ['S1', 'S2'].map((code) => ({ code, label: label(code), agency: 'A2', leading: false })),
  sources: ['urn:a', 'urn:b'].map((id) => ({ id, label: label(id), lateAfter: 60, silentAfter: 120 })),
  channels: [{ code: 1, label: label('1'), online: false }],
  statuses: [{ code: 1, label: label('1'), entry: true, finishes: false }],
  calendar: { weeklyRest: [6, 7], daysOff: [], worked: [], from: '2020-01-01', to: '2035-12-31' },
  databases: [],
  telecoms: [],
  reporters: [],
  links: [],
} as unknown as Catalogue;

interface Report extends Backlog {
  receivedAt: number;
  offset: number;
}

/** Seeded: half a year of reports with gaps of all lengths, of the whole and of provinces, some at one instant, some late. */
function made(): Report[] {
  let state = 5;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = <T>(list: readonly T[]): T => list[next(list.length)] as T;
  const reports: Report[] = [];
  for (let n = 0; n < 700; n++) {
    const again = n % 9 === 0 ? reports.at(-1 - next(Math.min(20, reports.length))) : undefined;
    const daysAgo = next(300);
    // At the last moment of a day and the first, and any.
    const at = again?.at ?? NOW - daysAgo * DAY_MS - next(DAY_MS) - 1;
    const day = localDay(at, TIME_ZONE);
    const province = pick(day < MERGED ? ['', 'Old1', 'Old2', 'P4'] : ['', 'New', 'P4']);
    const open = next(1_000);
    reports.push({
      kind: 'backlog',
      source: again?.source ?? pick(['urn:a', 'urn:b']),
      id: `b${n}`,
      simulated: false,
      at,
      service: again?.service ?? pick(['S1', 'S2']),
      agency: again?.agency ?? pick(['A1', 'A2']),
      ...(province === '' ? {} : { province }),
      open,
      overdue: next(open + 1),
      receivedAt: at + next(3) * DAY_MS,
      offset: n,
    });
  }
  return reports;
}

let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Access;
let store: QueryStore;
const reports = made();

beforeAll(async () => {
  folder = await tempDir('levels');
  await copyWarehouse(folder.path, TIME_ZONE);
  access = await openAccess({ kind: 'embedded', directory: folder.path, readers: 2, maxMemoryBytes: 2 ** 31 });
  store = new QueryStore(access, CATALOGUE);
  const ledger = new Ledger(access);
  for (let from = 0; from < reports.length; from += 100) {
    const backlog = reports
      .slice(from, from + 100)
      .map((report) => {
        const origin = { partition: 0, offset: report.offset, timestamp: report.receivedAt };
        return backlogRow(eventKey(report.source, report.id), report, origin, String(from + 1));
      })
      .join('\n');
    // Twice: a replay changes nothing.
    for (let time = 0; time < 2; time++)
      await ledger.insertRange(`t:0:${from}`, { submission: new Uint8Array(), backlog, quarantine: '' });
  }
});
afterAll(async () => {
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

type Level = { open: number; overdue: number; oldest: number };

/** Reports that stand at an instant, the end of a local day or of an hour of it. */
function standing(end: number, day: string): Report[] {
  const known = reports.filter(({ at }) => at < end);
  const seriesOf = ({ source, agency, service, province = '' }: Report): string =>
    [source, agency, service, province].join();
  const wholeOf = ({ source, agency, service }: Report): string => [source, agency, service].join();
  const isLater = (a: Report, b: Report): boolean =>
    a.at - b.at > 0 ||
    (a.at === b.at && (a.receivedAt > b.receivedAt || (a.receivedAt === b.receivedAt && a.offset > b.offset)));
  const latest = new Map<string, Report>();
  for (const report of known) {
    const other = latest.get(seriesOf(report));
    if (other === undefined || isLater(report, other)) latest.set(seriesOf(report), report);
  }
  const all = [...latest.values()];
  return all.filter((report) => {
    const rivals = all.filter(
      (other) =>
        wholeOf(other) === wholeOf(report) && (other.province === undefined) !== (report.province === undefined),
    );
    if (rivals.some(({ at }) => (report.province === undefined ? at >= report.at : at > report.at))) return false;
    if (addDays(localDay(report.at, TIME_ZONE), LEVEL_REACH_DAYS) <= day) return false;
    return !(report.province?.startsWith('Old') === true && day >= MERGED);
  });
}

const pointsOf = ({ from, to }: Period, grain: Query['grain']): { at: string; end: number; day: string }[] => {
  const days: string[] = [];
  for (let day = from; day <= to && day <= TODAY; day = addDays(day, 1)) days.push(day);
  const startOf = (day: string): number => Date.parse(`${day}T00:00:00+07:00`);
  if (grain === 'hour')
    return days
      .flatMap((day) =>
        Array.from({ length: 24 }, (_, hour) => ({
          at: `${day}T${String(hour).padStart(2, '0')}`,
          end: startOf(day) + (hour + 1) * HOUR_MS,
          day,
        })),
      )
      .filter(({ end }) => end - HOUR_MS <= Date.now());
  const ended = days.map((day) => ({ at: day, end: startOf(day) + DAY_MS, day }));
  if (grain === 'day') return ended;
  if (grain === 'total') return ended.slice(-1).map((point) => ({ ...point, at: '' }));
  const byMonth = new Map(ended.map((point) => [point.at.slice(0, 7), { ...point, at: point.at.slice(0, 7) }]));
  return [...byMonth.values()];
};

const besidePoints = (period: Period | undefined, grain: Query['grain']): ReturnType<typeof pointsOf> =>
  period === undefined ? [] : pointsOf(period, grain);

/** A month of likes is called by the first of them, and ends with the like of its last day. */
function likePoints({ from, to, grain }: Query): ReturnType<typeof pointsOf> {
  const likes = [...likeDays(CATALOGUE.calendar, { from, to }).of];
  const months = [...new Set(likes.map(([day]) => day.slice(0, 7)))];
  const ofMonths = months.map((month) => likes.filter(([day]) => day.startsWith(month)).map(([, like]) => like));
  const groups = grain === 'month' ? ofMonths : grain === 'total' ? [likes.map(([, like]) => like)] : [];
  if (grain === 'hour' || grain === 'day')
    return likes.flatMap(([, like]) => pointsOf({ from: like, to: like }, grain));
  return groups.flatMap((days) => {
    const end = days.at(-1) ?? '';
    const at = grain === 'month' ? (days[0] ?? '') : '';
    return pointsOf({ from: end, to: end }, 'day').map((point) => ({ ...point, at }));
  });
}

/** By side, row and point; the row's own level has no point. */
function reasoned(query: Query, isOwn: (report: Report) => boolean): Record<string, Level> {
  const found: Record<string, Level> = {};
  const now = (code = ''): string => (query.boundaries === 'today' && code.startsWith('Old') ? 'New' : code);
  const of = (report: Report, dimension: Dimension): string =>
    dimension === 'province' ? now(report.province) : String(report[dimension as 'agency']);
  const dimensions = ['agency', 'province', 'service', 'source'] as const;
  const before =
    query.compare === 'day-types' ? likePoints(query) : besidePoints(comparedWith(query, query.compare), query.grain);
  for (const [side, points] of Object.entries({ now: pointsOf(query, query.grain), before })) {
    for (const { at, end, day } of points)
      for (const report of standing(end, day)) {
        const isAsked = dimensions.every(
          (name) => query[name] === undefined || query[name].map((code) => now(code)).includes(of(report, name)),
        );
        if (!isAsked || !isOwn(report)) continue;
        const key = query.split.map((name) => `/${of(report, name)}`).join('');
        const names = [`${side} = ${at}`, `${side}${key} = ${at}`];
        if (at === points.at(-1)?.at) names.push(`${side} = `, `${side}${key} = `);
        for (const name of new Set(names)) {
          const { open, overdue, oldest } = found[name] ?? { open: 0, overdue: 0, oldest: Number.POSITIVE_INFINITY };
          found[name] = {
            open: open + report.open,
            overdue: overdue + report.overdue,
            oldest: Math.min(oldest, report.at),
          };
        }
      }
  }
  return found;
}

function answered({ total, rows }: QueryAnswer): Record<string, Level> {
  const found: Record<string, Level> = {};
  for (const { key, points = [], ...of } of [{ ...total, key: [] }, ...rows]) {
    const name = key.map((code) => `/${code}`).join('');
    const put = (side: 'now' | 'before', at: string, compared: typeof of): void => {
      const values = compared[side];
      if (values?.backlogOpen === undefined) return;
      const { backlogOpen: open, backlogOverdue: overdue = -1 } = values;
      found[`${side}${name} = ${at}`] = { open, overdue, oldest: compared.levelsAsOf?.[side] ?? -1 };
    };
    put('now', '', of);
    put('before', '', of);
    for (const { at, beforeAt = '', ...point } of points) {
      put('now', at, point);
      put('before', beforeAt, point);
    }
  }
  return found;
}

const asked = (fields: Record<string, string>): Query =>
  querySchema.parse({ measures: Object.keys(LEVEL_MEASURES).join(','), ...fields });

const some = (...codes: string[]) => fc.option(fc.subarray(codes, { minLength: 1 }), { nil: undefined, freq: 3 });
const questions = fc
  .record({
    length: fc.integer({ min: 1, max: 130 }),
    ends: fc.integer({ min: -3, max: 150 }),
    grain: fc.constantFrom('total', 'hour', 'day', 'month'),
    split: fc.subarray(['agency', 'province', 'service', 'source'], { maxLength: 2 }),
    only: fc.record({
      agency: some('A1', 'A2'),
      province: some('Old1', 'New', 'P4'),
      service: some('S1', 'S2'),
      source: some('urn:a'),
    }),
    compare: fc.constantFrom('none', 'previous', 'day-types', `${back(120)}:${back(60)}`),
    boundaries: fc.constantFrom('as-reported', 'today'),
  })
  .map(({ length, ends, grain, split, only, ...rest }): Record<string, string> => {
    const to = back(ends);
    const codes = Object.entries(only).flatMap(([name, list]) => (list === undefined ? [] : [[name, list.join(',')]]));
    const from = addDays(to, 1 - (grain === 'hour' ? Math.min(length, 6) : length));
    return { from, to, grain, split: split.join(','), ...Object.fromEntries(codes), ...rest };
  });
const scopes = fc.constantFrom<ScopeGrant[]>(
  'all',
  { agencies: ['A1'], provinces: [] },
  { agencies: [], provinces: ['New'] },
  { agencies: [], provinces: [] },
);

it('any level is what was last reported, in every row and at the end of every point', async () => {
  await fc.assert(
    fc.asyncProperty(questions, scopes, async (fields, grant) => {
      const query = asked(fields);
      const answer = await store.answer(query, scopeOf(grant, CATALOGUE));
      // No service is of A1; what New took over from is its own.
      const isOwn = ({ agency, province = '' }: Report): boolean =>
        grant === 'all' ||
        grant.agencies.includes(agency) ||
        (grant.provinces.length > 0 && ['New', 'Old1', 'Old2'].includes(province));
      const expected = reasoned(query, isOwn);
      const shown = new Set((answer.total.points ?? []).map(({ beforeAt }) => beforeAt));
      for (const name of Object.keys(expected)) {
        const [side = '', at = ''] = name.split(' = ');
        // A longer period's last points stand under none of now.
        if (side.startsWith('before') && at !== '' && !shown.has(at)) delete expected[name];
      }
      expect(answered(answer)).toEqual(expected);
    }),
    { numRuns: 40, seed: 3, endOnFailure: true },
  );
}, 120_000);

it('stands beside what is counted, and is absent where reports do not tell apart what is asked', async () => {
  const period = { from: back(30), to: TODAY };
  const whole = await store.answer(querySchema.parse(period), EVERYTHING);
  expect(whole.total.now).toEqual({ backlogOpen: expect.any(Number), backlogOverdue: expect.any(Number) });
  const byChannel = await store.answer(querySchema.parse({ ...period, split: 'channel' }), EVERYTHING);
  expect(byChannel.total).not.toHaveProperty('now');
  await expect(store.answer(asked({ ...period, split: 'channel' }), EVERYTHING)).rejects.toMatchObject({
    field: 'split',
  });
  await expect(store.answer(asked({ ...period, channel: '1' }), EVERYTHING)).rejects.toMatchObject({
    field: 'channel',
  });
});

it('ranks by levels', async () => {
  const { rows, others } = await store.answer(
    asked({ from: back(30), to: TODAY, split: 'service,agency', sort: 'backlogOverdue', top: '2' }),
    EVERYTHING,
  );
  const all = await store.answer(asked({ from: back(30), to: TODAY, split: 'service,agency' }), EVERYTHING);
  const values = all.rows.map(({ now }) => now?.backlogOverdue ?? -1).sort((a, b) => b - a);
  expect(rows.map(({ now }) => now?.backlogOverdue)).toEqual(values.slice(0, 2));
  expect(others?.now?.backlogOverdue).toBe(values.slice(2).reduce((sum, value) => sum + value, 0));
});

it('the wall says the same', async () => {
  const since = Date.parse(`${back(LEVEL_REACH_DAYS - 1)}T00:00:00+07:00`);
  const wall = await new WallQueries(access, TIME_ZONE).backlog(since);
  const { total } = await store.answer(asked({ from: TODAY, to: TODAY }), EVERYTHING);
  expect(wall).toMatchObject({
    open: total.now?.backlogOpen,
    overdue: total.now?.backlogOverdue,
    oldest: total.levelsAsOf?.now,
  });
});

it('the wall says what waited at an instant of the past, as it was known by then', async () => {
  const day = back(7);
  const until = Date.parse(`${back(6)}T00:00:00+07:00`);
  const wall = await new WallQueries(access, TIME_ZONE).backlog(until - LEVEL_REACH_DAYS * 86_400_000, 'all', until);
  const { total } = await store.answer(asked({ from: day, to: day }), EVERYTHING);
  expect(wall?.overdue).toBe(total.now?.backlogOverdue);
});

/** All pages of the evidence of a number of an answer. */
async function evidenceOf(text: Record<string, string>, grant: ScopeGrant): Promise<Evidence> {
  const proofs = new EvidenceStore(access, CATALOGUE);
  const scope = scopeOf(grant, CATALOGUE);
  const ask = (more: Record<string, string>) =>
    proofs.evidence(evidenceQuerySchema.parse({ ...text, ...more, limit: '3' }), scope);
  const first = await ask({});
  const events = [...first.events];
  for (let cursor = first.next; cursor !== undefined; ) {
    const page = await ask({ asOf: first.asOf, cursor });
    events.push(...page.events);
    cursor = page.next;
  }
  return { ...first, events };
}

interface Told {
  text: Record<string, string>;
  grant: ScopeGrant;
  value: number;
  watermark: number;
}
const remembered: Told[] = [];

const isProven = (found: Evidence, value: number): void => {
  expect(found).toMatchObject({ number: value, matches: true });
  const measure = found.measure as LevelMeasure;
  expect(found.events.reduce((sum, { adds }) => sum + (adds[measure] ?? 0), 0)).toBe(value);
  expect(found.events).toHaveLength(found.sum.events);
  expect(new Set(found.events.map(({ source, id }) => `${source} ${id}`)).size).toBe(found.sum.events);
  expect(found.sources.reduce((sum, { events }) => sum + events, 0)).toBe(found.sum.events);
};

it('any level is the sum of the reports that its evidence lists, within scope, in every row and point', async () => {
  await fc.assert(
    fc.asyncProperty(questions, scopes, fc.nat(), async (fields, grant, n) => {
      const answer = await store.answer(asked(fields), scopeOf(grant, CATALOGUE));
      const told: Told[] = [];
      const put = (place: Record<string, string>, values: QueryAnswer['total']['now']): void => {
        for (const measure of LEVELS_REPORTED) {
          const value = values?.[measure];
          if (value !== undefined)
            told.push({ text: { ...fields, ...place, measure }, grant, value, watermark: answer.levelsWatermark ?? 0 });
        }
      };
      for (const row of [{ ...answer.total, key: [] as string[] }, ...answer.rows]) {
        // What is reported of a whole is no member that could be asked for.
        if (row.key.includes('')) continue;
        const key: Record<string, string> = row.key.length === 0 ? {} : { key: row.key.join(',') };
        put({ ...key, side: 'now' }, row.now);
        put({ ...key, side: 'before' }, row.before);
        for (const point of row.points ?? []) {
          put({ ...key, side: 'now', at: point.at }, point.now);
          if (point.beforeAt !== undefined) put({ ...key, side: 'before', at: point.beforeAt }, point.before);
        }
      }
      const one = told[n % Math.max(1, told.length)];
      if (one === undefined) return;
      const found = await evidenceOf(one.text, one.grant);
      isProven(found, one.value);
      const ids = new Set(found.events.map(({ id }) => id));
      for (const report of reports.filter(({ id }) => ids.has(id)))
        expect(found.events.find(({ id }) => id === report.id)).toMatchObject({
          occurredAt: report.at,
          receivedAt: report.receivedAt,
          adds: { [found.measure]: found.measure === 'backlogOpen' ? report.open : report.overdue },
        });
      remembered.push(one);
    }),
    { numRuns: 60, seed: 7, endOnFailure: true },
  );
  expect(remembered.length).toBeGreaterThan(30);
  expect(remembered.filter(({ text }) => text['at'] !== undefined).length).toBeGreaterThan(10);
}, 120_000);

it('and stays it as of when it was told, whatever is reported since', async () => {
  const later = reports.slice(0, 300).map((report, n) => ({
    ...report,
    id: `late-${n}`,
    at: report.at + 1,
    open: report.open + 7,
    receivedAt: NOW + 5 * DAY_MS + n,
    offset: reports.length + n,
  }));
  const backlog = later
    .map((report) => {
      const origin = { partition: 0, offset: report.offset, timestamp: report.receivedAt };
      return backlogRow(eventKey(report.source, report.id), report, origin, '9000');
    })
    .join('\n');
  await new Ledger(access).insertRange('t:0:9000', { submission: new Uint8Array(), backlog, quarantine: '' });
  let changed = 0;
  for (const { text, grant, value, watermark } of remembered.slice(0, 40)) {
    const found = await evidenceOf({ ...text, asOf: String(watermark), shown: String(value) }, grant);
    isProven(found, value);
    if (found.late === undefined) continue;
    changed++;
    expect((await evidenceOf(text, grant)).number).toBe(found.withLate);
  }
  expect(changed).toBeGreaterThan(5);
}, 120_000);
