/**
 * Ten times the rate that the room can sustain, for a minute. Sustainable is what portals that post without a pause get
 * counted, until the last of it is. Then portals wish to post ten times that; each sends a batch again until it is accepted, after
 * Retry-After, and goes on from there. In the end every id is counted in the base table and in the rollups.
 *
 *   npm run bench -- burst [--seconds 60] [--sustain 15] [--factor 10] [--senders 64] [--batch 500] [--logs embedded,kafka]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { NATIONAL, snapshot } from '../harness/client.ts';
import { Unavailable } from '../harness/need.ts';
import { recount } from '../harness/recount.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { startBroker } from '../kafka/broker.ts';
import { startChild } from './child.ts';
import type { handlers, Posted, Posting } from './posters.ts';
import { LOOP_DELAY_ENV, loopDelay, memoryOf, watchMemory } from './process-facts.ts';
import { print } from './report.ts';

const { values } = parseArgs({
  strict: false,
  options: {
    seconds: { type: 'string', default: '60' },
    sustain: { type: 'string', default: '15' },
    factor: { type: 'string', default: '10' },
    senders: { type: 'string', default: '64' },
    batch: { type: 'string', default: '500' },
    logs: { type: 'string', default: 'embedded,kafka' },
  },
});
const SOURCES = [NATIONAL, 'urn:portal:province:01', 'urn:portal:province:79', 'urn:portal:agency:MPS'];
/** Enough to keep the room busy all the time, few enough that nobody waits long. */
const STEADY_SENDERS = 8;
/** Merges of what was counted go on for a while. */
const SETTLE_MS = 5_000;
const DRAIN_MS = 300_000;

const eventsCounted = async (room: Room): Promise<number> => (await snapshot(room))?.state.events ?? 0;

/** Seconds until the wall shows `events`. */
async function untilCounted(room: Room, events: number): Promise<number> {
  const began = performance.now();
  while ((await eventsCounted(room)) < events) {
    if (performance.now() - began > DRAIN_MS) throw new Error('what was accepted is not counted after five minutes');
    await sleep(100);
  }
  return (performance.now() - began) / 1_000;
}

const idsOf = (prefix: string, batch: number, posted: Posted): string[] =>
  posted.batches.flatMap(({ sender, batches }) =>
    Array.from({ length: batches }, (_, n) =>
      Array.from({ length: batch }, (_, event) => `${prefix}-${sender}-${n}-${event}`),
    ).flat(),
  );

async function run(log: string, kafka: string | undefined): Promise<void> {
  await using room = await startRoom({ env: LOOP_DELAY_ENV, ...(kafka === undefined ? {} : { kafka }) });
  await using posters = startChild<typeof handlers>('./posters.ts');
  const keys = [];
  for (const source of SOURCES) keys.push({ source, key: await room.key(source) });
  const batch = Number(values.batch);
  const sustain = Number(values.sustain);
  const seconds = Number(values.seconds);
  const common = { url: room.url, keys, batch } satisfies Partial<Posting>;

  const steady = performance.now();
  const first = await posters.ask('post', { ...common, senders: STEADY_SENDERS, seconds: sustain, prefix: 's' });
  await untilCounted(room, first.accepted);
  const sustainable = first.accepted / ((performance.now() - steady) / 1_000);
  await sleep(SETTLE_MS);

  const pid = room.pid ?? 0;
  const rate = sustainable * Number(values.factor);
  const resident = await memoryOf(pid);
  const memory = watchMemory(pid);
  await loopDelay(pid);
  const began = performance.now();
  const second = await posters.ask('post', { ...common, senders: Number(values.senders), seconds, rate, prefix: 'b' });
  const delay = await loopDelay(pid);
  const drained = second.took - seconds + (await untilCounted(room, first.accepted + second.accepted));
  const highest = await memory.stop();
  const took = (performance.now() - began) / 1_000;
  await room.stop();

  const sent = [...idsOf('s', batch, first), ...idsOf('b', batch, second)];
  const found = await recount(room.dataDir);
  const distinct = new Set(found.ids);
  const lost = sent.filter((id) => !distinct.has(id)).length;
  const wrong = Object.entries(found.rollups).filter(([, reached]) => reached !== sent.length);
  const statuses = Object.entries(second.statuses).map(([status, count]) => `${count} x ${status}`);
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  print('burst', [
    {
      what: `sustainable, ${log} log, ${batch} events a request`,
      ours: `${sustainable.toFixed(0)} events/s`,
    },
    {
      what: `portals wished ${rate.toFixed(0)}/s for ${seconds} s (${statuses.join(', ')}; Retry-After up to ${second.retryAfter} s)`,
      ours: `${(second.accepted / took).toFixed(0)} events/s accepted and counted`,
      goal: '429 with Retry-After',
    },
    {
      what: 'memory above that before the burst, resident (of it not mapped files)',
      ours: `${megabytes(highest.all - resident.all)} (${megabytes(highest.own - resident.own)})`,
      goal: '<= 150 MB',
    },
    { what: 'all accepted and counted after the end', ours: `${drained.toFixed(1)} s`, goal: '<= 30 s' },
    {
      what: `event loop in the burst, p50 ${delay.p50.toFixed(1)}, longest ${delay.max.toFixed(0)} ms`,
      ours: `p99 ${delay.p99.toFixed(1)} ms`,
      goal: '<= 20 ms',
    },
    {
      what: `${sent.length} ids recounted`,
      ours: `lost ${lost}, double ${found.ids.length - distinct.size}, rollups that differ ${wrong.length}`,
      goal: '0, 0, 0',
    },
  ]);
}

for (const log of String(values.logs).split(',')) {
  try {
    await using broker = log === 'kafka' ? await startBroker() : undefined;
    await run(log, broker?.brokers);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    print('burst', [{ what: `${log} log`, ours: `not measured: ${error.message}` }]);
  }
}
