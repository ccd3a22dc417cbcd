/** A wall of today is marked as simulated by what is counted of today; a trial says so to whoever sends to it. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NATIONAL, send, snapshot, submission } from '../harness/client.ts';
import { markAsTrial, type Room, startRoom } from '../harness/room.ts';

const DAY = 86_400_000;
const MADE_UP = { simulated: true };
let room: Room;
beforeAll(async () => {
  room = await startRoom({ isTrial: true });
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
});

const state = async () => (await snapshot(room))?.state;
const ago = (days: number): string => new Date(Date.now() - days * DAY).toISOString();
const past = async (days: number): Promise<boolean | undefined> => {
  const day = new Date(Date.now() - days * DAY + 7 * 3_600_000).toISOString().slice(0, 10);
  return (await snapshot(room, `past:${day}:${day}`))?.state.simulated;
};

it('a history that was simulated marks its own days, and neither today nor what today is seen against', async () => {
  const history = [1, 7, 14, 21, 28, 35].map((days) =>
    submission(`h-${days}`, { occurredAt: ago(days), count: 50 }, MADE_UP),
  );
  const level = { procedure: 'DV01', agency: 'MPS', at: ago(1), open: 5, overdue: 1 };
  const backlog = { ...submission('level', {}, MADE_UP), type: 'backlog.reported', data: level };
  await send(room, [...history, backlog]);
  await expect.poll(() => past(7), { timeout: 20_000 }).toBe(true);
  await send(room, [submission('real')]);
  await expect.poll(async () => (await state())?.events, { timeout: 20_000 }).toBe(1);
  // Read at once when the first event came, and again within a minute: neither may show what was made up.
  const shown = await state();
  expect(shown).toMatchObject({ simulated: false, total: { submitted: 1 } });
  for (const part of ['comparable', 'usual', 'usualHours', 'backlog']) expect(shown).not.toHaveProperty(part);
});

it('a simulated event of today marks today, and what was simulated is shown beside it', async () => {
  await send(room, [submission('made-up', {}, MADE_UP)]);
  await expect.poll(async () => (await state())?.events, { timeout: 20_000 }).toBe(2);
  expect(await state()).toMatchObject({ simulated: true });
});

it('a portal that sends to a trial is told that its numbers are made up, and by a real room nothing', async () => {
  const answer = async (id: string): Promise<unknown> => {
    const headers = {
      authorization: `Bearer ${await room.key(NATIONAL)}`,
      'content-type': 'application/cloudevents+json',
    };
    const body = JSON.stringify(submission(id));
    return (await fetch(`${room.url}/v1/events`, { method: 'POST', headers, body })).json();
  };
  const mark = join(room.dataDir, 'simulator-keys.jsonl');
  await rm(mark);
  expect(await answer('to-a-real-one')).toEqual({ results: [{ id: 'to-a-real-one', result: 'accepted' }] });
  await markAsTrial(room.dataDir);
  expect(await answer('to-a-trial')).toEqual({
    results: [{ id: 'to-a-trial', result: 'accepted' }],
    simulated: true,
  });
  await rm(mark);
  await expect.poll(async () => (await state())?.events, { timeout: 20_000 }).toBe(4);
});

it('a real room counts nothing that was made up, nor when it is replayed: it marks no day of it', async () => {
  const before = (await state())?.events ?? 0;
  const day = ago(3);
  const refused = { result: 'quarantined', code: 'simulated' };
  const level = { procedure: 'DV01', agency: 'MPS', at: ago(3), open: 5, overdue: 1 };
  const sent = [
    submission('mark-today', { count: 0 }, MADE_UP),
    submission('mark-past', { count: 0, occurredAt: day }, MADE_UP),
    { ...submission('mark-level', {}, MADE_UP), type: 'backlog.reported', data: level },
  ];
  expect(await send(room, [...sent, submission('real-too')])).toMatchObject([
    refused,
    refused,
    refused,
    { result: 'accepted' },
  ]);
  await expect.poll(async () => (await state())?.events, { timeout: 20_000 }).toBe(before + 1);
  const operator = { authorization: `Bearer ${room.operatorToken}`, 'content-type': 'application/json' };
  const replay = await fetch(`${room.url}/v1/operator/quarantine/replay`, {
    method: 'POST',
    headers: operator,
    body: JSON.stringify({ code: 'simulated' }),
  });
  expect(replay.status).toBe(200);
  await send(room, [submission('real-later')]);
  await expect.poll(async () => (await state())?.events, { timeout: 20_000 }).toBe(before + 2);
  expect(await past(3)).not.toBe(true);
});
