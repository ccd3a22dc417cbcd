/**
 * Ingest from Kafka against the engine's own Kafka table, on the same broker and the same records, by turns. The clock runs
 * from the group's assignment until `--events` are visible; the topic holds half as many more, so that neither side ends
 * in a wait for a last batch to fill.
 *
 *   npm run bench -- ingest [--events 1000000] [--pairs 3] [--partitions 6] [--views all|three] [--consumers 1,2,6]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { INGEST_GROUP, roomTopics, TOPICS } from '@room/contract';
import { KafkaLog } from '@room/log';
import { Kafka, logLevel } from 'kafkajs';
import { tempDir } from '../harness/temp.ts';
import { startBroker } from '../kafka/broker.ts';
import { type Child, startChild } from './child.ts';
import type { PeerOrders, Views } from './peer.ts';
import { appendAll, countryOf, SEED, samplerOf } from './produce.ts';
import { type Figure, print, quantile } from './report.ts';
import type { CounterOrders, Counting, Place, Standing } from './standing.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    pairs: { type: 'string', default: '3' },
    partitions: { type: 'string', default: '6' },
    views: { type: 'string', default: 'all,three' },
    consumers: { type: 'string', default: '1,2' },
    flush: { type: 'string', default: '7500' },
    only: { type: 'string' },
    profile: { type: 'string' },
  },
});
const EVENTS = Number(values.events);
const PAIRS = Number(values.pairs);
const PARTITIONS = Number(values.partitions);
const FLUSH_MS = Number(values.flush);
/** In the topic beyond what is timed. */
const EXTRA = 0.5;
const LIVE_RATE = 5_000;
const KEEP_MS = 86_400_000;
const FORGET_TRIES = 60;
const FORGET_MS = 500;
/** Peers so far: each reads the topic from its beginning. */
let groups = 0;

interface Run {
  rowsPerSecond: number;
  cpuPerMillion: number;
  memoryMb: number;
}

const median = (numbers: readonly number[]): number =>
  quantile(
    [...numbers].sort((a, b) => a - b),
    0.5,
  );

async function main(): Promise<void> {
  const total = Math.round(EVENTS * (1 + EXTRA));
  await using broker = await startBroker();
  const place: Place = { brokers: broker.brokers, prefix: 'bench.' };
  const bytes = await fill(place, total);
  const load = `${EVENTS / 1e6} M events of ${Math.round(bytes / total)} bytes, ${PARTITIONS} partitions`;

  const ours = (): Promise<Run> => runOurs(place, total);
  const peer = (views: Views, consumers: number): Promise<Run> => runPeer(place, total, views, consumers);
  if (values.only === 'ours') {
    for (let n = 0; n < PAIRS; n++) print('ingest', [shown(`ours, ${load}`, await ours())]);
    return;
  }
  for (const views of values.views.split(',') as Views[]) {
    const tried: { consumers: number; run: Run }[] = [];
    for (const consumers of values.consumers.split(',').map(Number)) {
      const run = await peer(views, consumers);
      tried.push({ consumers, run });
      print('ingest', [shown(`peer tried with ${consumers} consumers, ${views} views`, run)]);
    }
    const best = tried.reduce((a, b) => (b.run.rowsPerSecond > a.run.rowsPerSecond ? b : a));
    const pairs: { ours: Run; peer: Run }[] = [];
    for (let n = 0; n < PAIRS; n++) pairs.push({ ours: await ours(), peer: await peer(views, best.consumers) });
    print('ingest', compared(load, views, best.consumers, pairs));
  }
}

const shown = (what: string, run: Run): Figure => ({
  what,
  ours: `${Math.round(run.rowsPerSecond)} rows/s, ${run.cpuPerMillion.toFixed(1)} CPU s per million, ${run.memoryMb} MiB`,
});

function compared(load: string, views: Views, consumers: number, pairs: readonly { ours: Run; peer: Run }[]): Figure[] {
  const name = `Kafka table engine with ${views === 'all' ? 'all our views' : 'three rollups'}, ${consumers} consumers, flush ${FLUSH_MS} ms, no check, no dedup, at least once`;
  const line = (what: string, of: (run: Run) => number, unit: string, digits: number, goal: string): Figure => ({
    what: `${what}, validated, exactly once, all our views; ${load}; median of ${pairs.length} pairs`,
    ours: `${median(pairs.map(({ ours }) => of(ours))).toFixed(digits)} ${unit}`,
    peer: `${name}: ${median(pairs.map(({ peer }) => of(peer))).toFixed(digits)} ${unit}`,
    ratio: median(pairs.map(({ ours, peer }) => of(ours) / of(peer))),
    goal,
  });
  return [
    line('rows from Kafka', (run) => run.rowsPerSecond, 'rows/s', 0, '>= 1.2'),
    line('CPU of the process', (run) => run.cpuPerMillion, 's per million rows', 1, '<= 0.8'),
    line('peak memory of the process', (run) => run.memoryMb, 'MiB', 0, 'none'),
  ];
}

async function fill({ brokers, prefix }: Place, total: number): Promise<number> {
  await using log = new KafkaLog({
    brokers: [brokers],
    prefix,
    sessionTimeout: 10_000,
    replicationFactor: 1,
    report: () => undefined,
  });
  await log.prepare(roomTopics(PARTITIONS, KEEP_MS));
  const next = samplerOf((await countryOf(SEED)).world, SEED);
  const first = Date.now() - (total / LIVE_RATE) * 1_000;
  return await appendAll(log, total, (number) => next(Math.round(first + (number / LIVE_RATE) * 1_000)));
}

async function timed(child: Pick<Child<Counting>, 'ask'>, total: number): Promise<{ run: Run; standing: Standing }> {
  const from = await child.ask('begin', null);
  const to = await child.ask('reached', EVENTS);
  await child.ask('reached', total);
  const found = await child.ask('finish', null);
  const rowsPerSecond = (to.rows / (to.at - from.at)) * 1_000;
  const cpuPerMillion = ((to.cpu - from.cpu) / to.rows) * 1e6;
  return { run: { rowsPerSecond, cpuPerMillion, memoryMb: found.memoryMb }, standing: found };
}

function check(who: string, total: number, { base, rollups, quarantined }: Standing, grains: readonly string[]): void {
  const wrong = [base, ...grains.map((grain) => rollups[grain])].some((rows) => rows !== total) || quarantined !== 0;
  if (wrong)
    throw new Error(`${who} counted wrongly: ${total} sent, ${JSON.stringify({ base, rollups, quarantined })}`);
}

async function runOurs(place: Place, total: number): Promise<Run> {
  await using dir = await tempDir('bench');
  await forget(place);
  const profiled = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
  await using child = startChild<Counting>('./counter.ts', profiled);
  await child.ask('open', { ...place, dir: dir.path } satisfies CounterOrders);
  const { run, standing } = await timed(child, total);
  check('ingest', total, standing, ['minute', 'hour', 'day', 'month']);
  return run;
}

async function runPeer(place: Place, total: number, views: Views, consumers: number): Promise<Run> {
  await using dir = await tempDir('bench');
  const group = `peer-${++groups}`;
  const orders = { ...place, dir: dir.path, topic: TOPICS.submissions, group, views, consumers, flushMs: FLUSH_MS };
  await using child = startChild<Counting>('./peer.ts');
  await child.ask('open', orders satisfies PeerOrders);
  const { run, standing } = await timed(child, total);
  check('the peer', total, standing, ['minute', 'hour', 'day']);
  return run;
}

/** The next worker starts at the beginning. The group takes a while to notice that its last member left. */
async function forget({ brokers, prefix }: Place): Promise<void> {
  const group = `${prefix}${INGEST_GROUP}`;
  const admin = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const isThere = async (): Promise<boolean> =>
      (await admin.listGroups()).groups.some(({ groupId }) => groupId === group);
    for (let tries = FORGET_TRIES; await isThere(); tries--) {
      await admin.deleteGroups([group]).catch((error: unknown) => {
        if (tries === 0) throw error;
      });
      await sleep(FORGET_MS);
    }
  } finally {
    await admin.disconnect();
  }
}

await main();
