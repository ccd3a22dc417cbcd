/** SIGKILL at random instants, again and again, while portals send, send again, and batches are cut anew. */
import { setTimeout as sleep } from 'node:timers/promises';
import { recount } from '../harness/recount.ts';
import { type Room, startRoom } from '../harness/room.ts';
import type { Broker } from '../kafka/broker.ts';
import type { Random } from '../portal/random.ts';
import { type Counting, startCounting } from './counting.ts';
import { Load, type Made, recordOf } from './load.ts';
import { type Tally, tally } from './oracle.ts';
import type { Orders } from './orders.ts';
import { at, newPlace, type Place, type Where } from './places.ts';
import { Portal } from './portal.ts';

export interface Progress {
  kills: number;
  acknowledged: number;
  /** Events in the base tables, as the last process found them. */
  counted?: number;
  /** Ranges that a kill cut off and the next process replayed. */
  cutOff: number;
}

export interface Campaign {
  where: Where;
  kills: number;
  seed: string;
  /** A broker of the campaign's own, which is killed now and then too. */
  broker?: Broker | undefined;
  tell?: (progress: Progress) => void;
}

export interface Toll extends Progress {
  tallies: Tally[];
}

const CUTS = [40, 150, 600, 10_000];
const FETCHES = [20_000, 100_000, 4_000_000];
const SHAKY = 0.25;
const REPEATED = 0.2;
const BROKER_DIES = 0.1;
const ORDERLY = 0.2;
const LIFE_MS = 600;
const BATCH = 60;
const PAUSE_MS = 20;
const PARTITIONS = 3;
/** A process that waits for a broker that is starting is killed all the same. */
const LONGEST_WAIT_MS = 2_000;
const REPLAYS = /replaying the range/;

const pick = <T>(random: Random, choices: readonly T[]): T => choices[Math.floor(random.next() * choices.length)] as T;

/** New events, and some that were sent before, acknowledged or not, in other company than the first time. */
function next(load: Load, made: Made[]): Made[] {
  const { random } = load;
  const fresh = load.make(1 + Math.floor(random.next() * BATCH));
  const again = fresh.filter(() => made.length > 0 && random.next() < REPEATED).map(() => pick(random, made));
  made.push(...fresh);
  return [...fresh, ...again];
}

/** Now and then the broker dies with, or before, whoever talks to it. */
async function perhaps(broker: Broker | undefined, random: Random): Promise<void> {
  if (broker === undefined || random.next() >= BROKER_DIES) return;
  await broker.kill('SIGKILL');
  await broker.restart();
}

/** Counts what is left, and proves: `made` are all events, of which `open` were never acknowledged. */
async function prove(place: Place, made: readonly Made[], open: readonly Made[]): Promise<Tally[]> {
  await using counting = await startCounting({ ...at(place), maxRecords: 1_000 });
  for (let from = 0; from < open.length; from += 1_000)
    if (!(await counting.append(open.slice(from, from + 1_000).map(recordOf))))
      throw new Error(`the log takes nothing any more:\n${counting.reports.slice(-10).join('\n')}`);
  counting.begin();
  await counting.drained();
  await counting.stop();
  return tally(made, await recount(place.dataDir));
}

/** Kills processes that only append and count: the cheapest way to many kills. */
export async function killedWorkers({ where, kills, seed, broker, tell }: Campaign): Promise<Toll> {
  await using place = await newPlace(where, PARTITIONS);
  const load = new Load(seed);
  const { random } = load;
  const made: Made[] = [];
  const acknowledged = new Set<Made>();
  let cutOff = 0;

  async function feed(counting: Counting): Promise<void> {
    while (counting.isAlive) {
      const batch = next(load, made);
      if (await counting.append(batch.map(recordOf))) for (const event of batch) acknowledged.add(event);
      await sleep(PAUSE_MS);
    }
  }

  for (let kill = 1; kill <= kills; kill++) {
    const orders: Orders = { ...at(place), maxRecords: pick(random, CUTS), fetchBytes: pick(random, FETCHES) };
    if (random.next() < SHAKY) orders.shaky = `${seed} ${kill}`;
    const lifeMs = random.next() * LIFE_MS;
    await using counting = await startCounting(orders);
    counting.begin();
    const feeding = feed(counting);
    const storm = perhaps(broker, random);
    await Promise.race([counting.reported(/partitions assigned/), storm.then(() => sleep(LONGEST_WAIT_MS))]);
    await sleep(lifeMs);
    await counting.kill();
    await feeding;
    await storm;
    cutOff += counting.reports.filter((line) => REPLAYS.test(line)).length;
    const counted = ['submission', 'backlog', 'link'].reduce((sum, table) => sum + (counting.found[table] ?? 0), 0);
    tell?.({ kills: kill, acknowledged: acknowledged.size, counted, cutOff });
  }
  const open = made.filter((event) => !acknowledged.has(event));
  return { tallies: await prove(place, made, open), kills, acknowledged: made.length, cutOff };
}

/** Kills whole rooms, gateway and all, with an orderly restart now and then. */
export async function killedRooms({ where, kills, seed, broker, tell }: Campaign): Promise<Toll> {
  await using place = await newPlace(where, PARTITIONS);
  const load = new Load(seed);
  const { random } = load;
  const made: Made[] = [];
  const { kafka } = place;
  await using room: Room = await startRoom({
    dataDir: place.dataDir,
    ...(kafka === undefined ? {} : { kafka: kafka.brokers }),
    env: {
      KAFKA_PREFIX: kafka?.prefix ?? '',
      KAFKA_SESSION_TIMEOUT_MS: String(kafka?.sessionTimeout ?? ''),
      KAFKA_PARTITIONS: String(PARTITIONS),
    },
  });
  const portal = new Portal(room);
  const replays = (): number =>
    room
      .logs()
      .split('\n')
      .filter((line) => REPLAYS.test(line)).length;

  for (let kill = 1; kill <= kills; ) {
    const isOrderly = random.next() < ORDERLY;
    let isAlive = true;
    const dying = sleep(100 + random.next() * LIFE_MS).then(async () => {
      if (isOrderly) await room.stop();
      else await room.kill();
      isAlive = false;
    });
    const storm = isOrderly ? undefined : perhaps(broker, random);
    while (isAlive) {
      await portal.send(next(load, made));
      await sleep(PAUSE_MS);
    }
    await dying;
    await storm;
    if (!isOrderly) {
      tell?.({ kills: kill, acknowledged: portal.acknowledged.size, cutOff: replays() });
      kill++;
    }
    await room.restart();
  }
  await portal.settle();
  await room.stop();
  const tallies = await prove(place, portal.sent, []);
  return { tallies, kills, acknowledged: portal.acknowledged.size, cutOff: replays() };
}
