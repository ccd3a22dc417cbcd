import { mkdir, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSystemOf } from '@room/operations';
import { expect, test } from 'vitest';
import { tempDir } from '../../harness/temp.ts';

/** The kernel's trees as they would tell of `folder`'s device, called `vdz`. */
async function kernelOf(folder: string, root: string, journals: readonly string[]): Promise<string> {
  const { dev } = await stat(folder);
  const blocks = join(root, 'sys/dev/block');
  await mkdir(blocks, { recursive: true });
  await symlink('../../devices/vdz', join(blocks, `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`));
  for (const journal of journals) await mkdir(join(root, 'proc/fs/jbd2', journal), { recursive: true });
  return root;
}

test('memory is no disk that could lack a journal', async ({ skip }) => {
  if ((await stat('/dev/shm').catch(() => undefined)) === undefined) skip('no memory file system here');
  expect(await fileSystemOf('/dev/shm')).toEqual({ name: 'tmpfs', lacksJournal: false });
});

test.each([
  { journals: ['vdz-8'], lacks: false },
  { journals: ['vdz'], lacks: false },
  { journals: ['vdz1-8', 'loop0-8'], lacks: true },
])('ext4 on a device beside the journals $journals: lacks one: $lacks', async ({ journals, lacks }) => {
  await using dir = await tempDir();
  const kernel = await kernelOf(dir.path, join(dir.path, 'kernel'), journals);
  const found = await fileSystemOf(dir.path, kernel);
  expect(found.lacksJournal).toBe(found.name === 'ext4' && lacks);
});

test('says nothing about a journal where the kernel does not tell', async () => {
  await using dir = await tempDir();
  expect((await fileSystemOf(dir.path, join(dir.path, 'nowhere'))).lacksJournal).toBe(false);
});
