/**
 * A quiet room: the simulated portals of a country some five events a second (most of them "nothing happened"), first with nobody
 * watching, then with one wall, whatever the hour of the day. Prints what the room's process alone takes of the machine, what its
 * inserts leave on the disk, how soon a wall shows an event, and recounts at the end.
 *
 *   npm run bench -- idle [--minutes 10] [--wall 1] [--rate 1.5] [--history 90] [--settle 60] [--probes 120]
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { send, submission } from '../harness/client.ts';
import { scrape } from '../harness/metrics.ts';
import { recount } from '../harness/recount.ts';
import type { Room } from '../harness/room.ts';
import { Viewer } from '../harness/viewer.ts';
import { joinedViewer, startNational } from './national.ts';
import { memoryOf } from './process-facts.ts';
import { print, quantile } from './report.ts';

const { values } = parseArgs({
  strict: false,
  options: {
    minutes: { type: 'string', default: '10' },
    wall: { type: 'string', default: '1' },
    rate: { type: 'string', default: '1.5' },
    history: { type: 'string', default: '90' },
    settle: { type: 'string', default: '60' },
    probes: { type: 'string', default: '120' },
  },
});
const [minutes, walls, rate, history, settle, probes] = [
  values.minutes,
  values.wall,
  values.rate,
  values.history,
  values.settle,
  values.probes,
].map(Number) as [number, number, number, number, number, number];
/** Dossiers of one probe: more than the portals send in all, so that each probe is told from their events. */
const LARGE = 1_000_000;
const QUIET_MS = 1_100;
const SHOWN_MS = 60_000;
const LOOK_MS = 2;
const TICKS_A_SECOND = 100;
/** As long as a room keeps minutes by default. */
const KEPT_MINUTES_DAYS = 35;
const MB = 2 ** 20;

/** Seconds of CPU so far, of the whole process and by the names of its threads. */
async function cpuOf(pid: number): Promise<{ all: number; threads: Map<string, number> }> {
  const seconds = (stat: string): number => {
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  };
  const threads = new Map<string, number>();
  for (const task of await readdir(`/proc/${pid}/task`)) {
    const stat = await readFile(`/proc/${pid}/task/${task}/stat`, 'utf8').catch(() => undefined);
    if (stat === undefined) continue;
    const name = task === String(pid) ? 'event loop' : stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    threads.set(name, (threads.get(name) ?? 0) + seconds(stat));
  }
  return { all: seconds(await readFile(`/proc/${pid}/stat`, 'utf8')), threads };
}

/** Parts that inserts wrote so far: an insert takes the next number of its table for each part, merging keeps numbers. */
async function partsOf(dataDir: string): Promise<number> {
  let sum = 0;
  const store = join(dataDir, 'warehouse', 'store');
  for (const group of await readdir(store).catch(() => []))
    for (const table of await readdir(join(store, group)).catch(() => [])) {
      const parts = await readdir(join(store, group, table)).catch(() => []);
      sum += Math.max(0, ...parts.map((name) => Number(/^[^_]+_\d+_(\d+)_\d+$/.exec(name)?.[1] ?? 0)));
    }
  return sum;
}

interface Facts {
  at: number;
  cpu: Awaited<ReturnType<typeof cpuOf>>;
  inserts: number;
  events: number;
  pulses: number;
  parts: number;
  memory: Awaited<ReturnType<typeof memoryOf>>;
  heap: number;
  outside: number;
}

async function factsOf(room: Room): Promise<Facts> {
  const pid = room.pid ?? 0;
  const metrics = await scrape(room.url, room.operatorToken);
  return {
    at: performance.now(),
    cpu: await cpuOf(pid),
    inserts: metrics.get('room_ingest_insert_events_count') ?? 0,
    events: metrics.get('room_ingest_insert_events_sum') ?? 0,
    pulses: metrics.get('room_pulse_computation_duration_seconds_count') ?? 0,
    parts: await partsOf(room.dataDir),
    memory: await memoryOf(pid),
    heap: metrics.get('nodejs_heap_size_used_bytes') ?? 0,
    outside: metrics.get('nodejs_external_memory_bytes') ?? 0,
  };
}

const memoryText = ({ memory, heap, outside }: Facts): string =>
  `${(memory.all / MB).toFixed(0)} (${(memory.own / MB).toFixed(0)} without mapped files, ${(heap / MB).toFixed(0)} heap, ${(outside / MB).toFixed(0)} buffers)`;

/** What the room takes for so long; each minute's share of a core goes to the error stream as it passes. */
async function measured(what: string, room: Room, goal: string): Promise<void> {
  const begin = await factsOf(room);
  let last = begin;
  for (let minute = 0; minute < minutes; minute += 1) {
    await sleep(Math.min(1, minutes - minute) * 60_000);
    const now = await factsOf(room);
    const share = (now.cpu.all - last.cpu.all) / ((now.at - last.at) / 1_000);
    process.stderr.write(`${what}, minute ${minute + 1}: ${share.toFixed(3)} cores, ${memoryText(now)} MB\n`);
    last = now;
  }
  const seconds = (last.at - begin.at) / 1_000;
  const each = (end: number, start: number): string => ((end - start) / seconds).toFixed(2);
  const threads = [...last.cpu.threads]
    .map(([name, spent]) => ({ name, cores: (spent - (begin.cpu.threads.get(name) ?? 0)) / seconds }))
    .filter(({ cores }) => cores >= 0.001)
    .sort((a, b) => b.cores - a.cores);
  print('idle', [
    {
      what: `${what}, over ${(seconds / 60).toFixed(1)} min`,
      ours: `${((last.cpu.all - begin.cpu.all) / seconds).toFixed(3)} cores`,
      goal,
    },
    { what: '  by thread', ours: threads.map(({ name, cores }) => `${name} ${cores.toFixed(3)}`).join(', ') },
    {
      what: '  a second',
      ours: `${each(last.events, begin.events)} events in ${each(last.inserts, begin.inserts)} inserts, ${each(last.parts, begin.parts)} parts, ${each(last.pulses, begin.pulses)} states`,
    },
    { what: '  resident MB, begin -> end', ours: `${memoryText(begin)} -> ${memoryText(last)}` },
  ]);
}

/** Posts single large events and notes how long each takes to a socket. `pause` comes before each. */
async function delaysOf(room: Room, name: string, pause: () => Promise<void>): Promise<number[]> {
  // One that asks again where a delta did not reach it, as a wall does.
  using viewer = new Viewer(room.url);
  const shown = (): number => viewer.state?.total.submitted ?? 0;
  while (viewer.state === undefined) await sleep(LOOK_MS);
  const delays: number[] = [];
  for (let n = 0; n < probes; n++) {
    await pause();
    const wanted = (Math.floor(shown() / LARGE) + 1) * LARGE;
    await send(room, [submission(`probe-${name}-${n}`, { count: LARGE })]);
    const accepted = performance.now();
    while (shown() < wanted) {
      if (performance.now() - accepted > SHOWN_MS) throw new Error(`a probe was not shown within ${SHOWN_MS} ms`);
      await sleep(LOOK_MS);
    }
    delays.push(performance.now() - accepted);
  }
  return delays.sort((a, b) => a - b);
}

const delayText = (delays: readonly number[]): string =>
  `p50 ${quantile(delays, 0.5).toFixed(0)}, p99 ${quantile(delays, 0.99).toFixed(0)}, longest ${(delays.at(-1) ?? Number.NaN).toFixed(0)} ms (${delays.length} events)`;

async function recounted(room: Room): Promise<void> {
  for (;;) {
    const metrics = await scrape(room.url, room.operatorToken);
    if ((metrics.get('room_log_lag_events{partition="0"}') ?? 0) === 0) break;
    await sleep(500);
  }
  await sleep(1_000);
  const metrics = await scrape(room.url, room.operatorToken);
  const of = (series: string): number => metrics.get(series) ?? 0;
  const accepted =
    of('room_gateway_events_total{result="accepted"}') + of('room_gateway_events_total{result="quarantined"}');
  const [counted, repeated, refused] = ['counted', 'duplicate', 'quarantined'].map((result) =>
    of(`room_ingest_events_total{result="${result}"}`),
  ) as [number, number, number];
  await room.stop();
  const found = await recount(room.dataDir);
  const double = found.keys.length - new Set(found.keys).size;
  // Of older days the minutes are gone.
  const kept = Object.entries(found.rollups).filter(
    ([name]) => history < KEPT_MINUTES_DAYS || !name.startsWith('minute'),
  );
  const wrong = kept.filter(([, sum]) => sum !== found.base);
  print('idle', [
    {
      what: 'recount',
      ours: `${accepted} accepted: ${counted} counted, ${repeated} repeated, ${refused} in quarantine (${accepted - counted - repeated - refused} missing)`,
    },
    {
      what: '  in the base tables',
      ours: `${found.ids.length} submissions and ${found.backlog.length} levels, ${double} of them double, ${found.ids.length + found.backlog.length - counted} too many; rollups that differ: ${wrong.map(([name]) => name).join(', ') || 'none'}`,
    },
  ]);
}

await using portals = await startNational(rate, { history, calm: false });
const { room } = portals;
await sleep(settle * 1_000);
await measured('nobody watching', room, '<= 0.15 cores');
if (walls > 0) {
  const viewers = await Promise.all(Array.from({ length: walls }, () => joinedViewer(room.url)));
  await measured(`${walls} ${walls === 1 ? 'wall' : 'walls'}`, room, walls === 1 ? '<= 0.3 cores' : '');
  for (const { viewer } of viewers) viewer.disconnect();
}
if (probes > 0) {
  const between = await delaysOf(room, 'between', () => sleep(1_500 + Math.random() * 1_000));
  await portals.end();
  const after = await delaysOf(room, 'after', () => sleep(QUIET_MS + Math.random() * 1_000));
  print('idle', [
    {
      what: 'accepted -> delivered to a socket, one event after a quiet second',
      ours: delayText(after),
      goal: 'p99 <= 250 ms',
    },
    { what: '  among the events of the portals', ours: delayText(between) },
  ]);
} else await portals.end();
await recounted(room);
