/** What a wall loads, by the modules of the real build: nothing that only a page needs, and no schemas. */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { beforeAll, expect, it, vi } from 'vitest';

/** One file of the build. `imports` are those it cannot run without. */
interface Chunk {
  file: string;
  code: string;
  modules: string[];
  imports: string[];
  isEntry: boolean;
}

const chunks = new Map<string, Chunk>();

beforeAll(async () => {
  // The test runner's own word for it would build Vue's development version.
  vi.stubEnv('NODE_ENV', 'production');
  const root = fileURLToPath(new URL('../../web', import.meta.url));
  const built = await build({ root, logLevel: 'warn', build: { write: false } });
  const outputs = Array.isArray(built) ? built : [built];
  vi.unstubAllEnvs();
  for (const output of outputs) {
    if (!('output' in output)) throw new Error('the build watches instead of ending');
    for (const part of output.output)
      if (part.type === 'chunk')
        chunks.set(part.fileName, {
          file: part.fileName,
          code: part.code,
          modules: part.moduleIds.map((id) => id.replaceAll('\\', '/')),
          imports: part.imports,
          isEntry: part.isEntry,
        });
  }
}, 240_000);

/** Everything that is loaded for these modules to run, the entry first. */
function loadedFor(...names: string[]): Chunk[] {
  const loaded = new Map<string, Chunk>();
  const load = (chunk: Chunk | undefined): void => {
    if (chunk === undefined || loaded.has(chunk.file)) return;
    loaded.set(chunk.file, chunk);
    for (const file of chunk.imports) load(chunks.get(file));
  };
  for (const chunk of chunks.values()) if (chunk.isEntry) load(chunk);
  for (const name of names) {
    const chunk = [...chunks.values()].find(({ modules }) => modules.some((id) => id.endsWith(name)));
    if (chunk === undefined) throw new Error(`the build has no ${name}`);
    load(chunk);
  }
  return [...loaded.values()];
}

const modulesOf = (loaded: readonly Chunk[]): string[] => loaded.flatMap(({ modules }) => modules);

it('a wall comes without schemas', () => {
  const modules = modulesOf(loadedFor('/src/pages/wall/WallPage.vue'));
  expect(modules.some((id) => id.includes('/src/pages/wall/NowPage.vue'))).toBe(true);
  expect(modules.some((id) => id.includes('/contract/src/calendar.ts'))).toBe(true);
  expect(modules.filter((id) => id.includes('/zod/') || id.endsWith('/contract/src/catalogue.ts'))).toEqual([]);
});

it('a wall comes without what only pages need, and pages without what only a wall needs', () => {
  const wall = modulesOf(loadedFor('/src/pages/wall/WallPage.vue'));
  expect(wall.filter((id) => /\/pages\/(?!wall\/)|\/app\/PageLayout|\/@tanstack\/|\/reka-ui\//.test(id))).toEqual([]);
  for (const page of ['/src/pages/past/PastPage.vue', '/src/pages/forecasts/ForecastsPage.vue']) {
    const modules = modulesOf(loadedFor('/src/app/PageLayout.vue', page));
    expect(modules.some((id) => id.includes('/@tanstack/'))).toBe(true);
    expect(modules.filter((id) => id.includes('/echarts/') || id.includes('/zod/'))).toEqual([]);
  }
});

// The last kB are words: who is judged, of whom, by which limit, and how many wait beyond their date.
it('a wall stays within 293 kB of JavaScript as it is sent compressed', () => {
  const bytes = loadedFor('/src/pages/wall/WallPage.vue').reduce((sum, { code }) => sum + gzipSync(code).length, 0);
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThan(293_000);
});

it('scenes come after the first paint, and with them a wall stays within 350 kB', () => {
  const first = loadedFor('/src/pages/wall/WallPage.vue');
  expect(modulesOf(first).filter((id) => id.includes('/src/scenes/'))).toEqual([]);
  const all = loadedFor('/src/pages/wall/WallPage.vue', '/src/scenes/SceneStage.vue');
  expect(modulesOf(all).filter((id) => /\/@tanstack\/|\/reka-ui\/|\/zod\//.test(id))).toEqual([]);
  expect(all.reduce((sum, { code }) => sum + gzipSync(code).length, 0)).toBeLessThan(350_000);
});

it.each(['/src/pages/explore/ExploreDesk.vue', '/src/pages/notebooks/NotebooksPage.vue'])(
  'the page %s stays within 450 kB of JavaScript as it is sent compressed',
  (page) => {
    const loaded = loadedFor('/src/app/PageLayout.vue', page);
    const bytes = loaded.reduce((sum, { code }) => sum + gzipSync(code).length, 0);
    expect(bytes).toBeGreaterThan(200_000);
    expect(bytes).toBeLessThan(450_000);
  },
);
