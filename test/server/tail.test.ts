/** What the gateway answers for events that nobody has counted yet: after a crash, and where another server took them. */
import { randomUUID } from 'node:crypto';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { HEADERS, partitionKey, roomTopics, TOPICS } from '@room/contract';
import { EmbeddedLog, type EventLog, KafkaLog, type NewRecord } from '@room/log';
import { eventKey } from '@room/warehouse';
import { expect, it, onTestFailed } from 'vitest';
import { Tail } from '../../server/src/gateway/tail.ts';
import { type Door, type EventResult, NATIONAL, post, send, snapshot, submission } from '../harness/client.ts';
import { type Cluster, type RoomServer, startCluster } from '../harness/cluster.ts';
import { startRoom } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';
import { sharedBroker } from '../kafka/shared.ts';

const LONG = { timeout: 180_000 };
const DAY = 86_400_000;
const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const at = new Date().toISOString();
const event = (id: string, data: object = {}): Record<string, unknown> => submission(id, { occurredAt: at, ...data });
const correction = (id: string, corrects: string): Record<string, unknown> => event(id, { corrects, count: -1 });
const record = (json: Record<string, unknown>, headers: Record<string, string> = { portal: NATIONAL }): NewRecord => ({
  key: partitionKey(NATIONAL, String(json['id'])),
  value: JSON.stringify(json),
  headers,
});
const told = (results: readonly EventResult[]): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const { code, result } of results) sums[code ?? result] = (sums[code ?? result] ?? 0) + 1;
  return sums;
};

/** As a portal does: while it is told to wait it does, and nothing else is an answer. */
async function sentAgain(door: Door, events: readonly unknown[]): Promise<EventResult[]> {
  for (let tries = 0; tries < 60; tries++) {
    const response = await post(door, events);
    if (response.status === 202) return ((await response.json()) as { results: EventResult[] }).results;
    expect([response.status, Number(response.headers.get('retry-after')) > 0]).toEqual([503, true]);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('told to wait for too long');
}

async function withLog(work: (log: EmbeddedLog) => Promise<void>): Promise<void> {
  await using folder = await tempDir('tail');
  await using log = new EmbeddedLog(folder.path, () => undefined);
  await log.prepare(roomTopics(1, DAY));
  await work(log);
}
const tailOf = (log: Pick<EventLog, 'committed' | 'follow' | 'ends'>, isShared = false, maxPending = 1_000): Tail =>
  new Tail({ log, catalogue, maxPending, isShared, report: () => undefined });
const key = (id: string): string => eventKey(NATIONAL, id);
const CATCHING_UP = { status: 503, code: 'catching_up', retryAfter: 1 };

it('answers nothing until a large tail is known whole', LONG, () =>
  withLog(async (log) => {
    for (let n = 0; n < 20; n++)
      await log.append(
        TOPICS.submissions,
        Array.from({ length: 1_000 }, (_, m) => record(event(`${n}-${m}`))),
      );
    await using tail = tailOf(log);
    expect(() => tail.check()).toThrow(expect.objectContaining(CATCHING_UP));
    const caughtUp = tail.start();
    expect(() => tail.check()).toThrow(expect.objectContaining(CATCHING_UP));
    expect(await tail.passed()).toBe(false);
    await caughtUp;
    tail.check();
    for (let n = 0; n < 20; n++)
      for (const m of [0, 500, 999]) expect(tail.get(key(`${n}-${m}`))?.kind).toBe('submission');
  }),
);

it('knows what will be counted, and takes no id of what will not', LONG, () =>
  withLog(async (log) => {
    const level = { procedure: 'DV01', agency: 'MPS', at, open: 3, overdue: 1 };
    await log.append(TOPICS.submissions, [
      record(event('a')),
      record(correction('c', 'a')),
      record({ ...event('level'), type: 'backlog.reported', data: level }),
      record(event('refused'), { portal: NATIONAL, [HEADERS.verdict]: 'corrects_unknown' }),
      record(event('theirs'), { portal: 'urn:portal:province:01' }),
      record(event('bad', { procedure: 'nothing' })),
      { key: 'x', value: Buffer.from([0xff]) },
      // No gateway judged these: ingest will take the first two and not the others.
      record(event('foreign'), {}),
      record(correction('foreign-c', 'foreign'), {}),
      record(correction('foreign-of-c', 'c'), {}),
      record(correction('foreign-of-nothing', 'nobody'), {}),
      // Its original was counted long ago, as the gateway saw.
      record(correction('of-counted', 'counted')),
    ]);
    await using tail = tailOf(log);
    await tail.start();
    const kinds = ['a', 'c', 'level', 'foreign', 'foreign-c', 'of-counted'].map((id) => tail.get(key(id))?.kind);
    expect(kinds).toEqual(['submission', 'correction', 'backlog', 'submission', 'correction', 'correction']);
    for (const id of ['refused', 'theirs', 'bad', 'foreign-of-c', 'foreign-of-nothing'])
      expect(tail.get(key(id)), id).toBeUndefined();
  }),
);

it('begins where counting stands, and learns what operators append', LONG, () =>
  withLog(async (log) => {
    await log.append(TOPICS.submissions, [record(event('counted')), record(event('waits'))]);
    const committed = async () => new Map([[0, { offset: 1, metadata: '' }]]);
    await using tail = tailOf({ committed, follow: log.follow.bind(log), ends: log.ends.bind(log) });
    await tail.start();
    tail.appended([record(event('replayed'))]);
    expect(['counted', 'waits', 'replayed'].map((id) => tail.get(key(id)) !== undefined)).toEqual([false, true, true]);
  }),
);

it('answers no longer when so much waits that it had to forget some of it, and again once that is counted', LONG, () =>
  withLog(async (log) => {
    let counted = 0;
    const committed = async () => new Map([[0, { offset: counted, metadata: '' }]]);
    await using tail = tailOf({ committed, follow: log.follow.bind(log), ends: log.ends.bind(log) }, true);
    await tail.start();
    tail.check();
    // A producer that asks nobody: 200,000 are remembered, less a quarter.
    for (let n = 0; n < 41; n++)
      await log.append(
        TOPICS.submissions,
        Array.from({ length: 5_000 }, (_, m) => record(event(`${n}-${m}`))),
      );
    await expect.poll(() => tail.get(key('40-4999')), { timeout: 60_000 }).toBeDefined();
    expect(() => tail.check()).toThrow(expect.objectContaining(CATCHING_UP));
    counted = 49_999;
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(tail.isCovered).toBe(false);
    counted = 50_000;
    await expect.poll(() => tail.isCovered, { timeout: 10_000 }).toBe(true);
  }),
);

it('embedded: a process that follows a killed one calls its events repeats, and corrects them', LONG, async () => {
  await using folder = await tempDir('crashed');
  await using room = await startRoom({ dataDir: folder.path });
  await send(room, [event('warm')]);
  const batches = Array.from({ length: 5 }, (_, n) =>
    Array.from({ length: 1_000 }, (_, m) => event(`${n}-${m}`, { count: 0 })),
  );
  await Promise.all(batches.map((batch) => send(room, batch)));
  const last = [event('O', { count: 10 }), correction('C', 'O')];
  expect(told(await send(room, last))).toEqual({ accepted: 2 });
  await room.kill();
  await room.restart();
  const results = await sentAgain(room, [...last, correction('C2', 'O'), ...(batches[4] ?? []).slice(-100)]);
  expect(results.slice(0, 3).map(({ result }) => result)).toEqual(['duplicate', 'duplicate', 'accepted']);
  expect(told(results)).toEqual({ duplicate: 102, accepted: 1 });
});

it(
  'a correction that asked no gateway and that ingest refuses takes no id and nothing of its original',
  LONG,
  async (context) => {
    const { brokers, prefix: shared } = await sharedBroker(context);
    const prefix = `${shared}${randomUUID()}.`;
    const env = { KAFKA_PARTITIONS: '1', KAFKA_SESSION_TIMEOUT_MS: '6000' };
    await using counting = await startCluster({ brokers, prefix, servers: 1, workers: 1, env });
    onTestFailed(() => console.error(counting.logs()));
    const [server] = counting.servers;
    if (server === undefined) throw new Error('a cluster has servers');
    await sentAgain(server, [event('warm', { count: 1 })]);
    await using log = new KafkaLog({
      brokers: brokers.split(','),
      prefix,
      replicationFactor: 1,
      sessionTimeout: 6_000,
      report: () => undefined,
    });
    const taking = (id: string, count: number) => event(id, { corrects: 'O', count });
    await log.append(
      TOPICS.submissions,
      [event('O', { count: 5 }), taking('first', -3), taking('too-much', -4)].map((json) => record(json, {})),
    );
    const total = async () => (await snapshot(server))?.state.total.submitted;
    await expect.poll(total, { timeout: 60_000 }).toBe(3);
    expect(told(await sentAgain(server, [taking('first', -3), taking('too-much', -1)]))).toEqual({
      duplicate: 1,
      accepted: 1,
    });
    expect(told(await sentAgain(server, [taking('rest', -1), taking('beyond', -1)]))).toEqual({
      accepted: 1,
      corrects_too_much: 1,
    });
  },
);

let cluster: Cluster | undefined;
/** Servers alone: nothing is ever counted. */
async function servers(context: Parameters<typeof sharedBroker>[0]): Promise<[RoomServer, RoomServer]> {
  onTestFailed(() => console.error(cluster?.logs()));
  const { brokers, prefix } = await sharedBroker(context);
  cluster = await startCluster({
    brokers,
    prefix: `${prefix}${randomUUID()}.`,
    servers: 2,
    workers: 0,
    env: { KAFKA_PARTITIONS: '3', KAFKA_SESSION_TIMEOUT_MS: '6000' },
  });
  return cluster.servers as [RoomServer, RoomServer];
}

it(
  'two servers: an original through one, its correction through the other at once, and a crash',
  LONG,
  async (context) => {
    const [one, other] = await servers(context);
    await using _cluster = cluster as Cluster;
    const answers: EventResult[] = [];
    const chain = async (from: number): Promise<void> => {
      for (let n = from; n < 200; n += 8) {
        await send(one, [event(`o-${n}`, { count: 3 })]);
        // A busy broker may keep it from knowing in time, which it says.
        answers.push(...(await sentAgain(other, [correction(`c-${n}`, `o-${n}`)])));
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, from) => chain(from)));
    expect(told(answers)).toEqual({ accepted: 200 });
    expect(told(await send(one, [correction('lost', 'nobody')]))).toEqual({ corrects_unknown: 1 });

    await one.kill();
    await one.restart();
    const everything = Array.from({ length: 200 }, (_, n) => [
      event(`o-${n}`, { count: 3 }),
      correction(`c-${n}`, `o-${n}`),
    ]).flat();
    const results = await sentAgain(one, [...everything, correction('late', 'o-7')]);
    expect(told(results)).toEqual({ duplicate: 400, accepted: 1 });
  },
);
