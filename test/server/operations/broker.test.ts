/** Readiness while the event log is away, for real: a broker that hangs, and one that is gone. */
import { expect, it } from 'vitest';
import { post, send, snapshot, submission } from '../../harness/client.ts';
import { readiness, scrape } from '../../harness/metrics.ts';
import { orSkip } from '../../harness/need.ts';
import { startRoom } from '../../harness/room.ts';
import { startBroker } from '../../kafka/broker.ts';

const PATIENCE = { timeout: 90_000, interval: 500 };
const READY = { status: 200, causes: [] };

it('a room whose broker hangs, or is gone, says so, comes back by itself, and can end', {
  timeout: 360_000,
}, async (context) => {
  await using broker = await orSkip(context, startBroker());
  await using room = await startRoom({ kafka: broker.brokers, env: { KAFKA_SESSION_TIMEOUT_MS: '6000' } });
  const lag = async (): Promise<(number | undefined)[]> =>
    [...(await scrape(room.url, room.operatorToken))]
      .filter(([it]) => it.startsWith('room_log_lag'))
      .map(([, it]) => it);
  await send(room, [submission('b-1')]);
  await expect.poll(() => readiness(room.url), PATIENCE).toEqual(READY);
  await expect.poll(lag, PATIENCE).toEqual([0]);

  await broker.kill('SIGSTOP');
  await expect.poll(async () => (await readiness(room.url)).causes, PATIENCE).toEqual(['read_only', 'stale']);
  expect(await lag()).toEqual([]);
  expect((await fetch(`${room.url}/healthz`)).status).toBe(200);
  await broker.kill('SIGCONT');
  await expect.poll(() => readiness(room.url), PATIENCE).toEqual(READY);

  await broker.kill('SIGKILL');
  expect((await post(room, [submission('b-2')])).status).toBe(503);
  expect((await readiness(room.url)).causes).toContain('read_only');
  await broker.restart();
  // No portal tries again meanwhile: the room finds out that the log is back without one.
  await expect.poll(() => readiness(room.url), PATIENCE).toEqual(READY);
  await send(room, [submission('b-2')]);
  await expect.poll(async () => (await snapshot(room))?.state.total.submitted, PATIENCE).toBe(2);

  await broker.kill('SIGKILL');
  await room.kill('SIGTERM');
  expect([room.exitCode, room.logs()]).toEqual([0, expect.not.stringContaining('did not stop')]);
});
