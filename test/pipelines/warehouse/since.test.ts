/** What was shown of a period is asked again: the same number where nothing came since, and what came since is told apart. */
import {
  addDays,
  type Backlog,
  type Catalogue,
  EVERYTHING,
  type Measures,
  querySchema,
  SUMS,
  type Submission,
  scopeOf,
  sumOf,
} from '@room/contract';
import {
  type Access,
  backlogRow,
  type Came,
  eventKey,
  type KnownSince,
  Ledger,
  openAccess,
  Quarantine,
  QueryStore,
  quarantineRow,
  RowBinary,
  SinceStore,
  writeSubmission,
} from '@room/warehouse';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tempDir } from '../../harness/temp.ts';
import { copyWarehouse } from '../../harness/template.ts';
import { submission } from './rows.ts';

const TIME_ZONE = 'Asia/Ho_Chi_Minh';
/** In the middle of a local day that is long over. */
const UNTIL = Date.parse('2026-03-20T10:42:00+07:00');
const TO = '2026-03-20';
const FROM = addDays(TO, -29);
const HOUR = 3_600_000;
const label = (id: string) => ({ vi: id, en: id });
const unit = (id: string) => ({ id, code: id, label: label(id) });
const CATALOGUE = {
  timeZone: TIME_ZONE,
  agencies: [unit('A1'), unit('A2')],
  // Merged in the middle of the period: by the map of its last day they are one.
  provinces: [
    { ...unit('Old1'), validTo: '2026-03-09', successors: ['New'] },
    { ...unit('Old2'), validTo: '2026-03-09', successors: ['New'] },
    unit('New'),
    unit('P4'),
  ],
  services: ['S1', 'S2'].map((code) => ({ code, label: label(code), agency: 'A1', leading: false })),
  sources: [{ id: 'urn:a', label: label('a'), lateAfter: 60, silentAfter: 120 }],
  channels: [
    { code: 1, label: label('1'), online: false },
    { code: 2, label: label('2'), online: true },
  ],
  statuses: [
    { code: 1, label: label('1'), entry: true, finishes: false },
    { code: 9, label: label('9'), entry: false, finishes: true },
  ],
  calendar: { weeklyRest: [6, 7], daysOff: [], worked: [], from: '2020-01-01', to: '2035-12-31' },
  databases: [],
  telecoms: [],
  reporters: [],
  links: [],
} as unknown as Catalogue;

let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Access;
let answers: QueryStore;
let store: SinceStore;
let offset = 0;
beforeAll(async () => {
  folder = await tempDir('since');
  await copyWarehouse(folder.path, TIME_ZONE);
  access = await openAccess({ kind: 'embedded', directory: folder.path, readers: 2, maxMemoryBytes: 2 ** 31 });
  answers = new QueryStore(access, CATALOGUE);
  store = new SinceStore(access, CATALOGUE);
});
afterAll(async () => {
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function take(events: readonly Submission[], receivedAt: number): Promise<void> {
  const written = new RowBinary();
  const first = offset;
  for (const event of events)
    writeSubmission(
      written,
      eventKey(event.source, event.id),
      event,
      { partition: 0, offset: offset++, timestamp: receivedAt },
      BigInt(first + 1),
    );
  await new Ledger(access).insertRange(`t:0:${first}`, { submission: written.bytes, backlog: '', quarantine: '' });
}
async function report(levels: readonly Backlog[], receivedAt: number): Promise<void> {
  const first = offset;
  const backlog = levels
    .map((level) => {
      const origin = { partition: 0, offset: offset++, timestamp: receivedAt };
      return backlogRow(eventKey(level.source, level.id), level, origin, String(first + 1));
    })
    .join('\n');
  await new Ledger(access).insertRange(`t:0:${first}`, { submission: new Uint8Array(), backlog, quarantine: '' });
}

let state = 11;
const next = (below: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
const pick = <T>(list: readonly T[]): T => list[next(list.length)] as T;
const made = (count: number, prefix: string, before: number, days = 40): Submission[] =>
  Array.from({ length: count }, (_, n) => {
    const isEntry = next(2) === 0;
    const counted = 1 + next(5);
    const online = next(2);
    return submission(`${prefix}${n}`, new Date(before - next(days * 24 * HOUR)).toISOString(), {
      source: 'urn:a',
      agency: pick(['A1', 'A2']),
      province: pick(['Old1', 'Old2', 'New', 'P4']),
      service: pick(['S1', 'S2']),
      channel: online + 1,
      status: isEntry ? 1 : 9,
      count: counted,
      submitted: isEntry ? counted : 0,
      submittedOnline: isEntry && online === 1 ? counted : 0,
      ...(isEntry ? {} : { onTime: next(3) > 0 }),
    });
  });
const isIn = ({ occurredAt }: Submission): boolean => occurredAt >= Date.parse(`${FROM}T00:00:00+07:00`);
const sumsOf = (events: readonly Submission[]): Measures =>
  sumOf(
    events.map(({ submitted, submittedOnline, onTime, count }) => ({
      submitted,
      submittedOnline,
      onTime: onTime === true ? count : 0,
      late: onTime === false ? count : 0,
    })),
  );
const sumsIn = (known: KnownSince | undefined, came?: Came): Measures =>
  sumOf([...(known?.sums ?? [])].flatMap(([how, sums]) => (came === undefined || how === came ? [sums] : [])));

const QUESTION = { from: FROM, to: TO, measures: ['submitted', 'submittedOnline', 'shareOnTime'] } as const;
const POLICE = { agencies: ['A2'], provinces: [] };

it('the same as was answered then, of all and by unit and within a scope; what came since stands apart', async () => {
  const first = made(400, 'a', UNTIL - HOUR);
  await take(first, UNTIL - 60_000);
  const scopes = [EVERYTHING, scopeOf(POLICE, CATALOGUE)];
  const splits = ['agency', 'province', 'service'] as const;
  // What a wall would have been answered then: the engine knows nothing of later.
  for (const scope of scopes)
    for (const split of splits) {
      const asked = { measures: SUMS.join(','), from: FROM, to: TO, split, boundaries: TO };
      const then = await answers.answer(querySchema.parse(asked), scope);
      const known = await store.known({ ...QUESTION, split }, UNTIL, scope);
      expect(sumsIn(known.whole)).toEqual(then.total.now);
      expect(sumsIn(known.whole, 'taken')).toEqual(then.total.now);
      expect(Object.fromEntries([...known.units].map(([id, of]) => [id, sumsIn(of)]))).toEqual(
        Object.fromEntries(then.rows.map(({ key: [id = ''], now }) => [id, now])),
      );
      expect(known.units.size).toBeGreaterThan(scope === EVERYTHING ? 1 : 0);
    }

  const late = made(50, 'late', UNTIL - HOUR);
  const corrected = first
    .filter(({ submitted }) => submitted > 1)
    .slice(0, 9)
    .map((event, n) => ({
      ...event,
      id: `c${n}`,
      corrects: event.id,
      count: -1,
      submitted: -1,
      submittedOnline: event.submittedOnline > 0 ? -1 : 0,
    }));
  const refused = made(7, 'refused', UNTIL - HOUR, 5);
  const quarantine = new Quarantine(access);
  const cases = refused.map(({ id }, n) => ({
    quarantineId: `00000000-0000-4000-8000-00000000000${n}`,
    portal: 'urn:a',
    source: 'urn:a',
    id,
    topic: 't',
    code: 'unknown_code' as const,
    reason: 'no such code',
    value: Buffer.from('{}'),
    headers: {},
  }));
  await new Ledger(access).insertRange('t:0:9000', {
    submission: new Uint8Array(),
    backlog: '',
    quarantine: cases
      .map((each, n) => quarantineRow(each, { partition: 0, offset: 9_000 + n, timestamp: UNTIL - 1_000 }))
      .join('\n'),
  });
  await quarantine.resolve(
    cases.map(({ quarantineId }) => quarantineId),
    UNTIL + HOUR,
    { state: 'replayed', by: 'somebody' },
  );
  await take([...late, ...corrected, ...refused], UNTIL + 2 * HOUR);
  // Of the same day, but of a time that was yet to come.
  await take(made(30, 'after', UNTIL + 5 * HOUR, 0.15), UNTIL + 5 * HOUR);

  const known = await store.known(QUESTION, UNTIL, EVERYTHING);
  const only = (events: readonly Submission[]) => {
    const { submitted, submittedOnline, onTime, late: isLate } = sumsOf(events.filter(isIn));
    return { submitted, submittedOnline, onTime, late: isLate };
  };
  expect(sumsIn(known.whole, 'taken')).toEqual(only(first));
  expect(sumsIn(known.whole, 'late')).toEqual(only(late));
  expect(sumsIn(known.whole, 'corrected')).toEqual(only(corrected));
  expect(sumsIn(known.whole, 'replayed')).toEqual(only(refused));
  expect(only(late).submitted).toBeGreaterThan(0);
  expect(only(corrected).submitted).toBeLessThan(0);
  expect(known.whole.events.get('corrected')).toBe(corrected.filter(isIn).length);
  // Of one unit alone, and of some services.
  const police = await store.known({ ...QUESTION, agency: 'A2' }, UNTIL, EVERYTHING);
  expect(sumsIn(police.whole, 'late')).toEqual(only(late.filter(({ agency }) => agency === 'A2')));
  const service = await store.known({ ...QUESTION, services: ['S2'] }, UNTIL, EVERYTHING);
  expect(sumsIn(service.whole)).toEqual(
    only([...first, ...late, ...corrected, ...refused].filter((event) => event.service === 'S2')),
  );
  expect(sumsIn((await store.known({ ...QUESTION, services: [] }, UNTIL, EVERYTHING)).whole)).toEqual(only([]));
});

it('what waited then, by reports that had come and those that came late, and not by those of later', async () => {
  const level = (id: string, at: number, agency: string, overdue: number): Backlog => ({
    kind: 'backlog',
    source: 'urn:a',
    id,
    simulated: false,
    at,
    service: 'S1',
    agency,
    open: 10 * overdue,
    overdue,
  });
  await report([level('b1', UNTIL - 5 * HOUR, 'A1', 60), level('b2', UNTIL - 26 * HOUR, 'A2', 7)], UNTIL - HOUR);
  const asked = { measures: 'backlogOverdue,backlogOpen', from: TO, to: TO, split: 'agency', boundaries: TO };
  const then = await answers.answer(querySchema.parse(asked), EVERYTHING);
  const question = { from: TO, to: TO, measures: ['backlogOverdue', 'backlogOpen'], split: 'agency' } as const;
  const before = await store.known(question, UNTIL, EVERYTHING);
  expect(before.whole.levels).toEqual({ now: then.total.now, taken: then.total.now });
  expect(before.whole.levels?.now).toEqual({ backlogOverdue: 67, backlogOpen: 670 });
  expect(before.units.get('A2')?.levels?.now).toEqual({ backlogOverdue: 7, backlogOpen: 70 });

  await report([level('late', UNTIL - 2 * HOUR, 'A2', 9)], UNTIL + HOUR);
  await report([level('after', UNTIL + 2 * HOUR, 'A1', 500)], UNTIL + 2 * HOUR);
  const known = await store.known(question, UNTIL, EVERYTHING);
  expect(known.whole.levels).toEqual({
    now: { backlogOverdue: 69, backlogOpen: 690 },
    taken: { backlogOverdue: 67, backlogOpen: 670 },
  });
  const own = await store.known(question, UNTIL, scopeOf(POLICE, CATALOGUE));
  expect(own.whole.levels?.now).toEqual({ backlogOverdue: 9, backlogOpen: 90 });
});
