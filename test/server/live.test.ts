import { setTimeout as sleep } from 'node:timers/promises';
import {
  apply,
  type ClientToServer,
  type Delta,
  type JoinAnswer,
  type RoomName,
  type ServerToClient,
  type Snapshot,
} from '@room/contract';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { send, snapshot, submission } from '../harness/client.ts';
import { type Room, startRoom } from '../harness/room.ts';

type Viewer = Socket<ServerToClient, ClientToServer>;

let room: Room;
const viewers: Viewer[] = [];
beforeAll(async () => {
  room = await startRoom();
  await send(room, [submission('first')]);
  await vi.waitFor(async () => expect((await snapshot(room))?.state.total.submitted).toBe(1), { timeout: 20_000 });
});
afterAll(async () => {
  for (const viewer of viewers) viewer.disconnect();
  await room[Symbol.asyncDispose]();
});

function view(): Viewer {
  const viewer: Viewer = io(room.url, { transports: ['websocket'], forceNew: true });
  viewers.push(viewer);
  return viewer;
}
const join = (viewer: Viewer, name: RoomName): Promise<JoinAnswer> =>
  new Promise((resolve) => void viewer.emit('join', name, resolve));
async function joined(viewer: Viewer, name: RoomName): Promise<Snapshot> {
  const answer = await join(viewer, name);
  if (!answer.ok) throw new Error(answer.reason);
  return answer.snapshot;
}

it('a snapshot and the numbered deltas after it give the state that the server has, at most five a second', async () => {
  const viewer = view();
  const deltas: Delta[] = [];
  viewer.on('delta', (delta) => deltas.push(delta));
  let { state, seq, epoch } = await joined(viewer, 'now');
  deltas.length = 0;
  const began = performance.now();
  for (let n = 0; n < 40; n++) {
    await send(room, [submission(`d-${n}`)]);
    await sleep(50);
  }
  await expect.poll(async () => (await snapshot(room))?.state.total.submitted, { timeout: 20_000 }).toBe(41);
  const last = await snapshot(room);
  await expect.poll(() => deltas.at(-1)?.seq ?? 0, { timeout: 20_000 }).toBeGreaterThanOrEqual(last?.seq ?? 0);
  const seconds = (performance.now() - began) / 1_000;

  for (const delta of deltas) {
    if (delta.seq > (last?.seq ?? 0) || delta.seq <= seq) continue;
    expect([delta.room, delta.epoch, delta.seq]).toEqual(['now', epoch, seq + 1]);
    state = apply(state, delta.patch);
    seq = delta.seq;
  }
  expect({ epoch, seq, state }).toEqual({ epoch: last?.epoch, seq: last?.seq, state: last?.state });
  expect(deltas.length).toBeLessThanOrEqual(5 * seconds + 2);
});

it('every viewer of a room gets the same deltas, and none of a room that it left', async () => {
  const [one, two, elsewhere] = [view(), view(), view()];
  const seen = new Map<Viewer, string[]>();
  for (const viewer of [one, two, elsewhere]) {
    const list: string[] = [];
    seen.set(viewer, list);
    viewer.on('delta', (delta) => list.push(`${delta.room} ${delta.seq}`));
    await joined(viewer, 'now');
  }
  await joined(elsewhere, 'past:2026-01-01:2026-01-31');
  seen.get(elsewhere)?.splice(0);
  const start = (await snapshot(room))?.seq ?? 0;
  await send(room, [submission('same')]);
  await expect
    .poll(() => Math.min(...[one, two].map((viewer) => Number(seen.get(viewer)?.at(-1)?.split(' ')[1]))), {
      timeout: 20_000,
    })
    .toBeGreaterThan(start + 3);
  const after = (viewer: Viewer) =>
    seen.get(viewer)?.filter((line) => Number(line.split(' ')[1]) > start && Number(line.split(' ')[1]) <= start + 3);
  expect(after(one)).toEqual(after(two));
  expect(after(one)).toHaveLength(3);
  expect(seen.get(elsewhere)).toEqual([]);
});

it('a past period is read once, and follows late events of its days', async () => {
  const viewer = view();
  const deltas: Delta[] = [];
  viewer.on('delta', (delta) => deltas.push(delta));
  const name: RoomName = 'past:2026-03-01:2026-03-31';
  const before = await joined(viewer, name);
  expect(before.state).toMatchObject({ kind: 'past', events: 0, days: {} });
  await send(room, [submission('late', { occurredAt: '2026-03-10T03:00:00Z', count: 4 })]);
  await expect.poll(() => deltas.length, { timeout: 20_000 }).toBeGreaterThan(0);
  const [delta] = deltas;
  expect(apply(before.state, delta?.patch ?? {})).toMatchObject({ days: { '2026-03-10': 4 }, total: { submitted: 4 } });
});

it('serves viewers whose network allows no WebSocket', async () => {
  const viewer: Viewer = io(room.url, { transports: ['polling'], upgrade: false, forceNew: true });
  viewers.push(viewer);
  expect((await joined(viewer, 'now')).state.total.submitted).toBeGreaterThan(0);
});

it('says why there is no such room', async () => {
  const viewer = view();
  for (const name of [
    'past:2026-01-31:2026-01-01',
    'past:2000-01-01:2026-01-01',
    'past:2026-02-30:2026-03-01',
    'elsewhere',
  ])
    expect(await join(viewer, name as RoomName)).toMatchObject({ ok: false, code: 'no_such_room' });
  const response = await fetch(`${room.url}/v1/snapshot?room=elsewhere`);
  expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([
    404,
    'no_such_room',
  ]);
});

it('a restarted room begins a new epoch, so no viewer mistakes its numbers for the old ones', async () => {
  const before = await snapshot(room);
  await room.kill();
  await room.restart();
  await expect
    .poll(async () => (await snapshot(room))?.epoch ?? before?.epoch, { timeout: 20_000 })
    .not.toBe(before?.epoch);
  expect((await snapshot(room))?.state.total).toEqual(before?.state.total);
});
