/** The command that operators make keys with, as they run it, beside the room that takes them. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseFrom, openDatabase, PortalKeyTable } from '@room/database';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { NATIONAL } from '../../harness/client.ts';
import { childEnv } from '../../harness/config.ts';
import { run } from '../../harness/process.ts';
import { ROOT, typescript } from '../../harness/program.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { tempDir } from '../../harness/temp.ts';
import { copyWarehouse } from '../../harness/template.ts';

let room: Room;
beforeAll(async () => {
  room = await startRoom();
});
afterAll(() => room[Symbol.asyncDispose]());

const command = async (...words: string[]): Promise<string[]> => {
  const args = [...typescript(), 'server/src/keys.ts', ...words];
  const { code, output } = await run(process.execPath, args, { cwd: ROOT, env: childEnv({ DATA_DIR: room.dataDir }) });
  expect([code, output]).toEqual([0, output]);
  return output.trim().split('\n');
};
/** 400: the key is taken, and there is nothing in the batch. */
const answer = async (key: string, at = room.url): Promise<number> => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents-batch+json' };
  return (await fetch(`${at}/v1/events`, { method: 'POST', headers, body: '[]' })).status;
};

it('makes a key that is taken, lists it, and revokes it within a second', async () => {
  const [made] = await command('create', NATIONAL);
  const { source, key } = JSON.parse(String(made)) as { source: string; key: string };
  expect(source).toBe(NATIONAL);
  expect([await answer(key), await answer(`${key}x`)]).toEqual([400, 401]);
  expect(JSON.parse(String((await command('list'))[0]))).toMatchObject({ source: NATIONAL, keys: 1 });
  expect(await command('revoke', NATIONAL)).toEqual(['1 keys revoked']);
  const ended = performance.now();
  await vi.waitFor(async () => expect(await answer(key)).toBe(401), { timeout: 5_000, interval: 20 });
  expect(performance.now() - ended).toBeLessThan(1_000);
});

it('of two named keys of a source one is taken away, and the list says what became of each', async () => {
  const [[old = ''], [next = '']] = [
    await command('create', '--key-only', NATIONAL, '--name', 'gate 1'),
    await command('create', '--key-only', NATIONAL, '--name', 'gate 2', '--expires', '90d'),
  ];
  expect([await answer(old), await answer(next)]).toEqual([400, 400]);
  await command('revoke', NATIONAL, '--key', 'gate 1');
  await vi.waitFor(async () => expect(await answer(old)).toBe(401), { timeout: 5_000, interval: 20 });
  expect(await answer(next)).toBe(400);
  const shown = (await command('show', NATIONAL)).map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(shown.slice(-2)).toMatchObject([
    { name: 'gate 1', expiresAt: null, revokedAt: expect.any(String), createdBy: expect.stringMatching(/^command:/) },
    { name: 'gate 2', expiresAt: expect.any(String), revokedAt: null },
  ]);
  // Nothing that tells a key, nor its hash.
  const text = JSON.stringify(shown);
  for (const key of [old, next]) {
    expect(text).not.toContain(key);
    expect(text).not.toContain(createHash('sha256').update(key).digest('hex'));
  }
});

it('a file of an earlier version is taken over once, by whoever is first', async () => {
  await using folder = await tempDir('earlier');
  const file = join(folder.path, 'portal-keys.json');
  const hash = createHash('sha256').update('room_of_before').digest('hex');
  await writeFile(file, JSON.stringify([{ hash, source: NATIONAL, createdAt: '2026-01-02T03:04:05.000Z' }]));
  await copyWarehouse(join(folder.path, 'warehouse'));
  await using earlier = await startRoom({ dataDir: folder.path });
  expect(await answer('room_of_before', earlier.url)).toBe(400);
  expect(earlier.logs()).toContain('1 portal keys were taken over');
  await using database = await openDatabase({ settings: databaseFrom({}, folder.path), report: () => undefined });
  expect(await new PortalKeyTable(database).revoke({ who: 'test' }, NATIONAL)).toBe(1);
  await earlier.restart();
  expect(await answer('room_of_before', earlier.url)).toBe(401);
  expect(earlier.logs().match(/taken over/g)).toHaveLength(1);
});
