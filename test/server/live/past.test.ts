import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { NATIONAL, send, snapshot, submission } from '../../harness/client.ts';
import { type Room, startRoom } from '../../harness/room.ts';

const SOURCES = (await loadCatalogue(DEFAULT_CATALOGUE)).catalogue.sources.length;
const OTHER = 'urn:portal:province:01';

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  const on = (id: string, day: string, source = NATIONAL) =>
    submission(id, { occurredAt: `2026-03-${day}T10:00:00+07:00` }, { source });
  await send(room, [on('a', '02'), on('b', '02'), on('c', '04')]);
  await send(room, [on('d', '20', OTHER)], OTHER);
  await vi.waitFor(async () => expect((await past('2026-03-01', '2026-03-31')).events).toBe(4), { timeout: 20_000 });
});
afterAll(() => room[Symbol.asyncDispose]());

async function past(from: string, to: string) {
  const answer = await snapshot(room, `past:${from}:${to}`);
  if (answer === undefined) throw new Error('no snapshot');
  return answer.state;
}

it.each([
  ['a day on which one reported', '2026-03-02', '2026-03-02', 1],
  ['days without any event between, before and after', '2026-03-01', '2026-03-10', 2 / 10],
  ['days of several', '2026-03-02', '2026-03-20', 3 / 19],
])('what of a past period is reported counts every source on every day: %s', async (_, from, to, expected) => {
  expect((await past(from, to)).coverage?.share).toBeCloseTo(expected / SOURCES, 10);
});

it('days that have not begun are not due', async () => {
  const { coverage, period } = await past('2026-03-01', '2027-03-01');
  const begun = (Date.now() - Date.parse(`${period.from}T00:00:00+07:00`)) / 86_400_000;
  expect(coverage?.share).toBeCloseTo(3 / (Math.ceil(begun) * SOURCES), 5);
});

it('a period that nobody reported has no coverage, nor does it pass for complete', async () => {
  expect(await past('2026-02-01', '2026-02-28')).not.toHaveProperty('coverage');
});

it('a source is said to have reported where it did so in that period', async () => {
  const { sources } = await past('2026-03-02', '2026-03-04');
  expect([sources[NATIONAL]?.status, sources[OTHER]?.status]).toEqual(['reporting', 'silent']);
  expect(Object.values(sources).filter(({ status }) => status === 'never')).toHaveLength(SOURCES - 2);
});

it('what waits is of no period, and a past one says nothing of it', async () => {
  await send(room, [submission('strange', { procedure: 'nothing' })]);
  await expect.poll(async () => (await snapshot(room))?.state.pipeline.quarantined, { timeout: 20_000 }).toBe(1);
  const { pending, quarantined, filling } = (await past('2026-03-01', '2026-03-31')).pipeline;
  expect([pending, quarantined, filling]).toEqual([undefined, undefined, undefined]);
});

it('a single day has its hours, and a longer period none', async () => {
  const ten = Date.parse('2026-03-02T10:00:00+07:00') / 1_000;
  expect((await past('2026-03-02', '2026-03-02')).hours).toEqual({ [ten]: 2 });
  expect((await past('2026-03-03', '2026-03-03')).hours).toEqual({});
  expect((await past('2026-03-02', '2026-03-04')).hours).toEqual({});
});
