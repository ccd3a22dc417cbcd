/** Whatever tile an editor turns to is one that a scene may have. */
import { sceneSchema, type Tile } from '@room/contract';
import { expect, it } from 'vitest';
import { newTile, TILE_NAMES } from '../../../web/src/messages/walls.ts';

it.each(Object.keys(TILE_NAMES) as Tile['kind'][])('a new tile of %s is taken as it is', (kind) => {
  const tile = newTile(kind, { column: 1, row: 1, width: 6, height: 4 }, 'MOH');
  expect(sceneSchema.safeParse({ name: { vi: 'Một', en: 'One' }, tiles: [tile] }).success).toBe(true);
});
