/** Administrators' HTTP: which source has which keys, what it sent last, and what was refused. */
import {
  type Catalogue,
  PORTAL_RATE,
  type Portal,
  type PortalAnswer,
  type PortalKey,
  type PortalRefusals,
  type Portals,
  plainIfAny,
  plainText,
  RESTORABLE_MS,
  type Snapshot,
  type SourceState,
  sourceStateSchema,
  sourcesOf,
} from '@room/contract';
import type { PortalKeyRow, PortalKeyTable } from '@room/database';
import { z } from 'zod';
import { createKeys } from '../access/portal-keys.ts';
import { causeOf } from '../access/remember.ts';
import { type Route, route } from '../api/route.ts';
import { shapeOf } from '../api/shape.ts';
import { HttpError } from '../errors.ts';
import type { Deliveries } from './deliveries.ts';

/** Keys of one source that ended and are still listed. */
const MOST_ENDED = 10;

const count = z.int().nonnegative();
const instant = z.number().meta({ description: 'milliseconds since 1970 UTC' });
const rate = z.int().min(PORTAL_RATE.least).max(PORTAL_RATE.most).meta({ description: 'events a second' });

const keySchema = shapeOf<PortalKey>()({
  id: z.string(),
  source: z.string(),
  name: z.string(),
  createdAt: instant,
  createdBy: z.string(),
  expiresAt: instant.optional(),
  lastUsedAt: instant.optional(),
  revokedAt: instant.optional(),
  rate: z.int().optional().meta({ description: 'events a second; as many as any key where absent' }),
}).meta({ id: 'PortalKey' });
const answerSchema = shapeOf<PortalAnswer>()({
  at: instant,
  status: z.int(),
  code: z.string().optional(),
  events: z.strictObject({ accepted: count, duplicate: count, quarantined: count }).optional(),
}).meta({ id: 'PortalAnswer' });
const refusalsSchema = shapeOf<PortalRefusals>()({ code: z.string(), count, at: instant }).meta({
  id: 'PortalRefusals',
});
const portalSchema = z
  .strictObject({
    source: z.string(),
    state: sourceStateSchema.optional(),
    last: answerSchema.optional().meta({ description: 'on the server that answers, since it started' }),
    refused: z.array(refusalsSchema).readonly(),
    keys: z.array(keySchema).readonly().meta({ description: 'newest first; of those that ended the last ones' }),
  })
  .meta({ id: 'Portal' });
const portalsSchema = z.strictObject({ rate, portals: z.array(portalSchema).readonly() });

const why = plainIfAny(500);
const name = plainText(100);
const madeSchema = z.strictObject({
  key: keySchema,
  secret: z.string().meta({ description: 'the key itself, told once' }),
});
const params = z.strictObject({ id: z.uuid() });
const NONE = 'there is no such key, or it was revoked';

export interface PortalRoutesOptions {
  table: PortalKeyTable;
  catalogue: Pick<Catalogue, 'sources' | 'reporters'>;
  deliveries: Pick<Deliveries, 'of'>;
  current: () => Snapshot | undefined;
  /** Events a second of a key without a limit of its own. */
  rate: number;
}

export function portalRoutes({ table, catalogue, deliveries, current, rate: common }: PortalRoutesOptions): Route[] {
  const portals = async (): Promise<Portals> => {
    const states: Readonly<Record<string, SourceState>> = current()?.state.sources ?? {};
    const keys = new Map<string, PortalKeyRow[]>(sourcesOf(catalogue).map((id) => [id, []]));
    for (const row of await table.list()) keys.set(row.source, [row, ...(keys.get(row.source) ?? [])]);
    const now = Date.now();
    return {
      rate: common,
      portals: [...keys].map(([source, rows]): Portal => {
        const state = states[source];
        return {
          source,
          ...(state === undefined ? {} : { state }),
          ...deliveries.of(source),
          keys: shown(rows, now).map(keyOf),
        };
      }),
    };
  };
  return [
    route({
      method: 'get',
      path: '/v1/portals',
      summary: 'sources with their keys, what each sent last, and what was refused',
      right: 'administer',
      isWhole: true,
      answer: { schema: portalsSchema },
      handle: portals,
    }),
    route({
      method: 'post',
      path: '/v1/portals/keys',
      summary: 'makes a key of a source, beside those that it has; it is told once',
      right: 'administer',
      isWhole: true,
      body: z.strictObject({
        source: z.string().max(200),
        name,
        expiresAt: instant.optional(),
        rate: rate.optional(),
        why,
      }),
      answer: { schema: madeSchema },
      handle: async ({ principal, body }) => {
        const { source } = body;
        if (!sourcesOf(catalogue).includes(source))
          throw new HttpError(400, 'bad_request', `source: the catalogue has no ${source}`);
        const [made] = await createKeys(table, {
          cause: causeOf(principal, body.why),
          sources: [source],
          name: body.name,
          expiresAt: expiryOf(body.expiresAt) ?? undefined,
          rate: body.rate,
        });
        if (made === undefined) throw new Error(`no key was made for ${source}`);
        return { key: keyOf(made.row), secret: made.key };
      },
    }),
    route({
      method: 'post',
      path: '/v1/portals/keys/{id}',
      summary:
        'names a key, and sets until when it is good and how much it may bring; what is left out is never, or as any key',
      right: 'administer',
      isWhole: true,
      params,
      body: z.strictObject({ name, expiresAt: instant.optional(), rate: rate.optional(), why }),
      answer: { schema: keySchema },
      refuses: { 404: NONE },
      handle: async ({ principal, params: { id }, body }) => {
        const change = { name: body.name, expiresAt: expiryOf(body.expiresAt), rate: body.rate ?? null };
        return keyOf(found(await table.change(causeOf(principal, body.why), id, change)));
      },
    }),
    route({
      method: 'post',
      path: '/v1/portals/keys/{id}/revoke',
      summary: 'ends a key, within a second on every server',
      right: 'administer',
      isWhole: true,
      params,
      body: z.strictObject({ why }),
      answer: { schema: keySchema },
      refuses: { 404: NONE },
      handle: async ({ principal, params: { id }, body }) =>
        keyOf(found(await table.end(causeOf(principal, body.why), id))),
    }),
    route({
      method: 'post',
      path: '/v1/portals/keys/{id}/restore',
      summary: 'takes back that a key was revoked, within an hour of it',
      right: 'administer',
      isWhole: true,
      params,
      body: z.strictObject({}),
      answer: { schema: keySchema },
      refuses: { 409: 'it was not revoked, or longer ago' },
      handle: async ({ principal, params: { id } }) => {
        const notBefore = new Date(Date.now() - RESTORABLE_MS).toISOString();
        const row = await table.restore(causeOf(principal), id, notBefore);
        if (row === undefined)
          throw new HttpError(409, 'too_late', 'this key was not revoked within the last hour; make a new one');
        return keyOf(row);
      },
    }),
  ];
}

function found(row: PortalKeyRow | undefined): PortalKeyRow {
  if (row === undefined) throw new HttpError(404, 'no_such_key', 'there is no such key, or it was revoked');
  return row;
}

/** An instant as the database keeps it; null: never. Throws 400 where it is over. */
function expiryOf(at: number | undefined): string | null {
  if (at === undefined) return null;
  if (!(at > Date.now() && at < LAST_DAY)) throw new HttpError(400, 'bad_request', 'expiresAt: give a day to come');
  return new Date(at).toISOString();
}
const LAST_DAY = Date.UTC(9999, 0);

const isOver = ({ revoked_at, expires_at }: PortalKeyRow, now: number): boolean =>
  revoked_at !== null || (expires_at !== null && Date.parse(expires_at) <= now);

/** Newest first, all that may be used and some that ended. */
function shown(rows: readonly PortalKeyRow[], now: number): PortalKeyRow[] {
  let ended = 0;
  return rows.filter((row) => !isOver(row, now) || ++ended <= MOST_ENDED);
}

function keyOf(row: PortalKeyRow): PortalKey {
  const { id, source, name, created_at, created_by, expires_at, last_used_at, revoked_at, rate } = row;
  return {
    id,
    source,
    name,
    createdAt: Date.parse(created_at),
    createdBy: created_by,
    ...(expires_at === null ? {} : { expiresAt: Date.parse(expires_at) }),
    ...(last_used_at === null ? {} : { lastUsedAt: Date.parse(last_used_at) }),
    ...(revoked_at === null ? {} : { revokedAt: Date.parse(revoked_at) }),
    ...(rate === null ? {} : { rate }),
  };
}
