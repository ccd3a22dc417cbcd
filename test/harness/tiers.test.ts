import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { tempDir } from './temp.ts';
import { tiers } from './tiers.ts';

/** Not said at once, or this file would be one of those. */
const [OPEN, MOCK] = [['open', 'Access'].join(''), ['vi', 'mock'].join('.')];

it('a test is a unit test unless it starts something, itself or through what it imports', async () => {
  await using folder = await tempDir('tiers');
  const files = {
    'test/harness/process.ts': '',
    'test/harness/room.ts': `import { run } from './process.ts';\n`,
    'test/web/plain.test.ts': `import { b } from '../../web/src/b.ts';\n`,
    'test/typed.test.ts': `import type { Room } from './harness/room.ts';\n`,
    'test/started.test.ts': `import {\n  startRoom,\n} from './harness/room.ts';\n`,
    'test/lazy.test.ts': `export * from './harness/room.ts';\n`,
    'test/engine.test.ts': `import { openAccess } from '@room/warehouse';\nawait ${OPEN}({});\n`,
    'test/mocked.test.ts': `import { vi } from 'vitest';\n${MOCK}('./x.ts');\n`,
    'test/node_modules/x/other.test.ts': '',
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder.path, path)), { recursive: true });
    await writeFile(join(folder.path, path), text);
  }
  const { unit, rooms } = tiers(folder.path);
  expect(unit.sort()).toEqual(['test/typed.test.ts', 'test/web/plain.test.ts']);
  expect(rooms.sort()).toEqual([
    'test/engine.test.ts',
    'test/lazy.test.ts',
    'test/mocked.test.ts',
    'test/started.test.ts',
  ]);
});
