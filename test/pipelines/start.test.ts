/** A pipelines process and a server apart: what each says of itself while its warehouse or the other one is away. */
import { randomUUID } from 'node:crypto';
import { partitionKey, TOPICS } from '@room/contract';
import { KafkaLog } from '@room/log';
import { afterAll, expect, it, onTestFailed, type TestContext } from 'vitest';
import { NATIONAL, post, send, snapshot, submission } from '../harness/client.ts';
import { type Cluster, type RoomServer, startCluster } from '../harness/cluster.ts';
import { type Readiness, readiness, scrape } from '../harness/metrics.ts';
import type { Program } from '../harness/program.ts';
import { sharedBroker } from '../kafka/shared.ts';

const PATIENCE = { timeout: 90_000, interval: 100 };
const LONG = { timeout: 180_000 };
const READY: Readiness = { status: 200, causes: [] };

let cluster: Cluster | undefined;
let log: KafkaLog | undefined;
afterAll(async () => {
  await log?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});

interface Running {
  cluster: Cluster;
  /** For a portal that produces to the log itself. */
  log: KafkaLog;
  server: RoomServer;
  worker: Program;
}

async function running(context: TestContext): Promise<Running> {
  onTestFailed(() => console.error(cluster?.logs()));
  if (cluster === undefined || log === undefined) {
    const { brokers, prefix: shared } = await sharedBroker(context);
    const prefix = `${shared}${randomUUID()}.`;
    const env = { KAFKA_PARTITIONS: '2', KAFKA_SESSION_TIMEOUT_MS: '6000', WATCHDOG_SECONDS: '6', MAX_PENDING: '50' };
    cluster = await startCluster({ brokers, prefix, servers: 1, workers: 1, env });
    log = new KafkaLog({
      brokers: brokers.split(','),
      prefix,
      replicationFactor: 1,
      sessionTimeout: 6_000,
      report: () => undefined,
    });
  }
  const [server] = cluster.servers;
  const [worker] = cluster.workers;
  if (server === undefined || worker === undefined) throw new Error('a cluster has both');
  return { cluster, log, server, worker };
}

const bothReady = async ({ server, worker }: { server: Program; worker: Program }): Promise<void> => {
  await expect
    .poll(() => Promise.all([readiness(server.url), readiness(worker.url)]), PATIENCE)
    .toEqual([READY, READY]);
};
const causesOf = async ({ url }: Program): Promise<string[]> => (await readiness(url)).causes;

it('both are ready once they work, and each measures its own part', LONG, async (context) => {
  const both = await running(context);
  const { server, worker } = both;
  await bothReady(both);
  await send(server, [submission('a-1'), submission('a-2'), submission('a-3', { procedure: 'DV99' })]);
  await expect.poll(async () => (await snapshot(server))?.state.total.submitted, PATIENCE).toBe(2);
  const found = await scrape(worker.url);
  expect(found.get('room_ingest_events_total{result="counted"}')).toBe(2);
  expect(found.get('room_ingest_quarantined_total{code="unknown_code"}')).toBe(1);
  expect(found.get('room_pulse_leading')).toBe(1);
  expect([...found.keys()].filter((series) => series.startsWith('room_log_lag_events'))).toHaveLength(2);
  expect([...found.keys()].filter((series) => /^room_(gateway|viewers|source)/.test(series))).toEqual([]);
  const health = async (): Promise<unknown> => (await fetch(`${worker.url}/healthz`)).json();
  await expect.poll(health, PATIENCE).toEqual({ ok: true, pending: 0 });
});

it('both say that the warehouse is away, and come back by themselves', LONG, async (context) => {
  const both = await running(context);
  const { server, worker } = both;
  await bothReady(both);
  await both.cluster.clickhouse.refuse(8_000);
  await post(server, [submission('b-1')]);
  await expect.poll(() => causesOf(worker), PATIENCE).toContain('warehouse');
  await expect.poll(() => causesOf(server), PATIENCE).toContain('warehouse');
  await bothReady(both);
  expect((await scrape(worker.url)).get('room_ingest_insert_failures_total')).toBeGreaterThan(0);
  await expect.poll(async () => (await snapshot(server))?.state.total.submitted, PATIENCE).toBe(3);
});

it('a server whose pipelines stand still says behind and stale', LONG, async (context) => {
  const both = await running(context);
  const { server, worker } = both;
  await bothReady(both);
  await worker.kill('SIGSTOP');
  await send(
    server,
    Array.from({ length: 100 }, (_, n) => submission(`c-${n}`)),
  );
  await expect.poll(() => causesOf(server), PATIENCE).toEqual(['behind', 'stale']);
  expect((await post(server, [submission('c-late')])).status).toBe(429);
  await worker.kill('SIGCONT');
  await bothReady(both);
  await expect.poll(async () => (await snapshot(server))?.state.total.submitted, PATIENCE).toBe(103);
});

it('pipelines that make no progress say so, and are started again', LONG, async (context) => {
  const both = await running(context);
  const { worker } = both;
  const produce = (id: string): Promise<void> => {
    const headers = { 'content-type': 'application/cloudevents+json' };
    const value = JSON.stringify(submission(id));
    return both.log.append(TOPICS.submissions, [{ key: partitionKey(NATIONAL, id), value, headers }]);
  };
  const measured = async (series: string): Promise<number> => (await scrape(worker.url)).get(series) ?? 0;
  await bothReady(both);
  const before = await measured('room_ingest_events_total{result="counted"}');
  await produce('d-1');
  await expect.poll(() => measured('room_ingest_events_total{result="counted"}'), PATIENCE).toBe(before + 1);
  await both.cluster.clickhouse.kill('SIGSTOP');
  await produce('d-2');
  const seen = new Set<string>();
  await expect
    .poll(async () => {
      for (const code of await causesOf(worker)) seen.add(code);
      return measured('room_ingest_restarts_total');
    }, PATIENCE)
    .toBe(1);
  expect([...seen]).toContain('stuck');
  await both.cluster.clickhouse.kill('SIGCONT');
  await bothReady(both);
  await expect
    .poll(async () => (await both.cluster.recount()).ids, PATIENCE)
    .toEqual(expect.arrayContaining(['d-1', 'd-2']));
});

it('both end cleanly while the warehouse hangs', LONG, async (context) => {
  const both = await running(context);
  await bothReady(both);
  await both.cluster.clickhouse.kill('SIGSTOP');
  const unanswered = post(both.server, [submission('e-1')]).catch(() => undefined);
  for (const program of [both.worker, both.server]) {
    await program.kill('SIGTERM');
    expect([program.exitCode, program.logs()]).toEqual([0, expect.not.stringContaining('did not stop')]);
  }
  await unanswered;
});
