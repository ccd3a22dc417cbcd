/** Backups of a running room, and what is left after a disaster: restored, every event counts once. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { restore as putBack } from '../../server/src/backup/restore.ts';
import { NATIONAL, send, snapshot, submission } from '../harness/client.ts';
import { childEnv } from '../harness/config.ts';
import { mountSmallDisk } from '../harness/disk.ts';
import { orSkip } from '../harness/need.ts';
import { type Ran, run } from '../harness/process.ts';
import { ROOT, typescript } from '../harness/program.ts';
import { recount } from '../harness/recount.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';
import { sharedBroker } from '../kafka/shared.ts';

const command = (script: 'backup' | 'restore', env: Record<string, string>, ...words: string[]): Promise<Ran> =>
  run(process.execPath, [...typescript(), `server/src/${script}.ts`, ...words], { cwd: ROOT, env: childEnv(env) });
const backup = (room: Room, ...words: string[]): Promise<Ran> =>
  command('backup', { OPERATOR_TOKEN: room.operatorToken, DATA_DIR: room.dataDir }, ...words);
const restore = (dataDir: string, ...words: string[]): Promise<Ran> =>
  command('restore', { DATA_DIR: dataDir }, ...words);

interface Told {
  path: string;
  counted: { events: number };
  pending: number;
}

/** Makes a backup that must succeed. */
async function backedUp(room: Room, name: string): Promise<Told> {
  const { code, stdout, output } = await backup(room, '--to', name);
  expect([code, output]).toEqual([0, output]);
  return JSON.parse(stdout) as Told;
}

async function ask(room: Room, path: string, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${room.url}/v1/operator/backup${path}`, {
    headers: { authorization: `Bearer ${room.operatorToken}`, 'content-type': 'application/json' },
    ...init,
  });
  return { status: response.status, body: await response.json() };
}
const begin = (room: Room, name: string) => ask(room, '', { method: 'POST', body: JSON.stringify({ name }) });
const ended = (room: Room, name: string) =>
  expect.poll(async () => (await ask(room, `/${name}`)).body, { timeout: 60_000 });

/** Events whose ids sort as they were made. */
function events(from: number, count: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, n) => submission(idOf(from + n)));
}
const idOf = (n: number): string => `b-${String(n).padStart(6, '0')}`;
const idsOf = (count: number): string[] => Array.from({ length: count }, (_, n) => idOf(n));
const shown = (room: Room) =>
  expect.poll(async () => (await snapshot(room))?.state.total.submitted, { timeout: 60_000 });

it('what is restored counts exactly what was counted, then what was waiting, then what portals send again', {
  timeout: 240_000,
}, async () => {
  await using room = await startRoom();
  await using elsewhere = await tempDir('restored');
  let made = 0;
  const post = async (count: number): Promise<void> => {
    await send(room, events(made, count));
    made += count;
  };
  await post(300);
  await shown(room).toBe(300);
  let isMaking = true;
  const posting = (async () => {
    while (isMaking) await post(40);
  })();
  const told = await backedUp(room, 'first');
  const during = made;
  isMaking = false;
  await posting;
  await post(200);
  // Portals were accepted while it was made, and it holds some of that.
  expect(during).toBeGreaterThan(told.counted.events + told.pending);
  expect(told.counted.events).toBeGreaterThanOrEqual(300);

  const restored = await restore(elsewhere.path, '--from', told.path);
  expect([restored.code, restored.output]).toEqual([0, restored.output]);
  const before = await recount(elsewhere.path);
  expect(before.ids).toEqual(idsOf(told.counted.events));
  expect(new Set([before.base, before.seen, ...Object.values(before.rollups)])).toEqual(new Set([told.counted.events]));

  await using again = await startRoom({ dataDir: elsewhere.path });
  await shown(again).toBe(told.counted.events + told.pending);
  // After the disaster the portal sends everything again, with the key that it has.
  for (let at = 0; at < made; at += 500) {
    const response = await fetch(`${again.url}/v1/events`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await room.key(NATIONAL)}`,
        'content-type': 'application/cloudevents-batch+json',
      },
      body: JSON.stringify(events(at, Math.min(500, made - at))),
    });
    expect(response.status).toBe(202);
  }
  await shown(again).toBe(made);
  await again.stop();
  const after = await recount(elsewhere.path);
  expect(after.ids).toEqual(idsOf(made));
  expect(new Set([after.base, after.seen, ...Object.values(after.rollups)])).toEqual(new Set([made]));
});

describe('a restore', () => {
  it('refuses what would lose something, and loses nothing', { timeout: 240_000 }, async () => {
    await using room = await startRoom();
    await send(room, events(0, 100));
    await shown(room).toBe(100);
    const { path } = await backedUp(room, 'good');
    const running = await restore(room.dataDir, '--from', 'good', '--replace');
    expect(running).toMatchObject({ code: 1, output: expect.stringContaining('another room runs on') as string });
    await send(room, events(100, 50));
    await shown(room).toBe(150);
    await room.stop();

    const full = await restore(room.dataDir, '--from', 'good');
    expect(full).toMatchObject({ code: 1, output: expect.stringMatching(/holds data.*--replace/) as string });
    const foreign = await command(
      'restore',
      { DATA_DIR: room.dataDir, KAFKA_BROKERS: '127.0.0.1:9' },
      '--from',
      'good',
    );
    expect(foreign).toMatchObject({ code: 1, output: expect.stringContaining('KAFKA_BROKERS') as string });

    const store = join(path, 'warehouse', 'data', 'default', 'submission');
    const [part = ''] = await readdir(store);
    const column = join(store, part, 'data.bin');
    const manifest = join(path, 'manifest.json');
    const damages: [file: string, damage: (whole: Buffer) => Buffer | undefined, said: string][] = [
      [column, (whole) => Buffer.from(whole.map((byte, at) => (at === 40 ? byte ^ 1 : byte))), 'is damaged'],
      [column, () => undefined, 'cannot be read'],
      [manifest, (whole) => whole.subarray(0, whole.length / 2), 'cannot be read'],
      [manifest, () => undefined, 'no backup, or one that was cut off'],
      [manifest, (whole) => Buffer.from(whole.toString().replace('"events": 100', '"events": 101')), 'it counts'],
      [manifest, (whole) => Buffer.from(whole.toString().replace('"committed": 100', '"committed": 99')), 'stands at'],
      [manifest, (whole) => Buffer.from(whole.toString().replace('0003_units', '0099_later')), 'does not know'],
      [manifest, (whole) => Buffer.from(whole.toString().replace('"path": "log/', '"path": "../log/')), 'outside'],
    ];
    for (const [file, damage, said] of damages) {
      const whole = await readFile(file);
      const damaged = damage(whole);
      if (damaged === undefined) await rm(file);
      else await writeFile(file, damaged);
      const refused = putBack({
        from: path,
        dataDirectory: room.dataDir,
        replace: true,
        maxMemoryBytes: 2 ** 31,
        progress: () => undefined,
      });
      await expect(refused).rejects.toThrow(said);
      await writeFile(file, whole);
    }
    const present = ['address', 'backups', 'database', 'log', 'operator-token', 'warehouse'];
    expect((await readdir(room.dataDir)).sort()).toEqual(present);
    expect((await recount(room.dataDir)).base).toBe(150);
    await using home = await tempDir('home');
    await writeFile(join(home.path, 'letter.txt'), 'mine');
    for (const words of [[], ['--replace']]) {
      const stranger = await restore(home.path, '--from', path, ...words);
      expect(stranger).toMatchObject({
        code: 1,
        output: expect.stringMatching(/letter\.txt.*empty --data-dir/) as string,
      });
    }
    expect(await readdir(home.path)).toEqual(['letter.txt']);

    // With it a start would go on making numbers up.
    await writeFile(join(room.dataDir, 'simulator-keys.jsonl'), '');
    const replacing = await restore(room.dataDir, '--from', 'good', '--replace');
    expect([replacing.code, replacing.output]).toEqual([0, replacing.output]);
    expect((await recount(room.dataDir)).base).toBe(100);
    const aside = (await readdir(room.dataDir)).find((name) => name.startsWith('replaced-')) ?? '';
    expect((await recount(join(room.dataDir, aside))).base).toBe(150);
    expect((await readdir(room.dataDir)).sort()).toEqual([...present, aside].sort());
    expect(await readdir(join(room.dataDir, aside))).toContain('simulator-keys.jsonl');
  });

  it('that was cut off while it moved its stores in keeps a room from starting', async () => {
    await using folder = await tempDir('cut-off');
    await mkdir(join(folder.path, '.restored'));
    await expect(startRoom({ dataDir: folder.path })).rejects.toThrow(/restore into .* was cut off; run it again/);
  });
});

describe('a backup', () => {
  it('has a name of its own inside its folder, and is for operators', async () => {
    await using room = await startRoom();
    for (const name of ['../outside', '.hidden', 'a/b', '', 'x'.repeat(65)])
      expect([name, await begin(room, name)]).toMatchObject([
        name,
        { status: 400, body: { error: { code: 'bad_name' } } },
      ]);
    expect(await ask(room, '/..%2F..')).toMatchObject({ status: 404 });
    const stranger = await fetch(`${room.url}/v1/operator/backup`, { method: 'POST' });
    expect(stranger.status).toBe(401);

    expect(await begin(room, 'one')).toMatchObject({ status: 202, body: { name: 'one' } });
    expect(await begin(room, 'two')).toMatchObject({ status: 409, body: { error: { code: 'busy' } } });
    await ended(room, 'one').toMatchObject({ stage: 'complete' });
    expect(await begin(room, 'one')).toMatchObject({ status: 409, body: { error: { code: 'exists' } } });
    const listed = await backup(room, '--list');
    expect(JSON.parse(listed.stdout)).toMatchObject({ name: 'one', stage: 'complete', counted: { events: 0 } });
    // The operator's token is a secret of this installation, and stays out.
    const files = (await readdir(join(room.dataDir, 'backups', 'one'), { recursive: true })).join('\n');
    expect(files).not.toContain('token');
  });

  it('that its room did not live to finish is no backup, and goes with the next one', async () => {
    await using room = await startRoom();
    await send(room, events(0, 500));
    expect(await begin(room, 'dying')).toMatchObject({ status: 202 });
    await room.kill();
    const folder = join(room.dataDir, 'backups');
    const left = await readdir(folder);
    expect(left).not.toContain('dying');
    // A folder without a manifest, whoever put it there.
    await mkdir(join(folder, 'foreign'), { recursive: true });
    await room.restart();
    expect(await ask(room, '')).toMatchObject({ body: { backups: [] } });
    await backedUp(room, 'next');
    expect((await readdir(folder)).sort()).toEqual(['foreign', 'next']);
    await shown(room).toBe(500);
  });

  it('that finds the disk full says so, removes itself, and the room goes on', {
    timeout: 120_000,
  }, async (context) => {
    await using folder = await tempDir('full');
    const disk = join(folder.path, 'disk');
    await using small = await orSkip(context, mountSmallDisk(disk, 256, 40));
    await using room = await startRoom({ env: { BACKUP_DIR: join(disk, 'backups') } });
    await send(room, events(0, 100));
    expect(await begin(room, 'one')).toMatchObject({ status: 202 });
    await ended(room, 'one').toMatchObject({
      stage: 'failed',
      error: expect.stringMatching(/disk is full.*BACKUP_DIR/) as string,
    });
    expect(await readdir(join(disk, 'backups'))).toEqual([]);

    await small.leave(0);
    expect(await begin(room, 'two')).toMatchObject({ status: 507, body: { error: { code: 'no_space' } } });
    await send(room, events(100, 100));
    await shown(room).toBe(200);
    const told = await backup(room, '--to', 'three');
    expect(told).toMatchObject({ code: 1, output: expect.stringMatching(/needs about .* free; make space/) as string });
  });

  it('of a room whose log is Kafka is refused, with what to do instead', async (context) => {
    const { brokers, prefix } = await sharedBroker(context);
    await using room = await startRoom({ kafka: brokers, env: { KAFKA_PREFIX: `${prefix}${randomUUID()}.` } });
    const told = await backup(room);
    expect(told).toMatchObject({ code: 1, output: expect.stringMatching(/Kafka.*copy DATA_DIR/) as string });
    expect(existsSync(join(room.dataDir, 'backups'))).toBe(false);
  });
});

it('a stopped room may be copied and moved as it is', async () => {
  await using room = await startRoom();
  await using elsewhere = await tempDir('moved');
  await send(room, events(0, 100));
  await shown(room).toBe(100);
  await room.stop();
  const moved = join(elsewhere.path, 'data');
  await rename(room.dataDir, moved);
  await using again = await startRoom({ dataDir: moved });
  await shown(again).toBe(100);
});
