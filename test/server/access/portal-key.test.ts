/** The command that operators make keys with, as they run it. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PortalKeys } from '../../../server/src/access/portal-keys.ts';
import { NATIONAL } from '../../harness/client.ts';
import { childEnv } from '../../harness/config.ts';
import { run } from '../../harness/process.ts';
import { ROOT, typescript } from '../../harness/program.ts';
import { startRoom } from '../../harness/room.ts';

it('makes a key that is taken for its source alone, lists it, and revokes it', async () => {
  await using room = await startRoom();
  const command = async (...words: string[]): Promise<unknown[]> => {
    const args = [...typescript(), 'server/src/keys.ts', ...words];
    const env = childEnv({ DATA_DIR: room.dataDir });
    const { code, output } = await run(process.execPath, args, { cwd: ROOT, env });
    expect([code, output]).toEqual([0, output]);
    return output.trim().split('\n');
  };
  const [made] = await command('create', NATIONAL);
  const { source, key } = JSON.parse(String(made)) as { source: string; key: string };
  expect(source).toBe(NATIONAL);
  const sourceOf = (it: string): Promise<string | undefined> =>
    new PortalKeys({ file: join(room.dataDir, 'portal-keys.json'), report: () => undefined }).sourceOf(it);
  expect([await sourceOf(key), await sourceOf(`${key}x`)]).toEqual([NATIONAL, undefined]);
  expect(JSON.parse(String((await command('list'))[0]))).toMatchObject({ source: NATIONAL, keys: 1 });
  expect(await command('revoke', NATIONAL)).toEqual(['1 keys revoked']);
  expect(await sourceOf(key)).toBeUndefined();
});
