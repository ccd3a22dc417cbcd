/**
 * Accepted -> delivered to a socket: one portal posts at a steady rate, one post after the other, so that the order of its
 * answers is the order of counting; a real client notes when the day's total first includes each event. The stages come
 * from the room's own log and from the state: range counted, computed from, delivered.
 *
 *   npm run bench -- delivered [--rates 200,2000] [--seconds 30] [--logs embedded,kafka]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { apply } from '@room/contract';
import { send, submission } from '../harness/client.ts';
import { Unavailable } from '../harness/need.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { startBroker } from '../kafka/broker.ts';
import { joinedViewer } from './national.ts';
import { print, quantile } from './report.ts';

const { values } = parseArgs({
  strict: false,
  options: {
    rates: { type: 'string', default: '200,2000' },
    seconds: { type: 'string', default: '30' },
    logs: { type: 'string', default: 'embedded,kafka' },
  },
});
const seconds = Number(values.seconds);
/** Requests a second; each carries its share of the rate. */
const POSTS = 20;
const WARM_UP_SECONDS = 3;
const DRAIN_MS = 60_000;

/** From `at` on (milliseconds since 1970) this many events were there. */
interface Step {
  at: number;
  events: number;
}

/** When each event, in the order of counting, was first included. */
function firstAt(steps: readonly Step[], events: number): number[] {
  const times: number[] = [];
  let step = 0;
  for (let index = 0; index < events; index++) {
    while (step < steps.length && (steps[step]?.events ?? 0) <= index) step++;
    times.push(steps[step]?.at ?? Number.NaN);
  }
  return times;
}

function countedSteps(room: Room): Step[] {
  let events = 0;
  return room
    .logs()
    .split('\n')
    .filter((line) => line.includes('"msg":"range counted"'))
    .map((line) => {
      const { time, counted } = JSON.parse(line) as { time: number; counted: number };
      events += counted;
      return { at: time, events };
    });
}

async function run(rate: number, log: string, kafka: string | undefined): Promise<void> {
  await using room = await startRoom({
    ...(kafka === undefined ? {} : { kafka }),
    env: { LOG_LEVEL: 'debug', ...(kafka === undefined ? {} : { KAFKA_PREFIX: `bench-${rate}.` }) },
  });
  await send(room, [submission('first')]);
  const { viewer, snapshot } = await joinedViewer(room.url);
  let { state } = snapshot;
  const computed: Step[] = [{ at: state.computedAt, events: state.total.submitted }];
  const delivered: Step[] = [{ at: Date.now(), events: state.total.submitted }];
  viewer.on('delta', ({ patch }) => {
    const now = Date.now();
    state = apply(state, patch);
    computed.push({ at: state.computedAt, events: state.total.submitted });
    delivered.push({ at: now, events: state.total.submitted });
  });

  const each = Math.max(1, Math.round(rate / POSTS));
  const accepted = [0];
  const began = performance.now();
  for (let n = 0; n < (WARM_UP_SECONDS + seconds) * POSTS; n++) {
    await sleep(Math.max(0, began + (n * 1_000) / POSTS - performance.now()));
    await send(
      room,
      Array.from({ length: each }, (_, at) => submission(`e-${n}-${at}`)),
    );
    const now = Date.now();
    for (let at = 0; at < each; at++) accepted.push(now);
  }
  const took = (performance.now() - began) / 1_000;
  const until = performance.now() + DRAIN_MS;
  while (state.total.submitted < accepted.length && performance.now() < until) await sleep(50);
  viewer.disconnect();
  if (state.total.submitted !== accepted.length)
    throw new Error(`${accepted.length} events were accepted, the viewer was shown ${state.total.submitted}`);

  const [counted, from, shown] = [countedSteps(room), computed, delivered].map((steps) =>
    firstAt(steps, accepted.length),
  );
  const skip = 1 + WARM_UP_SECONDS * POSTS * each;
  const stage = (starts: readonly number[] = [], ends: readonly number[] = []): string => {
    const spans = ends.map((end, index) => end - (starts[index] ?? Number.NaN)).slice(skip);
    spans.sort((a, b) => a - b);
    return `p50 ${quantile(spans, 0.5)}, p99 ${quantile(spans, 0.99)}, longest ${spans.at(-1)} ms`;
  };
  const load = `${rate}/s, ${log} log`;
  print('delivered', [
    {
      what: `accepted -> delivered to a socket, ${load} (${((accepted.length - 1) / took).toFixed(0)}/s posted, ${(delivered.length / took).toFixed(1)} deltas/s)`,
      ours: stage(accepted, shown),
      goal: 'p99 <= 400 ms',
    },
    { what: `  of that accepted -> range counted, ${load}`, ours: stage(accepted, counted) },
    { what: `  range counted -> the pulse begins to read it, ${load}`, ours: stage(counted, from) },
    { what: `  begins to read -> delivered, ${load}`, ours: stage(from, shown) },
  ]);
}

for (const log of String(values.logs).split(',')) {
  try {
    await using broker = log === 'kafka' ? await startBroker() : undefined;
    for (const rate of String(values.rates).split(',').map(Number)) await run(rate, log, broker?.brokers);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    print('delivered', [{ what: `${log} log`, ours: `not measured: ${error.message}` }]);
  }
}
