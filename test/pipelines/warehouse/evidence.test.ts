/** Every number of every answer is the sum of the events that its evidence lists, now and as of when it was told. */
import {
  type AnswerRow,
  addDays,
  type Catalogue,
  COUNTED,
  type CountedMeasure,
  countedValue,
  type Dimension,
  EVERYTHING,
  type Evidence,
  type EvidenceQuery,
  type EvidentEvent,
  EXPLAINED,
  evidenceQuerySchema,
  explainQuerySchema,
  isDerived,
  isRatio,
  NOTHING,
  type QueryAnswer,
  querySchema,
  type ScopeGrant,
  type Submission,
  scopeOf,
} from '@room/contract';
import {
  type Access,
  BadQuery,
  EvidenceStore,
  ExplainStore,
  eventKey,
  Ledger,
  openAccess,
  QueryStore,
  RowBinary,
  writeSubmission,
} from '@room/warehouse';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempDir } from '../../harness/temp.ts';
import { copyWarehouse } from '../../harness/template.ts';
import { submission } from './rows.ts';

const TIME_ZONE = 'Asia/Ho_Chi_Minh';
const LAST = '2026-11-19';
const MORNING = Date.parse('2026-11-19T02:00:00Z');
const label = (id: string) => ({ vi: id, en: id });
const unit = (id: string, successors: string[] = []) => ({
  id,
  code: id,
  label: label(id),
  ...(successors.length === 0 ? {} : { validTo: '2026-06-30', successors }),
});
const CODES = {
  agency: ['A1', 'A2'],
  province: ['Old1', 'Old2', 'New', 'P4'],
  service: ['S1', 'S2', 'S3'],
  source: ['urn:a', 'urn:b'],
  channel: ['1', '2'],
  status: ['1', '9'],
} as const satisfies Record<Dimension, readonly string[]>;
const NAMES = Object.keys(CODES) as Dimension[];
const CATALOGUE = {
  timeZone: TIME_ZONE,
  agencies: CODES.agency.map((id) => unit(id)),
  provinces: CODES.province.map((id) => ({
    ...unit(id, id.startsWith('Old') ? ['New'] : []),
    ...(id.startsWith('Old') ? {} : { people: 7_000 + id.length }),
  })),
  peopleAsOf: '2026-01-01',
  services: CODES.service.map((code) => ({ code, label: label(code), agency: 'A1', leading: false })),
  sources: [
    ...CODES.source.map((id) => ({ id, label: label(id), lateAfter: 60, silentAfter: 120 })),
    { id: 'urn:silent', label: label('silent'), unit: 'P4', lateAfter: 60, silentAfter: 120 },
  ],
  channels: CODES.channel.map((code) => ({ code: Number(code), label: label(code), online: code === '2' })),
  statuses: CODES.status.map((code) => ({
    code: Number(code),
    label: label(code),
    entry: code === '1',
    finishes: code === '9',
  })),
  calendar: { weeklyRest: [6, 7], daysOff: [], worked: [], from: '2025-01-01', to: '2026-12-31' },
  databases: [],
  telecoms: [],
  reporters: [],
  links: [],
  // Of one share: events that add to the other are none of its evidence.
  scoring: {
    decision: '1/X',
    points: 100,
    components: [{ id: '3.3', label: label('3.3'), points: 4, fullFrom: 0.5, ratio: 'shareOnline' }],
  },
} as unknown as Catalogue;

let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Access;
let answers: QueryStore;
let store: EvidenceStore;
let offset = 0;
let state = 5;
const next = (below: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
const pick = <T>(list: readonly T[]): T => list[next(list.length)] as T;

/** Events of 400 days; some correct an earlier one of their source, with its codes and by at most its count. */
function made(count: number, prefix: string, before: readonly Submission[] = []): Submission[] {
  const all: Submission[] = [];
  const end = Date.parse(`${LAST}T16:59:59.999Z`);
  for (let n = 0; n < count; n++) {
    const of =
      n % 11 === 10
        ? pick([...before, ...all].filter(({ corrects, count: c }) => corrects === undefined && c > 0))
        : undefined;
    if (of !== undefined && !all.some(({ corrects }) => corrects === of.id)) {
      const taken = -(1 + next(of.count));
      const submitted = of.status === 1 ? taken : 0;
      all.push({
        ...of,
        id: `${prefix}${n}`,
        corrects: of.id,
        count: taken,
        submitted,
        submittedOnline: of.channel === 2 ? submitted : 0,
      });
      continue;
    }
    const status = pick(CODES.status);
    const channel = pick(CODES.channel);
    const counted = next(6);
    const submitted = status === '1' ? counted : 0;
    const at = end - next(400) * 86_400_000 - (n % 50 === 0 ? 0 : next(86_400_000));
    all.push(
      submission(`${prefix}${n}`, new Date(at).toISOString(), {
        province: pick(CODES.province),
        agency: pick(CODES.agency),
        service: pick(CODES.service),
        source: pick(CODES.source),
        channel: Number(channel),
        status: Number(status),
        count: counted,
        submitted,
        submittedOnline: channel === '2' ? submitted : 0,
        span: pick([60_000, 3_600_000, 7_200_000]),
        ...(status === '9' ? { onTime: n % 3 === 0 } : {}),
      }),
    );
  }
  return all;
}

/** One range; the log takes four events in a millisecond. */
async function take(events: readonly Submission[], from: number): Promise<void> {
  const written = new RowBinary();
  const first = offset;
  for (const [n, event] of events.entries())
    writeSubmission(
      written,
      eventKey(event.source, event.id),
      event,
      { partition: 0, offset: offset++, timestamp: from + Math.floor(n / 4) },
      BigInt(first + 1),
    );
  await new Ledger(access).insertRange(`t:0:${first}`, { submission: written.bytes, backlog: '', quarantine: '' });
}

let events: Submission[];
beforeAll(async () => {
  folder = await tempDir('evidence');
  await copyWarehouse(folder.path, TIME_ZONE);
  access = await openAccess({ kind: 'embedded', directory: folder.path, readers: 2, maxMemoryBytes: 2 ** 31 });
  answers = new QueryStore(access, CATALOGUE);
  store = new EvidenceStore(access, CATALOGUE);
  events = made(1_501, 'e');
  await take(events, MORNING);
});
afterAll(async () => {
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

type Text = Record<string, string>;
const asked = (text: Text): EvidenceQuery => evidenceQuerySchema.parse(text);

const codesOf = (name: Dimension) =>
  fc.option(fc.subarray([...CODES[name]], { minLength: 1 }), { nil: undefined, freq: 3 });
const questions = fc
  .record({
    length: fc.integer({ min: 1, max: 300 }),
    back: fc.integer({ min: 0, max: 90 }),
    grain: fc.constantFrom('total', 'hour', 'day', 'month'),
    split: fc.subarray(NAMES, { maxLength: 2 }),
    only: fc.record(
      Object.fromEntries(NAMES.map((name) => [name, codesOf(name)])) as Record<Dimension, ReturnType<typeof codesOf>>,
    ),
    compare: fc.constantFrom('none', 'previous', 'day-types', 'day-types', '2025-12-27:2026-02-02'),
    boundaries: fc.constantFrom('as-reported', 'today', '2026-03-01'),
    per: fc.constantFrom('period', 'period', 'working-day', '1000-people'),
  })
  .map(({ length, back, grain, split, only, ...rest }): Text => {
    const to = addDays(LAST, -back);
    const from = addDays(to, 1 - Math.min(length, grain === 'hour' ? 8 : 999));
    const codes = Object.entries(only).flatMap(([name, some]) => (some === undefined ? [] : [[name, some.join(',')]]));
    return { from, to, grain, split: split.join(','), ...Object.fromEntries(codes.slice(0, 2)), ...rest };
  });
const scopes = fc.option(fc.record({ agencies: fc.subarray(['A2']), provinces: fc.subarray(['New', 'P4']) }), {
  nil: 'all' as const,
  freq: 2,
});

interface Told {
  question: Text;
  grant: ScopeGrant;
  /** Its place in the answer, as the API has it. */
  place: Text;
  value: number;
  watermark: number;
}

/** All numbers of an answer. */
function told(question: Text, grant: ScopeGrant, { total, rows, watermark = 0 }: QueryAnswer): Told[] {
  const found: Told[] = [];
  const put = (place: Text, values: AnswerRow['now']): void => {
    for (const measure of COUNTED) {
      const value = values?.[measure];
      if (value !== undefined) found.push({ question, grant, place: { ...place, measure }, value, watermark });
    }
  };
  for (const row of [{ ...total, key: [] as string[] }, ...rows]) {
    const key: Text = row.key.length === 0 ? {} : { key: row.key.join(',') };
    put({ ...key, side: 'now' }, row.now);
    put({ ...key, side: 'before' }, row.before);
    for (const point of row.points ?? []) {
      put({ ...key, side: 'now', at: point.at }, point.now);
      if (point.beforeAt !== undefined) put({ ...key, side: 'before', at: point.beforeAt }, point.before);
    }
  }
  return found;
}

async function ask(question: Text, grant: ScopeGrant): Promise<Told[]> {
  try {
    return told(question, grant, await answers.answer(querySchema.parse(question), scopeOf(grant, CATALOGUE)));
  } catch (error) {
    // The working calendar does not reach back to likes of all days.
    if (error instanceof BadQuery && error.field === 'compare') return [];
    throw error;
  }
}

/** All pages. */
async function evidenceOf(
  { question, grant, place }: Pick<Told, 'question' | 'grant' | 'place'>,
  more: Text = {},
): Promise<Evidence> {
  const scope = scopeOf(grant, CATALOGUE);
  const text = { ...question, ...place, ...more, limit: '150' };
  const first = await store.evidence(asked(text), scope);
  const all = [...first.events];
  for (let { next: cursor } = first; cursor !== undefined; ) {
    const page = await store.evidence(asked({ ...text, asOf: first.asOf, cursor }), scope);
    all.push(...page.events);
    cursor = page.next;
  }
  return { ...first, events: all };
}

/** What the listed events add up to. */
function valueIn(measure: CountedMeasure, listed: readonly EvidentEvent[]): number | undefined {
  const sums = { ...NOTHING };
  for (const { adds } of listed)
    for (const [sum, value] of Object.entries(adds)) sums[sum as keyof typeof sums] += value;
  return countedValue(measure, sums, CATALOGUE.scoring);
}

function assertProven(found: Evidence, { value, place }: Told): void {
  expect(found).toMatchObject({ number: value, matches: true });
  const measure = place['measure'] as CountedMeasure;
  const divisor = isDerived(measure) ? 1 : (found.per?.divisor ?? 1);
  expect((valueIn(measure, found.events) ?? Number.NaN) / divisor).toBe(value);
  if (measure.startsWith('index')) expect(Object.keys(found.sum.sums)).toEqual(['submitted', 'submittedOnline']);
  expect(found.events).toHaveLength(found.sum.events);
  expect(new Set(found.events.map(({ source, id }) => `${source} ${id}`)).size).toBe(found.sum.events);
  const bySource = found.sources.reduce((sum, source) => sum + source.events, 0);
  expect(bySource).toBe(found.sum.events);
}

const remembered: Told[] = [];

it('every number is the sum of the events that are listed for it', async () => {
  await fc.assert(
    fc.asyncProperty(questions, scopes, fc.nat(), async (question, grant, n) => {
      const numbers = await ask(question, grant);
      const one = numbers[n % Math.max(1, numbers.length)];
      if (one === undefined) return;
      assertProven(await evidenceOf(one), one);
      remembered.push(one);
    }),
    { numRuns: 100, seed: 6, endOnFailure: true },
  );
  expect(remembered.length).toBeGreaterThan(60);
  expect(remembered.filter(({ grant }) => grant !== 'all').length).toBeGreaterThan(20);
  expect(remembered.filter(({ place }) => place['at'] !== undefined).length).toBeGreaterThan(20);
  expect(remembered.filter(({ place }) => place['measure']?.startsWith('index')).length).toBeGreaterThan(5);
  const asked = (name: string, value: string) => remembered.filter(({ question }) => question[name] === value);
  expect(asked('compare', 'day-types').filter(({ place }) => place['side'] === 'before').length).toBeGreaterThan(3);
  expect(asked('per', '1000-people').length).toBeGreaterThan(5);
  expect(asked('boundaries', '2026-03-01').length).toBeGreaterThan(20);
}, 120_000);

it('and stays it, whatever the log took since: in the same millisecond, later, and of days that were over', async () => {
  const last = MORNING + Math.floor((events.length - 1) / 4);
  // It has room for three more events in its last millisecond.
  const late = made(400, 'late', events);
  await take(late.slice(0, 3), last);
  await take(late.slice(3), last + 60_000);
  let changed = 0;
  for (const one of remembered.slice(0, 50)) {
    const found = await evidenceOf(one, { asOf: String(one.watermark), shown: String(one.value) });
    assertProven(found, one);
    const now = await evidenceOf(one);
    if (found.late === undefined) expect(now.number).toBe(one.value);
    else {
      changed++;
      expect(now.sum.events).toBe(found.sum.events + found.late.events);
    }
  }
  expect(changed).toBeGreaterThan(15);
}, 120_000);

it('who made a change adds up to it, by every dimension', async () => {
  const explain = new ExplainStore(answers);
  let changes = 0;
  await fc.assert(
    fc.asyncProperty(questions, scopes, fc.constantFrom(...EXPLAINED), async (question, grant, measure) => {
      const text = { ...question, grain: 'total', compare: 'previous', per: 'period', measure, top: '2' };
      const scope = scopeOf(grant, CATALOGUE);
      const { change, now, before, by } = await explain.explain(explainQuerySchema.parse(text), scope);
      if (change === undefined) return;
      changes++;
      expect(change).toBe((now ?? 0) - (before ?? 0));
      expect(by.map(({ dimension }) => dimension)).toEqual(NAMES.filter((name) => name !== 'status'));
      for (const { members, others } of by) {
        expect(members.length).toBeLessThanOrEqual(2);
        const all = [...members, ...(others === undefined ? [] : [others])];
        const given = all.reduce((sum, each) => sum + each.change, 0);
        if (isRatio(measure)) expect(given).toBeCloseTo(change, 12);
        else expect(given).toBe(change);
      }
    }),
    { numRuns: 25, seed: 4, endOnFailure: true },
  );
  expect(changes).toBeGreaterThan(15);
}, 120_000);

it('a change between nothing is refused, naming the field', async () => {
  const query = explainQuerySchema.parse({ from: '2026-11-01', to: LAST, measure: 'submitted' });
  const refused = new ExplainStore(answers).explain(query, EVERYTHING);
  await expect(refused).rejects.toThrow(expect.objectContaining({ field: 'compare' }) as BadQuery);
});

it('a number that was never told is not proven', async () => {
  const [one] = await ask({ from: addDays(LAST, -60), to: LAST }, 'all');
  if (one === undefined) throw new Error('there is no number');
  const found = await evidenceOf(one, { shown: String(one.value + 1) });
  expect(found).toMatchObject({ matches: false, number: one.value + 1, sum: { value: one.value } });
});

it('says what it is: definition, statement, sources with their days, and a portal of its unit that is silent', async () => {
  const question = { from: addDays(LAST, -9), to: LAST, split: 'province' };
  const found = await store.evidence(asked({ ...question, measure: 'submitted', key: 'P4' }), EVERYTHING);
  expect(found.definition.en).toMatch(/entry status/);
  const [summed] = await access.read<{ submitted: number }>(found.statement);
  expect(summed?.submitted).toBe(found.sum.value);
  expect(found.sources.at(-1)).toEqual({ source: 'urn:silent', events: 0, sums: { submitted: 0 }, days: 0, due: 10 });
  expect(found.sources[0]?.days).toBeGreaterThan(5);
});

describe('refuses, naming the field,', () => {
  it.each<[string, Text, string]>([
    ['a row of no split', { key: 'P4' }, 'key'],
    ['a row of a member that is none', { split: 'province', key: "P9' OR 1" }, 'province'],
    ['what it is compared with where it is not', { side: 'before' }, 'side'],
    ['a point of another period', { at: '2024-01' }, 'at'],
    ['a day that is none', { at: '2026-99-99' }, 'at'],
  ])('%s', async (_name, change, field) => {
    const query = asked({ from: '2026-11-01', to: LAST, measure: 'submitted', ...change });
    await expect(store.evidence(query, EVERYTHING)).rejects.toThrow(expect.objectContaining({ field }) as BadQuery);
  });

  it.each<[string, Text, string]>([
    ['no measure', { measure: 'happiness' }, 'measure'],
    ['a watermark that is none', { asOf: 'yesterday' }, 'asOf'],
    ['a cursor of SQL', { cursor: '1) OR (1' }, 'cursor'],
    ['a page of thousands', { limit: '999' }, 'limit'],
    ['a number that is none', { shown: 'many' }, 'shown'],
  ])('%s', (_name, change, field) => {
    const { error } = evidenceQuerySchema.safeParse({ from: '2026-11-01', to: LAST, measure: 'submitted', ...change });
    expect(error?.issues[0]?.path.join('.')).toBe(field);
  });
});

it('says of how many events that are no longer kept it could be', async () => {
  const question = { from: addDays(LAST, -60), to: LAST };
  const place = { measure: 'submitted' };
  const before = await store.evidence(asked({ ...question, ...place }), EVERYTHING);
  const gone = before.events.slice(0, 7).map(({ id }) => `'${id}'`);
  await access.command(`ALTER TABLE submission DELETE WHERE id IN (${gone.join(', ')}) SETTINGS mutations_sync = 2`);
  const after = await store.evidence(asked({ ...question, ...place }), EVERYTHING);
  expect(after.number).toBe(before.number);
  expect(after).toMatchObject({ matches: false, forgotten: gone.length });
  expect(after.sum.events).toBe(before.sum.events - gone.length);
});
