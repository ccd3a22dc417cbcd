/** Files that are named where something is told, as evidence of it. */
import type { EvidenceFile, Scope } from '@room/contract';
import type { Edit } from '@room/database';
import { HttpError } from './errors.ts';

/** Whoever tells something: as the audit names them, and what they see. */
export interface Teller {
  who: string;
  scope: Scope;
}

export interface GivenFiles {
  /** By id, those that they may name: what they brought themselves, or already see as evidence of something. */
  of(teller: Teller, ids: readonly string[]): Promise<ReadonlyMap<string, EvidenceFile>>;
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
