/** Files that show what was told: who may bring one, who may name it, and who may read it. */
import { randomUUID } from 'node:crypto';
import type { EvidenceFile, FileType, Scope } from '@room/contract';
import type { Cause, Edit, EvidenceBounds, EvidenceFileRow, EvidenceFileTable } from '@room/database';
import { HttpError } from '../errors.ts';
import { fileGone, type GivenFiles, type RemovedContent, type Teller } from '../given-files.ts';
import { fileName } from './name.ts';

/** Of one person in a day. */
const MOST = { files: 100, bytes: 200_000_000 };
export const DAY_MS = 86_400_000;
const HOUR_SECONDS = 3_600;

/** By the kind of what a file belongs to, whether somebody may see that. */
export type Sees = Readonly<Record<string, (subject: string, scope: Scope) => boolean | Promise<boolean>>>;

export interface EvidenceFilesOptions {
  table: EvidenceFileTable;
  sees: Sees;
  /** Bytes of all files of the room. */
  roomBytes: number;
}

export class EvidenceFiles implements GivenFiles {
  readonly #options: EvidenceFilesOptions;

  constructor(options: EvidenceFilesOptions) {
    this.#options = options;
  }

  /** Throws where so many bytes may not come, before they do. */
  async assertRoom(who: string, size: number): Promise<void> {
    const bound = await this.#options.table.bound(who, size, this.#bounds());
    if (bound !== undefined) throw this.#full(bound);
  }

  /** Rejects where it may not be kept. */
  async keep(
    cause: Cause,
    given: { name: string; type: FileType; bytes: Buffer; sha256: string },
  ): Promise<EvidenceFile> {
    const { type, bytes, sha256 } = given;
    const row = { id: randomUUID(), sha256, type, name: fileName(given.name, type) };
    const kept = await this.#options.table.create(cause, row, bytes, this.#bounds());
    if (typeof kept === 'string') throw this.#full(kept);
    return fileOf(kept);
  }

  async of({ who, scope }: Teller, ids: readonly string[]): Promise<ReadonlyMap<string, EvidenceFile>> {
    const rows = await this.#options.table.some([...new Set(ids)]);
    const files = new Map<string, EvidenceFile>();
    for (const row of rows) if (row.who === who || (await this.#isSeen(row.id, scope))) files.set(row.id, fileOf(row));
    return files;
  }

  async attachIn(edit: Edit, id: string, kind: string, subject: string): Promise<void> {
    if (!(await this.#options.table.attachIn(edit, id, { kind, subject }))) throw fileGone();
  }

  async removals(ids: readonly string[]): Promise<ReadonlyMap<string, RemovedContent>> {
    const rows = await this.#options.table.removals(ids);
    return new Map(rows.map(({ file, who, at, why }) => [file, { who, at: Date.parse(at), why }]));
  }

  /**
   * Undefined where there is none, or it belongs to nothing that is seen in this scope. What was corrected or taken back stays to be read,
   * and so does its file; only what was given in error goes, by `removeContent`.
   */
  async read(id: string, scope: Scope): Promise<{ file: EvidenceFile; content: AsyncIterable<Buffer> } | undefined> {
    const row = await this.#options.table.get(id);
    if (row === undefined || !(await this.#isSeen(id, scope))) return undefined;
    const removed = (await this.removals([id])).get(id);
    const file = fileOf(row);
    return { file: removed === undefined ? file : { ...file, removed }, content: this.#options.table.content(row) };
  }

  /**
   * Takes its content away for good, and that of the same bytes which the same person brought: by whoever brought it, or by an
   * administrator, for whom all of these bytes go. False where there is none that `teller` may know of. Throws 403 where it is another's.
   */
  async removeContent(
    cause: Cause & { why: string },
    id: string,
    { scope, isAdministrator }: { scope: Scope; isAdministrator: boolean },
  ): Promise<boolean> {
    const { table } = this.#options;
    const row = await table.get(id);
    if (row === undefined) return false;
    const isOwn = row.who === cause.who;
    if (!isAdministrator) {
      // Whoever is of another unit since takes nothing away from this one; what shows nothing yet is nobody else's.
      const isSeen = await this.#isSeen(id, scope);
      if (!isSeen && (!isOwn || (await this.#isUsed(id)))) return false;
      if (isOwn) {
        await table.removeContent(cause, id, row.who);
        return true;
      }
      throw new HttpError(
        403,
        'not_yours',
        `${row.who} brought this file: they or an administrator take its content away`,
      );
    }
    await table.removeContent(cause, id, 'anybody');
    return true;
  }

  async #isSeen(id: string, scope: Scope): Promise<boolean> {
    const { table, sees } = this.#options;
    for await (const { kind, subject } of table.uses(id)) if (await sees[kind]?.(subject, scope)) return true;
    return false;
  }

  async #isUsed(id: string): Promise<boolean> {
    for await (const _use of this.#options.table.uses(id)) return true;
    return false;
  }

  #bounds(): EvidenceBounds {
    const since = new Date(Date.now() - DAY_MS).toISOString();
    return { since, ...MOST, roomBytes: this.#options.roomBytes };
  }

  #full(bound: 'files' | 'bytes' | 'roomBytes'): HttpError {
    const room = this.#options.roomBytes / 1e6;
    if (bound === 'roomBytes')
      return new HttpError(
        422,
        'room_full',
        `the room keeps at most ${room} MB of files, which are there: ask whoever runs it to raise EVIDENCE_MB, or give a link`,
        undefined,
        { numbers: { most: room } },
      );
    const { files, bytes } = MOST;
    return new HttpError(
      429,
      'too_many_files',
      `${files} files and ${bytes / 1e6} MB in 24 hours may be brought by one person: try again later, or give a link`,
      HOUR_SECONDS,
      { numbers: { files, bytes: bytes / 1e6 } },
    );
  }
}

const fileOf = ({ id, name, type, size, sha256, who, at }: EvidenceFileRow): EvidenceFile => ({
  id,
  name,
  type: type as FileType,
  size,
  sha256,
  who,
  at: Date.parse(at),
});
