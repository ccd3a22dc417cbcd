import { setTimeout as sleep } from 'node:timers/promises';
import type { Catalogue, Delta, JoinAnswer, RoomName, Snapshot } from '@room/contract';
import { apply, EVERYTHING } from '@room/contract';
import { expect, it, vi } from 'vitest';
import type { PastQueries } from '../../../server/src/live/past.ts';
import { Rooms } from '../../../server/src/live/rooms.ts';

const DAY: RoomName = 'past:2026-01-01:2026-01-01';
const PATIENCE = { timeout: 15_000, interval: 20 };

/** A warehouse that holds one number, and rooms with `viewers` in each. */
function house({ viewers = 1 } = {}) {
  const held = { events: 1, reads: 0, running: 0, most: 0, slow: 1 };
  const queries = {
    days: async (from: string) => {
      held.most = Math.max(held.most, ++held.running);
      held.reads++;
      const { events } = held;
      await sleep(held.slow);
      held.running--;
      const sums = { submitted: events, submittedOnline: 0, onTime: 0, late: 0, reached: 0 };
      const row = { day: from, ...sums, events, reportedTo: 1, receivedAt: 1, simulated: 0 };
      return { totals: [], days: [row], sourceDays: {} };
    },
    hoursBetween: async () => ({}),
    span: async () => undefined,
    sources: async () => [],
  } satisfies PastQueries;
  const deltas: Delta[] = [];
  const rooms = new Rooms({
    catalogue: { sources: [], timeZone: 'Asia/Ho_Chi_Minh' } as unknown as Catalogue,
    queries,
    current: () => undefined,
    broadcast: (delta) => deltas.push(delta),
    viewers: () => viewers,
    report: () => undefined,
  });
  return { held, deltas, rooms };
}

function snapshotOf(answer: JoinAnswer): Snapshot {
  if (!answer.ok) throw new Error(answer.reason);
  return answer.snapshot;
}

it('an opener between a change and its refresh leaves the viewers there are in the same sequence', async () => {
  const { held, deltas, rooms } = house();
  using _rooms = rooms;
  const first = snapshotOf(await rooms.open(DAY, EVERYTHING));
  held.events = 2;
  rooms.changed(['2026-01-01']);
  const second = snapshotOf(await rooms.open(DAY, EVERYTHING));
  expect([second.epoch, second.seq, second.state.events]).toEqual([first.epoch, 1, 2]);
  expect(deltas.map(({ epoch, seq }) => [epoch, seq])).toEqual([[first.epoch, 1]]);
  expect(apply(first.state, deltas[0]?.patch ?? {})).toEqual(second.state);
});

it('refreshes of a room never overlap, and the last one holds what came last', async () => {
  const { held, deltas, rooms } = house();
  using _rooms = rooms;
  await rooms.open(DAY, EVERYTHING);
  held.slow = 1_500;
  held.events = 2;
  rooms.changed(['2026-01-01']);
  await vi.waitFor(() => expect(held.reads).toBe(2), PATIENCE);
  held.slow = 1;
  held.events = 3;
  rooms.changed(['2026-01-01']);
  await vi.waitFor(() => expect(deltas).toHaveLength(2), PATIENCE);
  expect(held.most).toBe(1);
  expect(deltas.map(({ seq, patch }) => [seq, (patch as { events: number }).events])).toEqual([
    [1, 2],
    [2, 3],
  ]);
});

it('many periods that nobody looks at are forgotten, those used last are kept', async () => {
  const { held, rooms } = house({ viewers: 0 });
  using _rooms = rooms;
  const day = (n: number): RoomName => {
    const date = new Date(Date.UTC(2025, 0, 1) + n * 86_400_000).toISOString().slice(0, 10);
    return `past:${date}:${date}`;
  };
  for (let n = 0; n < 100; n++) await rooms.open(day(n), EVERYTHING);
  expect(held.reads).toBe(100);
  for (let n = 40; n < 100; n++) await rooms.open(day(n), EVERYTHING);
  expect(held.reads).toBe(100);
  await rooms.open(day(0), EVERYTHING);
  expect(held.reads).toBe(101);
});

it('an opener who is gone costs no read', async () => {
  const { held, rooms } = house();
  using _rooms = rooms;
  const owner = {};
  const asked = Array.from({ length: 600 }, (_, n) => {
    const gone = new AbortController();
    const day = new Date(Date.UTC(2024, 0, 1) + n * 86_400_000).toISOString().slice(0, 10);
    const answer = rooms.open(`past:${day}:${day}`, EVERYTHING, { owner, signal: gone.signal });
    if (n < 599) gone.abort();
    return answer;
  });
  const answers = await Promise.all(asked);
  expect(
    answers.map((answer) => (answer.ok ? 'ok' : answer.code)).filter((code) => code === 'superseded'),
  ).toHaveLength(599);
  expect(answers.at(-1)?.ok).toBe(true);
  expect(held.reads).toBe(1);
});
