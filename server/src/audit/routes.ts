/** Administrators' HTTP: who did what, when, and why, and whether that is still what was written. */
import type { AuditEntry, AuditPage, ChainState } from '@room/contract';
import { type AuditFilter, type Database, searchAudit } from '@room/database';
import { z } from 'zod';
import { type Route, route } from '../api/route.ts';
import { shapeOf } from '../api/shape.ts';
import type { AuditCheck } from './check.ts';

const PAGE = 200;
const MOST_CHARACTERS = 200;

const text = z.string().min(1).max(MOST_CHARACTERS).optional();
const instant = z.iso.datetime({ offset: true }).optional();
/** A query's values are texts. */
const searchedSchema = z.strictObject({
  who: text.meta({ description: 'as person:ID, command:USER; lan* begins with it, *lan* holds it' }),
  action: text.meta({ description: 'as portal_key.revoked, or portal_key.*' }),
  kind: text.meta({ description: 'or the beginning of it, as portal*' }),
  subject: text.meta({ description: 'which of that kind, or a part of it, as *gate*' }),
  from: instant,
  until: instant,
  before: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .meta({ description: '`next` of the page before' }),
});

const count = z.number().int().nonnegative();
const entrySchema = shapeOf<AuditEntry>()({
  sequence: count.meta({ description: 'in the order of the commits, without gaps' }),
  at: z.iso.datetime(),
  who: z.string(),
  action: z.string(),
  kind: z.string(),
  subject: z.string(),
  version: count.nullable(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  why: z.string().nullable(),
  hash: z.string().meta({ description: 'over this entry and the hash of the one before' }),
}).meta({ id: 'AuditEntry' });
const pageSchema = shapeOf<AuditPage>()({
  entries: z.array(entrySchema).readonly(),
  next: count.optional().meta({ description: 'there may be more before this number' }),
});
const chainSchema = shapeOf<ChainState>()({
  entries: count,
  last: z
    .strictObject({
      at: z.iso.datetime(),
      who: z.string(),
      sequence: count.meta({ description: 'as it was written up to here; with a fault: the first broken link' }),
      hash: z.string().optional(),
      fault: z.enum(['missing', 'changed', 'end', 'noted']).optional(),
    })
    .optional()
    .meta({ description: 'what the last verification found' }),
  running: z
    .strictObject({ done: count, of: count })
    .optional()
    .meta({ description: 'one that goes on, on the server that answers' }),
}).meta({ id: 'ChainState' });

export interface AuditRoutesOptions {
  database: Pick<Database, 'read'>;
  check: AuditCheck;
}

export const auditRoutes = ({ database, check }: AuditRoutesOptions): Route[] => [
  route({
    method: 'get',
    path: '/v1/audit',
    summary: `entries of the audit, newest first, at most ${PAGE}; a page may hold few and more be before it`,
    right: 'administer',
    isWhole: true,
    query: searchedSchema,
    badInput: 'bad_filter',
    answer: { schema: pageSchema },
    refuses: { 503: 'the database does not answer' },
    handle: ({ query }) => database.read((rows) => searchAudit(rows, filterOf(query))),
  }),
  route({
    method: 'get',
    path: '/v1/audit/chain',
    summary: 'whether the entries are as they were written, as far as that was verified',
    right: 'administer',
    isWhole: true,
    answer: { schema: chainSchema },
    refuses: { 503: 'the database does not answer' },
    handle: () => check.state(),
  }),
  route({
    method: 'post',
    path: '/v1/audit/verify',
    summary: 'goes through all entries, and returns at once; what it finds is an entry itself',
    right: 'administer',
    isWhole: true,
    body: z.strictObject({}),
    answer: { status: 202, schema: chainSchema },
    refuses: { 503: 'the database does not answer' },
    handle: ({ principal }) => check.begin(principal),
  }),
];

/** Without members that are not there. */
function filterOf({ before, from, until, ...equal }: z.output<typeof searchedSchema>): AuditFilter {
  const given = Object.entries(equal).filter(([, value]) => value !== undefined);
  return {
    limit: PAGE,
    ...Object.fromEntries(given),
    ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
    ...(before === undefined ? {} : { before: Number(before) }),
  };
}
