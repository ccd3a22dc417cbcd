import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempDir } from './temp.ts';
import { copyWarehouse, runTemplateMain } from './template.ts';

const ZONE = 'Asia/Ho_Chi_Minh';

it('a copy of the migrated warehouse cannot be told from one that was migrated where it stands', async () => {
  await using folder = await tempDir('template');
  const [copied, migrated] = [join(folder.path, 'copied'), join(folder.path, 'migrated')];
  await Promise.all([copyWarehouse(copied, ZONE), runTemplateMain('migrate', migrated, ZONE)]);
  const [copy, original] = await Promise.all(
    [copied, migrated].map(async (path) => JSON.parse(await runTemplateMain('describe', path)) as { rows: unknown[] }),
  );
  expect(original?.rows.length).toBeGreaterThan(7);
  expect(copy).toEqual(original);
});
