/** Administrators' HTTP of walls: which screens change in step and what they show in turn, and what is ordered of them now. */
import { randomUUID } from 'node:crypto';
import {
  API,
  type Catalogue,
  IDENTIFY_MS,
  type KeptWall,
  keptAs,
  keptWallSchema,
  ORDER_LEAD_MS,
  orderSchema,
  PRESENT_FRAME_MS,
  PRESENT_MS,
  plainIfAny,
  type StandingOrder,
  sceneIdSchema,
  shownAt,
  versionSchema,
  type WallGroup,
  type WallOrder,
  wallGroupSchema,
} from '@room/contract';
import { z } from 'zod';
import { causeOf } from '../access/remember.ts';
import { type Route, route } from '../api/route.ts';
import { HttpError } from '../errors.ts';
import { versionsOf } from '../versions.ts';
import { assertFewer, type DisplayStore } from './store.ts';

const version = z.int().positive();
const params = z.strictObject({ id: sceneIdSchema });
const why = plainIfAny(500);
const whole = { right: 'administer', isWhole: true } as const;
const NO_SCENE = 'there is no scene of this id';
const NO_WALL = 'there is no wall of this id';
const CONFLICT = 'somebody else changed it since';
/** A wall of a hundred screens is smaller. */
const MOST_BYTES = 50_000;
const MOST_WALLS = 100;

export function wallRoutes(store: DisplayStore, catalogue: Catalogue): Route[] {
  const { walls } = store;
  const assertThere = async (id: string): Promise<void> => {
    await store.begun();
    if ((await walls.get(id)) === undefined) throw new HttpError(404, 'no_such_wall', NO_WALL);
  };
  const kept = async (id: string): Promise<KeptWall> => {
    const wall = (await store.keptWalls(Date.now())).find((each) => each.id === id);
    if (wall === undefined) throw new HttpError(404, 'no_such_wall', NO_WALL);
    return wall;
  };
  /** It must show what there is, by screens that stand in no other. */
  async function assertWall(id: string | undefined, { turns, jump, screens }: WallGroup): Promise<void> {
    await store.begun();
    const there = new Set((await store.scenes.list()).map((scene) => scene.id));
    const missing = [...turns, ...(jump === undefined ? [] : [jump])].find(({ scene }) => !there.has(scene));
    if (missing !== undefined) throw new HttpError(400, 'bad_wall', `turns: there is no scene ${missing.scene}`);
    const others = (await walls.list()).filter((wall) => wall.id !== id);
    const other = others.find(({ body }) => body.screens.some((screen) => screens.includes(screen)));
    if (other !== undefined)
      throw new HttpError(
        422,
        'screen_in_use',
        `a screen stands in the wall ${other.body.name}; take it out there first`,
      );
  }
  return [
    route({
      ...whole,
      method: 'get',
      path: '/v1/walls',
      summary:
        'walls: groups of screens that change in step, what each is to show now, and what screens tell of themselves',
      answer: { schema: API['/v1/walls'].answer },
      handle: async () => {
        const [all, states] = await Promise.all([store.keptWalls(Date.now()), store.states()]);
        return { walls: all, states };
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/walls',
      summary: 'makes a wall',
      body: wallGroupSchema,
      mostBytes: MOST_BYTES,
      badInput: 'bad_wall',
      answer: { schema: keptWallSchema },
      refuses: { 422: 'as many walls as there may be, or a screen stands in another' },
      handle: async ({ principal, body }) => {
        await assertWall(undefined, body);
        assertFewer((await walls.list()).length, MOST_WALLS);
        const { id, version: made, who, at } = await walls.create(causeOf(principal), randomUUID(), body);
        return { id, version: made, who, at: Date.parse(at), body, order: {} };
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/walls/{id}',
      summary: 'changes a wall, which its screens follow at once',
      params,
      body: z.strictObject({ version, why, body: wallGroupSchema }),
      mostBytes: MOST_BYTES,
      badInput: 'bad_wall',
      answer: { schema: keptWallSchema },
      refuses: { 404: NO_WALL, 409: CONFLICT, 422: 'a screen stands in another' },
      handle: async ({ principal, params: { id }, body: { version: edited, why: reason, body } }) => {
        await assertThere(id);
        await assertWall(id, body);
        const { version: made, who, at } = await walls.update(causeOf(principal, reason), id, edited, body);
        return { id, version: made, who, at: Date.parse(at), body, order: {} };
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/walls/{id}/remove',
      summary: 'removes a wall: its screens show the running day alone',
      params,
      body: z.strictObject({ version }),
      answer: { schema: z.strictObject({ version }) },
      refuses: { 404: NO_WALL, 409: CONFLICT },
      handle: async ({ principal, params: { id }, body: { version: edited } }) => {
        await assertThere(id);
        await walls.remove(causeOf(principal), id, edited);
        return { version: edited + 1 };
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/walls/{id}/undo',
      summary: 'takes the last change of a wall back, a removal too',
      params,
      body: z.strictObject({ version }),
      answer: { schema: z.strictObject({ version: z.int() }) },
      refuses: { 404: NO_WALL, 409: CONFLICT, 422: 'a screen stands in another by now' },
      handle: async ({ principal, params: { id }, body: { version: made } }) => {
        const [last] = await walls.history(id);
        if (last === undefined) throw new HttpError(404, 'no_such_wall', NO_WALL);
        if (last.before !== undefined) await assertWall(id, keptAs(wallGroupSchema, last.before));
        return { version: (await walls.undo(causeOf(principal, 'undone'), id, made)).version };
      },
    }),
    route({
      ...whole,
      method: 'get',
      path: '/v1/walls/{id}/versions',
      summary: 'what a wall was, and who made it so; the newest first',
      params,
      answer: { schema: z.strictObject({ versions: z.array(versionSchema(wallGroupSchema)) }) },
      refuses: { 404: NO_WALL },
      handle: async ({ params: { id } }) => {
        await store.begun();
        const versions = versionsOf(await walls.history(id), (after) => keptAs(wallGroupSchema, after));
        if (versions.length === 0) throw new HttpError(404, 'no_such_wall', NO_WALL);
        return { versions };
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/walls/{id}/order',
      summary:
        'shows a scene now, holds what is shown, goes on with the turns, loads anew, names each screen, or shows a past instant until told to be live',
      params,
      body: orderSchema,
      answer: { schema: keptWallSchema },
      refuses: { 404: NO_WALL },
      handle: async ({ principal, params: { id }, body }) => {
        const wall = await kept(id);
        const { scenes } = await store.known();
        if (body.order === 'show' && !scenes.has(body.scene)) throw new HttpError(404, 'no_such_scene', NO_SCENE);
        const from = Date.now() + ORDER_LEAD_MS;
        const all = Object.fromEntries([...scenes].map(([scene, { body: of }]) => [scene, of]));
        const shown = shownAt({ ...wall.body, order: wall.order, jumps: [], scenes: all }, catalogue, from)?.scene;
        await store.order(causeOf(principal, body.order), id, (before) => ordered(before, body, from, shown));
        return kept(id);
      },
    }),
  ];
}

/** All screens have heard of it by `from`; `shown` is what they show then without it. */
function ordered(before: StandingOrder, order: WallOrder, from: number, shown: string | undefined): StandingOrder {
  const { show } = before;
  if (order.order === 'reload') return { ...before, reloadAt: from };
  if (order.order === 'identify') return { ...before, identify: { from, until: from + IDENTIFY_MS } };
  if (order.order === 'show') return { ...before, show: { scene: order.scene, isHold: false, from } };
  if (order.order === 'live')
    return before.present === undefined ? before : { ...before, present: { ...before.present, until: from } };
  if (order.order === 'present') return { ...before, present: presented(order, from) };
  if (order.order === 'hold')
    return shown === undefined ? before : { ...before, show: { scene: shown, isHold: true, from } };
  return show === undefined ? before : { ...before, show: { ...show, until: Math.max(show.from, from) } };
}

/** Ends by itself: after a while, and where what is played comes to now. */
function presented(
  { at, speed }: Extract<WallOrder, { order: 'present' }>,
  from: number,
): NonNullable<StandingOrder['present']> {
  const past = Math.min(at, from - PRESENT_FRAME_MS);
  const meets = speed > 1 ? from + (from - past) / (speed - 1) : Number.POSITIVE_INFINITY;
  return { at: past, from, speed, until: Math.floor(Math.min(from + PRESENT_MS, meets)) };
}
