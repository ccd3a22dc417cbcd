/**
 * Tile by tile of a past scene what is known now of the same period up to the same instant: in a real room the same where nothing came
 * late, and by what came late another; never compared where that would say nothing.
 */
import type { ComparedTile, KeptScene, SceneSince, ShownAnswer } from '@room/contract';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { send, snapshot, submission } from '../../harness/client.ts';
import { CookieClient, firstAdministrator } from '../../harness/cookies.ts';
import { type Room, startRoom } from '../../harness/room.ts';

const PATIENCE = { timeout: 120_000, interval: 200 };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let room: Room;
let administrator: CookieClient;
beforeAll(async () => {
  room = await startRoom({ env: { VISITORS: 'view' } });
  administrator = await firstAdministrator(room);
});
afterAll(() => room[Symbol.asyncDispose]());

const stranger = (): CookieClient => new CookieClient(room);
/** Some weeks of dossiers of two ministries: submitted, and finished in time or late. */
const history = (): Record<string, unknown>[] =>
  Array.from({ length: 45 }, (_, day) => day).flatMap((day) => {
    const occurredAt = new Date(Date.now() - day * DAY - 2 * 60_000).toISOString();
    return ['MPS', 'MOH'].flatMap((agency, n) => {
      const of = { agency, province: n === 0 ? '01' : '79', procedure: n === 0 ? 'DV01' : 'DV02', occurredAt };
      return [
        submission(`${agency} ${day} new`, { ...of, status: 1, count: 40 + day }),
        submission(`${agency} ${day} in time`, { ...of, status: 9, onTime: true, count: 30 + n }),
        submission(`${agency} ${day} late`, { ...of, status: 9, onTime: false, count: 3 + n }),
      ];
    });
  });
const waiting = (id: string, overdue: number): Record<string, unknown> => {
  const data = { procedure: 'DV01', agency: 'MPS', at: new Date(Date.now() - 1_000).toISOString(), open: 900, overdue };
  return submission(id, {}, { type: 'backlog.reported', data });
};
const since = (at: number, scene: string, by = administrator): Promise<SceneSince> =>
  by.told<SceneSince>(`/v1/shown/since?at=${at}&scene=${scene}`);
const numberOf = (tile: ComparedTile | undefined, measure: string) =>
  tile?.numbers?.find((each) => each.measure === measure);

it('of every scene the numbers of then are known now alike; what came late since makes the difference, and says so', {
  timeout: 300_000,
}, async () => {
  await send(room, [...history(), waiting('w1', 60)]);
  const told = async (): Promise<number | undefined> => (await snapshot(room))?.state.backlog?.overdue;
  await expect.poll(told, PATIENCE).toBe(60);
  // Whoever leads begins with a turn in which all is kept.
  await room.kill();
  const restarted = Date.now();
  await room.restart();
  const { scenes } = await administrator.told<{ scenes: KeptScene[] }>('/v1/scenes');
  const ids = scenes.map(({ id }) => id);
  const at = await vi.waitFor(async () => {
    const now = Date.now();
    for (const id of ids) {
      const { scene } = await administrator.told<ShownAnswer>(`/v1/shown?at=${now}&scene=${id}`);
      expect(scene?.missing, id).toEqual([]);
      // What was kept before knows of no event.
      for (const answer of scene?.answers ?? []) expect(answer.at, answer.asked).toBeGreaterThan(restarted);
    }
    return now;
  }, PATIENCE);

  const before = new Map<string, SceneSince>();
  for (const id of ids) before.set(id, await since(at, id));
  const seen = new Set<string>();
  for (const [id, { tiles }] of before)
    for (const tile of tiles) {
      if (tile.not !== undefined) {
        expect(['day', 'ringing', 'audit', 'reported', 'links', 'nothing', 'unnamed'], id).toContain(tile.not);
        expect(tile.numbers, id).toBeUndefined();
        continue;
      }
      expect(tile, id).toMatchObject({ units: [], changed: 0 });
      for (const { measure, shown, now, why } of tile.numbers ?? []) {
        seen.add(measure);
        expect(now, `${id} ${measure}`).toBe(shown);
        if (why !== undefined) expect(why).toEqual({ late: 0, corrected: 0, replayed: 0 });
      }
    }
  // It would say nothing where nothing was compared.
  expect([...seen].sort()).toEqual(
    expect.arrayContaining([
      'backlogOpen',
      'backlogOverdue',
      'indexPoints',
      'late',
      'onTime',
      'shareOnTime',
      'submitted',
    ]),
  );

  const yesterday = new Date(at - DAY).toISOString();
  await send(room, [
    submission('came late', { status: 9, onTime: false, count: 50, occurredAt: yesterday }),
    submission('correction', { status: 9, onTime: true, count: -2, occurredAt: yesterday, corrects: 'MPS 1 in time' }),
    // Of a time that was yet to come.
    submission('after', { status: 9, onTime: false, count: 500, occurredAt: new Date(at + 1).toISOString() }),
    waiting('w2', 90),
  ]);
  await expect.poll(told, PATIENCE).toBe(90);
  const ofMinistries = async () => (await since(at, 'ministries')).tiles.find(({ numbers }) => numbers !== undefined);
  const late = await vi.waitFor(async () => {
    const tile = await ofMinistries();
    expect(numberOf(tile, 'late')?.why?.late).toBe(50);
    return tile;
  }, PATIENCE);
  const [isLate, inTime, share] = ['late', 'onTime', 'shareOnTime'].map((measure) => numberOf(late, measure));
  expect(isLate?.now).toBe((isLate?.shown ?? 0) + 50);
  expect(inTime).toMatchObject({ now: (inTime?.shown ?? 0) - 2, why: { late: 0, corrected: -2, replayed: 0 } });
  expect(share?.now).toBeCloseTo((inTime?.now ?? 0) / ((inTime?.now ?? 0) + (isLate?.now ?? 0)), 12);
  expect(late).toMatchObject({ events: { late: 1, corrected: 1, replayed: 0 }, changed: 1 });
  expect(late?.units?.map(({ id }) => id)).toEqual(['MPS']);
  // What waits by now waited not then.
  const waits = (await since(at, 'waiting')).tiles[0];
  expect(numberOf(waits, 'backlogOverdue')).toMatchObject({ shown: 60, now: 60 });
});

it('who sees other numbers than were kept is told that nothing is, and nobody is asked without bound', async () => {
  const at = Date.now();
  const person = await administrator.told<{ token: string }>('/v1/people', {
    id: 'health',
    name: 'health',
    rights: ['view'],
    scope: { agencies: ['MOH'], provinces: [] },
  });
  const health = stranger();
  await health.told('/v1/session/accept', { token: person.token, password: 'correct horse battery' });
  const { tiles } = await since(at, 'waiting', health);
  expect(new Set(tiles.map(({ not }) => not))).toEqual(new Set(['missing']));
  // A display of a wall has no use for it.
  expect((await stranger().ask(`/v1/shown/since?at=${at}&scene=waiting`)).status).toBe(200);
});
