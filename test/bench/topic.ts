/** A topic filled beforehand, and how fast a process of its own counts it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { INGEST_GROUP, roomTopics } from '@room/contract';
import { KafkaLog, type NewRecord } from '@room/log';
import { Kafka, logLevel } from 'kafkajs';
import { type Child, startChild } from './child.ts';
import { appendAll } from './produce.ts';
import { quantile } from './report.ts';
import type { CounterOrders, Counting, Place, Standing } from './standing.ts';

/** As the image of the pipelines starts them. */
const NODE_OPTIONS = ['--max-semi-space-size=64'];
/** In the topic beyond what is timed, so that nobody ends in a wait for a last batch to fill. */
export const EXTRA = 0.5;
const KEEP_MS = 86_400_000;
const LIVE_RATE = 5_000;
const FORGET_TRIES = 60;
const FORGET_MS = 500;

export interface Run {
  rowsPerSecond: number;
  cpuPerMillion: number;
  standing: Standing;
}

/** Fills a new topic with `total` events as of the last minutes and returns their bytes. */
export async function fillTopic(
  { brokers, prefix }: Place,
  partitions: number,
  total: number,
  next: (at: number, number: number) => NewRecord,
): Promise<number> {
  await using log = new KafkaLog({
    brokers: [brokers],
    prefix,
    sessionTimeout: 10_000,
    replicationFactor: 1,
    report: () => undefined,
  });
  await log.prepare(roomTopics(partitions, KEEP_MS));
  const first = Date.now() - (total / LIVE_RATE) * 1_000;
  return await appendAll(log, total, (number) => next(Math.round(first + (number / LIVE_RATE) * 1_000), number));
}

/** Counts a topic of `total` events to its end; the clock runs from the group's assignment to the first `timed` of them. */
export async function timeChild(child: Pick<Child<Counting>, 'ask'>, timed: number, total: number): Promise<Run> {
  const from = await child.ask('begin', null);
  const to = await child.ask('reached', timed);
  await child.ask('reached', total);
  const standing = await child.ask('finish', null);
  const rowsPerSecond = (to.rows / (to.at - from.at)) * 1_000;
  const cpuPerMillion = ((to.cpu - from.cpu) / to.rows) * 1e6;
  return { rowsPerSecond, cpuPerMillion, standing };
}

/** The room's own ingest, into an empty warehouse in `dir`. */
export async function countTopic(
  place: Place,
  dir: string,
  timed: number,
  total: number,
  nodeOptions: readonly string[] = [],
): Promise<Run> {
  await forget(place);
  await using child = startChild<Counting>('./counter.ts', [...NODE_OPTIONS, ...nodeOptions]);
  await child.ask('open', { ...place, dir } satisfies CounterOrders);
  return await timeChild(child, timed, total);
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

export const median = (numbers: readonly number[]): number =>
  quantile(
    [...numbers].sort((a, b) => a - b),
    0.5,
  );
