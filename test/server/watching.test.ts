import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Watching } from '../../server/src/live/watching.ts';
import { send, snapshot, submission } from '../harness/client.ts';
import { startRoom } from '../harness/room.ts';
import { Viewer } from '../harness/viewer.ts';

const LINGER_MS = 30_000;
const LONG = { timeout: 120_000 };

function watching() {
  const clock = { now: 0, sockets: 0, came: 0 };
  const watch = new Watching({ sockets: () => clock.sockets, now: () => clock.now });
  const off = watch.onWatched(() => clock.came++);
  return { clock, watch, off };
}
const fresh = (pending = 0, receivedAt = 1) => ({
  computedAt: Date.now(),
  pipeline: { pending, quarantined: 0, receivedAt },
});

it('somebody is there while a socket is open, and for a while after the last one closed or asked', async () => {
  const { clock, watch } = watching();
  expect(watch.isWatched).toBe(true);
  clock.now += LINGER_MS + 1;
  expect(watch.isWatched).toBe(false);
  const first = watch.seen();
  expect([watch.isWatched, clock.came]).toEqual([true, 1]);
  watch.heard(fresh());
  await first;
  clock.now += LINGER_MS;
  clock.sockets = 1;
  expect(watch.isWatched).toBe(true);
  clock.now += 10 * LINGER_MS;
  expect(watch.isWatched).toBe(true);
  clock.sockets = 0;
  clock.now += LINGER_MS + 1;
  expect(watch.isWatched).toBe(false);
});

it('whoever comes first waits for a state computed since with nothing left to count, others with them, later ones not', async () => {
  const { clock, watch, off } = watching();
  clock.now += LINGER_MS + 1;
  const old = fresh();
  await sleep(2);
  let answered = 0;
  const asked = [watch.seen(), watch.seen()].map((each) => each.then(() => answered++));
  watch.heard(old);
  watch.heard(fresh(3));
  await sleep(20);
  expect(answered).toBe(0);
  watch.heard(fresh());
  await Promise.all(asked);
  await watch.seen();
  expect(clock.came).toBe(1);
  off();
  clock.now += LINGER_MS + 1;
  await watch.seen();
  expect(clock.came).toBe(1);
});

it('a state that holds what waited is fresh, though the log has not heard that it was counted', async () => {
  const { clock, watch } = watching();
  watch.heard(fresh(3, 5));
  clock.now += LINGER_MS + 1;
  let answered = false;
  const asked = watch.seen().then(() => {
    answered = true;
  });
  watch.heard(fresh(3, 6));
  watch.heard(fresh(3, 6));
  await sleep(10);
  expect(answered).toBe(false);
  watch.heard(fresh(3, 7));
  await asked;
});

it('nobody waits longer than a second', async () => {
  const { clock, watch } = watching();
  clock.now += LINGER_MS + 1;
  const began = performance.now();
  await watch.seen();
  const took = performance.now() - began;
  expect(took).toBeGreaterThan(900);
  expect(took).toBeLessThan(2_500);
});

it('a room counts at leisure while nobody looks; whoever comes is shown everything at once', LONG, async () => {
  await using room = await startRoom();
  const health = async (): Promise<{ pending: number; pulseAgeMs: number }> =>
    (await (await fetch(`${room.url}/healthz`)).json()) as { pending: number; pulseAgeMs: number };
  // A room that has just started takes itself for watched.
  await send(room, [submission('first')]);
  await expect.poll(async () => (await health()).pending, { timeout: 20_000 }).toBe(0);
  let total = 1;
  const unwatched = async (): Promise<boolean> => {
    const id = `look-${performance.now()}`;
    await send(room, [submission(id)]);
    total++;
    await sleep(1_500);
    return (await health()).pending > 0;
  };
  await sleep(LINGER_MS);
  await expect.poll(unwatched, { timeout: 15_000, interval: 100 }).toBe(true);
  await expect.poll(async () => (await health()).pending, { timeout: 10_000 }).toBe(0);

  await send(room, [submission('held')]);
  await sleep(500);
  const { pending, pulseAgeMs } = await health();
  expect(pending).toBe(1);
  expect(pulseAgeMs).toBeLessThan(11_000);
  const held = total + 1;
  expect((await snapshot(room))?.state.total.submitted).toBe(held);
  using viewer = new Viewer(room.url);
  await expect.poll(() => viewer.state?.total.submitted, { timeout: 10_000 }).toBe(held);
  const began = performance.now();
  await send(room, [submission('watched')]);
  await expect.poll(() => viewer.state?.total.submitted, { timeout: 10_000, interval: 20 }).toBe(held + 1);
  expect(performance.now() - began).toBeLessThan(2_500);
});
