/** A scene of a real room is shown later as it was: what its tiles were answered, as it was composed, within whose numbers they are. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import type { ShownAnswer, WallTasks } from '@room/contract';
import { addDays, type KeptScene, type KeptWall, localDay, type PairedScreen, type Pairing } from '@room/contract';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { CookieClient, colleague, firstAdministrator } from '../../harness/cookies.ts';
import { type Room, startRoom } from '../../harness/room.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const PATIENCE = { timeout: 60_000, interval: 200 };
const TASKS = '/v1/wall/tasks';
const OWN = { agencies: ['MPS'], provinces: [] };

let room: Room;
let administrator: CookieClient;
beforeAll(async () => {
  room = await startRoom({ env: { VISITORS: 'view' } });
  administrator = await firstAdministrator(room);
});
afterAll(() => room[Symbol.asyncDispose]());

const shown = (at: number, by = administrator) => by.told<ShownAnswer>(`/v1/shown?at=${at}&scene=tasks`);
const openIn = ({ scene }: ShownAnswer): number | undefined =>
  (scene?.answers.find(({ asked }) => asked === TASKS)?.answer as WallTasks | undefined)?.open;
/** An instant at which so many are open, once that is kept. */
const keptWith = (open: number, by = administrator): Promise<number> =>
  vi.waitFor(async () => {
    const at = Date.now();
    expect(openIn(await shown(at, by))).toBe(open);
    return at;
  }, PATIENCE);
/** Whoever leads begins with a turn: nobody waits for the next minute. */
async function killed(): Promise<void> {
  await room.kill();
  await room.restart();
}

it('tasks of then, whatever was given and changed since, across kills; each scope its own, and others nothing', {
  timeout: 300_000,
}, async () => {
  const today = localDay(Date.now(), catalogue.timeZone);
  const plan = (item: string, code: string) => ({
    plan: 'Plan',
    item,
    unit: { dim: 'agency', code },
    text: `do ${item}`,
    due: addDays(today, 5),
    wanted: 'done',
  });
  const office = await colleague(room, administrator, 'office', ['view', 'direct']);
  const give = (...tasks: object[]) => office.told('/v1/tasks', { tasks });

  // A display of one ministry, in a wall that shows the scene.
  const display = new CookieClient(room);
  const pairing = await display.told<Pairing>('/v1/screen/code', {});
  if (pairing.isPaired) throw new Error('a new display is let in already');
  const of = { code: pairing.code, name: 'Police', scope: OWN };
  const { id } = await administrator.told<PairedScreen>('/v1/screens', of);
  await administrator.told<KeptWall>('/v1/walls', {
    name: 'Hall',
    screens: [id],
    turns: [{ scene: 'tasks', seconds: 60, when: 'always' }],
    day: { from: 6, to: 20 },
    scale: 1,
  });
  const other = await administrator.told<{ token: string }>('/v1/people', {
    id: 'health',
    name: 'health',
    rights: ['view'],
    scope: { agencies: ['MOH'], provinces: [] },
  });
  const health = new CookieClient(room);
  await health.told('/v1/session/accept', { token: other.token, password: 'correct horse battery' });

  await give(plan('1', 'MPS'), plan('2', 'MOH'));
  await killed();
  const then = await keptWith(2);
  const ofDisplay = await keptWith(1, display);

  await give(plan('3', 'MPS'));
  const { scenes } = await administrator.told<{ scenes: KeptScene[] }>('/v1/scenes');
  const tasks = scenes.find((each) => each.id === 'tasks');
  const place = { column: 1, row: 1, width: 12, height: 4 };
  await administrator.told('/v1/scenes/tasks', {
    version: tasks?.version,
    body: {
      ...tasks?.body,
      tiles: [
        { kind: 'tasks', ...place },
        { kind: 'alerts', ...place, row: 5 },
      ],
    },
  });
  await killed();
  const later = await keptWith(3);
  await keptWith(2, display);

  expect(openIn(await shown(then))).toBe(2);
  expect(openIn(await shown(ofDisplay, display))).toBe(1);
  expect((await shown(then)).scene).toMatchObject({ composed: 'then', scene: tasks?.body, missing: [] });
  expect((await shown(later)).scene?.scene.tiles.map(({ kind }) => kind)).toEqual(['tasks', 'alerts']);
  // Nobody is told what was kept for others: neither those of another scope nor those of a part of it.
  const { scene } = await shown(later, health);
  expect([scene?.answers, scene?.missing]).toEqual([[], [TASKS, '/v1/alerts?which=open']]);
});

it('a scene that never was is refused with what helps; one that was removed since is told as it was', async () => {
  const at = await keptWith(3);
  for (const path of ['shown', 'shown/since']) {
    const never = await administrator.ask(`/v1/${path}?at=${at}&scene=never`);
    expect(never.status).toBe(404);
    const { error } = (await never.json()) as { error: { code: string; reason: string } };
    expect(error).toMatchObject({ code: 'no_such_scene' });
    expect(error.reason).toContain('GET /v1/scenes');
    expect((await administrator.ask(`/v1/${path}?at=${at}&scene=%2e%2e%2f`)).status).toBe(400);
  }
  expect((await administrator.told<ShownAnswer>(`/v1/shown?at=${at}`)).scene).toBeUndefined();

  const { walls } = await administrator.told<{ walls: KeptWall[] }>('/v1/walls');
  for (const { id, version } of walls) await administrator.told(`/v1/walls/${id}/remove`, { version });
  const { scenes } = await administrator.told<{ scenes: KeptScene[] }>('/v1/scenes');
  const version = scenes.find((each) => each.id === 'tasks')?.version;
  await administrator.told('/v1/scenes/tasks/remove', { version });
  expect(openIn(await shown(at))).toBe(3);
  expect((await shown(at)).scene?.composed).toBe('then');
});

it('the foot of a past wall has what rang then, for whoever its answers are kept', async () => {
  const at = await vi.waitFor(async () => {
    const now = Date.now();
    const { ringing } = await administrator.told<ShownAnswer>(`/v1/shown?at=${now}`);
    expect(ringing?.answer).toMatchObject({ firing: expect.any(Number), unknown: expect.any(Number) });
    return now;
  }, PATIENCE);
  const early = await administrator.told<ShownAnswer>(`/v1/shown?at=${at}`);
  expect(early.ringing?.at).toBeLessThanOrEqual(at);
});
