/** Scenes and walls over HTTP on a real room: made, changed, taken back, shown by screens, ordered. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import {
  addDays,
  endedHour,
  type KeptScene,
  type KeptWall,
  localDay,
  type OnTimeOverDays,
  type PairedScreen,
  type Pairing,
  type ScreenProgram,
  type ScreenState,
  type ToldState,
  type Waiting,
  type WallEssential,
  type WallIndex,
  type WallLeaders,
  type WallState,
  type WallTasks,
} from '@room/contract';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { send, submission } from '../../harness/client.ts';
import { CookieClient, colleague, firstAdministrator, statusOf } from '../../harness/cookies.ts';
import { type Room, startRoom } from '../../harness/room.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const PATIENCE = { timeout: 30_000, interval: 100 };
const WHOLE = { column: 1, row: 1, width: 12, height: 8 };
const SCENE = { name: { vi: 'Của ta', en: 'Ours' }, tiles: [{ kind: 'alerts', ...WHOLE }] };

let room: Room;
let administrator: CookieClient;
beforeAll(async () => {
  room = await startRoom({ env: { VISITORS: 'view' } });
  administrator = await firstAdministrator(room);
});
afterAll(() => room[Symbol.asyncDispose]());

/** A wall display that was let in. */
async function screen(
  name: string,
  scope: PairedScreen['scope'] = 'all',
): Promise<{ id: string; display: CookieClient }> {
  const display = new CookieClient(room);
  const pairing = await display.told<Pairing>('/v1/screen/code', {});
  if (pairing.isPaired) throw new Error('a new display is let in already');
  const { id } = await administrator.told<PairedScreen>('/v1/screens', { code: pairing.code, name, scope });
  return { id, display };
}
const silent = async (): Promise<number> => {
  const headers = { authorization: `Bearer ${room.operatorToken}` };
  const metrics = await (await fetch(`${room.url}/metrics`, { headers })).text();
  return Number(/^room_screens_silent (\d+)/m.exec(metrics)?.[1]);
};
const walls = () => administrator.told<{ walls: KeptWall[]; states: ToldState[] }>('/v1/walls');

it('begins with scenes and a wall that are the room’s own from then on', async () => {
  const { scenes } = await administrator.told<{ scenes: KeptScene[] }>('/v1/scenes');
  expect(scenes.map(({ id }) => id).sort()).toEqual([
    'alerts',
    'databases',
    'day-so-far',
    'essential',
    'focus',
    'focus-province',
    'late',
    'leaders',
    'ministries',
    'programmes',
    'provinces',
    'pulse',
    'service-index',
    'service-index-ministries',
    'services',
    'tasks',
    'waiting',
  ]);
  const [main] = (await walls()).walls;
  expect([main?.id, main?.shows?.why]).toEqual(['main', 'turn']);
  const found = scenes.find(({ id }) => id === 'focus');
  await administrator.told('/v1/scenes/focus/remove', { version: found?.version });
  await room.restart();
  administrator = await again();
  const after = await administrator.told<{ scenes: KeptScene[] }>('/v1/scenes');
  expect(after.scenes.map(({ id }) => id)).not.toContain('focus');
  await administrator.told('/v1/scenes/focus/undo', { version: 2 });
});

async function again(): Promise<CookieClient> {
  const client = new CookieClient(room);
  await client.signIn('lan');
  return client;
}

it('takes scenes whose tiles fit their grid, by a version, and takes changes back', async () => {
  const tile = (some: object) => ({ ...SCENE, tiles: [{ ...SCENE.tiles[0], ...some }] });
  for (const [body, said] of [
    [tile({ column: 2 }), 'beyond 12 columns'],
    [tile({ height: 9 }), 'tiles'],
    [tile({ column: 1.5 }), 'tiles'],
    [tile({ kind: 'nothing' }), 'tiles'],
    [tile({ kind: 'unit', by: 'agency', id: 'NOPE' }), 'no agency NOPE'],
    [{ ...SCENE, tiles: [] }, 'tiles'],
    [{ ...SCENE, tiles: [...SCENE.tiles, { kind: 'waiting', ...WHOLE }] }, 'lies over tile 1'],
    [
      {
        ...SCENE,
        tiles: Array.from({ length: 13 }, (_, at) => ({ kind: 'waiting', ...WHOLE, row: at + 1, height: 1 })),
      },
      'tiles',
    ],
    [{ ...SCENE, name: { vi: '', en: 'x' } }, 'name'],
  ] as const) {
    const response = await administrator.ask('/v1/scenes', body);
    const { error } = (await response.json()) as { error: { code: string; reason: string } };
    expect([said, response.status, error.code]).toEqual([said, 400, 'bad_scene']);
    expect(error.reason).toContain(said);
  }
  const made = await administrator.told<KeptScene>('/v1/scenes', SCENE);
  const path = `/v1/scenes/${made.id}`;
  const body = { ...SCENE, name: { vi: 'Khác', en: 'Other' } };
  const changed = await administrator.told<KeptScene>(path, { version: made.version, why: 'a better word', body });
  expect(changed.body.name.en).toBe('Other');
  expect(await statusOf(administrator.ask(path, { version: made.version, body }))).toBe('409 conflict');
  const back = await administrator.told<{ scene: KeptScene }>(`${path}/undo`, { version: changed.version });
  expect(back.scene.body).toEqual(SCENE);
  const { versions } = await administrator.told<{ versions: { change: string; why?: string }[] }>(`${path}/versions`);
  expect(versions.map(({ change }) => change)).toEqual(['restored', 'changed', 'created']);
  expect(versions[1]?.why).toBe('a better word');
  const audit = await administrator.told<{ entries: { action: string }[] }>(`/v1/audit?subject=${made.id}`);
  expect(audit.entries.map(({ action }) => action)).toContain('scene.changed');
});

it('shows all screens of a wall the same, those of none nothing, and nobody else’s', async () => {
  const [first, second, other] = [await screen('One'), await screen('Two'), await screen('Three')];
  expect(await statusOf(first.display.ask('/v1/screen/program'))).toBe('404 no_such_wall');
  const body = {
    name: 'Hall',
    screens: [first.id, second.id],
    turns: [{ scene: 'ministries', seconds: 10, when: 'always' }],
    day: { from: 6, to: 20 },
    scale: 1,
  };
  for (const [wrong, said] of [
    [{ ...body, turns: [{ scene: 'nothing', seconds: 10, when: 'always' }] }, '400 bad_wall'],
    [{ ...body, turns: [{ scene: 'pulse', seconds: 4, when: 'always' }] }, '400 bad_wall'],
    [{ ...body, screens: [first.id, first.id] }, '400 bad_wall'],
    [{ ...body, day: { from: 20, to: 6 } }, '400 bad_wall'],
    [{ ...body, scale: 9 }, '400 bad_wall'],
  ] as const)
    expect(await statusOf(administrator.ask('/v1/walls', wrong))).toBe(said);
  const wall = await administrator.told<KeptWall>('/v1/walls', body);
  expect(await statusOf(administrator.ask('/v1/walls', body))).toBe('422 screen_in_use');
  const scenes = { turns: 'ministries' };
  expect(await statusOf(administrator.ask(`/v1/scenes/${scenes.turns}/remove`, { version: 1 }))).toBe(
    '422 scene_in_use',
  );

  const shown = await Promise.all(
    [first, second].map(({ display }) => display.told<ScreenProgram>('/v1/screen/program')),
  );
  expect(shown.map(({ name, wall: { id } }) => [name, id])).toEqual([
    ['One', wall.id],
    ['Two', wall.id],
  ]);
  expect(Object.keys(shown[0]?.scenes ?? {})).toEqual(['ministries']);
  // A screen shows what its wall shows, whatever it asks for.
  expect(await statusOf(other.display.ask(`/v1/screen/program?wall=${wall.id}`))).toBe('404 no_such_wall');
  expect(await statusOf(other.display.ask('/v1/scenes'))).toBe('403 no_right');
  expect(await statusOf(other.display.ask('/v1/walls'))).toBe('403 no_right');

  const order = (what: object) => administrator.told<KeptWall>(`/v1/walls/${wall.id}/order`, what);
  const before = Date.now();
  const showing = (await order({ order: 'show', scene: 'alerts' })).order.show;
  expect([showing?.scene, showing?.isHold]).toEqual(['alerts', false]);
  expect(showing?.from).toBeGreaterThan(before + 2_000);
  expect(await statusOf(administrator.ask(`/v1/walls/${wall.id}/order`, { order: 'show', scene: 'nothing' }))).toBe(
    '404 no_such_scene',
  );
  const ordered = await first.display.told<ScreenProgram>('/v1/screen/program');
  expect(Object.keys(ordered.scenes).sort()).toEqual(['alerts', 'ministries']);
  expect(ordered.order.show).toEqual(showing);
  expect((await order({ order: 'hold' })).order.show).toMatchObject({ scene: 'alerts', isHold: true });
  const released = (await order({ order: 'release' })).order.show;
  expect(released?.until).toBeGreaterThanOrEqual(released?.from ?? 0);
  expect((await order({ order: 'reload' })).order.reloadAt).toBeGreaterThan(before);
  const { identify } = (await order({ order: 'identify' })).order;
  expect((identify?.until ?? 0) - (identify?.from ?? 0)).toBe(20_000);

  // A past instant, on all of its screens, until somebody or the time ends it; what is played ends where it comes to now.
  const past = before - 3_600_000;
  const { present } = (await order({ order: 'present', at: past, speed: 0 })).order;
  expect(present).toMatchObject({ at: past, speed: 0, until: (present?.from ?? 0) + 30 * 60_000 });
  expect((await second.display.told<ScreenProgram>('/v1/screen/program')).order.present).toEqual(present);
  const tooFast = administrator.ask(`/v1/walls/${wall.id}/order`, { order: 'present', at: past, speed: 601 });
  expect(await statusOf(tooFast)).toMatch(/^400 /);
  const fast = (await order({ order: 'present', at: past, speed: 600 })).order.present;
  expect((fast?.until ?? 0) - (fast?.from ?? 0)).toBeLessThan(10_000);
  const ahead = (await order({ order: 'present', at: Date.now() + 3_600_000, speed: 0 })).order.present;
  expect(ahead?.at).toBeLessThan(ahead?.from ?? 0);
  const live = (await order({ order: 'live' })).order.present;
  expect(live?.until).toBeLessThan(Date.now() + 5_000);

  // Sound is off until somebody chooses it, and then of the screens chosen alone.
  const sounds = async () =>
    (await Promise.all([first, second].map(({ display }) => display.told<ScreenProgram>('/v1/screen/program')))).map(
      ({ isSounding }) => isSounding,
    );
  expect(await sounds()).toEqual([undefined, undefined]);
  await administrator.told(`/v1/walls/${wall.id}`, { version: wall.version, body: { ...body, sounding: [second.id] } });
  expect(await sounds()).toEqual([undefined, true]);

  // What it tells of itself is kept across a restart, and of nobody else.
  const state: ScreenState = {
    scene: 'ministries',
    since: before,
    connection: 'live',
    width: 1920,
    height: 1080,
    frames: 60,
    longTasks: 1,
    longestTaskMs: 80,
    memoryMb: 120,
    upMs: 1_000,
    failed: ['alerts'],
  };
  expect(await first.display.told('/v1/screen/state', { state })).toEqual({ isKept: true });
  expect(await administrator.told('/v1/screen/state', { state })).toEqual({ isKept: false });
  expect(await statusOf(first.display.ask('/v1/screen/state', { state: { ...state, frames: -1 } }))).toBe(
    '400 bad_request',
  );
  expect((await walls()).states).toMatchObject([{ screen: first.id, state }]);
  await room.restart();
  administrator = await again();
  expect((await walls()).states).toMatchObject([{ screen: first.id, state }]);

  // Of the two of this wall the other has told nothing: it is off, as far as anybody knows.
  expect(await silent()).toBe(1);
  await administrator.told(`/v1/walls/${wall.id}/remove`, { version: 2 });
  await vi.waitFor(async () => expect(await silent()).toBe(0), PATIENCE);
  expect(await statusOf(first.display.ask('/v1/screen/program'))).toBe('404 no_such_wall');
  await administrator.told(`/v1/walls/${wall.id}/undo`, { version: 3 });
  await vi.waitFor(
    async () => expect((await first.display.told<ScreenProgram>('/v1/screen/program')).wall.id).toBe(wall.id),
    PATIENCE,
  );
});

it('a screen is told shares on time and who waits within its scope alone', async () => {
  const day = (ago: number): string => new Date(Date.now() - ago * 86_400_000).toISOString();
  const finished = (id: string, agency: string, procedure: string, ago: number, outcome: string, count: number) =>
    submission(id, { agency, procedure, status: 9, onTime: outcome === 'onTime', occurredAt: day(ago), count });
  const events = Array.from({ length: 12 }, (_, ago) => [
    finished(`m${ago}`, 'MOH', 'DV02', ago + 1, 'onTime', 90 + ago),
    finished(`l${ago}`, 'MOH', 'DV02', ago + 1, 'late', 10),
    finished(`p${ago}`, 'MPS', 'DV01', ago + 1, 'onTime', 50),
  ]).flat();
  await send(room, events);
  const { display } = await screen('Health', { agencies: ['MOH'], provinces: [] });
  const onTime = () => display.told<OnTimeOverDays>('/v1/wall/on-time?by=agency&days=30');
  await vi.waitFor(async () => expect((await onTime()).whole.late).toBe(120), { timeout: 60_000, interval: 1_000 });
  const { units, target, whole } = await onTime();
  expect(units.map(({ id }) => id)).toEqual(['MOH']);
  // A ministry's numbers do not pass for the country's.
  expect((await onTime()).of).toContain('MOH');
  expect((await onTime()).of).not.toContain('MPS');
  const [{ now, verdict }] = units as [OnTimeOverDays['units'][number]];
  expect(now?.share).toBeCloseTo(whole.onTime / (whole.onTime + whole.late));
  expect(now?.low).toBeLessThan(now?.share ?? 0);
  expect([target, verdict]).toEqual([0.95, 'below']);
  const all = await administrator.told<OnTimeOverDays>('/v1/wall/on-time?by=agency&days=30');
  expect(all.units.map(({ id }) => id).sort()).toEqual(['MOH', 'MPS']);
  expect(all.of).toBeUndefined();
  expect((await display.told<Waiting>('/v1/wall/waiting?by=agency')).whole.points).toHaveLength(29);
  expect(await statusOf(display.ask('/v1/alerts'))).toBe('200');
  expect(await statusOf(display.ask('/v1/query?from=2026-01-01&to=2026-01-02'))).toBe('403 no_right');
});

it('who waits is held against the end of the same hour a week ago, of the whole and of each unit alike', async () => {
  const zone = 'Asia/Ho_Chi_Minh';
  const { end } = endedHour(Date.now(), 7, zone);
  const level = (id: string, agency: string, procedure: string, at: number, overdue: number) => {
    const data = { procedure, agency, at: new Date(at).toISOString(), open: 1_000, overdue };
    return submission(id, {}, { type: 'backlog.reported', data });
  };
  await send(room, [
    level('wait-1', 'MOH', 'DV02', end - 60_000, 40),
    level('wait-2', 'MPS', 'DV01', end - 60_000, 60),
    // After that hour, though on the same day but after midnight.
    level('wait-3', 'MPS', 'DV01', end + 60_000, 900),
    level('wait-4', 'MOH', 'DV02', Date.now() - 1_000, 50),
    level('wait-5', 'MPS', 'DV01', Date.now() - 1_000, 70),
  ]);
  const state = async () => (await administrator.told<{ state: WallState }>('/v1/snapshot')).state;
  // Told at once, not with what is read anew each minute.
  await vi.waitFor(
    async () => expect((await state()).backlog).toMatchObject({ overdue: 120, weekBefore: 100 }),
    PATIENCE,
  );
  const { whole, units } = await administrator.told<Waiting>('/v1/wall/waiting?by=agency');
  expect([whole.overdue, whole.weekBefore]).toEqual([120, 100]);
  expect(Object.fromEntries(units.map(({ id, weekBefore }) => [id, weekBefore]))).toEqual({ MOH: 40, MPS: 60 });
});

it('a screen is told of the programme within its scope alone, and no rank among units that it may not see', async () => {
  const today = localDay(Date.now(), catalogue.timeZone);
  const plan = (item: string, unit: object, days: number) => ({
    plan: 'Plan',
    item,
    unit,
    text: `do ${item}`,
    due: addDays(today, days),
    wanted: 'done',
  });
  const [health, police] = ['MOH', 'MPS'].map((code) => ({ dim: 'agency', code }));
  const tasks = [plan('1', health ?? {}, -9), plan('2', health ?? {}, 3), plan('3', police ?? {}, -2)];
  const office = await colleague(room, administrator, 'office', ['view', 'direct']);
  expect(await office.told('/v1/tasks', { tasks })).toMatchObject({ taken: 3, refused: [] });
  const day = (ago: number): string => new Date(Date.now() - ago * 86_400_000).toISOString();
  await send(
    room,
    Array.from({ length: 10 }, (_, ago) => [
      submission(`i${ago}`, { agency: 'MOH', procedure: 'DV21', count: 40 + ago, occurredAt: day(ago) }),
      submission(`j${ago}`, { agency: 'MPS', procedure: 'DV01', count: 90 + ago, occurredAt: day(ago) }),
    ]).flat(),
  );
  const all = () => administrator.told<WallEssential>('/v1/wall/essential');
  await vi.waitFor(async () => expect((await all()).submitted).toBeGreaterThan(1_200), {
    timeout: 60_000,
    interval: 1_000,
  });
  const { display } = await screen('Police', { agencies: ['MPS'], provinces: [] });

  const [owed, ownOwed] = [
    await administrator.told<WallTasks>('/v1/wall/tasks'),
    await display.told<WallTasks>('/v1/wall/tasks'),
  ];
  expect([owed.open, owed.overdue, owed.units.map(({ unit }) => unit.code), owed.due.map(({ text }) => text)]).toEqual([
    3,
    2,
    ['MOH', 'MPS'],
    ['do 2'],
  ]);
  // All were given a moment ago: of before nothing is known.
  expect([owed.week.overdue, owed.session.overdue]).toEqual([undefined, undefined]);
  const late = [{ unit: { code: 'MPS' }, daysLate: 2 }];
  expect(ownOwed).toMatchObject({ open: 1, overdue: 1, units: [{ unit: { code: 'MPS' }, oldest: 2 }], due: [], late });

  const scores = (of: CookieClient) => of.told<WallIndex>('/v1/wall/index?by=agency&span=quarter');
  const [ranked, own] = [await scores(administrator), await scores(display)];
  expect([ranked.isRanked, ranked.total, own.isRanked]).toEqual([true, 100, false]);
  expect(ranked.measured).toBeLessThan(ranked.total);
  expect(own.units.map(({ code, best, side }) => [code, best, side])).toEqual([['MPS', undefined, 'unclear']]);
  expect((await display.told<WallIndex>('/v1/wall/index?by=province&span=month')).units).toEqual([]);

  const board = await display.told<WallEssential>('/v1/wall/essential');
  expect([(await all()).of, board.of]).toEqual([53, undefined]);
  expect(new Set(board.services.flatMap(({ agencies }) => agencies))).toContain('MPS');
  expect(board.services.every(({ agencies }) => agencies.includes('MPS'))).toBe(true);
  expect(board.submitted).toBeLessThan((await all()).submitted);

  const leaders = '/v1/wall/leaders?by=province&measure=shareOnTime';
  expect((await administrator.told<WallLeaders>(leaders)).groups).toEqual(expect.any(Array));
  expect(await statusOf(display.ask(leaders))).toBe('403 outside_scope');
  for (const path of [
    'index?by=agency',
    'index?by=agency&span=year',
    'leaders?by=service&measure=shareOnTime',
    'tasks?x=1',
  ])
    expect([path, await statusOf(administrator.ask(`/v1/wall/${path}`))]).toEqual([path, '400 bad_request']);
});
