import type { Tile } from '@room/contract';
import { expect, it } from 'vitest';
import { firstWith, focusOf } from '../../../web/src/scenes/focus.ts';

const place = { column: 1, row: 1, width: 12, height: 4 };
const unit = (id: string): Tile => ({ kind: 'unit', by: 'agency', id, ...place });
const alerts: Tile = { kind: 'alerts', ...place };

it('a scene is about the one unit that it has, and about none of several', () => {
  expect(focusOf({ tiles: [unit('MOD'), alerts] })).toEqual({ by: 'agency', id: 'MOD', hasAlerts: true });
  expect(focusOf({ tiles: [unit('MOD')] })).toEqual({ by: 'agency', id: 'MOD', hasAlerts: false });
  expect(focusOf({ tiles: [unit('MOD'), unit('MOH'), alerts] })).toBeUndefined();
  expect(focusOf({ tiles: [alerts] })).toBeUndefined();
});

it('whoever is in focus stands among the rows that are shown, in the place of the last where there is no room', () => {
  const rows = ['a', 'b', 'c', 'd', 'e'];
  const first = (n: number, marked?: string) => firstWith(rows, n, (row) => row === marked);
  expect(first(3)).toEqual(['a', 'b', 'c']);
  expect(first(3, 'b')).toEqual(['a', 'b', 'c']);
  expect(first(3, 'e')).toEqual(['a', 'b', 'e']);
  expect(first(1, 'e')).toEqual(['e']);
  expect(first(0, 'e')).toEqual([]);
  expect(first(9, 'e')).toEqual(rows);
});
