/**
 * The room as several processes, over a real broker and real HTTP: whoever is cut off, killed or late, every acknowledged
 * event is counted once, and every server shows the same.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it, onTestFailed } from 'vitest';
import { NATIONAL, snapshot, submission } from './harness/client.ts';
import { type Cluster, startCluster } from './harness/cluster.ts';
import type { Program } from './harness/program.ts';
import { Traffic } from './harness/traffic.ts';
import { fingerprint, numberOf, Viewer } from './harness/viewer.ts';
import { sharedBroker } from './kafka/shared.ts';

const SESSION_MS = 6_000;
const PATIENCE = { timeout: 90_000, interval: 100 };
const LONG = { timeout: 180_000 };
/** Far less than a client of the warehouse waits for its answer. */
const HELD_MS = 20_000;

let cluster: Cluster | undefined;
let traffic: Traffic;

/** The cluster that all tests share: what one of them left behind is the next one's burden, as in life. */
async function running(context: Parameters<typeof sharedBroker>[0]): Promise<Cluster> {
  onTestFailed(() => console.error(cluster?.logs()));
  if (cluster !== undefined) return cluster;
  const { brokers, prefix } = await sharedBroker(context);
  cluster = await startCluster({
    brokers,
    prefix: `${prefix}${randomUUID()}.`,
    servers: 2,
    workers: 2,
    env: { KAFKA_PARTITIONS: '6', KAFKA_SESSION_TIMEOUT_MS: String(SESSION_MS) },
  });
  traffic = new Traffic(cluster.servers, 'cluster');
  return cluster;
}

afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
});

/** Everything sent stands in the base table and in every rollup once, and on both servers. */
async function countedOnce(of: Cluster): Promise<void> {
  await traffic.settle();
  for (const server of of.servers)
    await expect.poll(async () => (await snapshot(server))?.state.total.submitted, PATIENCE).toBe(traffic.total);
  const counted = await of.recount();
  expect(counted.ids).toEqual(traffic.ids);
  expect(counted.seen).toBe(traffic.sent.size);
  expect([...new Set([counted.base, ...Object.values(counted.rollups)])]).toEqual([traffic.total]);
  const events = new Map<string, number>();
  for (const [table, dim, , , count] of counted.cells)
    events.set(`${table} ${dim}`, (events.get(`${table} ${dim}`) ?? 0) + count);
  expect([...events].filter(([, count]) => count !== traffic.sent.size)).toEqual([]);
}

const assignments = ({ workers }: Cluster): number =>
  workers.reduce((sum, worker) => sum + (worker.logs().match(/"msg":"partitions assigned"/g)?.length ?? 0), 0);
const lastAssigned = (worker: Program): number[] => {
  const line =
    worker
      .logs()
      .split('\n')
      .findLast((text) => text.includes('"msg":"partitions assigned"')) ?? '{}';
  return (JSON.parse(line) as { partitions?: number[] }).partitions ?? [];
};
const underWay = async ({ clickhouse }: Cluster): Promise<number> => (await clickhouse.report()).underWay;

it('two servers show their viewers the same numbers at the same sequence', LONG, async (context) => {
  const of = await running(context);
  await traffic.batch(100);
  const viewers = of.servers.flatMap(({ url }) => [new Viewer(url), new Viewer(url)]);
  /** What somebody who comes just now is given, by server. */
  const given = of.servers.map(() => new Map<string, string>());
  const ask = async (): Promise<void> => {
    for (const [index, server] of of.servers.entries()) {
      const now = await snapshot(server);
      if (now !== undefined) given[index]?.set(numberOf(now), fingerprint(now.state));
    }
  };
  try {
    await expect.poll(() => viewers.every(({ state }) => state !== undefined), PATIENCE).toBe(true);
    const deltas = async (): Promise<number> => {
      await ask();
      return Math.min(...viewers.map((viewer) => viewer.deltas));
    };
    await traffic.during(expect.poll(deltas, PATIENCE).toBeGreaterThan(20));
    await traffic.settle();
    const totals = viewers.map(() => traffic.total);
    await expect.poll(() => viewers.map(({ state }) => state?.total.submitted), PATIENCE).toEqual(totals);
    const [first, ...others] = [...viewers.map(({ shown }) => shown), ...given];
    expect(new Set(first?.values()).size).toBeGreaterThan(20);
    for (const other of others) {
      const common = [...other].filter(([number]) => first?.has(number));
      expect(common.length).toBeGreaterThan(5);
      expect(common.filter(([number, hash]) => first?.get(number) !== hash)).toEqual([]);
    }
  } finally {
    for (const viewer of viewers) viewer[Symbol.dispose]();
  }
  await countedOnce(of);
});

it('inserts that are cut, or executed and not answered, count once', LONG, async (context) => {
  const of = await running(context);
  const { clickhouse } = of;
  const before = await clickhouse.report();
  await clickhouse.arm(
    'submission',
    { kind: 'cut' },
    { kind: 'unanswered' },
    { kind: 'cut' },
    { kind: 'abandoned', ms: 1_500 },
    { kind: 'unanswered' },
    { kind: 'abandoned', ms: 0 },
    { kind: 'cut' },
  );
  await clickhouse.hangUp(3);
  // Large ones: only a body that comes in several pieces can be cut in its middle.
  const befallen = expect.poll(async () => (await clickhouse.report()).armed, PATIENCE).toBe(0);
  await traffic.during(befallen, 1_000, 8);
  await countedOnce(of);
  const after = await clickhouse.report();
  expect([after.cut - before.cut, after.unanswered - before.unanswered, after.abandoned - before.abandoned]).toEqual([
    3, 2, 2,
  ]);
  // Four were executed although their client heard nothing, and came again.
  expect(after.repeated - before.repeated).toBeGreaterThanOrEqual(4);
});

it('a worker that is killed in mid-insert is followed by another', LONG, async (context) => {
  const of = await running(context);
  const [victim] = of.workers;
  await of.clickhouse.arm('submission', { kind: 'slow', ms: 3_000 }, { kind: 'slow', ms: 3_000 });
  await traffic.during(expect.poll(() => underWay(of), PATIENCE).toBe(2));
  await victim?.kill();
  const [, heir] = of.workers as [Program, Program];
  await traffic.during(expect.poll(() => lastAssigned(heir).length, PATIENCE).toBe(6));
  await countedOnce(of);
  await victim?.restart();
});

it('a worker that joins in mid-insert takes its share', LONG, async (context) => {
  const of = await running(context);
  await expect.poll(() => of.workers.map((worker) => lastAssigned(worker).length), PATIENCE).toEqual([3, 3]);
  await of.clickhouse.arm('submission', { kind: 'slow', ms: 3_000 }, { kind: 'slow', ms: 3_000 });
  await traffic.during(expect.poll(() => underWay(of), PATIENCE).toBe(2));
  const third = await traffic.during(of.addWorker());
  await traffic.during(
    expect.poll(() => of.workers.map((worker) => lastAssigned(worker).length), PATIENCE).toEqual([2, 2, 2]),
  );
  await countedOnce(of);
  await traffic.during(third.stop());
  await countedOnce(of);
});

it('an insert that outlasts the session keeps its worker in the group', LONG, async (context) => {
  const of = await running(context);
  const members = of.workers.filter(({ isAlive }) => isAlive);
  await expect.poll(() => members.flatMap(lastAssigned).length, PATIENCE).toBe(6);
  await traffic.during(sleep(1_000));
  const before = assignments(of);
  await of.clickhouse.arm('submission', { kind: 'slow', ms: SESSION_MS + 3_000 });
  const slow = (await of.clickhouse.report()).slow;
  await traffic.during(expect.poll(async () => (await of.clickhouse.report()).slow, PATIENCE).toBe(slow + 1));
  await countedOnce(of);
  expect(assignments(of)).toBe(before);
});

it(
  'a worker that stands still in mid-insert until it is evicted, and then goes on, doubles nothing',
  LONG,
  async (context) => {
    const of = await running(context);
    const [sleeper, heir] = of.workers as [Program, Program];
    await of.clickhouse.arm('submission', { kind: 'slow', ms: 2_000 }, { kind: 'slow', ms: 2_000 });
    await traffic.during(expect.poll(() => underWay(of), PATIENCE).toBe(2));
    await sleeper.kill('SIGSTOP');
    await traffic.during(expect.poll(() => lastAssigned(heir).length, PATIENCE).toBe(6));
    await traffic.during(sleep(1_000));
    await sleeper.kill('SIGCONT');
    await traffic.during(expect.poll(() => lastAssigned(heir).length, PATIENCE).toBe(3));
    await countedOnce(of);
  },
);

it('a warehouse that is killed in the middle of inserts comes back to the right numbers', LONG, async (context) => {
  const of = await running(context);
  for (const delay of [150, 400, 700]) {
    await traffic.during(sleep(delay), 1_000);
    await of.clickhouse.kill();
    await traffic.during(of.clickhouse.restart());
  }
  await of.clickhouse.refuse(1_000);
  await traffic.during(sleep(1_000));
  await countedOnce(of);
});

it('a warehouse that hangs holds no portal, and what was accepted meanwhile counts once', LONG, async (context) => {
  const of = await running(context);
  await of.clickhouse.kill('SIGSTOP');
  try {
    const server = of.servers[0] as Cluster['servers'][number];
    const answer = await fetch(`${server.url}/v1/events`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await server.key(NATIONAL)}`,
        'content-type': 'application/cloudevents-batch+json',
      },
      body: JSON.stringify([submission(randomUUID(), { corrects: randomUUID() })]),
      signal: AbortSignal.timeout(HELD_MS),
    });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ error: { code: 'warehouse_unavailable' } });
    await traffic.batch(10);
  } finally {
    await of.clickhouse.kill('SIGCONT');
  }
  await countedOnce(of);
});

it(
  'a server that is killed takes nothing along: its portals and viewers go on with the other',
  LONG,
  async (context) => {
    const of = await running(context);
    const [victim, other] = of.servers as [Cluster['servers'][number], Cluster['servers'][number]];
    using viewer = new Viewer(victim.url);
    using neighbour = new Viewer(other.url);
    const seen = neighbour.shown.size;
    const dying = sleep(500).then(() => victim.kill());
    await traffic.during(dying, 1_000);
    await traffic.during(sleep(1_000), 1_000);
    await traffic.settle();
    await expect.poll(() => neighbour.state?.total.submitted, PATIENCE).toBe(traffic.total);
    expect(neighbour.shown.size).toBeGreaterThan(seen);
    await victim.restart();
    await expect.poll(() => viewer.state?.total.submitted, PATIENCE).toBe(traffic.total);
    await countedOnce(of);
    expect([...viewer.shown].filter(([at, hash]) => (neighbour.shown.get(at) ?? hash) !== hash)).toEqual([]);
  },
);
