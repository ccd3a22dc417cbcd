/** Asked to end under load, every process ends by itself within ten seconds and leaves nothing half done. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { INGEST_GROUP, TOPICS } from '@room/contract';
import { EmbeddedLog, type EventLog, KafkaLog } from '@room/log';
import { describe, expect, it, type TestContext } from 'vitest';
import { snapshot } from './harness/client.ts';
import { startCluster } from './harness/cluster.ts';
import { scrape } from './harness/metrics.ts';
import type { Program } from './harness/program.ts';
import { recount } from './harness/recount.ts';
import { type Room, type RoomOptions, startRoom } from './harness/room.ts';
import { Traffic } from './harness/traffic.ts';
import { Viewer } from './harness/viewer.ts';
import { sharedBroker } from './kafka/shared.ts';

const PATIENCE = { timeout: 90_000, interval: 100 };
const SENDERS = 4;
const STOPS = 2;

/** Posts from several connections at once until `done`. */
const underLoad = async <T>(traffic: Traffic, done: Promise<T>): Promise<T> => {
  await Promise.all(Array.from({ length: SENDERS }, () => traffic.during(done)));
  return done;
};

/** Asks `program` to end and waits until it has: by itself, in time, and without complaint. */
async function endsCleanly(program: Program): Promise<void> {
  await program.kill('SIGTERM');
  expect([program.exitCode, program.logs()]).toEqual([
    0,
    expect.not.stringMatching(/did not stop|closing failed|could not stop/),
  ]);
}

/** Ranges that were stored as pending and not finished, as the next worker would find them. */
async function rangesLeft(log: EventLog): Promise<string[]> {
  const committed = await log.committed(TOPICS.submissions, INGEST_GROUP);
  await log[Symbol.asyncDispose]();
  expect(committed.size).toBeGreaterThan(0);
  return [...committed.values()].map(({ metadata }) => metadata).filter((metadata) => metadata !== '');
}

/** Events since this process started. */
const countedBy = async ({ url, operatorToken }: Room): Promise<number> =>
  (await scrape(url, operatorToken)).get('room_ingest_events_total{result="counted"}') ?? 0;

const kafkaLog = (brokers: string, prefix: string): KafkaLog =>
  new KafkaLog({
    brokers: brokers.split(','),
    prefix,
    replicationFactor: 1,
    sessionTimeout: 6_000,
    report: () => undefined,
  });

interface Place {
  options: RoomOptions;
  /** The log as it stands while the room is stopped. */
  log: (dataDir: string) => EventLog;
}
const embedded = async (): Promise<Place> => ({
  options: {},
  log: (dataDir) => new EmbeddedLog(join(dataDir, 'log'), () => undefined),
});
const kafka = async (context: TestContext): Promise<Place> => {
  const { brokers, prefix: shared } = await sharedBroker(context);
  const prefix = `${shared}${randomUUID()}.`;
  const env = { KAFKA_PREFIX: prefix, KAFKA_SESSION_TIMEOUT_MS: '6000', KAFKA_PARTITIONS: '3' };
  return { options: { kafka: brokers, env }, log: () => kafkaLog(brokers, prefix) };
};

describe.each([
  ['embedded', embedded],
  ['Kafka', kafka],
] as const)('a room with the %s log', (_, place) => {
  it(`ends cleanly ${STOPS} times under load, with all counted that it acknowledged`, {
    timeout: 240_000,
  }, async (context) => {
    const { options, log } = await place(context);
    await using room = await startRoom(options);
    const traffic = new Traffic([room], 'stop');
    using _viewer = new Viewer(room.url);
    for (let stop = 0; stop < STOPS; stop++) {
      await traffic.batch(100);
      await expect.poll(() => countedBy(room), PATIENCE).toBeGreaterThan(0);
      await underLoad(
        traffic,
        sleep(500 + stop * 300).then(() => endsCleanly(room)),
      );
      expect(await rangesLeft(log(room.dataDir))).toEqual([]);
      await room.restart();
    }
    expect(room.logs()).not.toContain('replaying the range');
    await expect.poll(async () => (await snapshot(room))?.state.pipeline.pending, PATIENCE).toBe(0);
    await room.stop();
    const before = await recount(room.dataDir);
    expect(traffic.acknowledged.filter((id) => !before.ids.includes(id))).toEqual([]);
    await room.restart();
    await traffic.settle();
    await expect.poll(async () => (await snapshot(room))?.state.total.submitted, PATIENCE).toBe(traffic.total);
    await room.stop();
    const counted = await recount(room.dataDir);
    expect(counted.ids).toEqual(traffic.ids);
    expect([...new Set([counted.base, ...Object.values(counted.rollups)])]).toEqual([traffic.total]);
  });
});

it('server and pipelines apart end cleanly under load', { timeout: 240_000 }, async (context) => {
  const { brokers, prefix: shared } = await sharedBroker(context);
  const prefix = `${shared}${randomUUID()}.`;
  const env = { KAFKA_SESSION_TIMEOUT_MS: '6000', KAFKA_PARTITIONS: '3' };
  await using cluster = await startCluster({ brokers, prefix, servers: 1, workers: 1, env });
  const [server] = cluster.servers;
  const [worker] = cluster.workers;
  if (server === undefined || worker === undefined) throw new Error('a cluster has both');
  const traffic = new Traffic([server], 'apart');
  await expect.poll(() => traffic.batch(100), PATIENCE).toBe(true);
  await underLoad(
    traffic,
    sleep(1_000).then(() => endsCleanly(worker)),
  );
  expect(await rangesLeft(kafkaLog(brokers, prefix))).toEqual([]);
  await worker.restart();
  await underLoad(
    traffic,
    sleep(1_000).then(() => endsCleanly(server)),
  );
  await server.restart();
  await traffic.settle();
  await expect.poll(async () => (await snapshot(server))?.state.total.submitted, PATIENCE).toBe(traffic.total);
  const counted = await cluster.recount();
  expect(counted.ids).toEqual(traffic.ids);
  expect([...new Set([counted.base, ...Object.values(counted.rollups)])]).toEqual([traffic.total]);
});
