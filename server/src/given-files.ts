/** Files that are named where something is told, as evidence of it. */
import { type EvidenceFile, evidenceFileSchema, type Scope } from '@room/contract';
import type { Edit } from '@room/database';
import { HttpError } from './errors.ts';

/** Whoever tells something: as the audit names them, and what they see. */
export interface Teller {
  who: string;
  scope: Scope;
}

export type RemovedContent = NonNullable<EvidenceFile['removed']>;

export interface GivenFiles {
  /** By id, those that they may name: what they brought themselves, or already see as evidence of something. */
  of(teller: Teller, ids: readonly string[]): Promise<ReadonlyMap<string, EvidenceFile>>;
  /** Of those whose content was taken away since, what is told of that. */
  removals(ids: readonly string[]): Promise<ReadonlyMap<string, RemovedContent>>;
  /** As a part of the transaction that tells it. Throws 422 where the file is not there any more. */
  attachIn(edit: Edit, id: string, kind: string, subject: string): Promise<void>;
}

export const fileGone = (): HttpError =>
  new HttpError(
    422,
    'file_gone',
    'there is no such file of yours: one that nothing is told with goes after a day; bring it again',
  );

/** What a teller named, as it is kept. Throws 422 where they may not name it, or it is not there. */
export async function givenFile(
  files: Pick<GivenFiles, 'of'>,
  teller: Teller,
  id: string | undefined,
): Promise<EvidenceFile | undefined> {
  if (id === undefined) return undefined;
  const found = (await files.of(teller, [id])).get(id);
  if (found === undefined) throw fileGone();
  return found;
}

/**
 * What was told, with what became of its files since: whoever reads it is not led to content that was taken away. A file stands in it by the
 * name `file`.
 */
export async function withRemovals<T>(files: Pick<GivenFiles, 'removals'>, told: T): Promise<T> {
  const ids = new Set<string>();
  eachFile(told, ({ id }) => void ids.add(id));
  if (ids.size === 0) return told;
  const removals = await files.removals([...ids]);
  if (removals.size === 0) return told;
  const now = structuredClone(told);
  eachFile(now, (file) => {
    const removed = removals.get(file.id);
    if (removed !== undefined) file.removed = removed;
  });
  return now;
}

function eachFile(told: unknown, see: (file: EvidenceFile) => void): void {
  if (Array.isArray(told)) for (const each of told) eachFile(each, see);
  else if (typeof told === 'object' && told !== null)
    for (const [name, value] of Object.entries(told))
      if (name === 'file' && evidenceFileSchema.safeParse(value).success) see(value as EvidenceFile);
      else eachFile(value, see);
}
