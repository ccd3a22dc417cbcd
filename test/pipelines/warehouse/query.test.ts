import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import {
  type AnswerRow,
  addDays,
  type Catalogue,
  type CurvePoint,
  DIMENSIONS,
  type Dimension,
  EVERYTHING,
  localDay,
  type Measures,
  NOTHING,
  type Query,
  type QueryAnswer,
  querySchema,
  RATIOS,
  ratioOf,
  type Scope,
  type ScopeGrant,
  SUMS,
  type Submission,
  scopeOf,
  standingsOf,
  unitDaysQuestion,
  type Values,
} from '@room/contract';
import { type BadQuery, Ledger, openAccess, QueryStore, stretchesOf, type Warehouse } from '@room/warehouse';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { likeDays } from '../../../pipelines/warehouse/src/query/like-days.ts';
import { divisorsOf } from '../../../pipelines/warehouse/src/query/per.ts';
import { comparedWith, planOf } from '../../../pipelines/warehouse/src/query/plan.ts';
import { tempDir } from '../../harness/temp.ts';
import { copyWarehouse } from '../../harness/template.ts';
import { rows, submission } from './rows.ts';

const TIME_ZONE = 'Asia/Ho_Chi_Minh';
const LAST = '2026-11-19';
const MERGED = '2026-06-30';
const PEOPLE: Readonly<Record<string, number>> = { New: 4_000, P4: 1_000, P5: 500 };
const label = (id: string) => ({ vi: id, en: id });
const unit = (id: string, successors: string[] = []) => ({
  id,
  // Codes are used again: the one of Old1 is today's of New.
  code: id === 'Old1' || id === 'New' ? '01' : id,
  label: label(id),
  ...(successors.length === 0 ? {} : { validTo: MERGED, successors }),
  ...(['New', 'P4', 'P5'].includes(id) ? { validFrom: addDays(MERGED, 1) } : {}),
  ...(PEOPLE[id] === undefined ? {} : { people: PEOPLE[id] }),
});
const CODES = {
  agency: ['A1', 'A2', 'A3'],
  // Old 1 and Old 2 became New, and Old 3 was divided.
  province: ['Old1', 'Old2', 'Old3', 'New', 'P4', 'P5'],
  service: ['S1', 'S2', 'S3', 'S4'],
  source: ['urn:a', 'urn:b'],
  channel: ['1', '2'],
  status: ['1', '3', '9'],
} as const satisfies Record<Dimension, readonly string[]>;
const NAMES = Object.keys(CODES) as Dimension[];
const pairs = <T>(of: readonly T[]): [T, T][] => of.flatMap((a, n) => of.slice(n + 1).map((b): [T, T] => [a, b]));
/** By map: what has a place in it. */
const MAPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  today: { Old1: 'New', Old2: 'New' },
  [MERGED]: { P4: 'Old3', P5: 'Old3' },
};
const CATALOGUE = {
  timeZone: TIME_ZONE,
  agencies: CODES.agency.map((id) => unit(id)),
  provinces: CODES.province.map((id) => unit(id, id === 'Old3' ? ['P4', 'P5'] : id.startsWith('Old') ? ['New'] : [])),
  services: CODES.service.map((code) => ({ code, label: label(code), agency: 'A1', leading: false })),
  sources: CODES.source.map((id) => ({ id, label: label(id), lateAfter: 60, silentAfter: 120 })),
  channels: CODES.channel.map((code) => ({ code: Number(code), label: label(code), online: code === '2' })),
  statuses: CODES.status.map((code) => ({
    code: Number(code),
    label: label(code),
    entry: code === '1',
    finishes: code === '9',
  })),
  calendar: {
    weeklyRest: [6, 7],
    daysOff: [{ date: '2026-09-02', label: label('x'), kind: 'x' }],
    worked: [],
    from: '2025-01-01',
    to: '2026-12-31',
  },
  databases: [],
  telecoms: [],
  reporters: [],
  links: [],
  scoring: {
    decision: '1/X',
    points: 100,
    components: [
      { id: '2.1', label: label('2.1'), points: 20, ratio: 'shareOnTime' },
      { id: '3.3', label: label('3.3'), points: 4, fullFrom: 0.5, ratio: 'shareOnline' },
    ],
  },
} as unknown as Catalogue;

let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Warehouse;
let store: QueryStore;
let events: Submission[];

/** Seeded: events of two years, also at the last moment of a day, month and year, of long intervals, and corrections. */
function made(): Submission[] {
  let state = 11;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = <T>(list: readonly T[]): T => list[next(list.length)] as T;
  const end = Date.parse(`${LAST}T16:59:59.999Z`);
  return Array.from({ length: 4_000 }, (_, n) => {
    const daysAgo = next(760);
    const within = n % 50 === 0 ? 0 : next(86_400_000);
    const status = pick(CODES.status);
    const channel = pick(CODES.channel);
    const count = (1 + next(5)) * (n % 37 === 0 ? -1 : 1);
    const submitted = status === '1' ? count : 0;
    return submission(`e${n}`, new Date(end - daysAgo * 86_400_000 - within).toISOString(), {
      province: pick(CODES.province),
      agency: pick(CODES.agency),
      service: pick(CODES.service),
      source: pick(CODES.source),
      channel: Number(channel),
      status: Number(status),
      count,
      submitted,
      submittedOnline: channel === '2' ? submitted : 0,
      // Not to the second: that rollup has a partition a day.
      span: pick([60_000, 60_000, 3_600_000, 7_200_000]),
      ...(status === '9' ? { onTime: n % 3 === 0 } : {}),
    });
  });
}

beforeAll(async () => {
  folder = await tempDir('query');
  await copyWarehouse(folder.path, TIME_ZONE);
  access = await openAccess({ kind: 'embedded', directory: folder.path, readers: 2, maxMemoryBytes: 2 ** 31 });
  store = new QueryStore(access, CATALOGUE);
  events = made();
  const ledger = new Ledger(access);
  for (let at = 0; at < events.length; at += 2_000)
    await ledger.insertRange(`t:0:${at}`, rows(events.slice(at, at + 2_000), String(at + 1)));
});
afterAll(async () => {
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const asked = (query: Record<string, string>): Query => querySchema.parse(query);

/** What the events themselves add up to, by side, row and point; the point of what is too coarse for one is `-`. */
function bruteForce(query: Query, isOwn: (event: Submission) => boolean = () => true): Record<string, Measures> {
  const like = query.compare === 'day-types' ? likeDays(CATALOGUE.calendar, query) : undefined;
  const besides = new Map([...(like?.of ?? [])].map(([day, other]) => [other, day]));
  const periods = {
    now: { from: query.from, to: query.to },
    before: query.compare === 'day-types' ? undefined : comparedWith(query, query.compare),
    likes: like === undefined ? undefined : { from: '2000-01-01', to: '2099-12-31' },
  };
  const found: Record<string, Measures> = {};
  const today = (dimension: Dimension, code: string): string =>
    dimension === 'province' ? (MAPS[query.boundaries]?.[code] ?? code) : code;
  for (const event of events.filter(isOwn)) {
    const of = (dimension: Dimension): string => today(dimension, String(event[dimension]));
    if (
      NAMES.some(
        (name) => query[name] !== undefined && !query[name].map((code) => today(name, code)).includes(of(name)),
      )
    )
      continue;
    const local = new Date(event.occurredAt + 7 * 3_600_000).toISOString();
    const day = localDay(event.occurredAt, TIME_ZONE);
    for (const [name, period] of Object.entries(periods)) {
      if (period === undefined || day < period.from || day > period.to) continue;
      const beside = besides.get(day);
      if (name === 'likes' && beside === undefined) continue;
      const side = name === 'likes' ? 'before' : name;
      // A month of likes is called by the first of them.
      const month =
        name === 'likes'
          ? [...(like?.of ?? [])].find(([now]) => now.startsWith((beside ?? '').slice(0, 7)))?.[1]
          : day.slice(0, 7);
      const at = { total: '', month, day, hour: event.span > 3_600_000 ? '-' : local.slice(0, 13) }[query.grain];
      const key = query.split.map((dimension) => ` ${of(dimension)}`).join('');
      for (const place of new Set([`${side} = `, `${side}${key} = `, `${side} = ${at}`, `${side}${key} = ${at}`])) {
        const sums = found[place] ?? { ...NOTHING };
        found[place] = sums;
        sums.submitted += event.submitted;
        sums.submittedOnline += event.submittedOnline;
        sums.onTime += event.onTime === true ? event.count : 0;
        sums.late += event.onTime === false ? event.count : 0;
      }
    }
  }
  return found;
}

/** Points by hand: 20 for all on time, 4 from half online on; of neither where nothing was counted of it. */
function pointsBy({ submitted, submittedOnline, onTime, late }: Measures): Record<string, number | undefined> {
  const held = [
    ...(onTime + late > 0 ? [{ most: 20, has: points(20, onTime / (onTime + late)) }] : []),
    ...(submitted > 0 ? [{ most: 4, has: points(4, submittedOnline / submitted / 0.5) }] : []),
  ];
  if (held.length === 0) return {};
  return {
    indexPoints: expect.closeTo(
      held.reduce((sum, { has }) => sum + has, 0),
      9,
    ),
    indexMeasured: held.reduce((sum, { most }) => sum + most, 0),
  };
}

const values = (sums: Measures | undefined, { measures }: Query): Values | undefined => {
  if (sums === undefined) return undefined;
  const all = [
    ...SUMS.map((sum) => [sum, sums[sum]]),
    ...RATIOS.map((ratio) => [ratio, ratioOf(ratio, sums)]),
    ...Object.entries(pointsBy(sums)),
  ];
  return Object.fromEntries(all.filter(([name, value]) => value !== undefined && measures.includes(name as never)));
};

/** The answer under the names of `bruteForce`. */
function named({ total, rows: found, coarse }: QueryAnswer): Record<string, Values> {
  const all: Record<string, Values> = {};
  const put = (name: string, value: Values | undefined): void => {
    if (value !== undefined) all[name] = value;
  };
  for (const { key, now, before, points = [] } of [{ ...total, key: [] }, ...found]) {
    const of = key.length === 0 ? '' : ` ${key.join(' ')}`;
    put(`now${of} = `, now);
    put(`before${of} = `, before);
    for (const point of points) {
      put(`now${of} = ${point.at}`, point.now);
      put(`before${of} = ${point.beforeAt}`, point.before);
    }
  }
  put('now = -', coarse?.now);
  put('before = -', coarse?.before);
  return all;
}

const dayBack = (days: number): string => addDays(LAST, -days);
const codesOf = (name: Dimension) =>
  fc.option(fc.subarray([...CODES[name]], { minLength: 1 }), { nil: undefined, freq: 3 });
const questions = fc
  .record({
    length: fc.integer({ min: 1, max: 420 }),
    back: fc.integer({ min: 0, max: 400 }),
    isFirst: fc.boolean(),
    grain: fc.constantFrom('total', 'hour', 'day', 'month'),
    split: fc.subarray(NAMES, { maxLength: 2 }),
    only: fc.record(
      Object.fromEntries(NAMES.map((name) => [name, codesOf(name)])) as Record<Dimension, ReturnType<typeof codesOf>>,
    ),
    compare: fc.constantFrom('none', 'previous', 'year-before', 'day-types', '2025-02-27:2025-04-02'),
    boundaries: fc.constantFrom('as-reported', 'today', MERGED),
  })
  .map(({ length, back, isFirst, grain, split, only, ...rest }): Record<string, string> => {
    const to = dayBack(back);
    const within = addDays(to, 1 - Math.min(length, grain === 'hour' ? 10 : grain === 'day' ? 120 : 999));
    const from = isFirst ? `${within.slice(0, 7)}-01` : within;
    const codes = Object.entries(only).flatMap(([name, some]) => (some === undefined ? [] : [[name, some.join(',')]]));
    return { from, to, grain, split: split.join(','), ...Object.fromEntries(codes.slice(0, 2)), ...rest };
  });

const PROVINCES_OF: Record<string, readonly string[]> = { New: ['Old1', 'Old2'], Old1: ['New'], P4: ['Old3'] };
const scopes = fc.option(
  fc.record({ agencies: fc.subarray(['A1', 'A2']), provinces: fc.subarray(['New', 'Old1', 'P4']) }),
  { nil: 'all' as const, freq: 2 },
);
/** Whose is it, said by hand: a unit's, what it took over or became, and all services, which are of A1. */
const ownedBy =
  (grant: ScopeGrant) =>
  ({ agency, province }: Submission): boolean =>
    grant === 'all' ||
    grant.agencies.includes('A1') ||
    grant.agencies.includes(agency) ||
    grant.provinces.some((unit) => unit === province || PROVINCES_OF[unit]?.includes(province));

it('any answer adds up to the events of its scope, in every row, point and period', async () => {
  const sources = new Set<string>();
  await fc.assert(
    fc.asyncProperty(questions, scopes, async (text, grant) => {
      const query = asked(text);
      const scope: Scope = scopeOf(grant, CATALOGUE);
      if (query.compare === 'day-types' && likeDays(CATALOGUE.calendar, query).of.size === 0) {
        await expect(store.answer(query, scope)).rejects.toMatchObject({ field: 'compare' });
        return;
      }
      const answer = await store.answer(query, scope);
      sources.add(answer.source);
      const expected = Object.fromEntries(
        Object.entries(bruteForce(query, ownedBy(grant)))
          // A row of the coarse by themselves has no point; a curve's point of a longer period before stands under none of now.
          .filter(([name]) => !/ \S+ = -$/.test(name) || query.split.length === 0)
          .map(([name, sums]) => [name, values(sums, query)]),
      );
      const found = named(answer);
      const beyond = (answer.total.points ?? []).map(({ beforeAt }) => beforeAt);
      for (const name of Object.keys(expected)) {
        const [, at = ''] = name.split(' = ');
        if (name.startsWith('before') && at !== '' && at !== '-' && !beyond.includes(at)) delete expected[name];
      }
      expect(found).toEqual(expected);
    }),
    { numRuns: 150, seed: 7, endOnFailure: true },
  );
  expect([...sources].sort()).toEqual(['rollup_meetings', 'rollup_units', 'submission']);
}, 180_000);

it('any meeting of two splits and two filters is read from sums', async () => {
  const ground = { catalogue: CATALOGUE, timeZone: TIME_ZONE, today: LAST, meetingsSince: '1970-01-01' };
  const meetings = pairs(NAMES).flatMap((splits) => pairs(NAMES).map((filters) => ({ splits, filters })));
  expect(meetings).toHaveLength(225);
  for (const [n, { splits, filters }] of meetings.entries()) {
    const only = Object.fromEntries(filters.map((name, at) => [name, CODES[name].slice(at).join(',')]));
    const from = n % 2 === 0 ? dayBack(400) : '2026-01-01';
    const query = asked({ from, to: LAST, split: splits.join(','), compare: 'year-before', ...only });
    expect(planOf(query, ground, EVERYTHING).source).not.toBe('submission');
    // One for each of the splits, beside ever other filters; generated questions have the rest.
    if (n % 16 !== 0) continue;
    const sums = Object.entries(bruteForce(query)).map(([name, of]) => [name, values(of, query)]);
    expect(named(await store.answer(query, EVERYTHING))).toEqual(Object.fromEntries(sums));
  }
}, 180_000);

it('says which days are like none of the year before, and what was counted on them', async () => {
  // The only holiday of 2025 stands beside that of 2026; the days before the calendar begins are like none.
  const query = asked({ from: '2026-08-20', to: '2026-09-15', compare: 'day-types' });
  const { periods, unlike } = await store.answer(query, EVERYTHING);
  expect(periods.now).toMatchObject({ days: 27, workingDays: 18 });
  expect(periods.before).toMatchObject({ days: 26, workingDays: 18 });
  const holiday = events.filter(({ occurredAt }) => localDay(occurredAt, TIME_ZONE) === '2026-09-02');
  expect(unlike).toEqual({
    days: 1,
    ...(holiday.length === 0
      ? {}
      : { now: expect.objectContaining({ submitted: holiday.reduce((sum, { submitted }) => sum + submitted, 0) }) }),
  });
});

it('per working day: counts of periods and months by their working days, shares as they are', async () => {
  const fields = { from: '2026-07-01', to: '2026-10-31', grain: 'month', split: 'agency', compare: 'previous' };
  const plain = await store.answer(asked(fields), EVERYTHING);
  const per = await store.answer(asked({ ...fields, per: 'working-day' }), EVERYTHING);
  const { now, before } = plain.periods;
  const byKey = new Map(plain.rows.map((row) => [row.key.join(), row]));
  for (const row of per.rows) {
    const whole = byKey.get(row.key.join());
    expect(row.now?.submitted).toBeCloseTo((whole?.now?.submitted ?? 0) / (now.workingDays ?? 0), 9);
    expect(row.before?.submitted).toBeCloseTo((whole?.before?.submitted ?? 0) / (before?.workingDays ?? 0), 9);
    expect(row.now?.shareOnline).toBe(whole?.now?.shareOnline);
    // July has 23 days that are no weekly rest.
    expect(row.points?.[0]?.now?.submitted).toBeCloseTo((whole?.points?.[0]?.now?.submitted ?? 0) / 23, 9);
  }
  // The calendar does not know all of these days.
  const beyond = await store.answer(asked({ from: '2024-12-01', to: LAST, per: 'working-day' }), EVERYTHING);
  expect(beyond.total.now).not.toHaveProperty('submitted');
  expect(beyond.total.now).toHaveProperty('shareOnline');
});

it('per 1,000 people: of those who live in the row, and nothing where it is not known how many', async () => {
  const fields = { from: dayBack(300), to: LAST, split: 'province', boundaries: 'today' };
  const plain = await store.answer(asked(fields), EVERYTHING);
  const per = await store.answer(asked({ ...fields, per: '1000-people' }), EVERYTHING);
  const submitted = ({ rows: of }: QueryAnswer) => new Map(of.map(({ key, now }) => [key[0], now?.submitted]));
  const [counted, rates] = [submitted(plain), submitted(per)];
  for (const [code, people] of Object.entries(PEOPLE))
    expect(rates.get(code)).toBeCloseTo((counted.get(code) ?? 0) / (people / 1_000), 9);
  expect(rates.get('Old3')).toBeUndefined();
  // All that live in the country today.
  expect(per.total.now?.submitted).toBeCloseTo((plain.total.now?.submitted ?? 0) / 5.5, 9);
  const some = await store.answer(
    asked({ ...fields, split: 'agency', province: 'P4,P5', per: '1000-people' }),
    EVERYTHING,
  );
  const same = await store.answer(asked({ ...fields, split: 'agency', province: 'P4,P5' }), EVERYTHING);
  expect(some.rows[0]?.now?.late).toBeCloseTo((same.rows[0]?.now?.late ?? 0) / 1.5, 9);
  // Ranked by what is shown.
  const ranked = await store.answer(asked({ ...fields, per: '1000-people', sort: 'submitted' }), EVERYTHING);
  const values = ranked.rows.map(({ now }) => now?.submitted ?? -1);
  expect(values).toEqual([...values].sort((a, b) => b - a));
});

it('shows the largest, and all others together', async () => {
  const query = asked({ from: dayBack(300), to: LAST, split: 'service', top: '1', sort: 'late', grain: 'month' });
  const { rows: shown, others, total } = await store.answer(query, EVERYTHING);
  const all = await store.answer({ ...query, top: 4 }, EVERYTHING);
  expect(shown).toEqual([all.rows[0]]);
  expect(others?.members).toBe(all.rows.length - 1);
  expect((others?.now?.late ?? 0) + (shown[0]?.now?.late ?? 0)).toBe(total.now?.late);
  expect(all.rows.map(({ now }) => now?.late)).toEqual(
    all.rows.map(({ now }) => now?.late).sort((a = 0, b = 0) => b - a),
  );
});

it('puts first what is largest or smallest, or what rose or fell most', async () => {
  const fields = { from: dayBack(150), to: LAST, compare: 'previous', split: 'service', measures: 'submitted' };
  const orderedBy = async (order: string) => (await store.answer(asked({ ...fields, order }), EVERYTHING)).rows;
  const value = ({ now }: AnswerRow): number => now?.submitted ?? Number.NaN;
  const change = ({ now, before }: AnswerRow): number =>
    (now?.submitted ?? Number.NaN) - (before?.submitted ?? Number.NaN);
  const up = (a: number, b: number): number => a - b;
  const values = (await orderedBy('smallest')).map(value);
  expect(values).toEqual([...values].sort(up));
  for (const [order, sign] of [
    ['risen', -1],
    ['fallen', 1],
  ] as const) {
    const changes = (await orderedBy(order)).map(change).filter((one) => !Number.isNaN(one));
    expect(new Set(changes).size).toBeGreaterThan(1);
    expect(changes).toEqual([...changes].sort((a, b) => sign * up(a, b)));
  }
});

it('says of each period how long it is, up to when it was reported, and how much of what was due', async () => {
  const { periods } = await store.answer(
    asked({ from: '2026-09-01', to: '2026-09-30', compare: 'year-before' }),
    EVERYTHING,
  );
  // Without 8 days of rest, and one off.
  expect(periods.now).toMatchObject({ from: '2026-09-01', days: 30, workingDays: 21 });
  expect(periods.before).toMatchObject({ from: '2025-09-01', to: '2025-09-30', days: 30, workingDays: 22 });
  const inside = events.filter(({ occurredAt }) => localDay(occurredAt, TIME_ZONE).startsWith('2026-09'));
  const reported = new Set(inside.map(({ source, occurredAt }) => `${source} ${localDay(occurredAt, TIME_ZONE)}`));
  expect(periods.now.coverage).toBeCloseTo(reported.size / (2 * 30), 12);
  expect(periods.now.asOf).toBe(Math.max(...inside.map(({ occurredAt, span }) => occurredAt + span)));
});

it('says how many days of a period are not over', async () => {
  const today = localDay(Date.now(), TIME_ZONE);
  const open = async (from: string, to: string) =>
    (await store.answer(asked({ from, to }), EVERYTHING)).periods.now.openDays;
  expect(await open(addDays(today, -3), addDays(today, 3))).toBe(4);
  expect(await open(today, today)).toBe(1);
  expect(await open(addDays(today, -3), addDays(today, -1))).toBeUndefined();
});

it('divides by the working days that have begun: on those to come nobody has worked yet', () => {
  const query = querySchema.parse({ from: '2026-11-16', to: '2026-11-22', per: 'working-day' });
  const plan = { runs: { now: [{ from: query.from, to: query.to }], before: [] } };
  const sums = (today: string) => divisorsOf(query, plan, CATALOGUE, EVERYTHING, today)({ side: 'now', keys: [] }).sums;
  expect([sums('2026-11-15'), sums('2026-11-17'), sums('2026-11-30')]).toEqual([undefined, 2, 5]);
});

it('of what is narrowed to a unit only those can be missing whose reports it is made of', async () => {
  const [first, ...others] = CATALOGUE.sources;
  const sources = [first, ...others.map((source) => ({ ...source, unit: 'A2' }))] as Catalogue['sources'];
  const of = new QueryStore(access, { ...CATALOGUE, sources });
  const coverage = async (narrowed: object) =>
    (await of.answer(asked({ from: '2026-09-01', to: '2026-09-30', ...narrowed }), EVERYTHING)).periods.now.coverage;
  const [one, both] = [await coverage({ agency: 'A1' }), await coverage({})];
  const inside = events.filter(({ occurredAt }) => localDay(occurredAt, TIME_ZONE).startsWith('2026-09'));
  const days = (source?: string): number =>
    new Set(
      inside.flatMap((event) =>
        source === undefined || event.source === source
          ? [`${event.source} ${localDay(event.occurredAt, TIME_ZONE)}`]
          : [],
      ),
    ).size;
  expect(one).toBeCloseTo(days('urn:a') / 30, 12);
  expect(both).toBeCloseTo(days() / 60, 12);
});

it('tells who sees a part how complete that part is, and not how the whole country reports', async () => {
  const [first, ...others] = CATALOGUE.sources;
  const sources = [
    { ...first, unit: 'A1' },
    ...others.map((source) => ({ ...source, unit: 'A2' })),
  ] as Catalogue['sources'];
  const catalogue = { ...CATALOGUE, sources };
  const of = new QueryStore(access, catalogue);
  const coverage = async (grant: { agencies: string[]; provinces: string[] }, narrowed: object = {}) => {
    const query = asked({ from: '2026-09-01', to: '2026-09-30', ...narrowed });
    return (await of.answer(query, scopeOf(grant, catalogue))).periods.now.coverage;
  };
  const inside = events.filter(({ occurredAt }) => localDay(occurredAt, TIME_ZONE).startsWith('2026-09'));
  const days = new Set(
    inside.flatMap(({ source, occurredAt }) => (source === 'urn:a' ? [localDay(occurredAt, TIME_ZONE)] : [])),
  ).size;
  expect(await coverage({ agencies: ['A1'], provinces: [] })).toBeCloseTo(days / 30, 12);
  // Of another's portal it is told nothing, though it be asked for by its name.
  const other = DIMENSIONS.source.members(catalogue)[1]?.code ?? '';
  expect(await coverage({ agencies: ['A1'], provinces: [] }, { source: other })).toBeUndefined();
  // Of another's nobody is told how much was reported, as of its numbers; beside one's own it says nothing.
  expect(await coverage({ agencies: ['A1'], provinces: [] }, { agency: 'A2' })).toBeUndefined();
  expect(await coverage({ agencies: ['A1'], provinces: [] }, { agency: 'A1,A2' })).toBeDefined();
  expect(await coverage({ agencies: [], provinces: [] })).toBeUndefined();
});

it('says nothing of a period in which nothing was reported: that is unknown, not zero', async () => {
  const query = asked({ from: '2020-01-01', to: '2020-01-31', split: 'province', grain: 'day', compare: 'previous' });
  const { total, rows: shown, periods } = await store.answer(query, EVERYTHING);
  expect(shown).toEqual([]);
  expect(total).not.toHaveProperty('now');
  expect(total.points?.[0]).toEqual({ at: '2020-01-01', beforeAt: '2019-12-01' });
  expect(periods.now).not.toHaveProperty('asOf');
  expect(periods.now.coverage).toBe(0);
  // The working calendar does not reach so far.
  expect(periods.now).not.toHaveProperty('workingDays');
});

it('a code stands for the unit that owns it today, an id for itself', async () => {
  const submitted = async (province: string) =>
    (await store.answer(asked({ from: dayBack(700), to: LAST, province }), EVERYTHING)).total.now?.submitted;
  expect(await submitted('01')).toBe(await submitted('New'));
  expect(await submitted('01')).not.toBe(await submitted('Old1'));
});

it('units that were divided stay what they were, and are named with how much they are', async () => {
  const {
    divided,
    dividedValues,
    rows: shown,
  } = await store.answer(asked({ from: dayBack(700), to: LAST, split: 'province', boundaries: 'today' }), EVERYTHING);
  expect(divided).toEqual(['Old3']);
  expect(dividedValues?.now).toEqual(shown.find(({ key: [code] }) => code === 'Old3')?.now);
  expect(shown.map(({ key: [code] }) => code).sort()).toEqual(['New', 'Old3', 'P4', 'P5']);
});

describe('refuses, naming the field,', () => {
  it.each<[string, Record<string, string>, string]>([
    ['an unknown unit', { province: 'P9' }, 'province'],
    ['SQL', { service: "S1') OR 1 = 1 --" }, 'service'],
    ['an end before the beginning', { to: '2026-10-01' }, 'to'],
    ['ten years by the hour', { from: '2016-11-01', grain: 'hour' }, 'to'],
    ['a comparison with thirty years', { compare: '1990-01-01:2020-01-01' }, 'compare'],
  ])('%s', async (_name, change, field) => {
    const query = asked({ from: '2026-11-01', to: LAST, ...change });
    await expect(store.answer(query, EVERYTHING)).rejects.toThrow(expect.objectContaining({ field }) as BadQuery);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a day that is none', { from: '2026-02-30' }, 'from'],
    ['SQL for a day', { from: "2026-01-01') --" }, 'from'],
    ['an unknown measure', { measures: 'submitted,happiness' }, 'measures'],
    ['three splits', { split: 'province,agency,service' }, 'split'],
    ['a comparison that is none', { compare: 'yesterday' }, 'compare'],
    ['what nobody knows', { colour: 'red' }, ''],
  ])('%s', (_name, change, field) => {
    const { error } = querySchema.safeParse({ from: '2026-11-01', to: LAST, ...change });
    expect(error?.issues[0]?.path.join('.')).toBe(field);
  });

  it('events that are no longer kept, where no rollup can answer', async () => {
    const query = asked({ from: dayBack(9), to: LAST, split: 'channel', province: 'P4', grain: 'hour' });
    await expect(store.answer(query, EVERYTHING)).resolves.toMatchObject({ source: 'submission' });
    await access.command(
      `ALTER TABLE submission DELETE WHERE id = '${events.find(({ province, occurredAt }) => province === 'P5' && localDay(occurredAt, TIME_ZONE) >= query.from)?.id}' SETTINGS mutations_sync = 2`,
    );
    await expect(store.answer(query, EVERYTHING)).rejects.toThrow(
      expect.objectContaining({ field: 'from', code: 'too_much' }) as BadQuery,
    );
  });
});

it.each(['day', 'month', 'hour'])('by the %s, beside likes, stretches tell what the whole does', async (grain) => {
  const query = asked({ from: dayBack(80), to: LAST, split: 'agency', compare: 'day-types', grain });
  const whole = await store.answer(query, EVERYTHING);
  const stretches = stretchesOf(query, 3, 120);
  expect(stretches.length).toBeGreaterThan(grain === 'month' ? 0 : 3);
  const answers: QueryAnswer[] = [];
  for (const one of stretches) answers.push(await store.answer(one.query, EVERYTHING, undefined, one.known));
  const pointsOfKey = (all: readonly AnswerRow[], key: string) =>
    all.find((row) => row.key.join() === key)?.points ?? [];
  for (const key of CODES.agency) {
    const wanted = pointsOfKey(whole.rows, key);
    const found = answers.flatMap(({ rows: some, total }): CurvePoint[] => {
      const points = pointsOfKey(some, key);
      return points.length > 0
        ? points
        : (total.points ?? []).map(({ at, beforeAt }) => ({ at, ...(beforeAt === undefined ? {} : { beforeAt }) }));
    });
    expect(found).toEqual(wanted);
  }
});

it('what would take too long is refused before it is read, with how many rows and seconds', async () => {
  const query = asked({ from: dayBack(300), to: LAST, split: 'channel,province', grain: 'day', province: 'P4' });
  const poor = new QueryStore(access.strangers, CATALOGUE, { mostRows: 10 });
  await expect(poor.answer(query, EVERYTHING)).rejects.toMatchObject({
    code: 'too_much',
    field: 'to',
    numbers: { rows: expect.any(Number), seconds: expect.any(Number), most: 10 },
  });
  await expect(store.answer(query, EVERYTHING)).resolves.toMatchObject({ source: 'rollup_meetings' });
});

it('whoever leaves ends the question in the engine too', async () => {
  const left = new AbortController();
  const slow = access.strangers.read('SELECT sum(cityHash64(number)) AS n FROM numbers(100000000000)', left.signal);
  const running = async (): Promise<number> =>
    (
      await access.read(
        `SELECT 1 FROM system.processes WHERE query LIKE '%numbers(100000000000)%/* question%' AND query NOT LIKE '%system.processes%'`,
      )
    ).length;
  await expect.poll(running).toBe(1);
  left.abort(new Error('gone'));
  await expect(slow).rejects.toThrow(/cancelled/i);
  // The connection goes on, and the embedded engine clears what it ended by then.
  expect(await access.strangers.read('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await expect.poll(running).toBe(0);
});

it('every dimension is asked for here', () => expect(NAMES.sort()).toEqual(Object.keys(DIMENSIONS).sort()));

it('components of the index are those of a plain sum over the events: corrections, long intervals and a merger among them', async () => {
  const { index } = await loadCatalogue(DEFAULT_CATALOGUE);
  if (index === undefined) throw new Error('the default catalogue has no index');
  const span = fc.tuple(fc.nat(300), fc.nat(200)).map(([ago, length]) => {
    const to = addDays(LAST, -ago);
    return { from: addDays(to, -length), to };
  });
  await fc.assert(
    fc.asyncProperty(span, fc.constantFrom('agency' as const, 'province' as const), async ({ from, to }, split) => {
      const measures = 'submitted,submittedOnline,onTime,late';
      const query = querySchema.parse({ measures, from, to, grain: 'day', split, boundaries: LAST });
      const answer = await store.answer(query, EVERYTHING);
      const days = ({ points = [] }: AnswerRow) => points.map(({ now = {} }) => now);
      const units = answer.rows.map((row) => ({ code: row.key[0] ?? '', now: days(row), before: [] }));
      for (const { code, components } of standingsOf(index, days(answer.total), units).units) {
        const own = events.filter((event) => {
          const on = localDay(event.occurredAt, TIME_ZONE);
          const unitThen = event[split];
          return (
            from <= on && on <= to && (split === 'agency' ? unitThen : (MAPS['today']?.[unitThen] ?? unitThen)) === code
          );
        });
        const sum = (of: (event: Submission) => number) => own.reduce((total, event) => total + of(event), 0);
        const onTime = sum(({ onTime: held, count }) => (held === true ? count : 0));
        const finished = sum(({ onTime: held, count }) => (held === undefined ? 0 : count));
        const [online, submitted] = [sum((event) => event.submittedOnline), sum((event) => event.submitted)];
        const of = (id: string) => components.find((component) => component.id === id);
        expect(of('2.1')).toEqual(
          finished > 0
            ? { id: '2.1', part: onTime, whole: finished, points: expect.closeTo(points(20, onTime / finished)) }
            : { id: '2.1' },
        );
        expect(of('3.3')).toEqual(
          submitted > 0
            ? { id: '3.3', part: online, whole: submitted, points: expect.closeTo(points(4, online / submitted / 0.5)) }
            : { id: '3.3' },
        );
      }
    }),
    { numRuns: 25 },
  );
});

it('points are what the page of the index says of the same unit and days, in a period, its months and what it is held against', async () => {
  const { index, catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
  if (index === undefined) throw new Error('the default catalogue has no index');
  const plain = ({ components = [], points: all }: NonNullable<Catalogue['scoring']>) => ({
    points: all,
    components: components.map(({ label: _, ...component }) => component),
  });
  const { scoring } = CATALOGUE;
  if (scoring === undefined || catalogue.scoring === undefined) throw new Error('nothing of the index is counted');
  expect(plain(catalogue.scoring)).toEqual(plain(scoring));
  // As `/v1/index` asks and scores.
  const paged = async (period: { from: string; to: string }, units: 'agency' | 'province') => {
    // In the units of the last day of what is asked for, also of what it is held against.
    const answer = await store.answer({ ...unitDaysQuestion(period, units), boundaries: LAST }, EVERYTHING);
    const days = ({ points: of = [] }: AnswerRow) => of.map(({ now = {} }) => now);
    const { all, units: each } = standingsOf(
      index,
      days(answer.total),
      answer.rows.map((row) => ({ code: row.key[0] ?? '', now: days(row), before: [] })),
    );
    return new Map([['', all], ...each.map((unit) => [unit.code, unit] as const)]);
  };
  const told = (values: Values | undefined) => [values?.indexPoints ?? 0, values?.indexMeasured ?? 0];
  const compared = { points: 0, absent: 0 };
  for (const units of ['agency', 'province'] as const)
    for (const [from, to] of [
      ['2026-04-01', '2026-08-31'],
      ['2026-11-01', '2026-11-19'],
      ['2026-11-18', '2026-11-19'],
    ] as const) {
      const question = { measures: 'indexPoints', from, to, split: units, boundaries: LAST, grain: 'month' };
      const answer = await store.answer(asked({ ...question, compare: 'previous', per: 'working-day' }), EVERYTHING);
      const { before } = answer.periods;
      if (before === undefined) throw new Error('nothing is compared');
      const [now, earlier] = [await paged({ from, to }, units), await paged(before, units)];
      const row = (code: string) => (code === '' ? answer.total : answer.rows.find(({ key }) => key[0] === code));
      for (const [code, page] of now) {
        expect(told(row(code)?.now)).toEqual([expect.closeTo(page.points, 9), page.measured]);
        // None measured is absent, never zero.
        if (page.measured === 0) expect(row(code)?.now ?? {}).toEqual({});
        compared[page.measured === 0 ? 'absent' : 'points']++;
      }
      for (const [code, page] of earlier)
        expect(told(row(code)?.before)).toEqual([expect.closeTo(page.points, 9), page.measured]);
      for (const { at, now: point } of answer.total.points ?? []) {
        const last = addDays(`${at}-28`, 4).slice(0, 8);
        const end = addDays(`${last}01`, -1);
        const [until = to] = [end, to].sort();
        const [, start = from] = [`${at}-01`, from].sort();
        const month = await paged({ from: start, to: until }, units);
        expect(told(point)).toEqual([expect.closeTo(month.get('')?.points ?? 0, 9), month.get('')?.measured]);
      }
    }
  expect(compared.points).toBeGreaterThan(20);
});

it('points of which more are measured than before rose by nothing: such rows come last, in both directions', async () => {
  const seen = new Set<boolean>();
  for (const order of ['risen', 'fallen']) {
    const { rows: found } = await store.answer(
      asked({ measures: 'indexPoints', from: '2026-11-18', to: LAST, compare: 'previous', split: 'service', order }),
      EVERYTHING,
    );
    const isLike = found.map(({ now, before }) => now?.indexMeasured === before?.indexMeasured && now !== undefined);
    for (const like of isLike) seen.add(like);
    expect(isLike).toEqual([...isLike].sort((a, b) => Number(b) - Number(a)));
  }
  expect(seen).toEqual(new Set([true, false]));
});

it('where the catalogue has no index there are no points of one', async () => {
  const { scoring: _, ...rest } = CATALOGUE;
  const without = new QueryStore(access, rest as Catalogue);
  const fields = { from: dayBack(30), to: LAST };
  await expect(without.answer(asked({ ...fields, measures: 'indexPoints' }), EVERYTHING)).rejects.toMatchObject({
    field: 'measures',
  });
  const { total } = await without.answer(asked(fields), EVERYTHING);
  expect(total.now?.submitted).toBeGreaterThan(0);
  expect(total.now).not.toHaveProperty('indexPoints');
});

const points = (most: number, share: number): number => Math.max(0, Math.min(most, most * share));
