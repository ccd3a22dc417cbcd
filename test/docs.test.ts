/** What the documents print works as printed. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { NATIONAL } from './harness/client.ts';
import { startRoom } from './harness/room.ts';

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'server/PORTALS.md',
  'server/API.md',
  'server/OPERATIONS.md',
  'pipelines/DECISIONS.md',
  'pipelines/forecast/README.md',
  'pipelines/src/import/README.md',
  'test/README.md',
];
const at = (path: string): URL => new URL(`../${path}`, import.meta.url);
const texts = await Promise.all(DOCUMENTS.map(async (path) => [path, await readFile(at(path), 'utf8')] as const));
const { scripts } = JSON.parse(await readFile(at('package.json'), 'utf8')) as { scripts: Record<string, string> };

it.each(texts)('%s names commands that there are', (_, text) => {
  const named = [...text.matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, name = '']) => name);
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

it.each(texts)('%s names files that there are', (_, text) => {
  const named = [...text.matchAll(/`((?:server|web|pipelines|test)\/[\w./-]+?)\/?`/g)].map(([, path = '']) => path);
  expect(named.filter((path) => !existsSync(at(path)))).toEqual([]);
});

it('the README is read in minutes', () => {
  expect(texts[0]?.[1].split('\n').length).toBeLessThan(130);
});

it.each([
  ['README.md', ['2026-000123']],
  [
    'server/PORTALS.md',
    [
      '2026-000123',
      '2026-000123-done',
      'none-2026-11-19T23:00',
      'none-2026-11-20T00:00',
      'waiting-2026-11-20T17:00',
      '2026-000124',
      '2026-000124-withdrawn',
    ],
  ],
])('the events that %s prints are accepted as printed', async (path, ids) => {
  const text = await readFile(at(path), 'utf8');
  await using room = await startRoom();
  const found: unknown[] = [];
  for (const [, type = '', body = ''] of text.matchAll(/curl .*content-type: ([\w/+-]+)" -d '([\s\S]+?)'\n/g)) {
    const headers = { authorization: `Bearer ${await room.key(NATIONAL)}`, 'content-type': type };
    const response = await fetch(`${room.url}/v1/events`, { method: 'POST', headers, body });
    expect(response.status).toBe(202);
    found.push(...((await response.json()) as { results: unknown[] }).results);
  }
  expect(found).toEqual(ids.map((id) => ({ id, result: 'accepted' })));
});
