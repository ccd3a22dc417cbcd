/** GeoJSON as the catalogue serves it, and what the map needs of it: pure geometry, degrees in, degrees out. */
import type { Outline, Outlines, Point, Polygon, Ring } from '@room/contract';

/** west, south, east, north */
export type Box = readonly [number, number, number, number];

export const polygonsOf = ({ geometry }: Outline): readonly Polygon[] =>
  geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;

function boxOf(rings: Iterable<Ring>): Box {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings)
    for (const [x, y] of ring) {
      west = Math.min(west, x);
      south = Math.min(south, y);
      east = Math.max(east, x);
      north = Math.max(north, y);
    }
  return [west, south, east, north];
}

export const boxOfPlaces = ({ features }: Outlines): Box =>
  boxOf(features.flatMap((place) => polygonsOf(place).flat()));

/** By its middle: an inset's edges are rounded, so that what it shows may reach over them by a hair. */
const within = ([west, south, east, north]: Box, outer: Box): boolean => {
  const [x, y] = [(west + east) / 2, (south + north) / 2];
  return x >= outer[0] && x <= outer[2] && y >= outer[1] && y <= outer[3];
};

/** An island smaller than this would vanish behind the gap that parts units. */
const ISLAND = 0.3;
export const ISLANDS = '/islands';

/**
 * The main map: what an inset shows is left to the inset, and a unit's small islands become a place of their own
 * (`code` + `/islands`), because they are outlined in their own colour where borders are gaps.
 */
export function mainland(map: Outlines, insets: readonly Box[]): Outlines {
  const features: Outline[] = [];
  for (const place of map.features) {
    const land: Polygon[] = [];
    const islands: Polygon[] = [];
    for (const polygon of polygonsOf(place)) {
      const box = boxOf(polygon);
      if (insets.some((inset) => within(box, inset))) continue;
      (Math.max(box[2] - box[0], box[3] - box[1]) < ISLAND ? islands : land).push(polygon);
    }
    const code = place.properties.code ?? '';
    if (land.length > 0) features.push(part(place, code, land));
    if (islands.length > 0) features.push(part(place, code + ISLANDS, islands));
  }
  return { type: 'FeatureCollection', features };
}

const part = (place: Outline, code: string, coordinates: readonly Polygon[]): Outline => ({
  type: 'Feature',
  properties: { ...place.properties, code },
  geometry: { type: 'MultiPolygon', coordinates },
});

export interface Frame {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Projection {
  frame: Frame;
  /** Degrees of longitude to degrees of latitude of the same length. */
  aspect: number;
  project: (point: Point) => [number, number];
}

/** Plate carrée, true at the middle latitude, as large as `room` allows; `align` 0 left, 1 right. */
export function projectionInto(box: Box, room: Frame, align = 0.5): Projection {
  const [west, south, east, north] = box;
  const aspect = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = Math.min(room.height / (north - south), room.width / ((east - west) * aspect));
  const width = (east - west) * aspect * scale;
  const height = (north - south) * scale;
  const frame = { x: room.x + (room.width - width) * align, y: room.y + (room.height - height) / 2, width, height };
  return {
    frame,
    aspect,
    project: ([x, y]) => [frame.x + (x - west) * aspect * scale, frame.y + (north - y) * scale],
  };
}

/** The `d` of an SVG path. */
export const pathOf = (place: Outline, { project }: Projection): string =>
  polygonsOf(place)
    .flat()
    .map(
      (ring) =>
        `M${ring
          .map((point) =>
            project(point)
              .map((value) => value.toFixed(1))
              .join(' '),
          )
          .join('L')}Z`,
    )
    .join('');
