import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { tiers } from './harness/tiers.ts';
import { LONGER } from './harness/times.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { unit, rooms } = tiers(root);

/** Most of a room's test is waiting, and starts take turns; yet with two a core what waits for a broker or a database ran out of time. */
const FILES_A_CORE = 1;
/** More would rather need memory. */
const MOST_FILES = 8;
const known = Object.keys(LONGER);

/** Nobody waits for the last file alone: first those that are known to be long, then rooms, then the rest; longest last time first. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      const long = known.findIndex((file) => moduleId.endsWith(`/${file}`));
      return long >= 0 ? long : known.length + (project.name === 'rooms' ? 0 : 1);
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  root,
  cacheDir: fileURLToPath(new URL('../node_modules/.cache/vitest', import.meta.url)),
  // Tiles are also tested alone.
  plugins: [vue()],
  test: {
    reporters: ['default', './test/harness/reporter.ts'],
    pool: 'forks',
    maxWorkers: Math.min(FILES_A_CORE * availableParallelism(), MOST_FILES),
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    // What comes sooner is not waited for longer; a second is little on a busy machine.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      // What starts nothing leaves nothing behind: files of one worker share the modules that they load.
      { extends: true, test: { name: 'unit', include: unit, isolate: false } },
      {
        extends: true,
        test: {
          name: 'rooms',
          include: rooms,
          globalSetup: ['test/harness/global.ts'],
          setupFiles: ['test/harness/midnight.ts'],
        },
      },
    ],
  },
});
