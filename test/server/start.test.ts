import { chmod, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { send, snapshot, submission } from '../harness/client.ts';
import { startRoom } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';

describe('a room that cannot start says why and what to do', () => {
  it('a taken port', async () => {
    await using room = await startRoom();
    await expect(startRoom({ env: { PORT: new URL(room.url).port } })).rejects.toThrow(
      /port \d+ on 127\.0\.0\.1 is taken.*PORT/s,
    );
  });

  it('a second room on the same data', async () => {
    await using room = await startRoom();
    await expect(startRoom({ dataDir: room.dataDir })).rejects.toThrow(/another room runs on .*DATA_DIR/s);
  });

  it('data that cannot be written', async () => {
    await using folder = await tempDir('start');
    const file = join(folder.path, 'file');
    await writeFile(file, '');
    await expect(startRoom({ dataDir: join(file, 'data') })).rejects.toThrow(/cannot write to .*DATA_DIR/s);
  });

  it('a disk without space for a warehouse', async () => {
    await expect(startRoom({ isNew: true, env: { MIN_FREE_MB: '1000000000' } })).rejects.toThrow(
      /make space, or lower MIN_FREE_MB/,
    );
  });

  it('a warehouse in which the engine cannot read everything', async () => {
    await using room = await startRoom();
    await send(room, [submission('a')]);
    await expect.poll(async () => (await snapshot(room))?.state.total.submitted, { timeout: 10_000 }).toBe(1);
    await room.stop();
    const files = await readdir(join(room.dataDir, 'warehouse'), { recursive: true });
    for (const file of files.filter((name) => name.endsWith('data.bin'))) {
      const path = join(room.dataDir, 'warehouse', file);
      const columns = await readFile(join(dirname(path), 'columns.txt'), 'utf8');
      if (columns.includes('`dim`') && columns.includes('`reached`')) await truncate(path, 10);
    }
    await expect(startRoom({ dataDir: room.dataDir })).rejects.toThrow(/has lost rows.*rollup_day.*npm run restore/s);
  });

  it.each<[name: string, value: string, more?: Record<string, string>]>([
    ['PORT', 'abc'],
    ['KAFKA_SASL_MECHANISM', 'gssapi', { KAFKA_BROKERS: '127.0.0.1:9' }],
    ['CLICKHOUSE_URL', 'not a url'],
    ['CATALOGUE', '/nowhere'],
    ['MAX_PENDING', '0'],
    ['EVIDENCE_MB', '0'],
    ['KEEP_MINUTES_DAYS', '1'],
    ['MIN_FREE_MB', '0.5'],
    ['OIDC_ISSUER', 'http://id.example.org', { OIDC_CLIENT_ID: 'room', OIDC_MAPPING: '/nowhere' }],
    ['OIDC_CLIENT_ID', '', { OIDC_ISSUER: 'https://id.example.org', OIDC_MAPPING: '/nowhere' }],
    ['OIDC_MAPPING', '/nowhere', { OIDC_ISSUER: 'https://id.example.org', OIDC_CLIENT_ID: 'room' }],
    [
      'OIDC_SCOPE',
      'profile',
      { OIDC_ISSUER: 'https://id.example.org', OIDC_CLIENT_ID: 'room', OIDC_MAPPING: '/nowhere' },
    ],
  ])('a wrong %s', async (name, value, more = {}) => {
    await expect(startRoom({ env: { ...more, [name]: value } })).rejects.toThrow(name);
  });
});

it('a room says what it opens, and that others than this machine reach it', async () => {
  await using room = await startRoom({ env: { HOST: '0.0.0.0' } });
  const said = room
    .logs()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { level: number; msg: string });
  expect(said.map(({ level, msg }) => `${level} ${msg}`)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^40 HOST is 0\.0\.0\.0: keys, passwords and tokens pass it unencrypted.*PUBLIC_URL/),
      '30 opening the warehouse',
      '30 opening the event log',
      '30 bringing the warehouse up to date',
    ]),
  );
});

it('what a room keeps, and its backups, nobody else on the machine may read; where they may it says so', async () => {
  await using folder = await tempDir('owner');
  const dataDir = join(folder.path, 'data');
  const openly = async (path: string): Promise<string[]> => {
    const names = await readdir(path, { recursive: true });
    const modes = await Promise.all(['.', ...names].map(async (name) => [name, (await stat(join(path, name))).mode]));
    return modes.filter(([, mode]) => (Number(mode) & 0o077) !== 0).map(([name]) => String(name));
  };
  await mkdir(join(folder.path, 'other'));
  // Else this would say nothing.
  expect(await openly(join(folder.path, 'other'))).toEqual(['.']);

  await using room = await startRoom({ dataDir });
  await send(room, [submission('a'), submission('b', { agency: 'nobody' })]);
  await expect.poll(async () => (await snapshot(room))?.state.total.submitted, { timeout: 10_000 }).toBe(1);
  const authorization = `Bearer ${room.operatorToken}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const backup = `${room.url}/v1/operator/backup`;
  await fetch(backup, { method: 'POST', headers, body: JSON.stringify({ name: 'one' }) });
  await expect
    .poll(async () => (await fetch(`${backup}/one`, { headers })).json(), { timeout: 30_000 })
    .toMatchObject({ stage: 'complete' });
  expect(await openly(dataDir)).toEqual([]);
  expect(room.logs()).not.toContain('every user of this machine');
  await chmod(dataDir, 0o755);
  await room.restart();
  expect(room.logs()).toContain('every user of this machine may read');
});

it('a room that was killed does not lock out the next one, and a stopped one has ended cleanly', async () => {
  await using room = await startRoom();
  await room.kill();
  await room.restart();
  await room.stop();
  expect(room.logs()).not.toMatch(/killed, because|"level":60/);
});
