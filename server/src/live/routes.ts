/** The same snapshot as JSON, for those without a socket, and the catalogue that names its codes. */
import type { LoadedCatalogue } from '@room/catalogue';
import { type Answers, API, pastRoom, type Queries, type Snapshot } from '@room/contract';
import { Encoded } from '../api/encoded.ts';
import { type Route, route } from '../api/route.ts';
import { HttpError } from '../errors.ts';
import type { Rooms } from './rooms.ts';

const STATUS = { no_such_room: 404, not_ready: 503, failed: 503, busy: 503, superseded: 503 } as const;

/** As a wall's address asks for it. */
const roomOf = ({ room = 'now', day, from = day, to = from }: Queries['/v1/snapshot']): string =>
  from === undefined || to === undefined ? room : pastRoom({ from, to });

export function liveRoutes(rooms: Pick<Rooms, 'open'>, { catalogue, map, insets }: LoadedCatalogue): Route[] {
  const known = Encoded.value(catalogue);
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
        const answer = await rooms.open(roomOf(query), principal.scope, asker);
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
    outlines('/v1/catalogue/map', 'outlines of the provinces', map),
    outlines('/v1/catalogue/insets', 'outlines of what the map shows apart', insets),
  ];
}

function outlines(
  path: '/v1/catalogue/map' | '/v1/catalogue/insets',
  summary: string,
  text: string | undefined,
): Route {
  const geo = text === undefined ? undefined : Encoded.text<Answers[typeof path]>(text);
  return route({
    method: 'get',
    path,
    summary,
    right: 'view',
    isOnWalls: true,
    answer: { type: 'application/geo+json', isKept: true, schema: API[path].answer },
    refuses: { 404: 'this deployment has no map' },
    handle: () => {
      if (geo === undefined) throw new HttpError(404, 'no_map', 'this deployment has no map');
      return geo;
    },
  });
}

/** Many ask for the same state. */
const encodings = new WeakMap<Snapshot, Encoded<Snapshot>>();

function encoded(snapshot: Snapshot): Encoded<Snapshot> {
  const bytes = encodings.get(snapshot) ?? Encoded.value(snapshot);
  encodings.set(snapshot, bytes);
  return bytes;
}
