/** What people's programs show to read, or to bring rows, on their behalf: tokens come here as hashes only. One that ended is gone. */
import type { Cause } from './audit.ts';
import type { Database } from './database.ts';
import type { Edit } from './edit.ts';
import type { ReadingTokenRow } from './tables.ts';

/** Changes of it are followed by this name; the subject is the person. */
export const READING_TOKEN = 'reading_token';

/** What an audit may say of one. */
const told = ({ id, name, rights, imports, scope, expires_at }: ReadingTokenRow): Record<string, unknown> => ({
  id,
  name,
  rights: JSON.parse(rights) as unknown,
  imports: JSON.parse(imports) as unknown,
  scope: JSON.parse(scope) as unknown,
  expiresAt: expires_at,
});

export class ReadingTokenTable {
  readonly #database: Pick<Database, 'read' | 'write'>;

  constructor(database: Pick<Database, 'read' | 'write'>) {
    this.#database = database;
  }

  /** A person's, the newest first, expired ones too. */
  list(person: string): Promise<ReadingTokenRow[]> {
    return this.#database.read((query) =>
      query
        .selectFrom('reading_token')
        .selectAll()
        .where('person', '=', person)
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute(),
    );
  }

  find(hash: string): Promise<ReadingTokenRow | undefined> {
    return this.#database.read((query) =>
      query.selectFrom('reading_token').selectAll().where('hash', '=', hash).executeTakeFirst(),
    );
  }

  /** False where the person has `most` of them already; those that are over by `row.created_at` make room. */
  create(cause: Cause, row: ReadingTokenRow, most: number): Promise<boolean> {
    return this.#database.write(cause, async (edit) => {
      const { person, created_at } = row;
      await edit.alone(`${READING_TOKEN} ${person}`);
      await edit.query
        .deleteFrom('reading_token')
        .where('person', '=', person)
        .where('expires_at', '<=', created_at)
        .execute();
      const { there } = await edit.query
        .selectFrom('reading_token')
        .select(({ fn }) => fn.countAll<number>().as('there'))
        .where('person', '=', person)
        .executeTakeFirstOrThrow();
      if (Number(there) >= most) return false;
      await edit.query.insertInto('reading_token').values(row).execute();
      edit.record({ action: 'reading_token.created', kind: READING_TOKEN, subject: person, after: told(row) });
      return true;
    });
  }

  /** False where the person has none of this id, or not any more. */
  revoke(cause: Cause, person: string, id: string): Promise<boolean> {
    return this.#database.write(cause, async (edit) => {
      const row = await edit.query
        .selectFrom('reading_token')
        .selectAll()
        .where('id', '=', id)
        .where('person', '=', person)
        .executeTakeFirst();
      return row !== undefined && (await end(edit, row));
    });
  }

  /** Notes that it was used; no word of it goes into the audit. */
  async used(id: string, used_at: string): Promise<void> {
    await this.#database.write({ who: 'room' }, ({ query }) =>
      query
        .updateTable('reading_token')
        .set({ used_at })
        .where('id', '=', id)
        // Another server may have seen it later.
        .where((or) => or.or([or('used_at', 'is', null), or('used_at', '<', used_at)]))
        .execute(),
    );
  }
}

/** All of a person's, as a part of a larger transaction: who is not let in any more reads by no program either. */
export async function endReadingTokensIn(edit: Edit, person: string): Promise<void> {
  const rows = await edit.query.selectFrom('reading_token').selectAll().where('person', '=', person).execute();
  for (const row of rows) await end(edit, row);
}

/** False where somebody else was faster. */
async function end(edit: Edit, row: ReadingTokenRow): Promise<boolean> {
  const ended = await edit.query.deleteFrom('reading_token').where('id', '=', row.id).executeTakeFirst();
  if (ended.numDeletedRows !== 1n) return false;
  edit.record({ action: 'reading_token.revoked', kind: READING_TOKEN, subject: row.person, before: told(row) });
  return true;
}
