/** What is kept of answers: the engine is asked again only for days of which events were counted since, and no answer is another one for it. */
import {
  addDays,
  type Backlog,
  type Catalogue,
  EVERYTHING,
  type Query,
  type QueryAnswer,
  querySchema,
  type Submission,
  scopeOf,
} from '@room/contract';
import { backlogRow, eventKey, Ledger, openAccess, QueryStore, type Reads, type Warehouse } from '@room/warehouse';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Fresh } from '../../../pipelines/warehouse/src/query/fresh.ts';
import { KeptRows } from '../../../pipelines/warehouse/src/query/kept-rows.ts';
import { tempDir } from '../../harness/temp.ts';
import { copyWarehouse } from '../../harness/template.ts';
import { rows, submission } from './rows.ts';

const TIME_ZONE = 'Asia/Ho_Chi_Minh';
const LAST = '2026-11-19';
const label = (id: string) => ({ vi: id, en: id });
const unit = (id: string) => ({ id, code: id, label: label(id) });
const CATALOGUE = {
  timeZone: TIME_ZONE,
  agencies: ['A1', 'A2'].map(unit),
  provinces: ['P1', 'P2'].map(unit),
  services: ['S1', 'S2'].map((code) => ({ code, label: label(code), agency: 'A1', leading: false })),
  sources: ['urn:a', 'urn:b'].map((id) => ({ id, label: label(id), lateAfter: 60, silentAfter: 120 })),
  channels: ['1', '2'].map((code) => ({ code: Number(code), label: label(code), online: code === '2' })),
  statuses: [{ code: 1, label: label('1'), entry: true, finishes: false }],
  calendar: { weeklyRest: [6, 7], daysOff: [], worked: [], from: '2025-01-01', to: '2026-12-31' },
  databases: [],
  telecoms: [],
  reporters: [],
  links: [],
} as unknown as Catalogue;

let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Warehouse;
let ledger: Ledger;
let ranges = 0;
const asked: string[] = [];
/** Tells which statements the engine was asked. */
const heard: Pick<Reads, 'read'> = {
  read: (sql, signal) => {
    asked.push(sql);
    return access.read(sql, signal);
  },
};

let made = 0;
const event = (day: string, change: Partial<Submission> = {}): Submission =>
  submission(`e${made++}`, `${day}T03:00:00Z`, { source: 'urn:a', span: 60_000, ...change });
const count = (events: readonly Submission[]): Promise<unknown> =>
  ledger.insertRange(`t:0:${++ranges}`, rows(events, String(ranges), Date.parse('2026-11-20T00:00:00Z') + ranges));
async function report(day: string, open: number): Promise<void> {
  const level: Backlog = {
    kind: 'backlog',
    source: 'urn:a',
    id: `b${made++}`,
    simulated: false,
    at: Date.parse(`${day}T03:00:00Z`) + made,
    service: 'S1',
    agency: 'A1',
    open,
    overdue: 0,
  };
  const origin = { partition: 0, offset: made, timestamp: level.at };
  await ledger.insertRange(`t:0:${++ranges}`, {
    submission: new Uint8Array(),
    backlog: backlogRow(eventKey(level.source, level.id), level, origin, String(ranges)),
    quarantine: '',
  });
}

beforeAll(async () => {
  folder = await tempDir('kept');
  await copyWarehouse(folder.path, TIME_ZONE);
  access = await openAccess({ kind: 'embedded', directory: folder.path, readers: 2, maxMemoryBytes: 2 ** 31 });
  ledger = new Ledger(access);
  const days = Array.from({ length: 400 }, (_, n) => addDays(LAST, -n));
  await count(
    days.flatMap((day, n) => [
      event(day, { agency: n % 2 === 0 ? 'A1' : 'A2', province: n % 3 === 0 ? 'P1' : 'P2' }),
      event(day, { source: 'urn:b', service: 'S2', channel: 1 }),
    ]),
  );
  await report('2026-11-01', 7);
});
afterAll(async () => {
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const question = (fields: Record<string, string>): Query => querySchema.parse(fields);
/** Without when it was told, and how long that took. */
const told = ({ answeredAt: _at, ms: _ms, ...rest }: QueryAnswer): unknown => rest;
/** Statements of one answer that read what it is made of, not only whether that is the same. */
async function readFor(store: QueryStore, query: Query): Promise<{ answer: unknown; read: string[] }> {
  asked.length = 0;
  const answer = told(await store.answer(query, EVERYTHING));
  return { answer, read: asked.filter((sql) => sql.startsWith('SELECT period')) };
}
const keeping = (): QueryStore => new QueryStore(heard, CATALOGUE, { quietMs: 0 });
const plain = (): QueryStore => new QueryStore(access, CATALOGUE, { isKeeping: false });

const QUESTIONS = [
  { from: '2026-11-01', to: '2026-11-10', compare: 'previous', grain: 'day' },
  { from: '2026-11-01', to: '2026-11-10', split: 'agency', measures: 'submitted' },
  { from: '2026-08-15', to: '2026-11-10', split: 'province', agency: 'A1', measures: 'submitted' },
  { from: '2026-11-01', to: '2026-11-10', split: 'channel', agency: 'A1', measures: 'submitted' },
  { from: '2026-11-08', to: '2026-11-09', grain: 'hour', agency: 'A1', measures: 'submitted' },
].map(question);

it('asks nothing but what was counted where a question comes again, and answers the same', async () => {
  for (const query of QUESTIONS) {
    const store = keeping();
    const first = await readFor(store, query);
    expect(first.read.length).toBeGreaterThan(0);
    const again = await readFor(store, query);
    expect(again.read).toEqual([]);
    expect(again.answer).toEqual(first.answer);
    const kept = await store.kept(query, EVERYTHING);
    expect(kept && told(kept)).toEqual(first.answer);
  }
});

it('asks again once an event of one of its days was counted, and not for those of other days', async () => {
  for (const query of QUESTIONS) {
    const store = keeping();
    await readFor(store, query);
    await count([event('2026-11-15', { agency: 'A1' })]);
    expect((await readFor(store, query)).read).toEqual([]);
    await count([event('2026-11-09', { agency: 'A1', count: 5, submitted: 5 })]);
    const changed = await readFor(store, query);
    expect(changed.read).toHaveLength(1);
    expect(changed.answer).toEqual(told(await plain().answer(query, EVERYTHING)));
  }
});

it('keeps nothing of an insert that reached the days and not yet the table of the question', async () => {
  const query = question({ from: '2026-10-01', to: '2026-10-09', split: 'province', agency: 'A1' });
  const store = keeping();
  const first = await readFor(store, query);
  const columns =
    'bucket, grain, submitted, submitted_online, finished_on_time, finished_late, reached, events, reported_to, received_at, simulated';
  const values =
    "toDate32('2026-10-05'), 0, 1, 1, 0, 0, 1, 1, toDateTime64(1791158400, 3, 'UTC'), toDateTime64(1791158401, 3, 'UTC'), 0";
  await access.command(
    `INSERT INTO rollup_day (dim, code, ${columns}) SELECT d.1, d.2, ${values} FROM (SELECT arrayJoin([('all', ''), ('agency', 'A1'), ('province', 'P1'), ('source', 'urn:a')]) AS d)`,
  );
  for (let time = 0; time < 2; time++) {
    const half = await readFor(store, query);
    expect(half.read).toHaveLength(1);
    expect(half.answer).toEqual(first.answer);
  }
  await access.command(
    `INSERT INTO rollup_units_day (agency, service, province, ${columns}) SELECT 'A1', 'S1', 'P1', ${values}`,
  );
  const whole = await readFor(store, query);
  expect(whole.answer).not.toEqual(first.answer);
  expect(whole.answer).toEqual(told(await plain().answer(query, EVERYTHING)));
  expect((await readFor(store, query)).read).toEqual([]);
});

it('reads days of which events come in apart, and keeps the others', async () => {
  const query = question({
    from: '2026-11-01',
    to: '2026-11-19',
    grain: 'day',
    split: 'agency',
    compare: 'previous',
    measures: 'submitted',
  });
  const store = new QueryStore(heard, CATALOGUE, { quietMs: 60_000 });
  await readFor(store, query);
  for (let n = 0; n < 3; n++) {
    await count([event('2026-11-19', { agency: 'A2' }), ...(n === 2 ? [event('2026-11-03')] : [])]);
    const { answer, read } = await readFor(store, query);
    expect(answer).toEqual(told(await plain().answer(query, EVERYTHING)));
    // What is kept, as another day left it, and the days that are on the move; or these alone.
    expect(read).toHaveLength(n === 1 ? 1 : 2);
  }
});

it('keeps levels until a report is counted that they may be made of', async () => {
  const query = question({ from: '2026-11-01', to: '2026-11-10', measures: 'backlogOpen', grain: 'day' });
  const store = keeping();
  const levels = async (): Promise<number> =>
    (await readFor(store, query)).read.filter((sql) => sql.includes('backlog')).length;
  expect([await levels(), await levels()]).toEqual([1, 0]);
  // Of a day after the period, and of one before it whose levels reach into it.
  await report('2026-11-12', 9);
  expect(await levels()).toBe(0);
  await report('2026-10-20', 11);
  expect(await levels()).toBe(1);
  await report('2026-11-05', 12);
  const { answer } = await readFor(store, query);
  expect(answer).toEqual(told(await plain().answer(query, EVERYTHING)));
});

it('answers what is kept as it would be answered anew, whatever is counted in between', async () => {
  const store = new QueryStore(heard, CATALOGUE, { quietMs: 20 });
  const days = fc.integer({ min: 0, max: 120 }).map((back) => addDays(LAST, -back));
  const step = fc.record({
    events: fc.array(
      fc.record({ day: days, agency: fc.constantFrom('A1', 'A2'), count: fc.integer({ min: -3, max: 3 }) }),
      { maxLength: 3 },
    ),
    query: fc
      .record({
        to: days,
        length: fc.integer({ min: 1, max: 100 }),
        grain: fc.constantFrom('total', 'day', 'month'),
        split: fc.constantFrom('', 'agency', 'province', 'agency,channel'),
        agency: fc.constantFrom(undefined, 'A1'),
        compare: fc.constantFrom('none', 'previous', 'year-before', 'day-types'),
        measures: fc.constantFrom('submitted', 'submitted,backlogOpen'),
      })
      .map(({ to, length, agency, measures, split, ...rest }) => ({
        ...rest,
        to,
        from: addDays(to, 1 - length),
        split,
        measures: split.includes('channel') ? 'submitted' : measures,
        ...(agency === undefined ? {} : { agency }),
      })),
    mine: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(step, async ({ events, query, mine }) => {
      if (events.length > 0)
        await count(events.map(({ day, agency, count }) => event(day, { agency, count, submitted: count })));
      const scope = mine ? scopeOf({ agencies: ['A1'], provinces: [] }, CATALOGUE) : EVERYTHING;
      for (let time = 0; time < 2; time++)
        expect(told(await store.answer(question(query), scope))).toEqual(
          told(await plain().answer(question(query), scope)),
        );
    }),
    { numRuns: 40, seed: 3, endOnFailure: true },
  );
}, 120_000);

it('tells at once only what is kept whole, and only as long as it is', async () => {
  for (const query of QUESTIONS) {
    const store = keeping();
    expect(await store.kept(query, EVERYTHING)).toBeUndefined();
    await store.answer(query, EVERYTHING);
    expect(await store.kept(query, EVERYTHING)).toBeDefined();
    // Somebody else's part of it is another question.
    expect(await store.kept(query, scopeOf({ agencies: ['A2'], provinces: [] }, CATALOGUE))).toBeUndefined();
    await count([event('2026-11-09', { agency: 'A1' })]);
    expect(await store.kept(query, EVERYTHING)).toBeUndefined();
  }
});

it('what is read for all who ask at once is told while it is fresh, read anew in time, and again after a failure', async () => {
  let reads = 0;
  let fails = false;
  const looks: Fresh<number> = new Fresh(async () => {
    reads++;
    if (fails) throw new Error('away');
    return reads;
  }, 60_000);
  expect(await Promise.all([looks.get(), looks.get()])).toEqual([1, 1]);
  const each = new Fresh(async () => ++reads, 0);
  expect([await each.get(), await each.get()]).toEqual([2, 3]);
  fails = true;
  const failing = new Fresh(async () => {
    reads++;
    if (fails) throw new Error('away');
    return reads;
  }, 60_000);
  await expect(failing.get()).rejects.toThrow('away');
  fails = false;
  expect(await failing.get()).toBe(5);
});

it('lets go of what was not asked for longest, and keeps nothing that is too long', () => {
  const kept = new KeptRows(100);
  const some = (rows: number): number[] => Array.from({ length: rows }, (_, n) => n);
  kept.keep('a', 1, some(30));
  kept.keep('b', 1, some(30));
  expect(kept.get('a', 1)).toEqual(some(30));
  kept.keep('c', 1, some(30));
  expect(kept.get('b', 1)).toBeUndefined();
  expect(kept.get('a', 1)).toEqual(some(30));
  expect(kept.get('a', 2)).toBeUndefined();
  kept.keep('d', 1, some(200));
  expect(kept.get('d', 1)).toBeUndefined();
  expect(kept.get('c', 1)).toEqual(some(30));
});
