/** The audit: a chain of entries, each with a hash over itself and the one before, so that none can be changed or go unseen. */
import { createHash } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
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
      why: cause.why === undefined ? null : kept(cause.why),
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

export interface AuditFilter {
  who?: string;
  action?: string;
  kind?: string;
  subject?: string;
  /** Instants, from the first on and before the second. */
  from?: string;
  until?: string;
  /** Entries before this one: the last of the page before. */
  before?: number;
  limit: number;
}

/** Newest first. */
export async function searchAudit(query: Kysely<Tables>, filter: AuditFilter): Promise<AuditEntry[]> {
  const { limit, from, until, before, ...equal } = filter;
  let search = query.selectFrom('audit').selectAll().orderBy('sequence', 'desc').limit(limit);
  for (const column of ['who', 'action', 'kind', 'subject'] as const) {
    const value = equal[column];
    if (value !== undefined) search = search.where(column, '=', value);
  }
  if (from !== undefined) search = search.where('at', '>=', from);
  if (until !== undefined) search = search.where('at', '<', until);
  if (before !== undefined) search = search.where('sequence', '<', before);
  return (await search.execute()).map(entryOf);
}

export const entryOf = (row: AuditRow): AuditEntry => ({
  ...row,
  before: row.before === null ? undefined : JSON.parse(row.before),
  after: row.after === null ? undefined : JSON.parse(row.after),
});

/** The first entry that is not as it was written, and why it is known; or the whole chain's end. */
export type Verified = { ok: true; head: Head } | { ok: false; sequence: number; reason: string };

const PAGE = 1_000;

/**
 * Goes through the whole chain. `known`: an end of it that was noted earlier, elsewhere; whoever can write to the database could
 * make the whole chain anew, but not with that in it.
 */
export async function verifyAudit(query: Kysely<Tables>, known?: Head): Promise<Verified> {
  const head = await headOf(query);
  let last: Head = { sequence: 0, hash: '' };
  const broken = (sequence: number, reason: string): Verified => ({ ok: false, sequence, reason });
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
      if (row.sequence !== last.sequence + 1) return broken(last.sequence + 1, 'it is missing');
      if (row.hash !== hashOf(row, last.hash)) return broken(row.sequence, 'it, or its hash, was changed');
      last = { sequence: row.sequence, hash: row.hash };
      if (known?.sequence === last.sequence && known.hash !== last.hash)
        return broken(last.sequence, 'it is not the one that was noted: the chain up to it was made anew');
    }
    if (rows.length < PAGE) break;
  }
  if (last.sequence !== head.sequence) return broken(last.sequence + 1, 'it is missing, and what came after it');
  if (last.hash !== head.hash) return broken(last.sequence, 'the end of the chain was changed');
  if (known !== undefined && known.sequence > last.sequence)
    return broken(last.sequence + 1, `it is missing: the chain reached ${known.sequence} before`);
  return { ok: true, head };
}
