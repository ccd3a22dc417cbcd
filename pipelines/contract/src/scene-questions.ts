/** What each tile of a scene asks beside the running day's state: the same by whoever shows it and by whoever keeps what was shown. Pure. */
import type { Queries } from './api.ts';
import type { Scene, Tile } from './scenes.ts';

export const SCENE_PATHS = [
  '/v1/wall/on-time',
  '/v1/wall/waiting',
  '/v1/wall/tasks',
  '/v1/wall/index',
  '/v1/wall/essential',
  '/v1/wall/leaders',
  '/v1/alerts',
  '/v1/ringing',
  '/v1/indicators',
  '/v1/links',
] as const satisfies readonly (keyof Queries)[];
export type ScenePath = (typeof SCENE_PATHS)[number];
export interface SceneQuestion<P extends ScenePath = ScenePath> {
  path: P;
  query: Queries[P];
}

/** Beside the whole country, scopes of wall displays for which the answers of scenes are kept. */
export const MOST_KEPT_SCOPES = 20;
/** Days of the shares on time that stand beside a unit, and on the map. */
export const UNIT_DAYS = 30;

/** The same for the same question, in whichever order its fields stand. */
export function questionKey({ path, query }: { path: string; query: object }): string {
  const fields = Object.entries(query)
    .map(([name, value]): [string, string] => [name, String(value)])
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return fields.length === 0 ? path : `${path}?${new URLSearchParams(fields)}`;
}

/** What a key asks; undefined where it is no question of a scene. */
export function questionOf(key: string): { path: ScenePath; query: Record<string, string> } | undefined {
  const [asked = '', fields] = key.split('?', 2);
  const path = SCENE_PATHS.find((each) => each === asked);
  return path && { path, query: Object.fromEntries(new URLSearchParams(fields)) };
}

const ask = <P extends ScenePath>(path: P, query: Queries[P]): SceneQuestion<P> => ({ path, query });
const waiting = (by: 'agency' | 'province') => ask('/v1/wall/waiting', { by });
const onTime = (by: 'agency' | 'province' | 'service', days: number) =>
  ask('/v1/wall/on-time', { by, days: String(days) });
const ringing = ask('/v1/alerts', { which: 'open' });
/** What the foot of a wall says of alerts, whichever scene stands above it. */
export const FOOT = ask('/v1/ringing', {});

export function questionsOf(tile: Tile): SceneQuestion[] {
  switch (tile.kind) {
    case 'on-time':
      return [onTime(tile.by, tile.days)];
    case 'waiting':
      return [waiting('agency')];
    case 'waiting-units':
      return [waiting(tile.by)];
    case 'waiting-map':
      return [waiting('province')];
    case 'late-map':
      return [onTime('province', UNIT_DAYS)];
    case 'alerts':
      return [ringing];
    case 'unit':
      return [onTime(tile.by, UNIT_DAYS), waiting(tile.by), ringing];
    case 'databases':
      return [ask('/v1/links', {})];
    case 'programmes':
      return [ask('/v1/indicators', {})];
    case 'tasks':
      return [ask('/v1/wall/tasks', {})];
    case 'service-index':
      return [ask('/v1/wall/index', { by: tile.by, span: tile.span })];
    case 'essential':
      return [ask('/v1/wall/essential', {})];
    case 'leaders':
      return [ask('/v1/wall/leaders', { by: tile.by, measure: tile.measure })];
    // The running day's state has all that they show.
    case 'pulse':
    case 'units':
    case 'day-so-far':
      return [];
  }
}

/** Of all its tiles, each once, by key. */
export const questionsOfScene = ({ tiles }: Pick<Scene, 'tiles'>): Map<string, SceneQuestion> =>
  new Map(tiles.flatMap(questionsOf).map((question) => [questionKey(question), question]));
