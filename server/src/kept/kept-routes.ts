/** HTTP of what people keep: list, make, change, remove, take back, and what it was before. */
import { type Kept, keptSchema, plainIfAny, type Version, versionSchema } from '@room/contract';
import { z } from 'zod';
import type { Actor } from '../access/principal.ts';
import { type Route, route } from '../api/route.ts';
import type { KeptStore } from './store.ts';

const version = z.int().positive();
const params = z.strictObject({ id: z.uuid() });
const NONE = 'there is none of this id that whoever asks may see';
const REFUSES = { 404: NONE, 409: 'somebody else changed it since' };

export interface KeptRoutesOptions<T> {
  store: Pick<KeptStore<T>, 'list' | 'create' | 'update' | 'remove' | 'undo' | 'versions'>;
  path: `/v1/${string}`;
  /** As `view`: what one of them is called. */
  one: string;
  /** What a list of them is. */
  lists: string;
  schema: z.ZodType<T>;
  /** Who is told of them; whoever changes them needs the right to analyse. */
  right: 'view' | 'analyse';
}

export function keptRoutes<T>({ store, path, one, lists, schema, right }: KeptRoutesOptions<T>): Route[] {
  const kept: z.ZodType<Kept<T>> = keptSchema(schema);
  const told: z.ZodType<Version<T>> = versionSchema(schema);
  const of = `${path}/{id}` as const;
  return [
    route({
      method: 'get',
      path,
      summary: lists,
      right,
      answer: { schema: z.object({ kept: z.array(kept) }) },
      handle: async ({ principal }: { principal: Actor }) => ({ kept: await store.list(principal) }),
    }),
    route({
      method: 'post',
      path,
      summary: `keeps a new ${one}`,
      right: 'analyse',
      body: z.strictObject({ body: schema }),
      answer: { schema: kept },
      refuses: { 422: 'as many are kept as there may be' },
      handle: ({ principal, body: { body } }) => store.create(principal, body),
    }),
    route({
      method: 'post',
      path: of,
      summary: `changes a ${one}`,
      right: 'analyse',
      params,
      body: z.strictObject({ version, why: plainIfAny(500), body: schema }),
      answer: { schema: kept },
      refuses: REFUSES,
      handle: ({ principal, params: { id }, body: { version: edited, why, body } }) =>
        store.update(principal, id, edited, body, why),
    }),
    route({
      method: 'post',
      path: `${of}/remove`,
      summary: `removes a ${one}; the version that says so can be taken back`,
      right: 'analyse',
      params,
      body: z.strictObject({ version }),
      answer: { schema: z.object({ version }) },
      refuses: REFUSES,
      handle: async ({ principal, params: { id }, body }) => ({
        version: await store.remove(principal, id, body.version),
      }),
    }),
    route({
      method: 'post',
      path: `${of}/undo`,
      summary: `takes the last change of a ${one} back`,
      right: 'analyse',
      params,
      body: z.strictObject({ version }),
      answer: { schema: z.object({ kept: kept.optional() }) },
      refuses: REFUSES,
      handle: async ({ principal, params: { id }, body }) => {
        const restored = await store.undo(principal, id, body.version);
        return restored === undefined ? {} : { kept: restored };
      },
    }),
    route({
      method: 'get',
      path: `${of}/versions`,
      summary: `what a ${one} was, and who made it so; the newest first`,
      right,
      params,
      answer: { schema: z.object({ versions: z.array(told) }) },
      refuses: { 404: NONE },
      handle: async ({ principal, params: { id } }) => ({ versions: await store.versions(principal, id) }),
    }),
  ];
}
