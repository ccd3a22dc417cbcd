/** Programs in one file: never one of older sources, finding what stands beside them, and asking for nothing that an image lacks. */
import { cp, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../harness/process.ts';
import { ROOT } from '../harness/program.ts';
import { type TempDir, tempDir } from '../harness/temp.ts';

const BUNDLED = `import { bundled } from './pipelines/bundle.mjs'; process.stdout.write(await bundled('server/src/main.ts'));`;

/** A small repository, with the real bundler and the real packages. */
async function repository(files: Record<string, string>): Promise<TempDir> {
  const folder = await tempDir('bundle');
  await mkdir(join(folder.path, 'test'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder.path, dirname(path)), { recursive: true });
    await writeFile(join(folder.path, path), text);
  }
  await mkdir(join(folder.path, 'pipelines'), { recursive: true });
  for (const file of ['pnpm-lock.yaml', 'pipelines/bundle.mjs', 'pipelines/sources.mjs'])
    await cp(join(ROOT, file), join(folder.path, file));
  await symlink(join(ROOT, 'pipelines', 'node_modules'), join(folder.path, 'pipelines', 'node_modules'));
  return folder;
}

async function node(cwd: string, ...args: string[]): Promise<string> {
  const { output } = await run(process.execPath, args, { cwd });
  return output;
}
const bundled = (cwd: string): Promise<string> => node(cwd, '--input-type=module', '--eval', BUNDLED);

it('a changed source is never run as it was, and one that did not change is bundled once', async () => {
  await using folder = await repository({
    'server/src/main.ts': `import { word } from '../../pipelines/src/word.ts';\nconsole.log(word satisfies string);\n`,
    'pipelines/src/word.ts': `export const word = 'first';\n`,
  });
  const first = await bundled(folder.path);
  expect(await node(folder.path, first)).toBe('first\n');
  const made = await stat(first);
  expect(await bundled(folder.path)).toBe(first);
  expect(await stat(first)).toEqual(made);

  await writeFile(join(folder.path, 'pipelines/src/word.ts'), `export const word = 'second';\n`);
  const second = await bundled(folder.path);
  expect(await node(folder.path, second)).toBe('second\n');
  expect(await node(folder.path, first)).toBe('first\n');
});

it('what stands beside a source is found, a thread starts, and a failure names the line of the source', async () => {
  await using folder = await repository({
    'server/src/main.ts': [
      `import { readFileSync } from 'node:fs';`,
      `import { Worker } from 'node:worker_threads';`,
      `console.log(readFileSync(new URL('./beside.txt', import.meta.url), 'utf8'));`,
      `console.log(readFileSync(new URL('./plain.mjs', import.meta.url), 'utf8'));`,
      `new Worker(new URL('./thread.mjs', import.meta.url)).on('exit', () => {`,
      `  throw new Error('on purpose');`,
      `});`,
    ].join('\n'),
    'server/src/beside.txt': 'beside',
    'server/src/plain.mjs': '// no thread',
    'server/src/thread.ts': `import { word } from './word.ts';\nconsole.log(word as string);\n`,
    'server/src/word.ts': `export const word = 'from the thread';\n`,
  });
  const said = await node(folder.path, '--enable-source-maps', await bundled(folder.path));
  expect(said).toMatch(/^beside\n\/\/ no thread\nfrom the thread\n/);
  expect(said).toMatch(/Error: on purpose[\s\S]*server\/src\/main\.ts:6:/);
});

it.each(['server', 'pipelines'])('the image of %s holds what its programs ask for', async (name) => {
  const dockerfile = (await readFile(join(ROOT, name, 'Dockerfile'), 'utf8')).replaceAll(/\\\n\s*/g, ' ');
  const [, dist = '', programs = ''] = /node pipelines\/bundle\.mjs (\S+) (.+)/.exec(dockerfile) ?? [];
  await using folder = await tempDir('image');
  const command = [join(ROOT, 'pipelines/bundle.mjs'), folder.path, ...programs.trim().split(/\s+/)];
  expect(await node(ROOT, ...command)).toBe('');
  const files = (await readdir(folder.path)).filter((file) => file.endsWith('.mjs'));
  const started = [...dockerfile.matchAll(/"dist\/(\S+\.mjs)"/g)].map(([, file]) => file ?? '');
  expect(started).toHaveLength(1);
  expect(files).toEqual(expect.arrayContaining([...started, 'pipelines-forecasting-thread.mjs']));

  const copied = [...dockerfile.slice(dockerfile.lastIndexOf('\nFROM ')).matchAll(/^COPY .*\/room\/(\S+)$/gm)];
  const there = [dist, ...copied.map(([, path]) => path ?? '')];
  const asked = new Set<string>();
  for (const file of files) {
    const text = await readFile(join(folder.path, file), 'utf8');
    const beside = /new URL\("([^"]+)", new URL\("([^"]+)", import\.meta\.url\)/g;
    for (const [, path = '', source = ''] of text.matchAll(beside))
      asked.add(relative(ROOT, resolve(folder.path, dirname(source), path)));
    const imports = /^(?:import (?:[^"\n]* from )?|\} from )"([^"]+)";$|\bawait import\("([^"]+)"\)/gm;
    for (const [, fixed, lazy] of text.matchAll(imports)) {
      const path = fixed ?? lazy ?? '';
      if (path.startsWith('.')) asked.add(relative(ROOT, resolve(folder.path, path)));
      else expect(builtinModules).toContain(path.replace(/^node:/, ''));
    }
  }
  const outside = [...asked].filter(
    (path) => !there.some((folder) => path === folder || path.startsWith(`${folder}/`)),
  );
  expect(asked.size).toBeGreaterThan(2);
  expect(outside).toEqual([]);
});
