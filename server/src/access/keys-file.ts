/** The file in which earlier versions kept hashed portal keys: read once, then never again. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { PortalKeyTable } from '@room/database';
import { z } from 'zod';

const NAME = 'portal-keys.json';
const CAUSE = { who: 'room', why: `taken over from ${NAME}` };

const storedSchema = z.array(z.object({ hash: z.string(), source: z.string(), createdAt: z.string().optional() }));

export interface KeysFileOptions {
  file: string;
  table: Pick<PortalKeyTable, 'takeOver' | 'takenOver'>;
  report: (message: string) => void;
}

/**
 * Takes its keys over where that was not done yet; the file stays, for servers of the version before. One that cannot be read is
 * told, and changes nothing. Rejects with `DatabaseAway`.
 */
export async function takeOverKeysFile({ file, table, report }: KeysFileOptions): Promise<void> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      report(`the portal keys of ${file} are not taken over: ${(error as Error).message}; let this user read it`);
    return;
  }
  const hash = createHash('sha256').update(text).digest('hex');
  const before = await table.takenOver(NAME);
  if (before !== undefined) {
    if (before !== hash)
      report(`${file} was changed and is not read any more; make and revoke portal keys by the portal-key command`);
    return;
  }
  const keys = keysIn(text);
  if (keys === undefined)
    return report(`the portal keys of ${file} are not taken over: it is no whole list; restore it`);
  const taken = await table.takeOver(
    CAUSE,
    NAME,
    hash,
    keys.map((key) => ({ ...key, name: `of ${NAME}` })),
  );
  if (taken !== undefined)
    report(`${taken} portal keys were taken over from ${file}, which is not read any more and may be removed`);
}

function keysIn(text: string): z.infer<typeof storedSchema> | undefined {
  try {
    return storedSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
