/** HTTP of scenes and walls: what a screen shows and tells of itself, and what administrators make, change and order. */
import { randomUUID } from 'node:crypto';
import {
  API,
  type Catalogue,
  keptAs,
  keptSceneSchema,
  plainIfAny,
  type Scene,
  sceneIdSchema,
  sceneSchema,
  screenStateSchema,
  versionSchema,
} from '@room/contract';
import { z } from 'zod';
import { causeOf } from '../access/remember.ts';
import { type Route, route } from '../api/route.ts';
import { HttpError } from '../errors.ts';
import { versionsOf } from '../versions.ts';
import { type ProgramOptions, Programs } from './program.ts';
import { assertFewer, type DisplayStore, sceneOf } from './store.ts';
import { wallRoutes } from './wall-routes.ts';

const version = z.int().positive();
const params = z.strictObject({ id: sceneIdSchema });
const why = plainIfAny(500);
const whole = { right: 'administer', isWhole: true } as const;
const NO_SCENE = 'there is no scene of this id';
const CONFLICT = 'somebody else changed it since';
/** A grid of tiles with texts in two languages, and a wall of a hundred screens, are smaller. */
const MOST_BYTES = 50_000;
const MOST_SCENES = 200;

export interface DisplayRoutesOptions extends Pick<ProgramOptions, 'alerts'> {
  store: DisplayStore;
  catalogue: Catalogue;
}

export function displayRoutes(options: DisplayRoutesOptions): Route[] {
  const { store, catalogue } = options;
  return [
    ...screenRoutes(new Programs(options), store),
    ...sceneRoutes(store, catalogue),
    ...wallRoutes(store, catalogue),
  ];
}

function screenRoutes(programs: Programs, store: DisplayStore): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/screen/program',
      summary: 'the scenes that a wall display shows in turn, what is ordered of its wall, and which alerts jump in',
      right: 'view',
      isOnWalls: true,
      query: API['/v1/screen/program'].query,
      answer: { schema: API['/v1/screen/program'].answer },
      refuses: { 404: 'the screen stands in no wall, or there is no such wall or scene' },
      handle: ({ principal, query }) => programs.of(principal, query),
    }),
    route({
      method: 'post',
      path: '/v1/screen/state',
      summary: 'what a wall display shows and how it fares, told by itself; of whoever else nothing is kept',
      right: 'view',
      isOnWalls: true,
      body: z.strictObject({ state: screenStateSchema }),
      answer: { schema: z.strictObject({ isKept: z.boolean() }) },
      handle: ({ principal: { kind, id }, body: { state } }) => {
        const isKept = kind === 'screen';
        if (isKept) store.hear(id, state);
        return { isKept };
      },
    }),
  ];
}

function sceneRoutes(store: DisplayStore, catalogue: Catalogue): Route[] {
  const { scenes } = store;
  const assertThere = async (id: string): Promise<void> => {
    await store.begun();
    if ((await scenes.get(id)) === undefined) throw new HttpError(404, 'no_such_scene', NO_SCENE);
  };
  return [
    route({
      method: 'get',
      path: '/v1/scenes',
      summary: 'scenes: what walls show in turn, each made of tiles',
      right: 'view',
      answer: { schema: API['/v1/scenes'].answer },
      handle: async () => ({ scenes: await store.keptScenes() }),
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/scenes',
      summary: 'makes a scene',
      body: sceneSchema,
      mostBytes: MOST_BYTES,
      badInput: 'bad_scene',
      answer: { schema: keptSceneSchema },
      refuses: { 422: 'as many scenes as there may be' },
      handle: async ({ principal, body }) => {
        assertUnits(body, catalogue);
        await store.begun();
        assertFewer((await scenes.list()).length, MOST_SCENES);
        return sceneOf(await scenes.create(causeOf(principal), randomUUID(), body));
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/scenes/{id}',
      summary: 'changes a scene; walls that show it change at once',
      params,
      body: z.strictObject({ version, why, body: sceneSchema }),
      mostBytes: MOST_BYTES,
      badInput: 'bad_scene',
      answer: { schema: keptSceneSchema },
      refuses: { 404: NO_SCENE, 409: CONFLICT },
      handle: async ({ principal, params: { id }, body: { version: edited, why: reason, body } }) => {
        assertUnits(body, catalogue);
        await assertThere(id);
        return sceneOf(await scenes.update(causeOf(principal, reason), id, edited, body));
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/scenes/{id}/remove',
      summary: 'removes a scene that no wall shows',
      params,
      body: z.strictObject({ version }),
      answer: { schema: z.strictObject({ version }) },
      refuses: { 404: NO_SCENE, 409: CONFLICT, 422: 'a wall shows it' },
      handle: async ({ principal, params: { id }, body: { version: edited } }) => {
        await assertThere(id);
        const shows = (await store.walls.list()).find(({ body: { turns, jump } }) =>
          [...turns, ...(jump === undefined ? [] : [jump])].some(({ scene }) => scene === id),
        );
        if (shows !== undefined)
          throw new HttpError(422, 'scene_in_use', `the wall ${shows.body.name} shows it; take it out there first`);
        await scenes.remove(causeOf(principal), id, edited);
        return { version: edited + 1 };
      },
    }),
    route({
      ...whole,
      method: 'post',
      path: '/v1/scenes/{id}/undo',
      summary: 'takes the last change of a scene back, a removal too; absent from the answer where it had been made',
      params,
      body: z.strictObject({ version }),
      answer: { schema: z.strictObject({ scene: keptSceneSchema.optional() }) },
      refuses: { 404: NO_SCENE, 409: CONFLICT },
      handle: async ({ principal, params: { id }, body: { version: made } }) => {
        const { body, ...rest } = await scenes.undo(causeOf(principal, 'undone'), id, made);
        return body === undefined ? {} : { scene: sceneOf({ ...rest, body }) };
      },
    }),
    route({
      ...whole,
      method: 'get',
      path: '/v1/scenes/{id}/versions',
      summary: 'what a scene was, and who made it so; the newest first',
      params,
      answer: { schema: z.strictObject({ versions: z.array(versionSchema(sceneSchema)) }) },
      refuses: { 404: NO_SCENE },
      handle: async ({ params: { id } }) => {
        await store.begun();
        const versions = versionsOf(await scenes.history(id), (after) => keptAs(sceneSchema, after));
        if (versions.length === 0) throw new HttpError(404, 'no_such_scene', NO_SCENE);
        return { versions };
      },
    }),
  ];
}

function assertUnits({ tiles }: Scene, { agencies, provinces }: Catalogue): void {
  for (const tile of tiles) {
    if (tile.kind !== 'unit') continue;
    const units = tile.by === 'agency' ? agencies : provinces;
    if (!units.some(({ id }) => id === tile.id))
      throw new HttpError(400, 'bad_scene', `tiles: the catalogue has no ${tile.by} ${tile.id}`);
  }
}
