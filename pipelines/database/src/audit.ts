/** The audit: a chain of entries, each with a hash over itself and the one before, so that none can be changed or go unseen. */
import { createHash } from 'node:crypto';
import { turn } from '@room/runtime';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { AuditRow, Tables } from './tables.ts';

/** What one change says of itself. Nothing secret: no password, key or token, nor their hashes. */
export interface Entry {
  /** What was done, as `portal_key.revoked`. */
  action: string;
  /** To what kind of thing, and to which of them. */
  kind: string;
  subject: string;
  /** Of the thing, after the change. */
  version?: number;
  before?: unknown;
  after?: unknown;
  /** Where it is another reason than that of the whole transaction. */
  why?: string;
}

/** Who does something, and why they say they do. */
export interface Cause {
  /** As `person:ID`, `screen:ID`, `operator`, `provider`, `command`, `room`. */
  who: string;
  why?: string;
}

export interface AuditEntry extends Omit<AuditRow, 'before' | 'after'> {
  before: unknown;
  after: unknown;
}

/** The last entry that the chain has; sequence 0 and an empty hash where there is none. */
export type Head = Pick<AuditRow, 'sequence' | 'hash'>;

/** Named one by one, in this order: what is not named here is not protected. */
export function hashOf(row: Omit<AuditRow, 'hash'>, previous: string): string {
  const { sequence, at, who, action, kind, subject, version, before, after, why } = row;
  const fields = [previous, sequence, at, who, action, kind, subject, version, before, after, why];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

export const headOf = (query: Kysely<Tables>): Promise<Head> =>
  query.selectFrom('audit_head').select(['sequence', 'hash']).executeTakeFirstOrThrow();

/** Rows of one statement, whose values databases count. */
const AT_ONCE = 500;

/** As both databases keep it: neither halves of a character nor zero bytes. */
const kept = (text: string): string => Buffer.from(text).toString().replaceAll('\0', '');
const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

/** Appends at the end of the chain, which is this transaction's until it ends. */
export async function append(
  query: Transaction<Tables>,
  kind: 'sqlite' | 'postgres',
  cause: Cause,
  entries: readonly Entry[],
): Promise<Head> {
  const head = query.selectFrom('audit_head').select(['sequence', 'hash']);
  // A writer of SQLite is alone anyway.
  let { sequence, hash } = await (kind === 'postgres' ? head.forUpdate() : head).executeTakeFirstOrThrow();
  const at = new Date().toISOString();
  const rows = entries.map((entry): AuditRow => {
    const why = entry.why ?? cause.why;
    sequence++;
    const row = {
      sequence,
      at,
      who: kept(cause.who),
      action: entry.action,
      kind: entry.kind,
      subject: kept(entry.subject),
      version: entry.version ?? null,
      before: json(entry.before),
      after: json(entry.after),
      why: why === undefined ? null : kept(why),
    };
    hash = hashOf(row, hash);
    return { ...row, hash };
  });
  for (let at = 0; at < rows.length; at += AT_ONCE)
    await query
      .insertInto('audit')
      .values(rows.slice(at, at + AT_ONCE))
      .execute();
  await query.updateTable('audit_head').set({ sequence, hash }).execute();
  return { sequence, hash };
}

/** Texts are meant as they are; `lan*` begins with it, `*lan*` holds it. */
export interface AuditFilter {
  who?: string;
  action?: string;
  kind?: string;
  subject?: string;
  /** Instants, from the first on and before the second. */
  from?: string;
  until?: string;
  /** Entries before this one. */
  before?: number;
  limit: number;
}

export interface AuditPage {
  entries: AuditEntry[];
  /** To go on before, where there may be more; undefined at the beginning of the chain. */
  next?: number;
}

/** Entries of one statement, and of one search: whatever is asked for, nobody else waits long. */
const LOOKED_AT = 2_000;
const MOST_LOOKS = 25;

const COLUMNS = ['who', 'action', 'kind', 'subject'] as const;

function matching(column: (typeof COLUMNS)[number], text: string) {
  const [, before = '', wanted = '', after = ''] = /^(\*?)(.*?)(\*?)$/s.exec(text) ?? [];
  const named = sql.ref(column);
  if (before !== '') return sql<boolean>`replace(${named}, ${wanted}, '') <> ${named}`;
  if (after !== '') return sql<boolean>`substr(${named}, 1, ${sql.lit([...wanted].length)}) = ${wanted}`;
  return sql<boolean>`${named} = ${wanted}`;
}

/** Newest first. A search that looked at much without finding `limit` entries says where to go on. */
export async function searchAudit(query: Kysely<Tables>, filter: AuditFilter): Promise<AuditPage> {
  const { limit, from, until, before } = filter;
  const entries: AuditEntry[] = [];
  let end = Math.min(before ?? Number.POSITIVE_INFINITY, (await headOf(query)).sequence + 1);
  for (let looks = 0; looks < MOST_LOOKS && end > 1 && entries.length < limit; looks++) {
    const begin = Math.max(1, end - LOOKED_AT);
    let search = query
      .selectFrom('audit')
      .selectAll()
      .where('sequence', '>=', begin)
      .where('sequence', '<', end)
      .orderBy('sequence', 'desc')
      .limit(limit - entries.length);
    for (const column of COLUMNS) {
      const text = filter[column];
      if (text !== undefined) search = search.where(matching(column, text));
    }
    if (from !== undefined) search = search.where('at', '>=', from);
    if (until !== undefined) search = search.where('at', '<', until);
    entries.push(...(await search.execute()).map(entryOf));
    end = entries.length === limit ? (entries.at(-1)?.sequence ?? begin) : begin;
    await turn();
  }
  return end > 1 ? { entries, next: end } : { entries };
}

/** The newest entry about things of this kind. */
export async function lastAudit(query: Kysely<Tables>, kind: string): Promise<AuditEntry | undefined> {
  const row = await query
    .selectFrom('audit')
    .selectAll()
    .where('kind', '=', kind)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : entryOf(row);
}

export const entryOf = (row: AuditRow): AuditEntry => ({
  ...row,
  before: row.before === null ? undefined : JSON.parse(row.before),
  after: row.after === null ? undefined : JSON.parse(row.after),
});

/** Why an entry is the first broken link. `end`: what the chain says of its own end. `noted`: an end that was noted elsewhere is not in it. */
export type Fault = 'missing' | 'changed' | 'end' | 'noted';

/** The first entry that is not as it was written, and why it is known; or the whole chain's end. */
export type Verified = { ok: true; head: Head } | { ok: false; sequence: number; fault: Fault; reason: string };

export interface VerifyOptions {
  /**
   * An end of the chain that was noted earlier, elsewhere; whoever can write to the database could make the whole chain anew, but
   * not with that in it.
   */
  known?: Head | undefined;
  /** Told now and then how many entries were gone through, and of how many. */
  told?: (done: number, of: number) => void;
}

const PAGE = 500;

/** Goes through the whole chain, a little at a time. */
export async function verifyAudit(query: Kysely<Tables>, { known, told }: VerifyOptions = {}): Promise<Verified> {
  const head = await headOf(query);
  let last: Head = { sequence: 0, hash: '' };
  const broken = (sequence: number, fault: Fault, reason: string): Verified => ({ ok: false, sequence, fault, reason });
  for (;;) {
    const rows = await query
      .selectFrom('audit')
      .selectAll()
      .where('sequence', '>', last.sequence)
      .where('sequence', '<=', head.sequence)
      .orderBy('sequence')
      .limit(PAGE)
      .execute();
    for (const row of rows) {
      if (row.sequence !== last.sequence + 1) return broken(last.sequence + 1, 'missing', 'it is missing');
      if (row.hash !== hashOf(row, last.hash)) return broken(row.sequence, 'changed', 'it, or its hash, was changed');
      last = { sequence: row.sequence, hash: row.hash };
      if (known?.sequence === last.sequence && known.hash !== last.hash)
        return broken(last.sequence, 'noted', 'it is not the one that was noted: the chain up to it was made anew');
    }
    told?.(last.sequence, head.sequence);
    if (rows.length < PAGE) break;
    await turn();
  }
  if (last.sequence !== head.sequence)
    return broken(last.sequence + 1, 'missing', 'it is missing, and what came after it');
  if (last.hash !== head.hash) return broken(last.sequence, 'end', 'the end of the chain was changed');
  if (known !== undefined && known.sequence > last.sequence)
    return broken(last.sequence + 1, 'noted', `it is missing: the chain reached ${known.sequence} before`);
  return { ok: true, head };
}
