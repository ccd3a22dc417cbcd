import { readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { createKeys, PortalKeys, revokeKeys } from '../../../server/src/access/portal-keys.ts';
import { tempDir } from '../../harness/temp.ts';

const [ONE, TWO] = ['urn:portal:one', 'urn:portal:two'];
const RECHECK_MS = 1_050;
afterEach(() => void vi.restoreAllMocks());

/** As long after as the file is looked at again. */
function later(): void {
  const then = performance.now() + RECHECK_MS;
  vi.spyOn(performance, 'now').mockReturnValue(then);
}

async function keyed() {
  const folder = await tempDir('keys');
  const file = join(folder.path, 'portal-keys.json');
  const said: string[] = [];
  const [made] = await createKeys(file, [ONE]);
  const keys = new PortalKeys({ file, report: (message) => said.push(message) });
  const key = made?.key ?? '';
  expect(await keys.sourceOf(key)).toBe(ONE);
  return { file, said, keys, key, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

it('a revoked key ends and a new one works, though the clock was set back', async () => {
  await using it = await keyed();
  const before = Date.now();
  vi.spyOn(Date, 'now').mockImplementation(() => before - 600_000);
  await revokeKeys(it.file, ONE);
  const [made] = await createKeys(it.file, [TWO]);
  later();
  expect(await it.keys.sourceOf(it.key)).toBeUndefined();
  expect(await it.keys.sourceOf(made?.key ?? '')).toBe(TWO);
});

it.each([
  ['half written', '[{"hash": "ab'],
  ['empty', ''],
  ['no list', '{"hash": 1}'],
  ['a list of something else', '[null]'],
])('a file that is %s locks nobody out, and is told once', async (_, text) => {
  await using it = await keyed();
  const whole = await readFile(it.file);
  await writeFile(it.file, text);
  for (let n = 0; n < 2; n++) {
    later();
    expect(await it.keys.sourceOf(it.key)).toBe(ONE);
  }
  expect(it.said).toEqual([expect.stringContaining('portal keys are as they were before')]);
  await writeFile(it.file, whole);
  await revokeKeys(it.file, ONE);
  later();
  expect(await it.keys.sourceOf(it.key)).toBeUndefined();
});

it('another file with the same time is another file', async () => {
  await using it = await keyed();
  const at = new Date(1_700_000_000_000);
  await utimes(it.file, at, at);
  later();
  expect(await it.keys.sourceOf(it.key)).toBe(ONE);
  const draft = `${it.file}.new`;
  await createKeys(draft, [TWO]);
  await utimes(draft, at, at);
  await rename(draft, it.file);
  later();
  expect(await it.keys.sourceOf(it.key)).toBeUndefined();
});

it('no file is no key', async () => {
  await using it = await keyed();
  await rm(it.file);
  later();
  expect(await it.keys.sourceOf(it.key)).toBeUndefined();
  expect(it.said).toEqual([]);
});

it('keys made at once are all there, and a lock that was left behind is named', { timeout: 20_000 }, async () => {
  await using folder = await tempDir('keys-at-once');
  const file = join(folder.path, 'new', 'keys.json');
  const made = (await Promise.all(Array.from({ length: 8 }, () => createKeys(file, [ONE])))).flat();
  const keys = new PortalKeys({ file, report: () => undefined });
  for (const { key } of made) expect(await keys.sourceOf(key)).toBe(ONE);
  await writeFile(`${file}.lock`, '');
  await expect(revokeKeys(file, ONE)).rejects.toThrow(`remove ${file}.lock`);
});
