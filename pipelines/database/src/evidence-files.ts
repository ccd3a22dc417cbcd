/** Files that show what was told: their bytes once, who brought them, and what they belong to. */
import { turn } from '@room/runtime';
import { type Kysely, sql } from 'kysely';
import type { Cause } from './audit.ts';
import type { Database } from './database.ts';
import type { Edit } from './edit.ts';
import type { EvidenceFileRow, EvidenceRemovalRow, EvidenceUseRow, Tables } from './tables.ts';

export const EVIDENCE_FILE = 'evidence_file';

/** What a file belongs to, as the audit names it: `reported_value`, and `EID HN 2026-01`. */
export type EvidenceUse = Pick<EvidenceUseRow, 'kind' | 'subject'>;

/** Beyond which a file is not kept. */
export interface EvidenceBounds {
  /** Of one person, from this instant on. */
  since: string;
  files: number;
  bytes: number;
  /** Of the whole room. */
  roomBytes: number;
}

/** Which of them is reached. */
export type EvidenceBound = 'files' | 'bytes' | 'roomBytes';

/** Of a piece; a multiple of 3, so that each is base64 by itself. */
const PART_BYTES = 48 * 1024;
/** Pieces of one statement. */
const PARTS_AT_ONCE = 16;
/** Files that one look removes. */
const AT_ONCE = 100;
/** Ids of one statement, whose values databases count. */
const IDS_AT_ONCE = 500;
const USES_AT_ONCE = 200;

type Query = Kysely<Tables>;

export class EvidenceFileTable {
  readonly #database: Pick<Database, 'read' | 'write'>;

  constructor(database: Pick<Database, 'read' | 'write'>) {
    this.#database = database;
  }

  /** Which bound of a person so many more bytes would pass. Of the room it is known once it is known which bytes they are. */
  bound(who: string, size: number, bounds: EvidenceBounds): Promise<EvidenceBound | undefined> {
    return this.#database.read((query) => boundOf(query, who, size, bounds, true));
  }

  /** The file, or the bound that is reached: then it is not kept. One that waits already, of the same person, name and bytes, is that one. */
  create(
    cause: Cause,
    given: Pick<EvidenceFileRow, 'id' | 'sha256' | 'type' | 'name'>,
    bytes: Uint8Array,
    bounds: EvidenceBounds,
  ): Promise<EvidenceFileRow | EvidenceBound> {
    const row = {
      ...given,
      size: bytes.byteLength,
      who: cause.who,
      at: new Date().toISOString(),
      attached_at: null,
    };
    return this.#database.write(cause, async (edit) => {
      const { query } = edit;
      // What is counted, and whether its bytes are there, stays so until it is in.
      await edit.alone(EVIDENCE_FILE);
      const same = await query
        .selectFrom('evidence_file')
        .selectAll()
        .where('who', '=', row.who)
        .where('sha256', '=', row.sha256)
        .where('name', '=', row.name)
        .where('attached_at', 'is', null)
        .where('id', 'not in', query.selectFrom('evidence_removal').select('file'))
        .executeTakeFirst();
      if (same !== undefined) return same;
      const there = await query
        .selectFrom('evidence_content')
        .select('size')
        .where('sha256', '=', row.sha256)
        .executeTakeFirst();
      const isThere = there !== undefined && there.size > 0;
      const bound = await boundOf(query, row.who, row.size, bounds, isThere);
      if (bound !== undefined) return bound;
      if (!isThere) await putContent(query, row.sha256, bytes);
      await query.insertInto('evidence_file').values(row).execute();
      edit.record({ action: 'evidence_file.kept', kind: EVIDENCE_FILE, subject: row.id, after: told(row) });
      return row;
    });
  }

  get(id: string): Promise<EvidenceFileRow | undefined> {
    return this.#database.read((query) =>
      query.selectFrom('evidence_file').selectAll().where('id', '=', id).executeTakeFirst(),
    );
  }

  async some(ids: readonly string[]): Promise<EvidenceFileRow[]> {
    const rows: EvidenceFileRow[] = [];
    for (let at = 0; at < ids.length; at += IDS_AT_ONCE)
      rows.push(
        ...(await this.#database.read((query) =>
          query
            .selectFrom('evidence_file')
            .selectAll()
            .where('id', 'in', ids.slice(at, at + IDS_AT_ONCE))
            .execute(),
        )),
      );
    return rows;
  }

  /** What it belongs to, some at a time: one file may show what thousands told. */
  async *uses(id: string): AsyncGenerator<EvidenceUse> {
    for (let last: EvidenceUse | undefined; ; ) {
      const uses = await this.#usesAfter(id, last);
      yield* uses;
      last = uses.at(-1);
      if (uses.length < USES_AT_ONCE) return;
    }
  }

  #usesAfter(id: string, last: EvidenceUse | undefined): Promise<EvidenceUse[]> {
    return this.#database.read((query) => {
      const uses = query.selectFrom('evidence_use').select(['kind', 'subject']).where('file', '=', id);
      const rest =
        last === undefined
          ? uses
          : uses.where(({ eb, and, or }) =>
              or([eb('kind', '>', last.kind), and([eb('kind', '=', last.kind), eb('subject', '>', last.subject)])]),
            );
      return rest.orderBy('kind').orderBy('subject').limit(USES_AT_ONCE).execute();
    });
  }

  /**
   * As a part of the transaction that tells what it shows. False where it is not there, or not any more: one whose content was taken away
   * shows nothing, of what it was evidence of either.
   */
  async attachIn(edit: Edit, id: string, { kind, subject }: EvidenceUse): Promise<boolean> {
    const { query } = edit;
    if ((await removalsOf(query, [id])).length > 0) return false;
    const done = await query
      .updateTable('evidence_file')
      .set({ attached_at: sql<string>`coalesce(attached_at, ${new Date().toISOString()})` })
      .where('id', '=', id)
      .executeTakeFirst();
    if (done.numUpdatedRows !== 1n) return false;
    const { numInsertedOrUpdatedRows: added } = await query
      .insertInto('evidence_use')
      .values({ file: id, kind, subject })
      .onConflict((conflict) => conflict.columns(['file', 'kind', 'subject']).doNothing())
      .executeTakeFirst();
    if (added === 1n)
      edit.record({ action: 'evidence_file.attached', kind: EVIDENCE_FILE, subject: id, after: { kind, subject } });
    return true;
  }

  /** Piece by piece. Throws where it has fewer bytes than it should. */
  async *content({ sha256, size }: Pick<EvidenceFileRow, 'sha256' | 'size'>): AsyncGenerator<Buffer> {
    let left = size;
    for (let from = 0; left > 0; from += PARTS_AT_ONCE) {
      const rows = await this.#database.read((query) =>
        query
          .selectFrom('evidence_part')
          .select('bytes')
          .where('sha256', '=', sha256)
          .where('part', '>=', from)
          .where('part', '<', from + PARTS_AT_ONCE)
          .orderBy('part')
          .execute(),
      );
      if (rows.length === 0) throw new Error(`${left} bytes of the evidence file ${sha256} are missing`);
      for (const { bytes } of rows) {
        const piece = Buffer.from(bytes, 'base64');
        left -= piece.byteLength;
        yield piece;
      }
    }
  }

  /** Of those whose content was taken away. */
  async removals(ids: readonly string[]): Promise<EvidenceRemovalRow[]> {
    const rows: EvidenceRemovalRow[] = [];
    for (let at = 0; at < ids.length; at += IDS_AT_ONCE)
      rows.push(...(await this.#database.read((query) => removalsOf(query, ids.slice(at, at + IDS_AT_ONCE)))));
    return rows;
  }

  /**
   * Takes the content of a file away, and that of all of these bytes that `owner` brought, or that anybody did; what each is called, its
   * size and sum stay. Returns how many; 0 where there is none, or it was taken away before.
   */
  removeContent(cause: Cause & { why: string }, id: string, owner: string | 'anybody'): Promise<number> {
    const at = new Date().toISOString();
    return this.#database.write(cause, async (edit) => {
      const { query } = edit;
      await edit.alone(EVIDENCE_FILE);
      const removed = query.selectFrom('evidence_removal').select('file');
      const all = query
        .selectFrom('evidence_file')
        .selectAll()
        .where('sha256', '=', query.selectFrom('evidence_file').select('sha256').where('id', '=', id))
        .where('id', 'not in', removed);
      const rows = await (owner === 'anybody' ? all : all.where('who', '=', owner)).orderBy('id').execute();
      if (!rows.some((row) => row.id === id)) return 0;
      for (const row of rows) {
        await query
          .insertInto('evidence_removal')
          .values({ file: row.id, who: cause.who, at, why: cause.why })
          .execute();
        edit.record({
          action: 'evidence_file.content_removed',
          kind: EVIDENCE_FILE,
          subject: row.id,
          before: told(row),
        });
      }
      await dropContent(query, rows[0]?.sha256 ?? '');
      return rows.length;
    });
  }

  /** Takes away what came before an instant and belongs to nothing; returns how many, and leaves more for another look. */
  sweep(cause: Cause, before: string): Promise<number> {
    return this.#database.write(cause, async (edit) => {
      const { query } = edit;
      await edit.alone(EVIDENCE_FILE);
      const waiting = await query
        .selectFrom('evidence_file')
        .selectAll()
        .where('attached_at', 'is', null)
        .where('at', '<', before)
        .orderBy('at')
        .limit(AT_ONCE)
        .execute();
      let gone = 0;
      for (const row of waiting) {
        await query.deleteFrom('evidence_removal').where('file', '=', row.id).execute();
        // What somebody told with it meanwhile keeps it.
        const done = await query
          .deleteFrom('evidence_file')
          .where('id', '=', row.id)
          .where('attached_at', 'is', null)
          .executeTakeFirst();
        if (done.numDeletedRows !== 1n) continue;
        gone++;
        edit.record({ action: 'evidence_file.removed', kind: EVIDENCE_FILE, subject: row.id, before: told(row) });
        await dropContent(query, row.sha256);
      }
      return gone;
    });
  }
}

async function boundOf(
  query: Query,
  who: string,
  size: number,
  { since, files, bytes, roomBytes }: EvidenceBounds,
  isThere = false,
): Promise<EvidenceBound | undefined> {
  const own = await query
    .selectFrom('evidence_file')
    .select(({ fn }) => [fn.countAll<number | string>().as('n'), fn.sum<number | string | null>('size').as('bytes')])
    .where('who', '=', who)
    .where('at', '>=', since)
    .executeTakeFirstOrThrow();
  if (Number(own.n) >= files) return 'files';
  if (Number(own.bytes ?? 0) + size > bytes) return 'bytes';
  if (isThere) return undefined;
  const all = await query
    .selectFrom('evidence_content')
    .select(({ fn }) => fn.sum<number | string | null>('size').as('bytes'))
    .executeTakeFirstOrThrow();
  return Number(all.bytes ?? 0) + size > roomBytes ? 'roomBytes' : undefined;
}

async function putContent(query: Query, sha256: string, bytes: Uint8Array): Promise<void> {
  await query
    .insertInto('evidence_content')
    .values({ sha256, size: bytes.byteLength })
    .onConflict((conflict) => conflict.column('sha256').doUpdateSet({ size: bytes.byteLength }))
    .execute();
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = Math.ceil(buffer.byteLength / PART_BYTES);
  for (let from = 0; from < parts; from += PARTS_AT_ONCE) {
    await query
      .insertInto('evidence_part')
      .values(
        Array.from({ length: Math.min(PARTS_AT_ONCE, parts - from) }, (_, at) => ({
          sha256,
          part: from + at,
          bytes: buffer.toString('base64', (from + at) * PART_BYTES, (from + at + 1) * PART_BYTES),
        })),
      )
      .execute();
    // SQLite writes within this process: whoever else waits goes on between the pieces.
    await turn();
  }
}

/** Where nobody else has the same; what a file whose content was taken away names stays, empty. */
async function dropContent(query: Query, sha256: string): Promise<void> {
  const named = query.selectFrom('evidence_file').select('id').where('sha256', '=', sha256).limit(1);
  const removed = query.selectFrom('evidence_removal').select('file');
  if ((await named.where('id', 'not in', removed).executeTakeFirst()) !== undefined) return;
  await query.deleteFrom('evidence_part').where('sha256', '=', sha256).execute();
  if ((await named.executeTakeFirst()) === undefined)
    await query.deleteFrom('evidence_content').where('sha256', '=', sha256).execute();
  else await query.updateTable('evidence_content').set({ size: 0 }).where('sha256', '=', sha256).execute();
}

const removalsOf = (query: Query, ids: readonly string[]): Promise<EvidenceRemovalRow[]> =>
  query.selectFrom('evidence_removal').selectAll().where('file', 'in', ids).execute();

/** Of its bytes the sum alone: the chain says for good which they were. */
const told = ({ name, type, size, sha256 }: EvidenceFileRow): Record<string, unknown> => ({ name, type, size, sha256 });
