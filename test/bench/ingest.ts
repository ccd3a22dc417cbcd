/**
 * Ingest from Kafka against the engine's own Kafka table, on the same broker and the same records, by turns: A B A B. The
 * peer is tried with several numbers of consumers first, and compared with the best of them.
 *
 *   npm run bench -- ingest [--events 1000000] [--pairs 3] [--partitions 6] [--views all,three] [--consumers 1,2,6]
 *     --only ours [--profile DIR]    without the peer; with a CPU profile of each run
 */
import { parseArgs } from 'node:util';
import { TOPICS } from '@room/contract';
import { tempDir } from '../harness/temp.ts';
import { startBroker } from '../kafka/broker.ts';
import { startChild } from './child.ts';
import type { PeerOrders, Views } from './peer.ts';
import { countryOf, SEED, samplerOf } from './produce.ts';
import { type Figure, print } from './report.ts';
import type { Counting, Place, Standing } from './standing.ts';
import { countTopic, EXTRA, fillTopic, median, type Run, timeChild } from './topic.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    pairs: { type: 'string', default: '3' },
    partitions: { type: 'string', default: '6' },
    views: { type: 'string', default: 'all,three' },
    consumers: { type: 'string', default: '1,2,6' },
    flush: { type: 'string', default: '7500' },
    only: { type: 'string' },
    profile: { type: 'string' },
  },
});
const EVENTS = Number(values.events);
const PAIRS = Number(values.pairs);
const PARTITIONS = Number(values.partitions);
const FLUSH_MS = Number(values.flush);
const TOTAL = Math.round(EVENTS * (1 + EXTRA));
/** Peers so far: each reads the topic from its beginning. */
let groups = 0;

interface Pair {
  ours: Run;
  peer: Run;
}

async function main(): Promise<void> {
  await using broker = await startBroker();
  const place: Place = { brokers: broker.brokers, prefix: 'bench.' };
  const bytes = await fillTopic(place, PARTITIONS, TOTAL, samplerOf((await countryOf(SEED)).world, SEED));
  const load = `${EVENTS / 1e6} M events of ${Math.round(bytes / TOTAL)} bytes, ${PARTITIONS} partitions`;
  if (values.only === 'ours') {
    for (let n = 0; n < PAIRS; n++) print('ingest', [shown(`ours, ${load}`, await ours(place))]);
    return;
  }
  for (const views of values.views.split(',') as Views[]) {
    const tried: { consumers: number; run: Run }[] = [];
    for (const consumers of values.consumers.split(',').map(Number)) {
      const run = await peer(place, views, consumers);
      tried.push({ consumers, run });
      print('ingest', [shown(`peer tried with ${consumers} consumers, ${views} views`, run)]);
    }
    const best = tried.reduce((a, b) => (b.run.rowsPerSecond > a.run.rowsPerSecond ? b : a));
    const pairs: Pair[] = [];
    for (let n = 0; n < PAIRS; n++)
      pairs.push({ ours: await ours(place), peer: await peer(place, views, best.consumers) });
    print('ingest', compared(load, views, best.consumers, pairs));
  }
}

const shown = (what: string, { rowsPerSecond, cpuPerMillion, standing }: Run): Figure => ({
  what,
  ours: `${Math.round(rowsPerSecond)} rows/s, ${cpuPerMillion.toFixed(1)} CPU s per million, ${standing.memoryMb} MiB`,
});

function compared(load: string, views: Views, consumers: number, pairs: readonly Pair[]): Figure[] {
  const name = `Kafka table engine with ${views === 'all' ? 'all our views' : 'three rollups'}, ${consumers} consumers, flush ${FLUSH_MS} ms, no check, no dedup, at least once`;
  const line = (what: string, of: (run: Run) => number, unit: string, digits: number, goal?: string): Figure => ({
    what: `${what}, validated, exactly once, all our views; ${load}; median of ${pairs.length} pairs`,
    ours: `${median(pairs.map(({ ours }) => of(ours))).toFixed(digits)} ${unit}`,
    peer: `${name}: ${median(pairs.map(({ peer }) => of(peer))).toFixed(digits)} ${unit}`,
    ratio: median(pairs.map(({ ours, peer }) => of(ours) / of(peer))),
    ...(goal === undefined ? {} : { goal }),
  });
  return [
    line('rows from Kafka', (run) => run.rowsPerSecond, 'rows/s', 0, '>= 1.2'),
    line('CPU of the process', (run) => run.cpuPerMillion, 's per million rows', 1, '<= 0.8'),
    line('peak memory of the process', (run) => run.standing.memoryMb, 'MiB', 0),
  ];
}

function check(who: string, { base, rollups, quarantined }: Standing, grains: readonly string[]): void {
  const wrong = [base, ...grains.map((grain) => rollups[grain])].some((rows) => rows !== TOTAL) || quarantined !== 0;
  if (wrong)
    throw new Error(`${who} counted wrongly: ${TOTAL} sent, ${JSON.stringify({ base, rollups, quarantined })}`);
}

async function ours(place: Place): Promise<Run> {
  await using dir = await tempDir('bench');
  const profiled = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
  const run = await countTopic(place, dir.path, EVENTS, TOTAL, profiled);
  check('ingest', run.standing, ['minute', 'hour', 'day', 'month']);
  return run;
}

async function peer(place: Place, views: Views, consumers: number): Promise<Run> {
  await using dir = await tempDir('bench');
  await using child = startChild<Counting>('./peer.ts');
  const orders: PeerOrders = {
    ...place,
    dir: dir.path,
    topic: TOPICS.submissions,
    group: `peer-${++groups}`,
    views,
    consumers,
    flushMs: FLUSH_MS,
  };
  await child.ask('open', orders);
  const run = await timeChild(child, EVENTS, TOTAL);
  check('the peer', run.standing, ['minute', 'hour', 'day']);
  return run;
}

await main();
