/** The import command at its edges: where nobody listens to it, and where it writes. */
import { spawn } from 'node:child_process';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { childEnv } from '../../harness/config.ts';
import { ended, run } from '../../harness/process.ts';
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

it('writes beside the file or where it is told, for its user alone, and nothing into the folder it runs in', {
  timeout: 120_000,
}, async () => {
  await using folder = await tempDir('import-out');
  const [here, exports, out] = ['here', 'exports', 'out'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  await Promise.all([here, exports].map((path) => mkdir(path)));
  await writeFile(
    join(exports, 'ho-so.csv'),
    'SRNumber,Owner,CreatedDate\n1,BOS,2020-03-02\n2,BOS,never\n3,BOS,2020-03-04\n',
  );
  await writeFile(
    join(folder.path, 'mapping.json'),
    JSON.stringify({
      source: 'urn:portal:los-angeles:311',
      timeZone: 'America/Los_Angeles',
      dateFormat: 'iso',
      common: { procedure: 'bulky-items', agency: 'BOS', province: 'central', channel: 1 },
      events: [{ id: '{SRNumber}', status: 1, time: 'CreatedDate' }],
    }),
  );
  const command = (...words: string[]) =>
    run(process.execPath, [...typescript(), join(ROOT, 'pipelines/src/import/main.ts'), ...words], {
      cwd: here,
      env: childEnv(),
    });
  const file = '../exports/ho-so.csv';
  const began = await Promise.all([
    command('init', file, '--catalogue', CATALOGUE),
    command('init', file, '--catalogue', CATALOGUE, '--out', out),
    command(file, '--mapping', '../mapping.json', '--dry-run', '--catalogue', CATALOGUE),
  ]);
  expect(began.map(({ code }) => code)).toEqual([0, 0, 1]);
  expect(began[2].stdout).toContain('1 row would be rejected, see ../exports/ho-so.csv.rejected.csv');
  expect(await readdir(here)).toEqual([]);
  expect((await readdir(exports)).sort()).toEqual(['ho-so.csv', 'ho-so.csv.mapping.json', 'ho-so.csv.rejected.csv']);
  expect(await readdir(out)).toEqual(['ho-so.csv.mapping.json']);
  const modes = ['exports/ho-so.csv.mapping.json', 'exports/ho-so.csv.rejected.csv', 'out/ho-so.csv.mapping.json'];
  for (const name of modes) expect([name, (await stat(join(folder.path, name))).mode & 0o777]).toEqual([name, 0o600]);
});
