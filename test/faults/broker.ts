/** The broker stands still for a while, is then killed, and comes back; portals go on sending all the time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { recount } from '../harness/recount.ts';
import { startRoom } from '../harness/room.ts';
import type { Broker } from '../kafka/broker.ts';
import { startCounting } from './counting.ts';
import { Load } from './load.ts';
import { type Tally, tally } from './oracle.ts';
import { at, newPlace } from './places.ts';
import { type Answer, Portal } from './portal.ts';

const BATCH = 40;
const PAUSE_MS = 200;

export interface Outage {
  tallies: Tally[];
  acknowledged: number;
  /** Answers while the broker stood still, and while it was gone. */
  stopped: Answer[];
  gone: Answer[];
}

export async function brokerOutage(broker: Broker, ms: number): Promise<Outage> {
  await using place = await newPlace({ brokers: broker.brokers, prefix: 'outage.' }, 3);
  const { prefix = '', sessionTimeout = 0 } = place.kafka ?? {};
  await using room = await startRoom({
    dataDir: place.dataDir,
    kafka: broker.brokers,
    env: { KAFKA_PREFIX: prefix, KAFKA_SESSION_TIMEOUT_MS: String(sessionTimeout), KAFKA_PARTITIONS: '3' },
  });
  const portal = new Portal(room);
  const load = new Load('outage');
  async function sendUntil(done: Promise<unknown>): Promise<Answer[]> {
    const answers: Answer[] = [];
    let isDone = false;
    void done.then(() => {
      isDone = true;
    });
    while (!isDone) {
      answers.push(await portal.send(load.make(BATCH)));
      await sleep(PAUSE_MS);
    }
    return answers;
  }
  await sendUntil(sleep(1_500));
  await broker.kill('SIGSTOP');
  const stopped = await sendUntil(sleep(ms));
  await broker.kill('SIGKILL');
  const gone = await sendUntil(sleep(1_000));
  await broker.restart();
  await portal.settle();
  await sendUntil(sleep(1_000));
  await portal.settle();
  await room.stop();
  await using counting = await startCounting({ ...at(place), maxRecords: 500 });
  counting.begin();
  await counting.drained();
  await counting.stop();
  const tallies = tally(portal.sent, await recount(place.dataDir));
  return { tallies, acknowledged: portal.acknowledged.size, stopped, gone };
}
