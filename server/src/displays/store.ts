/**
 * Scenes, walls and what is ordered of them, as this server knows them: kept at hand, as every screen of a wall asks in the moment in
 * which one of them changes.
 */
import {
  asKept,
  type Catalogue,
  type KeptScene,
  type KeptWall,
  type Scene,
  type ScreenState,
  type StandingOrder,
  sceneSchema,
  screenStateSchema,
  shownAt,
  standingOrderSchema,
  type ToldState,
  type Version,
  type WallGroup,
  wallGroupSchema,
} from '@room/contract';
import { type Cause, Conflict, type Database, type Document, Documents, ScreenStateTable } from '@room/database';
import { poll, within } from '@room/runtime';
import { HttpError } from '../errors.ts';
import { Shared } from '../shared.ts';
import { versionsOf } from '../versions.ts';
import { type Shipped, shippedScenes, shippedWalls } from './shipped.ts';

export const SCENE = 'scene';
export const WALL = 'wall_group';
/** What stands ordered of a wall, under the wall's own id. */
export const ORDER = 'wall_order';

const NOTE_MS = 5_000;
/** A screen tells of itself four times as often. */
const SILENT_MS = 60_000;
const GOODBYE_MS = 1_000;
const VERSIONS_MS = 5_000;

export interface Known {
  scenes: ReadonlyMap<string, Document<Scene>>;
  walls: ReadonlyMap<string, Document<WallGroup>>;
  orders: ReadonlyMap<string, StandingOrder>;
}

export interface DisplayOptions {
  database: Pick<Database, 'read' | 'write' | 'changes'>;
  catalogue: Catalogue;
  shipped: Shipped;
  /** Tells viewers that what they show in turn changed. */
  tell: () => void;
}

export class DisplayStore implements AsyncDisposable {
  readonly scenes: Documents<Scene>;
  readonly walls: Documents<WallGroup>;
  readonly #orders: Documents<StandingOrder>;
  readonly #states: ScreenStateTable;
  readonly #options: DisplayOptions;
  #seeded: Promise<void> | undefined;
  #known: Promise<Known> | undefined;
  /** As last read: while the database is away walls go on. */
  #last: Known | undefined;
  /** Whoever plays a past asks each second. */
  readonly #versions = new Shared<Version<Scene | undefined>[]>(VERSIONS_MS);
  #told = new Map<string, { at: string; state: ScreenState }>();
  readonly #owned: Disposable[] = [];

  constructor(options: DisplayOptions) {
    const { database } = options;
    this.#options = options;
    this.scenes = new Documents({ database, kind: SCENE, schema: asKept(sceneSchema) });
    this.walls = new Documents({ database, kind: WALL, schema: asKept(wallGroupSchema) });
    this.#orders = new Documents({ database, kind: ORDER, schema: standingOrderSchema });
    this.#states = new ScreenStateTable(database);
    this.#owned.push(
      database.changes.follow([SCENE, WALL, ORDER], () => {
        this.#known = undefined;
        options.tell();
      }),
      poll(NOTE_MS, () => this.#note()),
    );
  }

  async known(): Promise<Known> {
    this.#known ??= this.#read();
    const reading = this.#known;
    try {
      this.#last = await reading;
    } catch (error) {
      if (this.#known === reading) this.#known = undefined;
      if (this.#last === undefined) throw error;
    }
    return this.#last;
  }

  async #read(): Promise<Known> {
    await this.begun();
    const [scenes, walls, orders] = await Promise.all([this.scenes.list(), this.walls.list(), this.#orders.list()]);
    const byId = <T>(all: readonly Document<T>[]) => new Map(all.map((one) => [one.id, one]));
    return {
      scenes: byId(scenes),
      walls: byId(walls),
      orders: new Map(orders.map(({ id, body }) => [id, body])),
    };
  }

  /** As it was composed at `at`, or is now where it was not there then; undefined where it never was. */
  async sceneAt(id: string, at: number): Promise<{ scene: Scene; composed: 'then' | 'now' } | undefined> {
    const versions = await this.#versions.get(id, async () => {
      await this.begun();
      return versionsOf(await this.scenes.history(id), (after) => sceneSchema.safeParse(after).data);
    });
    const then = versions.find((version) => version.at <= at)?.body;
    if (then !== undefined) return { scene: then, composed: 'then' };
    const now = versions.find(({ body }) => body !== undefined)?.body;
    return now === undefined ? undefined : { scene: now, composed: 'now' };
  }

  async keptScenes(): Promise<KeptScene[]> {
    await this.begun();
    return (await this.scenes.list()).map(sceneOf);
  }

  /** Each with what it shows at `at`, by its turns and orders. */
  async keptWalls(at: number): Promise<KeptWall[]> {
    const { scenes, walls, orders } = await this.known();
    const there = Object.fromEntries([...scenes].map(([id, { body }]) => [id, body]));
    return [...walls.values()].map((wall) => {
      const order = orders.get(wall.id) ?? {};
      const shows = shownAt({ ...wall.body, order, jumps: [], scenes: there }, this.#options.catalogue, at);
      return { ...told(wall), order, ...(shows === undefined ? {} : { shows }) };
    });
  }

  /** What one wall is ordered from now on, in the place of what it was; the last who orders is heard. */
  async order(cause: Cause, wall: string, next: (before: StandingOrder) => StandingOrder): Promise<StandingOrder> {
    const { database } = this.#options;
    const { body } = await database.write(cause, async (edit) => {
      const before = await this.#orders.getIn(edit, wall);
      return this.#orders.putIn(edit, wall, next(before?.body ?? {}));
    });
    this.#known = undefined;
    return body;
  }

  /** A screen told this of itself. */
  hear(screen: string, state: ScreenState): void {
    this.#told.set(screen, { at: new Date().toISOString(), state });
  }

  async states(): Promise<ToldState[]> {
    const kept = new Map<string, ToldState>();
    for (const { screen, at, body } of await this.#states.list()) {
      // Of a later version of the room it may say more.
      const read = screenStateSchema.safeParse(JSON.parse(body));
      if (read.success) kept.set(screen, { screen, at: Date.parse(at), state: read.data });
    }
    for (const [screen, { at, state }] of this.#told) kept.set(screen, { screen, at: Date.parse(at), state });
    return [...kept.values()];
  }

  /** Screens of walls that told nothing for a minute. */
  async silent(): Promise<number> {
    const [{ walls }, states] = await Promise.all([this.known(), this.states()]);
    const since = Date.now() - SILENT_MS;
    const heard = new Set(states.filter(({ at }) => at >= since).map(({ screen }) => screen));
    return [...walls.values()].flatMap(({ body }) => body.screens).filter((screen) => !heard.has(screen)).length;
  }

  async #note(): Promise<void> {
    const told = this.#told;
    if (told.size === 0) return;
    const rows = [...told].map(([screen, { at, state }]) => ({ screen, at, body: JSON.stringify(state) }));
    // What is not noted now is told again by its screen.
    await this.#states.put(rows).then(
      () => {
        for (const [screen, state] of told) if (this.#told.get(screen) === state) this.#told.delete(screen);
      },
      () => undefined,
    );
  }

  /** One that was there before, or was removed, is not made again. Tried again where the database was away. */
  begun(): Promise<void> {
    this.#seeded ??= this.#seed().catch((error: unknown) => {
      this.#seeded = undefined;
      throw error;
    });
    return this.#seeded;
  }

  async #seed(): Promise<void> {
    const { catalogue, shipped } = this.#options;
    await seed(this.scenes, shippedScenes(catalogue, shipped));
    await seed(this.walls, shippedWalls(shipped));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const owned of this.#owned) owned[Symbol.dispose]();
    await within(this.#note(), GOODBYE_MS);
  }
}

async function seed<T>(documents: Documents<T>, shipped: Readonly<Record<string, T>>): Promise<void> {
  const there = new Set((await documents.list()).map(({ id }) => id));
  for (const [id, body] of Object.entries(shipped))
    if (!there.has(id))
      await documents.create({ who: 'catalogue' }, id, body).catch((error: unknown) => {
        if (!(error instanceof Conflict)) throw error;
      });
}

const told = <T>({ id, version, who, at, body }: Document<T>) => ({ id, version, who, at: Date.parse(at), body });
export const sceneOf = (scene: Document<Scene>): KeptScene => told(scene);

/** Throws 422 where there are as many as there may be. */
export function assertFewer(there: number, most: number): void {
  if (there < most) return;
  throw new HttpError(422, 'too_many', `there are ${there} already, at most ${most}; remove some first`, undefined, {
    numbers: { most },
  });
}
