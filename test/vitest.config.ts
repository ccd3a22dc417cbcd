import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { tiers } from './harness/tiers.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { unit, rooms } = tiers(root);

/** Nobody waits for the last file alone: first what waits for processes to die and sessions to end, then rooms, then the rest. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number =>
      /\/test\/(faults\/|cluster\.|stop\.)/.test(moduleId) ? 0 : project.name === 'rooms' ? 1 : 2;
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
    // Rooms, brokers and browsers are processes beside them: with three of these on two cores, what waits for others ran out of time.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    projects: [
      // What starts nothing leaves nothing behind: files of one worker share the modules that they load.
      { extends: true, test: { name: 'unit', include: unit, isolate: false } },
      { extends: true, test: { name: 'rooms', include: rooms, globalSetup: ['test/harness/global.ts'] } },
    ],
  },
});
