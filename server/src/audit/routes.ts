/** Operators' HTTP: who did what, when, and why. */
import { type AuditFilter, type Database, searchAudit } from '@room/database';
import { z } from 'zod';
import { type Route, route } from '../api/route.ts';

const PAGE = 200;
const MOST_CHARACTERS = 200;

const text = z.string().min(1).max(MOST_CHARACTERS).optional();
const instant = z.iso.datetime({ offset: true }).optional();
/** A query's values are texts. */
const searchedSchema = z.strictObject({
  who: text.meta({ description: 'as person:ID, command:USER' }),
  action: text.meta({ description: 'as portal_key.revoked' }),
  kind: text,
  subject: text.meta({ description: 'which of that kind' }),
  from: instant,
  until: instant,
  before: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .meta({ description: 'the number of the last entry of the page before' }),
});

const count = z.number().int().nonnegative();
const entrySchema = z
  .strictObject({
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
  })
  .meta({ id: 'AuditEntry' });

export const auditRoutes = (database: Pick<Database, 'read'>): Route[] => [
  route({
    method: 'get',
    path: '/v1/audit',
    summary: `entries of the audit, newest first, at most ${PAGE}`,
    right: 'operate',
    isWhole: true,
    query: searchedSchema,
    badInput: 'bad_filter',
    answer: { schema: z.strictObject({ entries: z.array(entrySchema) }) },
    refuses: { 503: 'the database does not answer' },
    handle: async ({ query }) => ({ entries: await database.read((rows) => searchAudit(rows, filterOf(query))) }),
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
