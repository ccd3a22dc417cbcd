/** What a screen is told to show in turn: that of its wall, or for whoever looks, that of the wall or scene asked for. */
import {
  type Alerts,
  type Catalogue,
  ORDER_LEAD_MS,
  type Scope,
  type ScreenProgram,
  type WallGroup,
} from '@room/contract';
import type { Actor } from '../access/principal.ts';
import { HttpError } from '../errors.ts';
import { Shared } from '../shared.ts';
import type { DisplayStore } from './store.ts';

/** Of alerts the same is told to all who ask within this time. */
const SHARED_MS = 1_000;
/** The room tells of an alert a moment after it began, and a screen asks a moment later. */
const JUMP_LEAD_MS = ORDER_LEAD_MS + 1_000;
const SCENE_ALONE: Pick<WallGroup, 'day' | 'scale'> = { day: { from: 6, to: 20 }, scale: 1 };
const ALONE_SECONDS = 3_600;

export interface ProgramOptions {
  store: Pick<DisplayStore, 'known'>;
  catalogue: Catalogue;
  alerts: { list: (which: 'open' | 'ended', scope: Scope) => Promise<Pick<Alerts, 'alerts'>> };
}

type Rang = { from: number; endedAt: number | undefined };

export class Programs {
  readonly #options: ProgramOptions;
  readonly #rang = new Shared<Rang[]>(SHARED_MS);

  constructor(options: ProgramOptions) {
    this.#options = options;
  }

  /** Throws 404 where a screen stands in no wall, or nobody knows what is asked for. */
  async of(actor: Actor, asked: { wall?: string; scene?: string }): Promise<ScreenProgram> {
    const { store } = this.#options;
    const { scenes, walls, orders } = await store.known();
    const at = Date.now();
    const isScreen = actor.kind === 'screen';
    const name = isScreen && actor.name !== undefined ? { name: actor.name } : {};
    if (!isScreen && asked.scene !== undefined) {
      const scene = scenes.get(asked.scene);
      if (scene === undefined) throw new HttpError(404, 'no_such_scene', 'there is no scene of this id');
      const { day, scale } = SCENE_ALONE;
      const turns: ScreenProgram['turns'] = [{ scene: scene.id, seconds: ALONE_SECONDS, when: 'always' }];
      const wall = { id: '', name: '', scale };
      return { at, wall, turns, day, order: {}, jumps: [], scenes: { [scene.id]: scene.body } };
    }
    const all = [...walls.values()];
    const wall = isScreen
      ? all.find(({ body }) => body.screens.includes(actor.id))
      : all.find(({ id }) => id === asked.wall);
    if (wall === undefined) throw new HttpError(404, 'no_such_wall', 'the screen stands in no wall');
    const { body } = wall;
    const order = orders.get(wall.id) ?? {};
    const used = new Set([
      ...body.turns.map(({ scene }) => scene),
      ...(body.jump === undefined ? [] : [body.jump.scene]),
      ...(order.show === undefined ? [] : [order.show.scene]),
    ]);
    return {
      at,
      ...name,
      ...(isScreen && body.sounding?.includes(actor.id) === true ? { isSounding: true } : {}),
      wall: { id: wall.id, name: body.name, scale: body.scale },
      turns: body.turns,
      day: body.day,
      order,
      jumps: await this.#jumps(body, actor.scope),
      scenes: Object.fromEntries([...scenes].filter(([id]) => used.has(id)).map(([id, { body: of }]) => [id, of])),
    };
  }

  async #jumps({ jump }: WallGroup, scope: Scope): Promise<ScreenProgram['jumps']> {
    if (jump === undefined) return [];
    const rang = await this.#rang.get(scope.key, () => this.#read(scope));
    const lasts = jump.seconds * 1_000;
    return rang
      .map(({ from, endedAt }) => ({
        scene: jump.scene,
        from: from + JUMP_LEAD_MS,
        until: Math.min(from + lasts, endedAt ?? Number.MAX_SAFE_INTEGER) + JUMP_LEAD_MS,
      }))
      .filter(({ until }) => until > Date.now());
  }

  async #read(scope: Scope): Promise<Rang[]> {
    const [open, ended] = await Promise.all([
      this.#options.alerts.list('open', scope),
      this.#options.alerts.list('ended', scope),
    ]);
    return [...open.alerts, ...ended.alerts]
      .filter(({ body }) => body.severity === 'critical')
      .map(({ beganAt, endedAt }) => ({ from: beganAt, endedAt }));
  }
}
