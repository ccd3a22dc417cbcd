/**
 * One record in a hundred that cannot be counted, against a topic without any, by turns. Afterwards every bad record must stand
 * in quarantine with its portal, its place in the log, its reason and its bytes, and a room on what was counted must replay
 * what a new catalogue makes good: one case alone, then all of a code.
 *
 *   npm run bench -- poison [--events 500000] [--pairs 3] [--partitions 6] [--share 0.01]
 */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DEFAULT_CATALOGUE } from '@room/catalogue';
import { HEADERS, INGEST_GROUP, TOPICS } from '@room/contract';
import { KafkaLog, type NewRecord } from '@room/log';
import { startRoom } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';
import { startBroker } from '../kafka/broker.ts';
import { randomOf } from '../portal/random.ts';
import { startChild } from './child.ts';
import { countryOf, type Sampler, SEED, samplerOf } from './produce.ts';
import { print } from './report.ts';
import type { CounterOrders, Counting, Place, Stock } from './standing.ts';
import { countTopic, EXTRA, fillTopic, median } from './topic.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '500000' },
    pairs: { type: 'string', default: '3' },
    partitions: { type: 'string', default: '6' },
    share: { type: 'string', default: '0.01' },
  },
});
const EVENTS = Number(values.events);
const PAIRS = Number(values.pairs);
const PARTITIONS = Number(values.partitions);
const SHARE = Number(values.share);
const TOTAL = Math.round(EVENTS * (1 + EXTRA));
/** A service that the catalogue does not know yet. */
const NEW_SERVICE = 'NEW-01';
const MENDABLE = 'unknown_code';
const PATIENCE_MS = 120_000;
const LOOK_MS = 200;

type Event = Record<string, unknown> & { data: Record<string, unknown> };

/** Ways to spoil a good event, and what quarantine calls them. */
const SPOILED: readonly [code: string, spoil: (event: Event, text: string) => string][] = [
  ['not_json', (_, text) => text.slice(0, -9)],
  ['invalid_field', (event) => JSON.stringify({ ...event, data: { ...event.data, count: 'one' } })],
  [MENDABLE, (event) => JSON.stringify({ ...event, data: { ...event.data, procedure: NEW_SERVICE } })],
  ['too_large', (event) => JSON.stringify({ ...event, subject: 'x'.repeat(17_000) })],
  [
    'time_too_early',
    (event) => JSON.stringify({ ...event, data: { ...event.data, occurredAt: '1970-01-01T00:00:00Z' } }),
  ],
  [
    'time_in_future',
    (event) => JSON.stringify({ ...event, data: { ...event.data, occurredAt: '2099-01-01T00:00:00Z' } }),
  ],
];

interface Bad {
  code: string;
  portal: string;
  value: string;
}

/** Spoils its share of what `next` makes, and notes what. */
function spoiling(next: Sampler, spoiled: Bad[]): (at: number) => NewRecord {
  const random = randomOf(`poison|${SEED}`);
  return (at) => {
    const record = next(at);
    if (random.next() >= SHARE) return record;
    const [code, spoil] = SPOILED[spoiled.length % SPOILED.length] ?? SPOILED[0] ?? fail();
    const text = String(record.value);
    const value = spoil(JSON.parse(text) as Event, text);
    spoiled.push({ code, value, portal: String(record.headers?.[HEADERS.portal] ?? '') });
    return { ...record, value };
  };
}

const fail = (): never => {
  throw new Error('nothing spoils');
};

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Throws where a bad record is not in quarantine as it was sent, or a place in the log is missing or taken twice. */
function check({ cases, places }: Stock, spoiled: readonly Bad[]): void {
  const found = new Map(cases.map((it) => [it.bytes, it]));
  if (found.size !== spoiled.length || cases.length !== spoiled.length)
    throw new Error(`${spoiled.length} were spoiled, ${cases.length} cases are in quarantine`);
  for (const { code, portal, value } of spoiled) {
    const it = found.get(base64(value));
    if (it?.code !== code || it.portal !== portal || it.topic !== TOPICS.submissions || it.reason.length < 10)
      throw new Error(`${code} of ${portal} is in quarantine as ${JSON.stringify(it).slice(0, 300)}`);
  }
  if (
    places.length !== PARTITIONS ||
    places.some(({ records, different, last }) => records !== different || records !== last + 1)
  )
    throw new Error(`not every place of the log is taken once: ${JSON.stringify(places)}`);
}

/** A room that knows the service replays one case, then the others of their code; returns how many counted. */
async function replayed(place: Place, dir: string, stock: Stock): Promise<{ replayed: number; calls: number }> {
  await using folder = await tempDir('catalogue');
  await cp(DEFAULT_CATALOGUE, folder.path, { recursive: true });
  const file = join(folder.path, 'catalogue.json');
  const { services, ...rest } = JSON.parse(await readFile(file, 'utf8')) as { services: { code: string }[] };
  await writeFile(file, JSON.stringify({ ...rest, services: [...services, { ...services[0], code: NEW_SERVICE }] }));
  await using room = await startRoom({
    dataDir: dir,
    catalogue: folder.path,
    kafka: place.brokers,
    env: { KAFKA_PREFIX: place.prefix, KAFKA_PARTITIONS: String(PARTITIONS) },
  });
  const call = async (path: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${room.url}/v1/operator/quarantine${path}`, {
      headers: { authorization: `Bearer ${room.operatorToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  await using log = new KafkaLog({
    brokers: [place.brokers],
    prefix: place.prefix,
    sessionTimeout: 10_000,
    replicationFactor: 1,
    report: () => undefined,
  });
  const mendable = stock.cases.filter(({ code }) => code === MENDABLE);
  const alone = await call('/replay', { quarantineId: mendable[0]?.id });
  let sum = Number(alone['replayed']);
  if (sum !== 1) throw new Error(`one case was to be replayed, ${sum} were`);
  let calls = 1;
  for (let more = true; more; calls++) {
    const answer = await call('/replay', { code: MENDABLE });
    sum += Number(answer['replayed']);
    more = answer['more'] === true;
  }
  const left = stock.cases.length - mendable.length;
  for (const end = Date.now() + PATIENCE_MS; ; await sleep(LOOK_MS)) {
    const { waiting } = await call('');
    if (waiting === left && (await log.pending(TOPICS.submissions, INGEST_GROUP)) === 0) break;
    if (Date.now() > end) throw new Error(`${waiting} cases wait after the replay, ${left} should`);
  }
  return { replayed: sum, calls };
}

async function stockOf(place: Place, dir: string): Promise<{ stock: Stock; base: number }> {
  await using child = startChild<Counting>('./counter.ts');
  await child.ask('open', { ...place, dir } satisfies CounterOrders);
  const stock = await child.ask('stock', null);
  return { stock, base: (await child.ask('finish', null)).base };
}

async function main(): Promise<void> {
  await using broker = await startBroker();
  const clean: Place = { brokers: broker.brokers, prefix: 'clean.' };
  const poisoned: Place = { brokers: broker.brokers, prefix: 'poisoned.' };
  const { world } = await countryOf(SEED);
  const spoiled: Bad[] = [];
  await fillTopic(clean, PARTITIONS, TOTAL, samplerOf(world, SEED));
  await fillTopic(poisoned, PARTITIONS, TOTAL, spoiling(samplerOf(world, SEED), spoiled));
  const good = TOTAL - spoiled.length;
  const ratios: number[] = [];
  const rates = { clean: [] as number[], poisoned: [] as number[] };
  for (let pair = 0; pair < PAIRS; pair++) {
    await using first = await tempDir('bench');
    const of = await countTopic(clean, first.path, EVENTS, TOTAL);
    await using second = await tempDir('bench');
    const with1 = await countTopic(poisoned, second.path, EVENTS, TOTAL);
    if (with1.standing.base !== good || with1.standing.quarantined !== spoiled.length || of.standing.base !== TOTAL)
      throw new Error(`${TOTAL} sent, ${good} of them good, but counted were ${JSON.stringify(with1.standing)}`);
    rates.clean.push(of.rowsPerSecond);
    rates.poisoned.push(with1.rowsPerSecond);
    ratios.push(with1.rowsPerSecond / of.rowsPerSecond);
    if (pair < PAIRS - 1) continue;
    const { stock } = await stockOf(poisoned, second.path);
    check(stock, spoiled);
    const mended = await replayed(poisoned, second.path, stock);
    const after = await stockOf(poisoned, second.path);
    if (after.base !== good + mended.replayed)
      throw new Error(`${mended.replayed} were replayed, but ${after.base - good} counted`);
    const load = `${EVENTS / 1e6} M events, ${PARTITIONS} partitions`;
    print('poison', [
      {
        what: `rows from Kafka with ${SHARE * 100} % poison (${SPOILED.map(([code]) => code).join(', ')}); ${load}; median of ${PAIRS} pairs`,
        ours: `${Math.round(median(rates.poisoned))} rows/s`,
        peer: `without poison: ${Math.round(median(rates.clean))} rows/s`,
        ratio: median(ratios),
        goal: '>= 0.9',
      },
      {
        what: 'in quarantine with portal, place, code, reason and bytes; every place of the log counted or quarantined once',
        ours: `${stock.cases.length} of ${spoiled.length}`,
      },
      {
        what: `replayed after the catalogue learnt the code: one alone, then by code, in ${mended.calls} calls`,
        ours: `${mended.replayed} of ${stock.cases.filter(({ code }) => code === MENDABLE).length}, counted once each`,
      },
    ]);
  }
}

await main();
