/** What is edited as a whole: each with a version, so that nobody writes over what they have not seen, and a history to go back in. */
import type { Transaction } from 'kysely';
import { type AuditEntry, type Cause, entryOf } from './audit.ts';
import type { Database } from './database.ts';
import type { Edit } from './edit.ts';
import { Conflict } from './errors.ts';
import type { Tables } from './tables.ts';

export interface Document<T> {
  id: string;
  /** Counts from 1. */
  version: number;
  body: T;
  /** Of this version. */
  who: string;
  at: string;
}

export interface DocumentsOptions<T> {
  database: Pick<Database, 'read' | 'write'>;
  /** As `saved_view`: part of its name in the audit. */
  kind: string;
  /** Throws where it is none of this kind; a zod schema is one. Also reads what earlier versions of the room wrote. */
  schema: { parse(value: unknown): T };
}

type Row = Tables['document'];
type Written = 'created' | 'changed' | 'removed' | 'restored';

export class Documents<T> {
  readonly #options: DocumentsOptions<T>;

  constructor(options: DocumentsOptions<T>) {
    this.#options = options;
  }

  async get(id: string): Promise<Document<T> | undefined> {
    const { database, kind } = this.#options;
    const row = await database.read((query) =>
      query.selectFrom('document').selectAll().where('kind', '=', kind).where('id', '=', id).executeTakeFirst(),
    );
    return row === undefined ? undefined : this.#documentOf(row);
  }

  /** The newest, as a larger transaction sees it. */
  async getIn({ query }: Edit, id: string): Promise<Document<T> | undefined> {
    const row = await query
      .selectFrom('document')
      .selectAll()
      .where('kind', '=', this.#options.kind)
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? undefined : this.#documentOf(row);
  }

  async list(): Promise<Document<T>[]> {
    const { database, kind } = this.#options;
    const rows = await database.read((query) =>
      query.selectFrom('document').selectAll().where('kind', '=', kind).orderBy('id').execute(),
    );
    return rows.map((row) => this.#documentOf(row)).filter((document) => document !== undefined);
  }

  /** Throws `Conflict` where there is, or was, one of this id. */
  create(cause: Cause, id: string, body: T): Promise<Document<T>> {
    return this.#write(cause, id, 0, () => ({ body, written: 'created' }));
  }

  /** The same as a part of a larger transaction. */
  createIn(edit: Edit, id: string, body: T): Promise<Document<T>> {
    return this.#writeIn(edit, id, 0, () => ({ body, written: 'created' }));
  }

  /** All, which nobody else changes or removes, nor adds to where they hold them too, until this transaction ends. */
  async hold(edit: Edit): Promise<Document<T>[]> {
    await edit.alone(this.#options.kind);
    const { query, isShared } = edit;
    const all = query.selectFrom('document').selectAll().where('kind', '=', this.#options.kind).orderBy('id');
    const rows = await (isShared ? all.forUpdate() : all).execute();
    return rows.map((row) => this.#documentOf(row)).filter((document) => document !== undefined);
  }

  /** `version` is the one that was edited. Throws `Conflict` where it is not the newest. */
  update(cause: Cause, id: string, version: number, body: T): Promise<Document<T>> {
    return this.#write(cause, id, version, () => ({ body, written: 'changed' }));
  }

  /** The same as a part of a larger transaction. */
  updateIn(edit: Edit, id: string, version: number, body: T): Promise<Document<T>> {
    return this.#writeIn(edit, id, version, () => ({ body, written: 'changed' }));
  }

  /** Whatever is there, as a part of a larger transaction: makes it, changes it, or brings back what was removed. */
  async putIn(edit: Edit, id: string, body: T): Promise<Document<T>> {
    const there = await edit.query
      .selectFrom('document')
      .select(['version', 'body'])
      .where('kind', '=', this.#options.kind)
      .where('id', '=', id)
      .executeTakeFirst();
    const written = there === undefined ? 'created' : there.body === null ? 'restored' : 'changed';
    return this.#writeIn(edit, id, there?.version ?? 0, () => ({ body, written }));
  }

  /** Its history stays. Throws `Conflict` where `version` is not the newest. */
  async remove(cause: Cause, id: string, version: number): Promise<void> {
    await this.#write(cause, id, version, () => ({ body: undefined, written: 'removed' }));
  }

  /**
   * Takes the change back that made `version`, which is the newest: writes what was before as a new version. Also brings back what
   * was removed, and removes what was created (then the body is undefined). Throws `Conflict` where it is not the newest.
   */
  undo(cause: Cause, id: string, version: number): Promise<Document<T | undefined>> {
    return this.#options.database.write(cause, (edit) => this.undoIn(edit, id, version));
  }

  /** The same as a part of a larger transaction. */
  undoIn(edit: Edit, id: string, version: number): Promise<Document<T | undefined>> {
    return this.#writeIn<T | undefined>(edit, id, version, async (query) => {
      const last = await this.#entry(query, id, version);
      return {
        body: last?.before === undefined ? undefined : this.#options.schema.parse(last.before),
        written: 'restored',
      };
    });
  }

  /** Newest first, with who, why and when, and what was before and after. */
  async history(id: string): Promise<AuditEntry[]> {
    const { database, kind } = this.#options;
    const rows = await database.read((query) =>
      query
        .selectFrom('audit')
        .selectAll()
        .where('kind', '=', kind)
        .where('subject', '=', id)
        .orderBy('sequence', 'desc')
        .execute(),
    );
    return rows.map(entryOf);
  }

  async #write<B extends T | undefined>(
    cause: Cause,
    id: string,
    version: number,
    next: (query: Transaction<Tables>) => Next<B> | Promise<Next<B>>,
  ): Promise<Document<B>> {
    return this.#options.database.write(cause, (edit) => this.#writeIn(edit, id, version, next));
  }

  async #writeIn<B extends T | undefined>(
    edit: Edit,
    id: string,
    version: number,
    next: (query: Transaction<Tables>) => Next<B> | Promise<Next<B>>,
  ): Promise<Document<B>> {
    const { kind, schema } = this.#options;
    const { who } = edit.cause;
    const before = await edit.query
      .selectFrom('document')
      .selectAll()
      .where('kind', '=', kind)
      .where('id', '=', id)
      .executeTakeFirst();
    const { body, written } = await next(edit.query);
    const row: Row = {
      kind,
      id,
      version: version + 1,
      body: body === undefined ? null : JSON.stringify(schema.parse(body)),
      who,
      at: new Date().toISOString(),
    };
    await this.#replace(edit, row, version, before);
    edit.record({
      action: `${kind}.${written}`,
      kind,
      subject: id,
      version: row.version,
      ...(before?.body == null ? {} : { before: JSON.parse(before.body) }),
      ...(row.body === null ? {} : { after: JSON.parse(row.body) }),
    });
    return { id, version: row.version, body, who, at: row.at };
  }

  /** Writes only over the version that was edited, whoever else does the same meanwhile. */
  async #replace({ query }: Edit, row: Row, edited: number, before: Row | undefined): Promise<void> {
    const { kind, id } = row;
    const done =
      edited === 0
        ? await query
            .insertInto('document')
            .values(row)
            .onConflict((conflict) => conflict.columns(['kind', 'id']).doNothing())
            .executeTakeFirst()
        : await query
            .updateTable('document')
            .set(row)
            .where('kind', '=', kind)
            .where('id', '=', id)
            .where('version', '=', edited)
            .executeTakeFirst();
    const rows = 'numUpdatedRows' in done ? done.numUpdatedRows : done.numInsertedOrUpdatedRows;
    if (rows === 1n) return;
    const newest =
      (await query
        .selectFrom('document')
        .selectAll()
        .where('kind', '=', kind)
        .where('id', '=', id)
        .executeTakeFirst()) ?? before;
    throw new Conflict(kind, id, edited, newest ?? { version: 0, who: '', at: '' });
  }

  async #entry(query: Transaction<Tables>, id: string, version: number): Promise<AuditEntry | undefined> {
    const { kind } = this.#options;
    const row = await query
      .selectFrom('audit')
      .selectAll()
      .where('kind', '=', kind)
      .where('subject', '=', id)
      .where('version', '=', version)
      .executeTakeFirst();
    return row === undefined ? undefined : entryOf(row);
  }

  #documentOf({ id, version, body, who, at }: Row): Document<T> | undefined {
    return body === null ? undefined : { id, version, body: this.#options.schema.parse(JSON.parse(body)), who, at };
  }
}

interface Next<B> {
  /** Undefined: it is removed. */
  body: B;
  written: Written;
}
