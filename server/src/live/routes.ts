/** The same snapshot as JSON, for those without a socket, and the catalogue that names its codes. */
import type { LoadedCatalogue } from '@room/catalogue';
import { catalogueSchema, pastRoom, type Snapshot } from '@room/contract';
import { z } from 'zod';
import { Encoded } from '../api/encoded.ts';
import { type Route, route } from '../api/route.ts';
import { HttpError } from '../errors.ts';
import { snapshotSchema } from './answer.ts';
import type { Rooms } from './rooms.ts';

const STATUS = { no_such_room: 404, not_ready: 503, failed: 503, busy: 503, superseded: 503 } as const;

const day = z.iso.date({ error: 'not a day of the calendar as 2026-11-19' }).optional();
const askedSchema = z
  .strictObject({
    room: z
      .string()
      .optional()
      .meta({ description: 'now, or past:2026-11-01:2026-11-19; now where nothing is asked for' }),
    day: day.meta({ description: 'a past local day' }),
    from: day.meta({ description: 'first local day of a past period' }),
    to: day.meta({ description: 'its last one; without it the period is one day' }),
  })
  .refine((asked) => [asked.room, asked.day, asked.from].filter((given) => given !== undefined).length < 2, {
    message: 'give room, or day, or from and to',
  })
  .refine(({ from, to }) => to === undefined || (from !== undefined && from <= to), {
    path: ['to'],
    message: 'stands beside from, and not before it',
  });

/** As a wall's address asks for it. */
const roomOf = ({ room = 'now', day, from = day, to = from }: z.output<typeof askedSchema>): string =>
  from === undefined || to === undefined ? room : pastRoom({ from, to });

const geoSchema = z.looseObject({ type: z.literal('FeatureCollection'), features: z.array(z.looseObject({})) });

export function liveRoutes(rooms: Pick<Rooms, 'open'>, { catalogue, map, insets }: LoadedCatalogue): Route[] {
  const known = Encoded.value(catalogue);
  return [
    route({
      method: 'get',
      path: '/v1/snapshot',
      summary: 'what a wall shows now, or showed of a past period',
      right: 'view',
      query: askedSchema,
      answer: { schema: snapshotSchema },
      refuses: { 404: 'there is no such room' },
      handle: async ({ query, asker }) => {
        const answer = await rooms.open(roomOf(query), asker);
        if (answer.ok) return encoded(answer.snapshot);
        const { code, reason, numbers } = answer;
        throw new HttpError(STATUS[code], code, reason, code === 'no_such_room' ? undefined : 1, { numbers });
      },
    }),
    route({
      method: 'get',
      path: '/v1/catalogue',
      summary: 'units, services, sources, calendar and targets',
      right: 'view',
      answer: { isKept: true, schema: catalogueSchema },
      handle: () => known,
    }),
    outlines('/v1/catalogue/map', 'outlines of the provinces', map),
    outlines('/v1/catalogue/insets', 'outlines of what the map shows apart', insets),
  ];
}

function outlines(path: `/${string}`, summary: string, text: string | undefined): Route {
  const geo = text === undefined ? undefined : Encoded.text<z.output<typeof geoSchema>>(text);
  return route({
    method: 'get',
    path,
    summary,
    right: 'view',
    answer: { type: 'application/geo+json', isKept: true, schema: geoSchema },
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
