/** Faults as functions: each makes one happen for real, with or without a guard, and says what the recount found. */
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { INGEST_GROUP, TOPICS } from '@room/contract';
import { EmbeddedLog, type NewRecord } from '@room/log';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { recount } from '../harness/recount.ts';
import { type Counting, startCounting } from './counting.ts';
import { Load, type Made, recordOf } from './load.ts';
import { type Tally, tally } from './oracle.ts';
import { type Guard, IN_MID_INSERT, IN_THE_SCHEMA, type Instant, type Orders } from './orders.ts';
import { at, newPlace, type Place, SESSION_MS, type Where } from './places.ts';

export interface Result {
  tallies: Tally[];
  /** The guards that are off would have had work. */
  missed: ReadonlySet<Guard>;
  /** What the last process reported. */
  reports: readonly string[];
}

export interface Options {
  off?: readonly Guard[];
  seed?: string;
}

/** Records of one range before the fault; the second try cuts them otherwise. */
const RANGE = 300;
const RANGES = 3;
const RECUT = 220;
const REFETCH_BYTES = 60_000;
const TRIES = 5;

async function fed(orders: Orders, events: readonly Made[]): Promise<Counting> {
  const counting = await startCounting(orders);
  // In one piece, so that every run finds the same records in one partition.
  if (!(await counting.append(events.map(recordOf))))
    throw new Error(`the log took nothing:\n${counting.reports.join('\n')}`);
  return counting;
}

/** Starts a process, lets it count everything, and ends it. */
async function count(orders: Orders, more: readonly Made[]): Promise<Pick<Result, 'missed' | 'reports'>> {
  await using counting = await fed(orders, more);
  counting.begin();
  await counting.drained();
  await counting.stop();
  return { missed: counting.missed, reports: counting.reports };
}

/** The same, and recounts the store that it leaves. */
async function settle(
  orders: Orders,
  place: Place,
  more: readonly Made[],
  all: readonly Made[],
  sent: readonly Made[] = all,
): Promise<Result> {
  const counted = await count(orders, more);
  return { ...counted, tallies: tally(all, await recount(place.dataDir), sent) };
}

async function withAdmin(place: Place, work: (admin: Admin) => Promise<void>): Promise<void> {
  const { brokers = '' } = place.kafka ?? {};
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await work(admin).finally(() => admin.disconnect());
}

const topicOf = ({ kafka }: Place): string => `${kafka?.prefix}${TOPICS.submissions}`;

async function removeTopic(place: Place): Promise<void> {
  if (place.kafka === undefined) return rm(join(place.dataDir, 'log'), { recursive: true });
  const topic = topicOf(place);
  await withAdmin(place, async (admin) => {
    await admin.deleteTopics({ topics: [topic] });
    while ((await admin.listTopics()).includes(topic)) await sleep(100);
  });
}

/** Back to the first record. In the embedded log only a member of the group can do that, and `probe` wakes it. */
async function rewind(place: Place, probe: readonly Made[]): Promise<void> {
  if (place.kafka !== undefined) {
    const group = { groupId: `${place.kafka.prefix}${INGEST_GROUP}`, topic: topicOf(place) };
    return withAdmin(place, (admin) => admin.resetOffsets({ ...group, earliest: true }));
  }
  await using log = new EmbeddedLog(join(place.dataDir, 'log'), () => undefined);
  await new Promise<void>((resolve, reject) => {
    void log
      .subscribe({
        topic: TOPICS.submissions,
        group: INGEST_GROUP,
        maxRecords: 1,
        assigned: async () => undefined,
        revoked: () => undefined,
        redelivering: () => undefined,
        handle: (batch) => batch.commit({ offset: 0, metadata: '' }).then(resolve, reject),
      })
      .then(() => log.append(TOPICS.submissions, probe.map(recordOf)));
  });
}

/** What a range leaves behind when the process ends at an instant: base table, look-up, rollups, other tables. */
const LEFT: Record<Instant, [base: boolean, lookUp: boolean, rollups: boolean, others: boolean]> = {
  'before the insert': [false, false, false, false],
  'between base and look-up': [true, false, false, false],
  'between base and rollups': [true, true, false, false],
  'between two tables': [true, true, true, false],
  'after the insert': [true, true, true, true],
  'after the commit': [true, true, true, true],
};

/** Whether the dead process left what it should have left at this instant of its second range. */
function wasHit(instant: Instant, found: Readonly<Record<string, number>>, events: readonly Made[]): boolean {
  const [base, lookUp, rollups, others] = LEFT[instant];
  const first = events.slice(0, RANGE);
  const second = events.slice(RANGE, 2 * RANGE);
  const of = (kind: Made['kind'], ...parts: (readonly Made[])[]): number =>
    parts.flat().filter((event) => event.kind === kind).length;
  const left = (isThere: boolean): readonly Made[] => (isThere ? second : []);
  const should = {
    submission: of('submission', first, left(base)),
    event_seen:
      of('submission', first, left(lookUp)) + of('backlog', first, left(others)) + of('link', first, left(others)),
    rollup_month: of('submission', first, left(rollups)),
    backlog: of('backlog', first, left(others)),
    link: of('link', first, left(others)),
    quarantine: of('poison', first, left(others)),
  };
  return Object.entries(should).every(([table, events]) => found[table] === events);
}

/** Ranges that a process found cut off and counted again. */
export const replays = (reports: readonly string[]): number =>
  reports.filter((line) => line.includes('replaying the range')).length;

/** How many of them a kill at this instant leaves. */
export const replaysAfter = (instant: Instant): number => (instant === 'after the commit' ? 0 : 1);

/** Batches that came again, and times that a partition waited, told of answers that were lost. */
export const lostAnswers = (reports: readonly string[]): [redelivered: number, waited: number] => [
  reports.filter((line) => line.includes('redelivering')).length,
  reports.filter((line) => / waits: /.test(line)).length,
];

export interface Killed extends Result {
  found: Readonly<Record<string, number>>;
}

/** SIGKILL at one instant in the life of the second of three ranges; the next process cuts its batches otherwise. */
export async function killedAt(
  where: Where,
  instant: Instant,
  options: Options & Partial<Orders> = {},
): Promise<Killed> {
  const { off = [], seed = instant, maxRecords = RECUT, ...orders } = options;
  for (let tries = TRIES; ; tries--) {
    await using place = await newPlace(where, 1, !off.some((guard) => IN_THE_SCHEMA.has(guard)));
    const load = new Load(`${seed} ${tries}`);
    const before = load.makeWithCorrections(RANGES * RANGE);
    const after = [...load.make(RANGE), ...before.filter((_, index) => index % 7 === 0)];
    const missed = new Set<Guard>();
    {
      const die = { at: instant, range: 2 };
      await using counting = await fed({ ...at(place), ...orders, maxRecords: RANGE, die, off }, before);
      counting.begin();
      await counting.died();
      for (const guard of counting.missed) missed.add(guard);
    }
    const all = [...before, ...after.slice(0, RANGE)];
    await using counting = await fed({ ...at(place), maxRecords, fetchBytes: REFETCH_BYTES, off }, after);
    const { found } = counting;
    // A machine that pauses can let the insert finish first.
    if (!wasHit(instant, found, before)) {
      if (tries > 1) continue;
      throw new Error(`no kill hit the instant ${instant}; the last left ${JSON.stringify(found)}`);
    }
    counting.begin();
    await counting.drained();
    await counting.stop();
    for (const guard of counting.missed) missed.add(guard);
    const { reports } = counting;
    const tallies = tally(all, await recount(place.dataDir), [...before, ...after]);
    return { tallies, missed, reports, found };
  }
}

/**
 * SIGKILL after the insert, and its last parts as they are a moment earlier: their blocks noted by the engine, their rows not yet
 * under their names. Returns beside the tallies in how many tables.
 */
export async function unfinished(
  where: Where,
  { seed = 'unfinished' }: Options = {},
): Promise<Result & { tables: number }> {
  await using place = await newPlace(where);
  const load = new Load(seed);
  const before = load.makeWithCorrections(RANGES * RANGE);
  const after = load.make(RANGE);
  {
    const die = { at: 'after the insert', range: 2 } as const;
    await using counting = await fed({ ...at(place), maxRecords: RANGE, die }, before);
    counting.begin();
    await counting.died();
  }
  const tables = await unname(join(place.dataDir, 'warehouse', 'store'));
  const result = await settle({ ...at(place), maxRecords: RECUT }, place, after, [...before, ...after]);
  return { ...result, tables };
}

/** Takes the name from the part that each table's deduplication log noted last, unless it was merged since. */
async function unname(store: string): Promise<number> {
  let tables = 0;
  const logs = await readdir(store, { recursive: true });
  for (const log of logs.filter((path) => path.endsWith('deduplication_log_1.txt'))) {
    const table = join(store, log, '..', '..');
    const part = (await readFile(join(store, log), 'utf8')).trimEnd().split('\n').at(-1)?.split('\t')[1];
    if (part === undefined || !(await readdir(table)).includes(part)) continue;
    await rename(join(table, part), join(table, `tmp_insert_${part}`));
    tables++;
  }
  return tables;
}

/** The same events again, in other company and long after their range: portals retry, and people send twice. */
export async function sentAgain(where: Where, { off = [], seed = 'again' }: Options = {}): Promise<Result> {
  await using place = await newPlace(where);
  const load = new Load(seed);
  const events = load.makeWithCorrections(RANGES * RANGE);
  const again = events.filter(() => load.random.next() < 0.5).reverse();
  const orders = { ...at(place), maxRecords: RANGE, off };
  await count(orders, events);
  return await settle(orders, place, again, events, [...events, ...again]);
}

/** The topic is deleted and made again while nobody counts: other records stand under the same offsets. */
export async function recreated(where: Where, { off = [], seed = 'recreated' }: Options = {}): Promise<Result> {
  await using place = await newPlace(where);
  const load = new Load(seed);
  const [before, after] = [load.make(RANGE), load.make(RANGE)];
  const orders = { ...at(place), maxRecords: RANGE, off };
  const first = await count(orders, before);
  await removeTopic(place);
  const second = await settle(orders, place, after, [...before, ...after]);
  return { ...second, missed: new Set([...first.missed, ...second.missed]) };
}

/** The same while somebody counts; what stands in it then ends before the position that the consumer holds. */
export async function recreatedAlive(where: Where, { off = [], seed = 'alive' }: Options = {}): Promise<Result> {
  await using place = await newPlace(where);
  const load = new Load(seed);
  const [before, after] = [load.make(RANGE), load.make(RANGE / 2)];
  await using counting = await fed({ ...at(place), maxRecords: RANGE, off }, before);
  counting.begin();
  await counting.drained();
  await removeTopic(place);
  await withAdmin(place, async (admin) => {
    await admin.createTopics({ topics: [{ topic: topicOf(place), numPartitions: 1 }], waitForLeaders: true });
  });
  while (!(await counting.append(after.map(recordOf)))) await sleep(500);
  await counting.drained();
  await counting.stop();
  const { missed, reports } = counting;
  const all = [...before, ...after];
  return { tallies: tally(all, await recount(place.dataDir), all), missed, reports };
}

/** Each event twice, in partitions that its key does not say, and corrections before everything that they correct. */
function strewn(events: readonly Made[], partitions: number): NewRecord[] {
  const first = events.filter(({ corrects }) => corrects !== undefined);
  const rest = events.filter(({ corrects }) => corrects === undefined);
  return [
    ...first.map(recordOf),
    ...rest.map((made, n) => ({ ...recordOf(made), partition: n % partitions })),
    ...events.map((made, n) => ({ ...recordOf(made), key: `no key of ours ${n}`, partition: (n + 1) % partitions })),
  ];
}

export interface Strewn extends Result {
  /** Records that were appended again. */
  moved: number;
  deferred: number;
}

const again = (reports: readonly string[], why: string): number =>
  reports.reduce((sum, line) => sum + Number(new RegExp(`"${why}":(\\d+)`).exec(line)?.[1] ?? 0), 0);

/** Equal ids in different partitions, and corrections that are read before their originals; SIGKILL at an instant of a range. */
export async function strewnAbout(
  where: Where,
  instant: Instant | undefined,
  { off = [], seed = 'strewn' }: Options = {},
): Promise<Strewn> {
  await using place = await newPlace(where, 3);
  const load = new Load(seed);
  const [before, after] = [load.makeWithCorrections(RANGES * RANGE), load.makeWithCorrections(RANGE)];
  const reports: string[] = [];
  const run = async (orders: Orders, records: readonly NewRecord[]): Promise<ReadonlySet<Guard>> => {
    await using counting = await startCounting(orders);
    if (!(await counting.append(records))) throw new Error(`the log took nothing:\n${counting.reports.join('\n')}`);
    counting.begin();
    if (orders.die !== undefined) await counting.died();
    else {
      await counting.drained();
      await counting.stop();
    }
    reports.push(...counting.reports);
    return counting.missed;
  };
  const orders: Orders = { ...at(place), maxRecords: RANGE, off };
  const partitions = place.kafka?.partitions ?? 1;
  const first = await run(
    { ...orders, ...(instant === undefined ? {} : { die: { at: instant, range: 2 } }) },
    strewn(before, partitions),
  );
  const second = await run({ ...orders, maxRecords: RECUT, fetchBytes: REFETCH_BYTES }, strewn(after, partitions));
  const tallies = tally([...before, ...after], await recount(place.dataDir));
  const [moved, deferred] = [again(reports, 'moved'), again(reports, 'deferred')];
  return { tallies, missed: new Set([...first, ...second]), reports, moved, deferred };
}

const MANY = 3_000;

/** The group's position goes back to the first record while nobody counts; the next process cuts otherwise. */
export async function rewound(where: Where, { off = [], seed = 'rewound' }: Options = {}): Promise<Result> {
  await using place = await newPlace(where, 3);
  const load = new Load(seed);
  const [before, after] = [load.makeWithCorrections(MANY), load.make(RANGE)];
  await count({ ...at(place), maxRecords: 1_000, off }, before);
  const probe = where === undefined ? load.make(1) : [];
  await rewind(place, probe);
  return await settle({ ...at(place), maxRecords: 700, off }, place, after, [...before, ...probe, ...after]);
}

/** Inserts and commits whose answer is lost, and batches that are cut anew each time. */
export async function redelivered(where: Where, { off = [], seed = 'redelivered' }: Options = {}): Promise<Result> {
  await using place = await newPlace(where);
  const events = new Load(seed).makeWithCorrections(MANY / 2);
  return await settle({ ...at(place), maxRecords: 500, shaky: seed, off }, place, events, events);
}

/** Inserts that never answer: the process must notice by itself. */
export async function stuck(where: Where, hangs: number, watchdogMs: number): Promise<Result> {
  await using place = await newPlace(where);
  const events = new Load('stuck').makeWithCorrections(RANGES * RANGE);
  return await settle({ ...at(place), maxRecords: RANGE, hangs, watchdogMs }, place, events, events);
}

/** No insert ever answers: resolves with why the process asks to be ended. */
export async function hopeless(where: Where, watchdogMs: number): Promise<string> {
  await using place = await newPlace(where);
  const orders = { ...at(place), maxRecords: RANGE, hangs: Number.MAX_SAFE_INTEGER, watchdogMs };
  await using counting = await fed(orders, new Load('hopeless').make(RANGE));
  counting.begin();
  return await counting.fatal;
}

const SLOW_MS = 6_000;

/** One insert takes long; `meanwhile` happens in its middle. */
async function inMidInsert(
  where: Where,
  sessionTimeout: number,
  meanwhile: (counting: Counting, place: Place) => Promise<void>,
): Promise<Result> {
  await using place = await newPlace(where);
  const events = new Load('long').makeWithCorrections(RANGES * RANGE);
  const orders: Orders = { ...at(place), maxRecords: RANGE, slow: { inserts: 1, ms: SLOW_MS } };
  if (orders.kafka !== undefined) orders.kafka.sessionTimeout = sessionTimeout;
  await using counting = await fed(orders, events);
  counting.begin();
  await counting.reported(new RegExp(IN_MID_INSERT));
  await meanwhile(counting, place);
  await counting.drained();
  await counting.stop();
  const { missed, reports } = counting;
  return { tallies: tally(events, await recount(place.dataDir), events), missed, reports };
}

/** An insert that takes longer than the group waits for a sign of life. */
export const longInsert = (where: Where): Promise<Result> => inMidInsert(where, SESSION_MS, async () => undefined);

/** The whole process stands still in mid-insert, longer than the group waits: it is no member any more when it goes on. */
export const suspended = (where: Where): Promise<Result> =>
  inMidInsert(where, SESSION_MS, (counting) => counting.pause(SLOW_MS));

/** Another member joins the group in mid-insert, is given the partition or not, counts nothing, and leaves. */
export const rebalanced = (where: Where): Promise<Result> =>
  inMidInsert(where, SESSION_MS, async (_counting, place) => {
    const { brokers = '', prefix = '' } = place.kafka ?? {};
    const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
    const guest = kafka.consumer({
      groupId: `${prefix}${INGEST_GROUP}`,
      sessionTimeout: SESSION_MS,
      heartbeatInterval: SESSION_MS / 5,
    });
    const joined = new Promise<void>((resolve) => {
      guest.on(guest.events.GROUP_JOIN, () => resolve());
    });
    await guest.connect();
    await guest.subscribe({ topic: topicOf(place), fromBeginning: true });
    await guest.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => undefined });
    await joined;
    await guest.disconnect();
  });
