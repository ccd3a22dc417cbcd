/** What nothing was told with for a day goes, and what was told with or came just now stays. */
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { EvidenceFileTable, openDatabase } from '@room/database';
import { expect, it, vi } from 'vitest';
import { EvidenceSweep } from '../../../server/src/evidence-files/sweep.ts';
import { tempDir } from '../../harness/temp.ts';

const BOUNDS = { since: '2000', files: 10, bytes: 1e6, roomBytes: 1e6 };
const WHO = { who: 'person:ann' };

it('takes away what waited for a day, says once where it cannot, and ends', async () => {
  await using folder = await tempDir('sweep');
  const settings = { kind: 'sqlite', file: join(folder.path, 'room.db') } as const;
  const database = await openDatabase({ settings, report: () => undefined });
  const table = new EvidenceFileTable(database);
  const ids = await Promise.all(
    ['old', 'attached', 'new'].map(async (name) => {
      const bytes = Buffer.from(name);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const id = randomUUID();
      await table.create(WHO, { id, sha256, type: 'text/plain', name }, bytes, BOUNDS);
      return id;
    }),
  );
  const [old = '', attached = ''] = ids;
  const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000).toISOString();
  await database.write(WHO, async (edit) => {
    await table.attachIn(edit, attached, { kind: 'deployment', subject: 'DV01' });
    await edit.query.updateTable('evidence_file').set({ at: twoDaysAgo }).where('id', 'in', [old, attached]).execute();
  });
  const said: string[] = [];
  const sweep = new EvidenceSweep({ table, report: (_, message) => said.push(message) });
  sweep.start();
  await vi.waitFor(async () => expect(await table.get(old)).toBeUndefined(), { timeout: 10_000 });
  await sweep.stop();
  expect((await table.some(ids)).map(({ name }) => name).sort()).toEqual(['attached', 'new']);
  expect(said).toEqual([]);
  await database[Symbol.asyncDispose]();
  const late = new EvidenceSweep({ table, report: (_, message) => said.push(message) });
  late.start();
  await vi.waitFor(() => expect(said).toEqual([expect.stringContaining('are not taken away now')]));
  await late.stop();
});
