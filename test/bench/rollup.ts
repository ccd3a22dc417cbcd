/**
 * From accepted (the log has it durably) to visible (a reader of the rollup by minute is told so), at a steady rate. The peer
 * is the engine's Kafka table on the same broker; the two take turns, each with a topic and a warehouse of its own.
 *
 *   npm run bench -- rollup [--rate 2000] [--seconds 30] [--turns 2] [--partitions 1] [--flush 500]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { roomTopics, TOPICS } from '@room/contract';
import { KafkaLog } from '@room/log';
import { tempDir } from '../harness/temp.ts';
import { type Broker, startBroker } from '../kafka/broker.ts';
import { type Child, startChild } from './child.ts';
import { clock } from './clock.ts';
import type { PeerOrders } from './peer.ts';
import { countryOf, type Sampler, SEED, samplerOf } from './produce.ts';
import { print, quantile } from './report.ts';
import type { CounterOrders, Counting, Place, Sight } from './standing.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '30' },
    turns: { type: 'string', default: '2' },
    partitions: { type: 'string', default: '1' },
    flush: { type: 'string', default: '500' },
  },
});
const RATE = Number(values.rate);
const SECONDS = Number(values.seconds);
const TURNS = Number(values.turns);
const PARTITIONS = Number(values.partitions);
const FLUSH_MS = Number(values.flush);
const WARM_SECONDS = 5;
const APPEND_MS = 10;
const KEEP_MS = 86_400_000;

type Counter = Pick<Child<Counting>, 'ask'>;

/** One turn: delays in milliseconds, of every event accepted after the first seconds. */
async function turn(place: Place, next: Sampler, counter: Counter): Promise<number[]> {
  await using log = new KafkaLog({
    brokers: [place.brokers],
    prefix: place.prefix,
    sessionTimeout: 10_000,
    replicationFactor: 1,
    report: () => undefined,
  });
  await log.prepare(roomTopics(PARTITIONS, KEEP_MS));
  // A first record, so that the group is at work before the clock runs.
  const accepted: number[] = [];
  const append = async (count: number): Promise<void> => {
    const records = Array.from({ length: count }, () => next(Date.now()));
    await log.append(TOPICS.submissions, records);
    const at = clock();
    for (let n = 0; n < count; n++) accepted.push(at);
  };
  await append(1);
  await counter.ask('begin', null);
  await counter.ask('look', null);
  await counter.ask('reached', 1);
  const began = performance.now();
  for (let sent = 1; performance.now() - began < (WARM_SECONDS + SECONDS) * 1_000; await sleep(APPEND_MS)) {
    const due = Math.floor(((performance.now() - began) / 1_000) * RATE);
    // One append at a time: the order of the log is the order of acceptance.
    await append(due - sent);
    sent = due;
  }
  await counter.ask('reached', accepted.length);
  await sleep(FLUSH_MS);
  const sights = await counter.ask('seen', null);
  const standing = await counter.ask('finish', null);
  if (standing.base !== accepted.length || standing.rollups['minute'] !== accepted.length)
    throw new Error(`${accepted.length} accepted, but counted were ${JSON.stringify(standing)}`);
  return delaysOf(accepted, sights).slice(WARM_SECONDS * RATE);
}

/** The n-th event is visible at the first sight of n events: exact with one partition, near with more. */
function delaysOf(accepted: readonly number[], sights: readonly Sight[]): number[] {
  const delays: number[] = [];
  let sight = 0;
  for (const [index, at] of accepted.entries()) {
    while (sight < sights.length - 1 && (sights[sight]?.[1] ?? 0) <= index) sight++;
    const seen = sights[sight];
    if (seen === undefined || seen[1] <= index) throw new Error(`event ${index} of ${accepted.length} was never seen`);
    delays.push(Math.max(0, seen[0] - at));
  }
  return delays;
}

async function ours(broker: Broker, number: number, next: Sampler): Promise<number[]> {
  await using dir = await tempDir('bench');
  await using child = startChild<Counting>('./counter.ts');
  const place = { brokers: broker.brokers, prefix: `ours${number}.` };
  await child.ask('open', { ...place, dir: dir.path } satisfies CounterOrders);
  return await turn(place, next, child);
}

async function peer(broker: Broker, number: number, next: Sampler): Promise<number[]> {
  await using dir = await tempDir('bench');
  await using child = startChild<Counting>('./peer.ts');
  const place = { brokers: broker.brokers, prefix: `peer${number}.` };
  const orders: PeerOrders = {
    ...place,
    dir: dir.path,
    topic: TOPICS.submissions,
    group: 'peer',
    views: 'three',
    consumers: 1,
    flushMs: FLUSH_MS,
  };
  await child.ask('open', orders);
  return await turn(place, next, child);
}

async function main(): Promise<void> {
  await using broker = await startBroker();
  const next = samplerOf((await countryOf(SEED)).world, SEED);
  const delays = { ours: [] as number[], peer: [] as number[] };
  for (let number = 0; number < TURNS; number++) {
    delays.ours.push(...(await ours(broker, number, next)));
    delays.peer.push(...(await peer(broker, number, next)));
  }
  const sorted = { ours: delays.ours.sort((a, b) => a - b), peer: delays.peer.sort((a, b) => a - b) };
  const load = `${RATE} events/s, ${PARTITIONS} partition${PARTITIONS === 1 ? '' : 's'}, ${TURNS} turns of ${SECONDS} s`;
  const name = `Kafka table engine, three rollups, flush ${FLUSH_MS} ms`;
  print(
    'rollup',
    [0.5, 0.95, 0.99].map((q) => {
      const [a, b] = [quantile(sorted.ours, q), quantile(sorted.peer, q)];
      return {
        what: `accepted -> visible in a rollup, p${q * 100}; ${load}`,
        ours: `${a.toFixed(0)} ms`,
        peer: `${name}: ${b.toFixed(0)} ms`,
        ratio: a / b,
        ...(q === 0.99 ? { goal: '<= 250 ms, <= 0.25' } : {}),
      };
    }),
  );
}

await main();
