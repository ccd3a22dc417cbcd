/** The same snapshot as JSON, for those without a socket, and the catalogue that names its codes. */
import type { LoadedCatalogue } from '@room/catalogue';
import { API, type Outlines, pastRoom, periodOf, type Queries, type Snapshot } from '@room/contract';
import { Encoded } from '../api/encoded.ts';
import { type Route, route } from '../api/route.ts';
import { assertBegun } from '../begun.ts';
import { HttpError } from '../errors.ts';
import type { Rooms } from './rooms.ts';

const STATUS = { no_such_room: 404, not_ready: 503, failed: 503, busy: 503, superseded: 503 } as const;

/** As a wall's address asks for it. */
const roomOf = ({ room = 'now', day, from = day, to = from }: Queries['/v1/snapshot']): string =>
  from === undefined || to === undefined ? room : pastRoom({ from, to });

export function liveRoutes(
  rooms: Pick<Rooms, 'open'>,
  { catalogue, map, insets, earlierMaps }: LoadedCatalogue,
): Route[] {
  const known = Encoded.value(catalogue);
  const now = map === undefined ? undefined : Encoded.text<Outlines>(map);
  const apart = insets === undefined ? undefined : Encoded.text<Outlines>(insets);
  const earlier = new Map(Object.entries(earlierMaps).map(([day, text]) => [day, Encoded.text<Outlines>(text)]));
  return [
    route({
      method: 'get',
      path: '/v1/snapshot',
      summary: 'what a wall shows now, or showed of a past period',
      right: 'view',
      isOnWalls: true,
      query: API['/v1/snapshot'].query,
      answer: { schema: API['/v1/snapshot'].answer },
      refuses: { 404: 'there is no such room' },
      handle: async ({ principal, query, asker }) => {
        const room = roomOf(query);
        assertBegun('from', periodOf(room)?.from, catalogue.timeZone);
        const answer = await rooms.open(room, principal.scope, asker);
        if (answer.ok) return encoded(answer.snapshot);
        const { code, reason, numbers } = answer;
        throw new HttpError(STATUS[code], code, reason, code === 'no_such_room' ? undefined : 1, { numbers });
      },
    }),
    route({
      method: 'get',
      path: '/v1/catalogue',
      summary: 'units, services, sources, calendar and targets',
      right: 'codes',
      isOnWalls: true,
      answer: { isKept: true, schema: API['/v1/catalogue'].answer },
      handle: () => known,
    }),
    route({
      ...OUTLINES,
      path: '/v1/catalogue/map',
      summary: 'outlines of the provinces, of today or of an earlier map',
      query: API['/v1/catalogue/map'].query,
      answer: { type: GEO_JSON, isKept: true, schema: API['/v1/catalogue/map'].answer },
      handle: ({ query: { until } }) => thereOf(until === undefined ? now : earlier.get(until)),
    }),
    route({
      ...OUTLINES,
      path: '/v1/catalogue/insets',
      summary: 'outlines of what the map shows apart',
      answer: { type: GEO_JSON, isKept: true, schema: API['/v1/catalogue/insets'].answer },
      handle: () => thereOf(apart),
    }),
  ];
}

const GEO_JSON = 'application/geo+json';
const OUTLINES = {
  method: 'get',
  right: 'view',
  isOnWalls: true,
  refuses: { 404: 'this deployment has no such map' },
} as const;

function thereOf<T>(outlines: T | undefined): T {
  if (outlines === undefined) throw new HttpError(404, 'no_map', 'this deployment has no such map');
  return outlines;
}

/** Many ask for the same state. */
const encodings = new WeakMap<Snapshot, Encoded<Snapshot>>();

function encoded(snapshot: Snapshot): Encoded<Snapshot> {
  const bytes = encodings.get(snapshot) ?? Encoded.value(snapshot);
  encodings.set(snapshot, bytes);
  return bytes;
}
