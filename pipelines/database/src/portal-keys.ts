/** Portal keys as rows: one a line of the list, several of a source at once, so that one can take another's place. */
import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Cause } from './audit.ts';
import type { Database } from './database.ts';
import type { Edit } from './edit.ts';
import type { PortalKeyRow, Tables } from './tables.ts';

/** Changes of it are followed by this name. */
export const PORTAL_KEY = 'portal_key';

export interface NewPortalKey {
  /** Of the key's text: the key itself is never stored. */
  hash: string;
  source: string;
  name: string;
  /** Instants; never where undefined. */
  expiresAt?: string | undefined;
  /** Now, where undefined. */
  createdAt?: string | undefined;
  /** Events a second; the room's own limit where undefined. */
  rate?: number | undefined;
}

/** What of a key may be changed; null: never, or the room's own limit. */
export interface PortalKeyChange {
  name: string;
  expiresAt: string | null;
  rate: number | null;
}

/** What an audit may say of one. */
const told = ({ source, name, expires_at, revoked_at, rate }: PortalKeyRow): Record<string, unknown> => ({
  source,
  name,
  expiresAt: expires_at,
  revokedAt: revoked_at,
  ...(rate === null ? {} : { rate }),
});

export class PortalKeyTable {
  readonly #database: Pick<Database, 'read' | 'write'>;

  constructor(database: Pick<Database, 'read' | 'write'>) {
    this.#database = database;
  }

  /** Of one source or of all; oldest first, revoked and expired ones too. */
  list(source?: string): Promise<PortalKeyRow[]> {
    return this.#database.read((query) => {
      const all = query.selectFrom('portal_key').selectAll().orderBy('created_at').orderBy('id');
      return (source === undefined ? all : all.where('source', '=', source)).execute();
    });
  }

  /** Those that may be used, but for their expiry, which a clock decides at each use. */
  valid(): Promise<PortalKeyRow[]> {
    return this.#database.read((query) =>
      query.selectFrom('portal_key').selectAll().where('revoked_at', 'is', null).execute(),
    );
  }

  /** As many rows, in the same order. */
  create(cause: Cause, keys: readonly NewPortalKey[]): Promise<PortalKeyRow[]> {
    return this.#database.write(cause, async (edit) => {
      const rows: PortalKeyRow[] = [];
      for (const key of keys) rows.push(await insert(edit, key));
      return rows;
    });
  }

  async get(id: string): Promise<PortalKeyRow | undefined> {
    return this.#database.read((query) =>
      query.selectFrom('portal_key').selectAll().where('id', '=', id).executeTakeFirst(),
    );
  }

  /** Undefined where there is none of this id, or it was revoked. */
  change(cause: Cause, id: string, { name, expiresAt, rate }: PortalKeyChange): Promise<PortalKeyRow | undefined> {
    return this.#edit(cause, id, 'changed', ({ revoked_at }) =>
      revoked_at === null ? { name, expires_at: expiresAt, rate } : undefined,
    );
  }

  /** Ends one; undefined where there is none of this id, or it was revoked before. */
  end(cause: Cause, id: string): Promise<PortalKeyRow | undefined> {
    const revoked_at = new Date().toISOString();
    return this.#edit(cause, id, 'revoked', (row) => (row.revoked_at === null ? { revoked_at } : undefined));
  }

  /** Takes back that it was revoked; undefined where it was not, or before this instant. */
  restore(cause: Cause, id: string, notBefore: string): Promise<PortalKeyRow | undefined> {
    return this.#edit(cause, id, 'restored', ({ revoked_at }) =>
      revoked_at !== null && revoked_at >= notBefore ? { revoked_at: null } : undefined,
    );
  }

  #edit(
    cause: Cause,
    id: string,
    done: string,
    next: (row: PortalKeyRow) => Partial<PortalKeyRow> | undefined,
  ): Promise<PortalKeyRow | undefined> {
    return this.#database.write(cause, async (edit) => {
      const before = await edit.query.selectFrom('portal_key').selectAll().where('id', '=', id).executeTakeFirst();
      const change = before && next(before);
      if (before === undefined || change === undefined) return undefined;
      const changed = await edit.query
        .updateTable('portal_key')
        .set(change)
        .where('id', '=', id)
        // Somebody else may have been faster.
        .where('revoked_at', before.revoked_at === null ? 'is' : '=', before.revoked_at)
        .executeTakeFirst();
      if (changed.numUpdatedRows !== 1n) return undefined;
      const after = { ...before, ...change };
      edit.record({
        action: `portal_key.${done}`,
        kind: PORTAL_KEY,
        subject: id,
        before: told(before),
        after: told(after),
      });
      return after;
    });
  }

  /** Those of `source` that are not revoked yet: all of them, or the one of this id or name. Returns how many. */
  revoke(cause: Cause, source: string, which?: string): Promise<number> {
    return this.#database.write(cause, async (edit) => {
      const revoked_at = new Date().toISOString();
      const mine = await edit.query
        .selectFrom('portal_key')
        .selectAll()
        .where('source', '=', source)
        .where('revoked_at', 'is', null)
        .execute();
      const found = mine.filter(({ id, name }) => which === undefined || id === which || name === which);
      for (const before of found) {
        await edit.query.updateTable('portal_key').set({ revoked_at }).where('id', '=', before.id).execute();
        const after = { ...before, revoked_at };
        edit.record({
          action: 'portal_key.revoked',
          kind: PORTAL_KEY,
          subject: before.id,
          before: told(before),
          after: told(after),
        });
      }
      return found.length;
    });
  }

  /** Notes when keys were used last, in instants by id; no word of it goes into the audit. */
  async used(at: ReadonlyMap<string, string>): Promise<void> {
    if (at.size === 0) return;
    await this.#database.write({ who: 'room' }, async ({ query }) => {
      for (const [id, last_used_at] of at)
        await query
          .updateTable('portal_key')
          .set({ last_used_at })
          .where('id', '=', id)
          // Another server may have seen it later.
          .where((or) => or.or([or('last_used_at', 'is', null), or('last_used_at', '<', last_used_at)]))
          .execute();
    });
  }

  /**
   * Takes the keys of an earlier version's file over, once for ever: what was revoked since must not come back with the file. Returns
   * how many; undefined where it was done before. `hash` is of the file's content.
   */
  takeOver(cause: Cause, name: string, hash: string, keys: readonly NewPortalKey[]): Promise<number | undefined> {
    return this.#database.write(cause, async (edit) => {
      const done = await edit.query
        .insertInto('takeover')
        .values({ name, at: new Date().toISOString(), hash })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .executeTakeFirst();
      if (done.numInsertedOrUpdatedRows !== 1n) return undefined;
      const known = new Set((await hashesIn(edit.query)).map((row) => row.hash));
      const fresh = keys.filter((key) => !known.has(key.hash));
      for (const key of fresh) await insert(edit, key);
      return fresh.length;
    });
  }

  /** Of the content that was taken over from this file; undefined where that was not done yet. */
  async takenOver(name: string): Promise<string | undefined> {
    const row = await this.#database.read((query) =>
      query.selectFrom('takeover').select('hash').where('name', '=', name).executeTakeFirst(),
    );
    return row?.hash;
  }
}

const hashesIn = (query: Kysely<Tables>): Promise<{ hash: string }[]> =>
  query.selectFrom('portal_key').select('hash').execute();

async function insert(
  edit: Edit,
  { hash, source, name, expiresAt, createdAt, rate }: NewPortalKey,
): Promise<PortalKeyRow> {
  const row: PortalKeyRow = {
    id: randomUUID(),
    hash,
    source,
    name,
    created_at: createdAt ?? new Date().toISOString(),
    created_by: edit.cause.who,
    expires_at: expiresAt ?? null,
    last_used_at: null,
    revoked_at: null,
    rate: rate ?? null,
  };
  await edit.query.insertInto('portal_key').values(row).execute();
  edit.record({ action: 'portal_key.created', kind: PORTAL_KEY, subject: row.id, after: told(row) });
  return row;
}
