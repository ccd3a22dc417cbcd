/**
 * What walls show in turn: scenes made of tiles, walls as groups of screens that change in step, and what was ordered of one. Instants are
 * milliseconds since 1970 UTC.
 */
import { z } from 'zod';
import { MERITS } from './leaders.ts';
import { SCENE_GRID } from './scene-grid.ts';
import { absentOr, count, instant, number, plainText } from './schema.ts';
import { INDEX_SPANS } from './service-index.ts';

const MOST_TILES = 12;
const MOST_SCENES_IN_TURN = 24;
const MOST_SCREENS = 100;
/** Seconds that a scene stays. */
export const DWELL = { least: 5, most: 3_600 } as const;

export const sceneIdSchema = z
  .string()
  .regex(/^[\w-]{1,64}$/, { error: 'letters, digits, - and _, at most 64' })
  .meta({ description: 'of a scene' });

const from1 = (most: number) => z.int().min(1).max(most);
const place = {
  /** The first cell from the left and from the top, counted from 1. */
  column: from1(SCENE_GRID.columns),
  row: from1(SCENE_GRID.rows),
  width: from1(SCENE_GRID.columns),
  height: from1(SCENE_GRID.rows),
};
const unitKind = z.enum(['agency', 'province']);
export type UnitKind = z.infer<typeof unitKind>;

export const tileSchema = z.discriminatedUnion('kind', [
  /** The whole wall of the running day: it stands alone. */
  z.strictObject({ kind: z.literal('pulse'), ...place }),
  /** Shares on time over days, with the range that they are sure within. */
  /** Of services those that the catalogue calls leading: what most people need. */
  z.strictObject({
    kind: z.literal('on-time'),
    by: z.enum([...unitKind.options, 'service']),
    days: z.int().min(7).max(90),
    ...place,
  }),
  /** Each unit's day in a cell of its own. */
  z.strictObject({ kind: z.literal('units'), by: unitKind, ...place }),
  /** Who waits beyond the date: how many, whether they become more, since when the oldest. */
  z.strictObject({ kind: z.literal('waiting'), ...place }),
  z.strictObject({ kind: z.literal('waiting-units'), by: unitKind, ...place }),
  z.strictObject({ kind: z.literal('waiting-map'), ...place }),
  /** Which provinces are surely below the target of what is finished on time. */
  z.strictObject({ kind: z.literal('late-map'), ...place }),
  /** What rings, and what is unknown. */
  z.strictObject({ kind: z.literal('alerts'), ...place }),
  /** National databases with the states of their links. */
  z.strictObject({ kind: z.literal('databases'), ...place }),
  /** One unit: its day, its share on time, who waits. */
  z.strictObject({ kind: z.literal('unit'), by: unitKind, id: z.string().min(1).max(64), ...place }),
  /** What was decided to be reached: those first that will be missed. */
  z.strictObject({ kind: z.literal('programmes'), ...place }),
  /** What was ordered: who owes what is overdue, and what falls due next. */
  z.strictObject({ kind: z.literal('tasks'), ...place }),
  /** The index of like units, as far as it is measured, in the running quarter or the last whole month. */
  z.strictObject({ kind: z.literal('service-index'), by: unitKind, span: z.enum(INDEX_SPANS), ...place }),
  /** Essential services: deployed, used, and by nobody. */
  z.strictObject({ kind: z.literal('essential'), ...place }),
  /** Who surely leads and who surely lags among units of like size. */
  z.strictObject({ kind: z.literal('leaders'), by: unitKind, measure: z.enum(MERITS), ...place }),
  /** For nights and days off: what the day has brought so far, and what tomorrow is. */
  z.strictObject({ kind: z.literal('day-so-far'), ...place }),
]);
export type Tile = z.infer<typeof tileSchema>;
export type TileKind = Tile['kind'];

type Placed = Pick<Tile, 'column' | 'row' | 'width' | 'height'>;
const isOver = (one: Placed, other: Placed): boolean =>
  one.column < other.column + other.width &&
  other.column < one.column + one.width &&
  one.row < other.row + other.height &&
  other.row < one.row + one.height;

export const sceneSchema = z
  .strictObject({
    name: z.strictObject({ vi: plainText(120), en: plainText(120) }),
    tiles: z.array(tileSchema).min(1).max(MOST_TILES),
  })
  .superRefine(({ tiles }, { addIssue }) => {
    const fault = (at: number, message: string): void => addIssue({ code: 'custom', path: ['tiles', at], message });
    tiles.forEach((tile, at) => {
      const { columns, rows } = SCENE_GRID;
      if (tile.column + tile.width - 1 > columns || tile.row + tile.height - 1 > rows)
        fault(at, `reaches beyond ${columns} columns and ${rows} rows`);
      if (tile.kind === 'pulse' && tiles.length > 1) fault(at, 'the whole wall of the day stands alone in its scene');
      const under = tiles.slice(0, at).findIndex((other) => isOver(tile, other));
      if (under !== -1) fault(at, `lies over tile ${under + 1}`);
    });
  });
export type Scene = z.infer<typeof sceneSchema>;

const dwell = z.int().min(DWELL.least).max(DWELL.most).meta({ description: 'seconds' });

export const wallGroupSchema = z
  .strictObject({
    name: plainText(200),
    screens: z.array(z.uuid()).max(MOST_SCREENS).meta({ description: 'ids of those that show it' }),
    sounding: absentOr(z.array(z.uuid()).max(MOST_SCREENS)).meta({
      description: 'ids of those that chime where an alert begins to ring; none where it is absent',
    }),
    turns: z
      .array(
        z.strictObject({
          scene: sceneIdSchema,
          seconds: dwell,
          when: z.enum(['always', 'day', 'quiet']).meta({
            description: 'in the hours of working days, in all others (nights, days off), or always',
          }),
        }),
      )
      .min(1)
      .max(MOST_SCENES_IN_TURN),
    day: z
      .strictObject({ from: z.int().min(0).max(23), to: z.int().min(1).max(24) })
      .refine(({ from, to }) => from < to, { message: 'ends before it begins' })
      .meta({ description: 'local hours of a working day' }),
    jump: absentOr(z.strictObject({ scene: sceneIdSchema, seconds: dwell })).meta({
      description: 'shown for so long when an alert of the highest severity rings',
    }),
    scale: number
      .min(0.5)
      .max(3)
      .meta({ description: 'of all type and space, for LED walls of odd shapes; 1 fits the screen' }),
  })
  .refine(({ screens }) => new Set(screens).size === screens.length, { path: ['screens'], message: 'each once' });
export type WallGroup = z.infer<typeof wallGroupSchema>;

/** How much faster than it passed a past may be played. */
export const MOST_SPEED = 600;

/** What is ordered of a wall, each from an instant on that its screens have heard of by then. */
export const standingOrderSchema = z.strictObject({
  show: absentOr(
    z.strictObject({ scene: sceneIdSchema, isHold: z.boolean(), from: instant, until: absentOr(instant) }),
  ),
  reloadAt: absentOr(instant),
  identify: absentOr(z.strictObject({ from: instant, until: instant })),
  /** What walls showed at `at` of the past is shown from `from` until `until`; of that past `speed` milliseconds pass in one of now. */
  present: absentOr(z.strictObject({ at: instant, from: instant, until: instant, speed: count.max(MOST_SPEED) })),
});
export type StandingOrder = z.infer<typeof standingOrderSchema>;

export const orderSchema = z.discriminatedUnion('order', [
  z.strictObject({ order: z.literal('show'), scene: sceneIdSchema }),
  z.strictObject({ order: z.literal('hold') }),
  z.strictObject({ order: z.literal('release') }),
  z.strictObject({ order: z.literal('reload') }),
  z.strictObject({ order: z.literal('identify') }),
  /** A past instant on all screens, standing still or played. */
  z.strictObject({ order: z.literal('present'), at: instant, speed: z.int().min(0).max(MOST_SPEED) }),
  z.strictObject({ order: z.literal('live') }),
]);
export type WallOrder = z.infer<typeof orderSchema>;

/** All that a screen must know to show what the others of its wall show, at the same time. */
export const screenProgramSchema = z
  .object({
    at: instant,
    /** Of the screen; absent for whoever looks without being one. */
    name: absentOr(z.string()),
    /** It chimes where an alert begins to ring. */
    isSounding: absentOr(z.boolean()),
    wall: z.object({ id: z.string(), name: z.string(), scale: number }),
    turns: wallGroupSchema.shape.turns,
    day: wallGroupSchema.shape.day,
    order: standingOrderSchema,
    /** An alert of the highest severity rang: what is shown then, from and until when. */
    jumps: z.array(z.object({ scene: z.string(), from: instant, until: instant })),
    scenes: z.record(z.string(), sceneSchema).meta({ description: 'by id' }),
  })
  .meta({ id: 'ScreenProgram' });
export type ScreenProgram = z.infer<typeof screenProgramSchema>;

const few = (most: number) => count.min(0).max(most);
/** What a wall display tells of itself. */
export const screenStateSchema = z.strictObject({
  scene: absentOr(sceneIdSchema),
  /** On the room's clock: since when it shows that, and up to when its numbers were reported. */
  since: instant,
  asOf: absentOr(instant),
  connection: z.string().max(32),
  build: absentOr(z.string().max(64)),
  width: few(100_000),
  height: few(100_000),
  /** Painted in a second, and what held it up in the last minute. */
  frames: number.min(0).max(1_000),
  longTasks: few(100_000),
  longestTaskMs: few(10_000_000),
  memoryMb: absentOr(few(1_000_000)),
  upMs: few(Number.MAX_SAFE_INTEGER),
  /** Tiles that could not be shown. */
  failed: z.array(z.string().max(64)).max(MOST_TILES),
});
export type ScreenState = z.infer<typeof screenStateSchema>;

const edited = { id: z.string(), version: count, who: z.string(), at: instant };
export const keptSceneSchema = z.object({ ...edited, body: sceneSchema }).meta({ id: 'KeptScene' });
export type KeptScene = z.infer<typeof keptSceneSchema>;
export const keptWallSchema = z
  .object({
    ...edited,
    body: wallGroupSchema,
    order: standingOrderSchema,
    /** By the room's clock, what it is to show now. */
    shows: absentOr(z.object({ scene: z.string(), why: z.enum(['turn', 'show', 'hold', 'jump']), until: instant })),
  })
  .meta({ id: 'KeptWall' });
export type KeptWall = z.infer<typeof keptWallSchema>;
export const toldStateSchema = z
  .object({ screen: z.string(), at: instant, state: screenStateSchema })
  .meta({ id: 'ToldScreenState' });
/** When a screen told what of itself. */
export type ToldState = z.infer<typeof toldStateSchema>;
