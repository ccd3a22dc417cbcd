/** What is said of walls and scenes where they are looked after. */
import type { KeptScene, Language, Scene, Tile, ToldState } from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';

export const TILE_NAMES: Readonly<Record<Tile['kind'], MessageKey>> = {
  pulse: 'tilePulse',
  'on-time': 'tileOnTime',
  units: 'tileUnits',
  waiting: 'tileWaiting',
  'waiting-units': 'tileWaitingUnits',
  'waiting-map': 'tileWaitingMap',
  'late-map': 'tileLateMap',
  alerts: 'tileAlerts',
  databases: 'tileDatabases',
  unit: 'tileUnit',
  programmes: 'tileProgrammes',
  tasks: 'tileTasks',
  'service-index': 'tileServiceIndex',
  essential: 'tileEssential',
  leaders: 'tileLeaders',
  'day-so-far': 'tileDaySoFar',
};
export const WHY_NAMES = {
  turn: 'wallWhyTurn',
  show: 'wallWhyShow',
  hold: 'wallWhyHold',
  jump: 'wallWhyJump',
} as const satisfies Record<string, MessageKey>;

/** What a refusal means here, by the server's code. */
export const WALL_REFUSALS: Readonly<Record<string, MessageKey>> = {
  conflict: 'conflict',
  screen_in_use: 'wallInUse',
  scene_in_use: 'sceneInUse',
  bad_scene: 'sceneBad',
  bad_wall: 'wallBad',
  demonstration: 'screensDemonstration',
  no_right: 'screensRefused',
  outside_scope: 'screensRefused',
  not_signed_in: 'screensRefused',
};

export const sceneName = (id: string, scenes: readonly KeptScene[], language: Language): string =>
  scenes.find((scene) => scene.id === id)?.body.name[language] ?? id;

/** A screen tells of itself four times a minute. */
const DEAD_AFTER_MS = 45_000;
export const isDead = (told: ToldState | undefined, now: number): boolean =>
  told === undefined || now - told.at > DEAD_AFTER_MS;

/** A new tile of a kind, in the cells given. */
export function newTile(
  kind: Tile['kind'],
  place: Pick<Tile, 'column' | 'row' | 'width' | 'height'>,
  unit: string,
): Tile {
  if (kind === 'on-time') return { kind, by: 'agency', days: 30, ...place };
  if (kind === 'units' || kind === 'waiting-units') return { kind, by: 'province', ...place };
  if (kind === 'service-index') return { kind, by: 'province', span: 'quarter', ...place };
  if (kind === 'leaders') return { kind, by: 'province', measure: 'shareOnTime', ...place };
  if (kind === 'unit') return { kind, by: 'agency', id: unit, ...place };
  return { kind, ...place };
}

/** What an editor begins with. */
export const emptyScene = (): Scene => ({
  name: { vi: '', en: '' },
  tiles: [{ kind: 'waiting', column: 1, row: 1, width: 12, height: 8 }],
});
