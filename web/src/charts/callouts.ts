/** Where the names of coloured units go: beside the land, beside each other, a short leader from each unit. */
import { type Frame, type Places, type Point, type Projection, polygonsOf } from './places.ts';

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
function silhouette(places: Places, { project }: Projection): Map<number, [number, number]> {
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

/** In their order, so the largest should come first; callouts for which there is no room are left out. */
export function placeCallouts(
  callouts: readonly Callout[],
  land: Places,
  projection: Projection,
  room: Frame,
  taken: readonly Frame[],
  gap: number,
): PlacedCallout[] {
  const strips = silhouette(land, projection);
  const placed: PlacedCallout[] = [];
  for (const callout of callouts) {
    const from = projection.project(callout.at);
    let best: { cost: number; callout: PlacedCallout } | undefined;
    for (let y = room.y; y + callout.height <= room.y + room.height; y += STEP)
      for (const side of ['left', 'right'] as const) {
        const box = beside(side, y, callout, strips, room, gap);
        if (box === undefined) continue;
        if ([...taken, ...placed.map((other) => other.box)].some((other) => overlap(box, other, gap / 2))) continue;
        const to: Point = [
          side === 'left' ? box.x + box.width + gap / 3 : box.x - gap / 3,
          Math.min(Math.max(from[1], y + gap), y + callout.height - gap),
        ];
        if (placed.some((other) => cross(from, to, other.from, other.to))) continue;
        const cost = Math.hypot(to[0] - from[0], (to[1] - from[1]) * 1.3);
        if (best === undefined || cost < best.cost) best = { cost, callout: { id: callout.id, from, box, side, to } };
      }
    if (best !== undefined) placed.push(best.callout);
  }
  return placed;
}

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

function cross(a: Point, b: Point, c: Point, d: Point): boolean {
  const turn = (p: Point, q: Point, r: Point) => (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
  return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}
