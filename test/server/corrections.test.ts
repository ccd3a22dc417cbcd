/** What changes the past: a correction takes away only where its original, or a correction of it, is counted; many events are told. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { post, send, snapshot, submission } from '../harness/client.ts';
import { type Room, startRoom } from '../harness/room.ts';

let room: Room;
beforeAll(async () => {
  room = await startRoom();
});
afterAll(() => room[Symbol.asyncDispose]());

async function quarantined(): Promise<{ id: string; code: string }[]> {
  const response = await fetch(`${room.url}/v1/operator/quarantine`, {
    headers: { authorization: `Bearer ${room.operatorToken}` },
  });
  return ((await response.json()) as { cases: { id: string; code: string }[] }).cases;
}

it('lets corrections take away only where there is something, before it is counted, after it, and after a crash', async () => {
  const at = new Date().toISOString();
  const told = async (...events: [id: string, data: object][]) =>
    (
      await send(
        room,
        events.map(([id, data]) => submission(id, { occurredAt: at, ...data })),
      )
    ).map(({ result, code }) => code ?? result);
  const taking = (change: object = {}) => ({ corrects: 'placed', count: -1, ...change });
  const others = [{ agency: 'MOH' }, { procedure: 'OTHER-MPS' }, { province: '79' }, { channel: 1 }, { status: 2 }];
  const refused = others.map(() => 'corrects_elsewhere');
  const moved = { province: '79', channel: 3 };
  const contradicting = (time: string): [string, object][] =>
    others.map((change, n) => [`placed-${time}-${n}`, taking(change)]);
  // In one batch with it, and from the log's tail.
  expect(await told(['placed', { count: 4 }], ...contradicting('same'))).toEqual(['accepted', ...refused]);
  expect(await told(...contradicting('soon'), ['placed-1', taking()])).toEqual([...refused, 'accepted']);
  const counted = () =>
    expect.poll(async () => (await snapshot(room))?.state.pipeline.pending, { timeout: 20_000 }).toBe(0);
  await counted();
  expect(await told(...contradicting('counted'), ['placed-2', taking()])).toEqual([...refused, 'accepted']);
  // Moved, it can be moved on from there alone.
  expect(await told(['placed-3', taking()], ['placed-4', taking({ ...moved, count: 2 })])).toEqual([
    'accepted',
    'accepted',
  ]);
  await room.kill();
  await room.restart();
  // While it is not ready it says so, and takes nothing.
  await expect
    .poll(async () => (await post(room, [submission('placed-5', { occurredAt: at, ...taking(moved) })])).status, {
      timeout: 60_000,
    })
    .toBe(202);
  expect(await told(...contradicting('crashed'), ['placed-6', taking()], ['placed-7', taking()])).toEqual([
    ...refused,
    'accepted',
    // While the one before is being counted it may be told either way.
    expect.stringMatching(/^corrects_(elsewhere|too_much)$/),
  ]);
  await expect
    .poll(async () => (await quarantined()).filter(({ id }) => id.startsWith('placed-')).length, {
      timeout: 20_000,
    })
    .toBe(4 * others.length + 1);
  const cases = await quarantined();
  expect(
    cases.filter(({ id }) => ['placed-1', 'placed-2', 'placed-3', 'placed-5', 'placed-6'].includes(String(id))),
  ).toEqual([]);
});

it('while many events of earlier days come the wall is told how many, and since when', async () => {
  const began = Date.now();
  const filling = async () => (await snapshot(room))?.state.pipeline.filling;
  expect(await filling()).toBeUndefined();
  const at = new Date(began - 3 * 86_400_000).toISOString();
  for (const batch of ['x', 'y'])
    await send(
      room,
      Array.from({ length: 1_000 }, (_, n) => submission(`past-${batch}-${n}`, { occurredAt: at })),
    );
  await expect.poll(async () => (await filling())?.events, { timeout: 30_000 }).toBe(2_000);
  const since = (await filling())?.since ?? 0;
  expect([since >= began, since <= Date.now()]).toEqual([true, true]);
});
