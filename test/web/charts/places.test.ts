import type { Outline } from '@room/contract';
import { expect, it } from 'vitest';
import { placeCallouts } from '../../../web/src/charts/callouts.ts';
import { boxOfPlaces, mainland, pathOf, projectionInto } from '../../../web/src/charts/places.ts';

const square = (x: number, y: number, side: number) =>
  [
    [
      [x, y],
      [x + side, y],
      [x + side, y + side],
      [x, y + side],
      [x, y],
    ],
  ] as const;
const place = (code: string, ...coordinates: ReturnType<typeof square>[]): Outline => ({
  type: 'Feature',
  properties: { code, cp: [5, 5] },
  geometry: { type: 'MultiPolygon', coordinates },
});
const map = {
  type: 'FeatureCollection' as const,
  features: [place('1', square(0, 0, 10), square(11, 5, 0.1), square(20, 5, 1))],
};

it('leaves to an inset what it shows, and parts the islands', () => {
  const land = mainland(map, [[20.01, 5, 21, 6]]);
  expect(land.features.map(({ properties: { code } }) => code)).toEqual(['1', '1/islands']);
  expect(boxOfPlaces(land)[2]).toBeCloseTo(11.1);
});

it('projects true at the middle latitude, north up', () => {
  const projection = projectionInto([0, -10, 10, 10], { x: 0, y: 0, width: 1000, height: 200 }, 1);
  expect(projection.frame).toEqual({ x: 900, y: 0, width: 100, height: 200 });
  expect(projection.project([0, 10])).toEqual([900, 0]);
  expect(projection.project([10, -10])).toEqual([1000, 200]);
});

it('draws a path of every ring', () => {
  const projection = projectionInto([0, 0, 10, 10], { x: 0, y: 0, width: 100, height: 100 });
  expect(pathOf(place('1', square(0, 0, 10)), projection).match(/M/g)).toHaveLength(1);
});

const land = { type: 'FeatureCollection' as const, features: [place('1', square(0, -5, 10))] };
const room = { x: 0, y: 0, width: 600, height: 200 };
const projection = projectionInto([0, -5, 10, 5], { x: 200, y: 0, width: 200, height: 200 });
const callouts = Array.from({ length: 4 }, (_, i) => ({ id: `${i}`, at: [5, 4 - i] as const, width: 120, height: 40 }));

it('places labels off the land, clear of each other and of what is taken', () => {
  const taken = [{ x: 400, y: 0, width: 200, height: 200 }];
  const placed = placeCallouts(callouts, land, projection, room, taken, 10, 1000);
  expect(placed.length).toBeGreaterThan(2);
  for (const { box, side } of placed) {
    expect(side).toBe('left');
    expect(box.x + box.width).toBeLessThanOrEqual(200);
    for (const { box: other } of placed)
      if (other !== box) expect(Math.abs(other.y - box.y)).toBeGreaterThanOrEqual(box.height);
  }
});

it('leaves out a label for which there is no room', () => {
  const wide = callouts.map((callout) => ({ ...callout, width: 500 }));
  expect(placeCallouts(wide, land, projection, room, [], 10, 1000)).toEqual([]);
});

it('no leader runs through the place of another, which it would seem to come from', () => {
  const inLine = [2, 4, 6].map((x) => ({ id: `${x}`, at: [x, 5] as const, width: 60, height: 20 }));
  const gap = 10;
  const placed = placeCallouts(inLine, land, projection, room, [], gap, 1000);
  expect(placed.length).toBeGreaterThan(1);
  for (const one of placed)
    for (const other of placed)
      if (one !== other) {
        const [dx, dy] = [other.to[0] - other.from[0], other.to[1] - other.from[1]];
        const [x, y] = [one.from[0] - other.from[0], one.from[1] - other.from[1]];
        const part = Math.min(1, Math.max(0, (x * dx + y * dy) / (dx ** 2 + dy ** 2)));
        expect(Math.hypot(x - part * dx, y - part * dy)).toBeGreaterThan(gap / 2);
      }
});

it('where they are ranked the first has its room before all others', () => {
  const many = Array.from({ length: 9 }, (_, i) => ({ id: `${i}`, at: [5, 4 - i] as const, width: 120, height: 40 }));
  const ranked = placeCallouts(many.toReversed(), land, projection, room, [], 10, 1000, true);
  expect(ranked.map(({ id }) => id)).toContain('8');
  expect(ranked.length).toBeLessThan(many.length);
});
