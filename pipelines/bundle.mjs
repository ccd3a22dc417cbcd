// Makes one file of plain JavaScript out of a program of this repository, so that no start transpiles, or gathers hundreds of
// files. For an image: `node pipelines/bundle.mjs FOLDER NAME=MAIN.ts …`.
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { filesUnder, fingerprint, root } from './sources.mjs';

const CACHE = join(root, 'node_modules', '.cache', 'operations-room', 'programs');
/** Bundles of older sources stay for a while: a process that runs from one may yet start its thread. */
const KEPT_MS = 3 * 86_400_000;

/** Machine code is loaded from where it was installed, as is what loads parts of itself. */
const NATIVE =
  /^(@myriaddreamin\/typst-ts-node-compiler|@node-rs\/argon2|chdb|esbuild|libsql|lmdb|playwright-core)(\/|$)/;
/** Packages in CommonJS expect these. */
const COMMON_JS = `import { createRequire as roomRequire } from 'node:module';
import { fileURLToPath as roomPath } from 'node:url';
const require = roomRequire(import.meta.url);
const __filename = roomPath(import.meta.url);
const __dirname = roomPath(new URL('.', import.meta.url));`;
/** A source says where it stands; or, first, it names a thread's start beside it: `thread.mjs`, which starts `thread.ts`. */
const ITSELF = /new URL\('\.\/([\w-]+)\.mjs', import\.meta\.url\)|import\.meta\.url/g;

const slashes = (path) => path.replaceAll(sep, '/');

/** `server/src/main.ts` is `server-main`. */
const nameOf = (main) => slashes(main).replace(/\.ts$/, '').replace('/src/', '/').replaceAll('/', '-');

/** What stands beside a source is found from its bundle too; a thread's bundle stands beside that of its program. */
const asFromTheSources = (folder, threads) => ({
  name: 'as-from-the-sources',
  setup(build) {
    const there = (path) => slashes(relative(folder, path));
    build.onResolve({ filter: NATIVE }, async ({ path, pluginData, importer, kind, resolveDir }) => {
      if (pluginData === NATIVE) return undefined;
      const found = await build.resolve(path, { importer, kind, resolveDir, pluginData: NATIVE });
      // One that is not installed is missed by its name, when it is asked for.
      return { path: found.errors.length > 0 ? path : there(found.path), external: true };
    });
    build.onLoad({ filter: /\.(mjs|ts)$/ }, async ({ path }) => {
      if (path.includes('node_modules')) return undefined;
      const contents = (await readFile(path, 'utf8')).replaceAll(ITSELF, (_, start) => {
        if (start === undefined) return `new URL('${there(path)}', import.meta.url).href`;
        const thread = join(dirname(path), `${start}.ts`);
        // It names a file that stands there, which starts no thread.
        if (!existsSync(thread)) return `new URL('${there(join(dirname(path), `${start}.mjs`))}', import.meta.url)`;
        threads.add(relative(root, thread));
        return `new URL('./${nameOf(relative(root, thread))}.mjs', import.meta.url)`;
      });
      return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
    });
  },
});

async function output(folder, programs, threads) {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: Object.entries(programs).map(([out, main]) => ({ out, in: resolve(root, main) })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    banner: { js: COMMON_JS },
    // The sources stand in the repository, and an image does not need them twice.
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'error',
    plugins: [asFromTheSources(folder, threads)],
  });
  return outputFiles;
}

/**
 * Bundles programs, given as main by name, into `folder`: `NAME.mjs` each, with a source map, and beside them the threads that
 * they start. Packages with machine code are left out; they and what sources read beside them stay where they are.
 */
export async function bundle(folder, programs) {
  const threads = new Set();
  const files = await output(folder, programs, threads);
  const started = Object.fromEntries([...threads].map((main) => [nameOf(main), main]));
  if (threads.size > 0) files.push(...(await output(folder, started, threads)));
  await mkdir(folder, { recursive: true });
  // Others may be making the same, or starting it already: a file is there whole or not at all, and a program after its threads.
  for (const { path, contents } of files.reverse()) {
    const draft = `${path}.${randomUUID()}.draft`;
    await writeFile(draft, contents);
    await rename(draft, path);
  }
}

function forgetOlder(key) {
  for (const other of readdirSync(CACHE)) {
    const folder = join(CACHE, other);
    if (other !== key && Date.now() - statSync(folder).mtimeMs > KEPT_MS)
      void rm(folder, { recursive: true, force: true });
  }
}

/** The bundle of a main as the sources are now, made where there is none: the path of a file that Node runs as it is. */
export async function bundled(main) {
  const sources = ['pipelines', 'server', 'test'].flatMap((folder) => [...filesUnder(join(root, folder))]);
  const bundledOnes = sources.filter((path) => /\.(ts|mjs|json)$/.test(path) && !path.endsWith('.test.ts'));
  const key = fingerprint([join(root, 'pnpm-lock.yaml'), ...bundledOnes]).slice(0, 16);
  const folder = join(CACHE, key);
  const name = nameOf(relative(root, resolve(root, main)));
  const file = join(folder, `${name}.mjs`);
  if (!existsSync(file)) {
    await bundle(folder, { [name]: main });
    forgetOlder(key);
  }
  return file;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder = '.', ...programs] = process.argv.slice(2);
  await bundle(resolve(folder), Object.fromEntries(programs.map((it) => it.split('='))));
}
