/** Where the names of coloured units go: beside the land, beside each other, a short leader from each unit. */
import type { Outlines, Point } from '@room/contract';
import { type Frame, type Projection, polygonsOf } from './places.ts';

export interface Callout {
  id: string;
  /** Where the unit is, in degrees. */
  at: Point;
  width: number;
  height: number;
}

export interface PlacedCallout {
  id: string;
  from: Point;
  box: Frame;
  side: 'left' | 'right';
  /** Where the leader ends, at the label's near edge. */
  to: Point;
}

const STEP = 8;

/** Extent of the land per strip of `STEP` pixels. */
function silhouette(places: Outlines, { project }: Projection): Map<number, [number, number]> {
  const strips = new Map<number, [number, number]>();
  const widen = (x: number, y: number) => {
    const strip = Math.floor(y / STEP);
    const [left, right] = strips.get(strip) ?? [Infinity, -Infinity];
    strips.set(strip, [Math.min(left, x), Math.max(right, x)]);
  };
  for (const place of places.features)
    for (const ring of polygonsOf(place).flat()) {
      let [beforeX, beforeY] = project(ring[0] ?? [0, 0]);
      for (const point of ring) {
        const [x, y] = project(point);
        const steps = Math.max(1, Math.ceil(Math.abs(y - beforeY) / STEP));
        for (let step = 1; step <= steps; step++)
          widen(beforeX + ((x - beforeX) * step) / steps, beforeY + ((y - beforeY) * step) / steps);
        [beforeX, beforeY] = [x, y];
      }
    }
  return strips;
}

const overlap = (a: Frame, b: Frame, gap: number): boolean =>
  a.x < b.x + b.width + gap && b.x < a.x + a.width + gap && a.y < b.y + b.height + gap && b.y < a.y + a.height + gap;

interface Candidate extends PlacedCallout {
  cost: number;
}

/** Names as many units as there is room for within `reach`, with the shortest leaders; `isRanked`: the first of them before all others. */
export function placeCallouts(
  callouts: readonly Callout[],
  land: Outlines,
  projection: Projection,
  room: Frame,
  taken: readonly Frame[],
  gap: number,
  reach: number,
  isRanked = false,
): PlacedCallout[] {
  const strips = silhouette(land, projection);
  const choices = callouts.map((callout) => candidates(callout, strips, projection, room, taken, gap, reach));
  if (isRanked) return settle(choices, gap);
  // Whoever is placed first takes the best spot: each callout gets its turn to be that, the rest follow from north to south.
  const inOrder = choices.toSorted((a, b) => (a[0]?.from[1] ?? 0) - (b[0]?.from[1] ?? 0));
  const orders = [inOrder, inOrder.toReversed()];
  for (const first of inOrder) orders.push([first, ...inOrder.filter((other) => other !== first)]);
  return orders
    .map((order) => settle(order, gap))
    .reduce((best, placed) =>
      placed.length > best.length || (placed.length === best.length && total(placed) < total(best)) ? placed : best,
    );
}

const total = (placed: readonly Candidate[]): number => placed.reduce((sum, { cost }) => sum + cost, 0);

/** Every spot beside the land that one label may take, the best first. */
function candidates(
  callout: Callout,
  strips: ReadonlyMap<number, readonly [number, number]>,
  { project }: Projection,
  room: Frame,
  taken: readonly Frame[],
  gap: number,
  reach: number,
): Candidate[] {
  const from = project(callout.at);
  const found: Candidate[] = [];
  for (let y = room.y; y + callout.height <= room.y + room.height; y += STEP)
    for (const side of ['left', 'right'] as const) {
      const box = beside(side, y, callout, strips, room, gap);
      if (box === undefined || taken.some((other) => overlap(box, other, gap / 2))) continue;
      const to: Point = [
        side === 'left' ? box.x + box.width + gap / 3 : box.x - gap / 3,
        Math.min(Math.max(from[1], y + gap), y + callout.height - gap),
      ];
      const cost = Math.hypot(to[0] - from[0], (to[1] - from[1]) * 1.3);
      if (cost < reach) found.push({ id: callout.id, from, box, side, to, cost });
    }
  return found.sort((a, b) => a.cost - b.cost);
}

function settle(order: readonly (readonly Candidate[])[], gap: number): Candidate[] {
  const placed: Candidate[] = [];
  for (const choice of order) {
    const free = choice.find((candidate) => placed.every((other) => apart(candidate, other, gap)));
    if (free !== undefined) placed.push(free);
  }
  return placed;
}

const apart = (a: PlacedCallout, b: PlacedCallout, gap: number): boolean =>
  !overlap(a.box, b.box, gap / 2) &&
  !cross(a.from, a.to, b.from, b.to) &&
  // A leader that runs through another's place would seem to come from it.
  distance(a.from, b.from, b.to) > gap / 2 &&
  distance(b.from, a.from, a.to) > gap / 2 &&
  !strikes(a.from, a.to, b.box) &&
  !strikes(b.from, b.to, a.box);

function beside(
  side: 'left' | 'right',
  y: number,
  { width, height }: Callout,
  strips: ReadonlyMap<number, readonly [number, number]>,
  room: Frame,
  gap: number,
): Frame | undefined {
  let [left, right] = [Infinity, -Infinity];
  for (let strip = Math.floor(y / STEP) - 1; strip <= Math.floor((y + height) / STEP) + 1; strip++) {
    const extent = strips.get(strip);
    left = Math.min(left, extent?.[0] ?? Infinity);
    right = Math.max(right, extent?.[1] ?? -Infinity);
  }
  if (left > right) return undefined;
  const x = side === 'left' ? left - gap - width : right + gap;
  return x < room.x || x + width > room.x + room.width ? undefined : { x, y, width, height };
}

/** Of a point from a line between two others. */
export function distance([x, y]: Point, [fromX, fromY]: Point, [toX, toY]: Point): number {
  const [wide, high] = [toX - fromX, toY - fromY];
  const length = wide ** 2 + high ** 2;
  const part = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - fromX) * wide + (y - fromY) * high) / length));
  return Math.hypot(x - fromX - part * wide, y - fromY - part * high);
}

function cross(a: Point, b: Point, c: Point, d: Point): boolean {
  const turn = (p: Point, q: Point, r: Point) => (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
  return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

/** Whether a leader runs through a label. */
function strikes(from: Point, to: Point, { x, y, width, height }: Frame): boolean {
  const corners: Point[] = [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
  return corners.some((corner, index) => cross(from, to, corner, corners[(index + 1) % corners.length] ?? corner));
}
