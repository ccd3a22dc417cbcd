/** Operators' commands at the edges: a folder that is no room's, an output that nobody reads, words that mean nothing. */
import { spawn } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseKeyCommand } from '../../server/src/access/key-command.ts';
import { NATIONAL } from '../harness/client.ts';
import { childEnv } from '../harness/config.ts';
import { ended, type Ran, run } from '../harness/process.ts';
import { ROOT } from '../harness/program.ts';
import { type Room, startRoom, typescript } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';

let room: Room;
beforeAll(async () => {
  room = await startRoom({ env: { OPERATOR_TOKEN: '' } });
});
afterAll(() => room[Symbol.asyncDispose]());

const command = (dataDir: string, script: string, ...words: string[]): Promise<Ran> =>
  run(process.execPath, [...typescript(), `server/src/${script}.ts`, ...words], {
    cwd: ROOT,
    env: childEnv({ DATA_DIR: dataDir }),
  });

it('in a folder without a room they say so, and leave nothing there', async () => {
  await using folder = await tempDir('no-room');
  const ran = await Promise.all(
    [['keys', 'create', NATIONAL], ['keys', 'list'], ['quarantine', 'list'], ['backup']].map(
      ([script = '', ...words]) => command(folder.path, script, ...words),
    ),
  );
  for (const { code, output } of ran) {
    expect([code, output]).toEqual([1, expect.stringMatching(/^error: .*DATA_DIR/)]);
    expect(output).toContain(folder.path);
  }
  expect(await readdir(folder.path)).toEqual([]);
});

it('they find the room of their DATA_DIR, with the token that the server made', async () => {
  await using folder = await tempDir('elsewhere');
  const [listed, backups, elsewhere] = await Promise.all([
    command(room.dataDir, 'quarantine', 'list'),
    command(room.dataDir, 'backup', '--list'),
    command(folder.path, 'quarantine', 'list', '--url', room.url),
  ]);
  expect([listed.code, listed.output]).toEqual([0, expect.stringContaining('"waiting": 0')]);
  expect([backups.code, backups.output]).toEqual([0, '']);
  expect([elsewhere.code, elsewhere.output]).toEqual([1, expect.stringContaining('OPERATOR_TOKEN')]);
});

it('they come in where the room alone was given a token, and say what to set where another was given to them', async () => {
  await using own = await startRoom({ env: { OPERATOR_TOKEN: 'of-the-room-alone' } });
  const withToken = (token: string): Promise<Ran> =>
    run(process.execPath, [...typescript(), 'server/src/quarantine.ts', 'list'], {
      cwd: ROOT,
      env: childEnv({ DATA_DIR: own.dataDir, OPERATOR_TOKEN: token }),
    });
  const found = await Promise.all(['', 'of-the-room-alone', 'another'].map(withToken));
  expect(found.map(({ code }) => code)).toEqual([0, 0, 1]);
  expect(found[2]?.output).toMatch(
    /^error: .* does not take the operator's token of OPERATOR_TOKEN; set OPERATOR_TOKEN/,
  );
  expect(await readFile(join(own.dataDir, 'operator-token'), 'utf8')).not.toContain('of-the-room-alone');
});

it('what portals sent and what opens the room is for its user alone', async () => {
  await command(room.dataDir, 'keys', 'create', NATIONAL);
  for (const file of ['operator-token', 'database/room.db', 'database/room.db-wal', 'log/data.mdb', 'log/lock.mdb'])
    expect([file, ((await stat(join(room.dataDir, file))).mode & 0o777).toString(8)]).toEqual([file, '600']);
});

it('they tell how they are used, on purpose and where the words are wrong', async () => {
  const [asked, wrong] = await Promise.all([
    command(room.dataDir, 'restore', '--help'),
    command(room.dataDir, 'keys', 'remove', NATIONAL),
  ]);
  expect([asked.code, asked.stdout]).toEqual([0, expect.stringMatching(/^usage: restore/)]);
  expect([wrong.code, wrong.output]).toEqual([1, expect.stringMatching(/^error: .*\nusage: portal-key/)]);
});

it('one whose output nobody reads ends without a word', async () => {
  const words = [...typescript(), 'server/src/keys.ts', 'create', '--all'];
  const child = spawn(process.execPath, words, { cwd: ROOT, env: childEnv({ DATA_DIR: room.dataDir }) });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stdout.destroy();
  await ended(child);
  expect([child.exitCode, said]).toEqual([0, '']);
});

describe('portal-key', () => {
  it('prints a key that works and nothing else, where that is asked for', async () => {
    const { code, stdout } = await command(room.dataDir, 'keys', 'create', '--key-only', NATIONAL);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^room_[\w-]{43}\n$/)]);
    const response = await fetch(`${room.url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stdout.trim()}`, 'content-type': 'application/cloudevents-batch+json' },
      body: '[]',
    });
    expect(response.status).toBe(400);
  });

  it('says where there was nothing to revoke', async () => {
    const { code, output } = await command(room.dataDir, 'keys', 'revoke', 'urn:portal:nobody');
    expect([code, output]).toEqual([1, expect.stringContaining('urn:portal:nobody has no keys')]);
  });

  it.each([
    [],
    ['create'],
    ['create', '--key-only'],
    ['create', '--key-only', '--all'],
    ['create', '--key-only', NATIONAL, 'urn:portal:province:01'],
    ['create', '--all', NATIONAL],
    ['create', '--al', NATIONAL],
    ['list', NATIONAL],
    ['list', '--all'],
    ['list', '--name', 'x'],
    ['show'],
    ['show', NATIONAL, '--key', 'x'],
    ['create', NATIONAL, '--key', 'x'],
    ['revoke', NATIONAL, '--expires', '9d'],
    ['revoke'],
    ['revoke', '--all'],
    ['revoke', NATIONAL, 'urn:portal:province:01'],
    ['remove', NATIONAL],
  ])('refuses what is misspelt or out of place: %j %j %j %j', (...words) => {
    expect(() => parseKeyCommand(words)).toThrow(/no command|Unknown option/);
  });

  it.each([
    [['create', NATIONAL], { command: 'create', sources: [NATIONAL], keyOnly: false }],
    [['create', '--all'], { command: 'create', sources: 'all', keyOnly: false }],
    [['create', '--key-only', NATIONAL], { command: 'create', sources: [NATIONAL], keyOnly: true }],
    [['list'], { command: 'list' }],
    [['revoke', NATIONAL], { command: 'revoke', source: NATIONAL }],
    [['revoke', NATIONAL, '--key', 'gate 2'], { command: 'revoke', source: NATIONAL, which: 'gate 2' }],
    [['show', NATIONAL], { command: 'show', source: NATIONAL }],
    [
      ['create', NATIONAL, '--name', 'gate 2', '--expires', '2099-01-31T00:00:00+07:00'],
      { command: 'create', sources: [NATIONAL], keyOnly: false, name: 'gate 2', expiresAt: '2099-01-30T17:00:00.000Z' },
    ],
  ])('takes %j', (words, asked) => {
    expect(parseKeyCommand(words)).toEqual(asked);
  });

  it('takes days from now, and no moment that nobody means', () => {
    const now = Date.parse('2026-11-28T10:00:00Z');
    const expires = (text: string) => parseKeyCommand(['create', NATIONAL, '--expires', text], now);
    expect(expires('90d')).toMatchObject({ expiresAt: '2027-02-26T10:00:00.000Z' });
    for (const text of ['90', 'tomorrow', '2027-01-31', '0d', '2026-11-28T10:00:00Z'])
      expect(() => expires(text)).toThrow(`--expires is ${text}`);
  });
});
