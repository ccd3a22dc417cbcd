/**
 * A full refresh of some two thousand series beside live ingest: how long it takes, what it costs, and what it does to the event
 * loop that serves portals and walls. The peer is the same room under the same load in the same minutes, without a refresh.
 *
 *   npm run bench -- forecasting [--services 436] [--rate 1000] [--weeks 12]
 */
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { addDays, type Catalogue, localDay, METRICS, startOfDay, validOn } from '@room/contract';
import { type Access, migrate, openAccess } from '@room/warehouse';
import { NATIONAL } from '../harness/client.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';
import { startChild } from './child.ts';
import type { handlers, Posting } from './posters.ts';
import { LOOP_DELAY_ENV, type LoopDelay, loopDelay } from './process-facts.ts';
import { print } from './report.ts';

const { values } = parseArgs({
  strict: false,
  options: {
    services: { type: 'string', default: '436' },
    rate: { type: 'string', default: '1000' },
    weeks: { type: 'string', default: '12' },
  },
});
const HOUR = 3_600_000;
const DAYS = 730;
const BATCH = 100;
const SENDERS = 4;
/** Nice value of the computing thread, by which it is found. */
const LOWEST = 19;
const PATIENCE_MS = 900_000;

/** Viet Nam's catalogue with so many leading services more. */
async function widened(folder: string, services: number): Promise<Catalogue> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(DEFAULT_CATALOGUE))
    await copyFile(join(DEFAULT_CATALOGUE, name), join(folder, name));
  const file = join(folder, 'catalogue.json');
  const json = JSON.parse(await readFile(file, 'utf8')) as Catalogue;
  for (let n = 0; n < services; n++)
    json.services.push({ code: `X${n}`, label: { vi: `X${n}`, en: `X${n}` }, agency: 'MPS', leading: true });
  await writeFile(file, JSON.stringify(json));
  return (await loadCatalogue(folder)).catalogue;
}

/** Hours of the last weeks and, before them, one noon a day: each service once, its province and agency in turn. */
async function fill(access: Access, catalogue: Catalogue, weeks: number): Promise<number> {
  const now = Date.now();
  const { timeZone } = catalogue;
  const today = localDay(now, timeZone);
  const ids = (units: Catalogue['agencies']): string =>
    `[${units
      .filter((unit) => validOn(unit, today))
      .map(({ id }) => `'${id}'`)
      .join(', ')}]`;
  const services = catalogue.services.filter(({ leading }) => leading).map(({ code }) => `'${code}'`);
  const finest = startOfDay(addDays(today, -7 * weeks), timeZone);
  const first = startOfDay(addDays(today, -DAYS), timeZone);
  const end = Math.floor((now - 5 * 60_000) / HOUR) * HOUR;
  const rows = async (from: number, to: number, step: number, mean: number, salt: number): Promise<void> => {
    const buckets = Math.floor((to - from) / step);
    const ofHour = `(0.05 + exp(-pow(toHour(occurred_at, '${timeZone}') - 11, 2) / 18))`;
    const usual = `${mean} * if(toDayOfWeek(occurred_at, 0, '${timeZone}') > 5, 0.3, 1)${step > HOUR ? '' : ` * ${ofHour}`}`;
    for (const [status, entry] of [
      [1, true],
      [9, false],
    ] as const)
      await access.command(
        `INSERT INTO submission
         (event_key, source, id, corrects, occurred_at, span_ms, service, agency, province, channel, status, on_time, count,
          submitted, submitted_online, received_at, simulated, log_partition, log_offset, range_id)
         SELECT reinterpretAsUUID(sipHash128(number, ${salt + status})), '${NATIONAL}', concat('h${salt + status}-', toString(number)), '',
           fromUnixTimestamp64Milli(toInt64(${from}) + intDiv(number, ${services.length}) * ${step}, 'UTC') AS occurred_at, ${HOUR},
           arrayElement([${services.join(', ')}], 1 + number % ${services.length}), arrayElement(agencies, 1 + number % length(agencies)),
           arrayElement(provinces, 1 + number % length(provinces)), if(number % 4 = 0, 1, 2) AS channel, ${status},
           ${entry ? 'NULL' : 'number % 10 != 0'},
           toInt64(greatest(0, round(${usual} + sqrt(${usual}) * randNormal(0, 1, number)))) AS count,
           ${entry ? 'count' : '0'} AS submitted, if(channel = 2, submitted, 0), occurred_at + toIntervalMillisecond(${HOUR}), true, 0, number, ${salt}
         FROM (SELECT number, ${ids(catalogue.agencies)} AS agencies, ${ids(catalogue.provinces)} AS provinces
               FROM numbers(${buckets * services.length}))
         SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0, max_memory_usage = 0`,
      );
  };
  await rows(finest, end, HOUR, 30, 100);
  await rows(first + 12 * HOUR, finest, 24 * HOUR, 250, 200);
  for (const table of ['rollup_minute', 'rollup_hour', 'rollup_day'])
    await access.command(`OPTIMIZE TABLE ${table} FINAL`);
  return services.length;
}

const ticks = (stat: string): { nice: number; seconds: number } => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { nice: Number(fields[16]), seconds: (Number(fields[11]) + Number(fields[12])) / 100 };
};

/** CPU seconds of a process, and the most that its thread of the lowest priority had. */
async function cpuOf(pid: number): Promise<{ all: number; lowest: number }> {
  let lowest = 0;
  for (const task of await readdir(`/proc/${pid}/task`)) {
    const stat = await readFile(`/proc/${pid}/task/${task}/stat`, 'utf8').catch(() => undefined);
    if (stat === undefined) continue;
    const { nice, seconds } = ticks(stat);
    if (nice === LOWEST) lowest = Math.max(lowest, seconds);
  }
  return { all: ticks(await readFile(`/proc/${pid}/stat`, 'utf8')).seconds, lowest };
}

interface Refreshed {
  series: number;
  ms: number;
}

const refreshedIn = (room: Room): Refreshed | undefined => {
  const line = room
    .logs()
    .split('\n')
    .find((text) => text.includes('"forecasts were made"'));
  return line === undefined ? undefined : (JSON.parse(line) as Refreshed);
};

await using folder = await tempDir('bench-forecasting');
const catalogueFolder = join(folder.path, 'catalogue');
const dataDir = join(folder.path, 'data');
const catalogue = await widened(catalogueFolder, Number(values.services));
{
  const directory = join(dataDir, 'warehouse');
  await using access = await openAccess({ kind: 'embedded', directory, readers: 2, maxMemoryBytes: 3 * 2 ** 30 });
  await migrate(access, { timeZone: catalogue.timeZone }, { unsettled: async () => [] });
  const services = await fill(access, catalogue, Number(values.weeks));
  process.stderr.write(`history of ${services} services stands\n`);
}

await using room = await startRoom({ dataDir, catalogue: catalogueFolder, env: LOOP_DELAY_ENV });
await using posters = startChild<typeof handlers>('./posters.ts');
const pid = room.pid ?? 0;
const rate = Number(values.rate);
const load = {
  url: room.url,
  keys: [{ source: NATIONAL, key: await room.key(NATIONAL) }],
  senders: SENDERS,
  batch: BATCH,
  rate,
};
const post = (seconds: number, prefix: string) => posters.ask('post', { ...load, seconds, prefix } satisfies Posting);

/** Until the refresh is over: its thread is found by its priority while it lives. */
const during = post(PATIENCE_MS / 1_000, 'w').catch(() => undefined);
let lowest = 0;
for (let { lowest: seen } = await cpuOf(pid); seen === 0; { lowest: seen } = await cpuOf(pid)) await sleep(50);
await loopDelay(pid);
const before = await cpuOf(pid);
const began = performance.now();
let refreshed: Refreshed | undefined;
for (; refreshed === undefined; refreshed = refreshedIn(room)) {
  lowest = Math.max(lowest, (await cpuOf(pid)).lowest);
  if (performance.now() - began > PATIENCE_MS)
    throw new Error(`no refresh came to its end:\n${room.logs().slice(-4_000)}`);
  await sleep(100);
}
const beside: LoopDelay = await loopDelay(pid);
const seconds = (performance.now() - began) / 1_000;
const all = (await cpuOf(pid)).all - before.all;

await sleep(5_000);
const cpuAlone = (await cpuOf(pid)).all;
await loopDelay(pid);
await sleep(1_000 * Math.min(120, seconds));
const alone: LoopDelay = await loopDelay(pid);
const quiet = ((await cpuOf(pid)).all - cpuAlone) / Math.min(120, seconds);
await posters[Symbol.asyncDispose]();
await during;

print('forecasting', [
  {
    what: `full refresh of ${refreshed.series} series (${METRICS.length} metrics, hours and days), ${rate} events/s beside it`,
    ours: `${(refreshed.ms / 1_000).toFixed(1)} s`,
    goal: '<= 120 s for 2,000 series',
  },
  {
    what: `CPU of its thread; of the whole room ${all.toFixed(1)} s, where ${(quiet * seconds).toFixed(1)} s go without it`,
    ours: `${lowest.toFixed(1)} s`,
    goal: 'one core',
  },
  {
    what: `event loop beside it, p50 ${beside.p50.toFixed(1)}, longest ${beside.max.toFixed(0)} ms`,
    ours: `p99 ${beside.p99.toFixed(1)} ms`,
    peer: `without: p50 ${alone.p50.toFixed(1)}, p99 ${alone.p99.toFixed(1)}, longest ${alone.max.toFixed(0)} ms`,
    ratio: beside.p99 / alone.p99,
    goal: 'unharmed',
  },
]);
