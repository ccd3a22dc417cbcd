/**
 * A process that appends and counts as production does, and can be told to end, to hang or to do without a guard.
 * Everything it runs is production's; what is changed is wrapped around it.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { INGEST_GROUP, roomTopics, TOPICS } from '@room/contract';
import { EmbeddedLog, type EventLog, KafkaLog } from '@room/log';
import { SIZES, startPipelines } from '@room/pipelines';
import { type Access, dialectFrom, migrate, openAccess } from '@room/warehouse';
import { randomOf } from '../portal/random.ts';
import { type Ask, type Guard, IN_MID_INSERT, type Orders, type Tell } from './orders.ts';
import {
  mortal,
  type Parts,
  recut,
  shaky,
  slowInserts,
  stalled,
  unguardedAccess,
  unguardedLog,
  withoutSlowView,
} from './wrap.ts';

const KEEP_MS = 86_400_000;
const WATCHDOG_MS = 60_000;
const NOT_SLOW = { inserts: 0, ms: 0 };
const FENCING: Guard = 'fencing of a member that lost its partition';
const LOOK_MS = 25;
const TABLES = ['submission', 'backlog', 'link', 'event_seen', 'quarantine'];
const ROLLUPS = ['second', 'minute', 'hour', 'day', 'month'].map((grain) => `rollup_${grain}`);

const orders = JSON.parse(process.argv[2] ?? '') as Orders;
const tell = (it: Tell): void => void process.send?.(it);
const report = (level: 'debug' | 'info' | 'warn', message: string, detail?: Record<string, unknown>): void =>
  tell({ tell: 'report', level, message: detail === undefined ? message : `${message} ${JSON.stringify(detail)}` });

function openLog({ dataDir, kafka, fetchBytes }: Orders): EventLog {
  if (kafka === undefined) return new EmbeddedLog(join(dataDir, 'log'), (message) => report('warn', message));
  const { brokers, prefix, sessionTimeout } = kafka;
  const options = { brokers: brokers.split(','), prefix, sessionTimeout, replicationFactor: 1, report };
  return new KafkaLog(fetchBytes === undefined ? options : { ...options, fetchBytes });
}

/** Events in each table, as the last process left them. */
async function look(access: Access): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  const sum = async (sql: string): Promise<number> => (await access.read<{ n: number }>(sql))[0]?.n ?? 0;
  for (const table of TABLES) found[table] = await sum(`SELECT count() AS n FROM ${table}`);
  for (const table of ROLLUPS) found[table] = await sum(`SELECT sum(events) AS n FROM ${table} WHERE dim = 'all'`);
  return found;
}

async function main(): Promise<void> {
  const { dataDir, kafka, off = [], die } = orders;
  const guardsMissed = new Set<Guard>();
  const missed = (guard: Guard): void => {
    if (guardsMissed.has(guard)) return;
    guardsMissed.add(guard);
    tell({ tell: 'off', guard });
  };
  const catalogue = await loadCatalogue(orders.catalogue ?? DEFAULT_CATALOGUE);
  const opened = await openAccess({
    kind: 'embedded',
    directory: join(dataDir, 'warehouse'),
    readers: 3,
    maxMemoryBytes: 2 ** 31,
  });
  const unguarded = unguardedAccess(opened, off, missed);
  await migrate(unguarded, dialectFrom({}, catalogue.catalogue.timeZone));
  await withoutSlowView(opened);
  const log = openLog(orders);
  await log.prepare(roomTopics(kafka?.partitions ?? 1, KEEP_MS));

  let parts: Parts = { access: unguarded, log: unguardedLog(recut(log, orders.maxRecords), off, missed) };
  if (orders.shaky !== undefined) parts = shaky(parts, randomOf(orders.shaky));
  let lastWords = async (): Promise<void> => undefined;
  if (orders.stalls === true) {
    const isUnfenced = off.includes(FENCING);
    const { log: slow, resume } = stalled(parts.log, isUnfenced ? () => missed(FENCING) : undefined);
    parts = { ...parts, log: slow };
    lastWords = resume;
  }
  if (die !== undefined) parts = mortal(parts, die.at, die.range, lastWords);
  parts = {
    ...parts,
    access: slowInserts(parts.access, orders.hangs ?? 0, orders.slow ?? NOT_SLOW, () => report('debug', IN_MID_INSERT)),
  };
  const fatal = (error: Error): void => tell({ tell: 'fatal', message: error.message });
  let pipelines: AsyncDisposable | undefined;

  async function obey(it: Ask): Promise<void> {
    if (it.ask === 'append') {
      await log.append(TOPICS.submissions, it.records).then(
        () => tell({ tell: 'appended', number: it.number }),
        (error: Error) => tell({ tell: 'refused', number: it.number, reason: error.message }),
      );
    } else if (it.ask === 'begin') {
      pipelines = await startPipelines({
        catalogue,
        ...parts,
        report,
        fatal,
        maxRange: SIZES.beside.maxRange,
        watchdogMs: orders.watchdogMs ?? WATCHDOG_MS,
      });
    } else if (it.ask === 'drain') {
      while ((await log.pending(TOPICS.submissions, INGEST_GROUP)) > 0) await sleep(LOOK_MS);
      tell({ tell: 'drained' });
    } else {
      await pipelines?.[Symbol.asyncDispose]();
      await log[Symbol.asyncDispose]();
      await opened[Symbol.asyncDispose]();
      process.exit();
    }
  }

  process.on('message', (it: Ask) => {
    obey(it).catch((error: Error) => tell({ tell: 'fatal', message: error.stack ?? error.message }));
  });
  // Until something counts, only the one who gives orders keeps this process.
  process.channel?.ref();
  tell({ tell: 'ready', found: await look(opened) });
}

main().catch((error: Error) => {
  process.stderr.write(`error: ${error.stack}\n`);
  process.exit(1);
});
