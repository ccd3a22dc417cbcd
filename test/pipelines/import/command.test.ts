/** The import command where nobody listens to it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { childEnv } from '../../harness/config.ts';
import { ended } from '../../harness/process.ts';
import { ROOT, typescript } from '../../harness/program.ts';
import { tempDir } from '../../harness/temp.ts';

const CATALOGUE = join(ROOT, 'test', 'catalogues', 'los-angeles');

it('goes on where nobody reads what it says of its progress', { timeout: 120_000 }, async () => {
  await using folder = await tempDir('import');
  const words = [join(CATALOGUE, 'requests.csv'), '--mapping', join(CATALOGUE, 'mapping.json'), '--dry-run'];
  const child = spawn(process.execPath, [...typescript(), join(ROOT, 'pipelines/src/import/main.ts'), ...words], {
    cwd: folder.path,
    env: childEnv(),
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stderr.destroy();
  await ended(child);
  expect([child.exitCode, said]).toEqual([0, expect.stringContaining('rows read')]);
});
