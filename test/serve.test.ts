/** `npm run serve` and `npm run pipelines`, and what a start refuses before it does anything else. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { send, snapshot, submission } from './harness/client.ts';
import { childEnv } from './harness/config.ts';
import { freePort, type Ran, run } from './harness/process.ts';
import { ROOT, startProgram } from './harness/program.ts';
import { portalKeys } from './harness/room.ts';
import { tempDir } from './harness/temp.ts';

const start = (script: 'start' | 'serve', env: Record<string, string>, ...words: string[]): Promise<Ran> =>
  run(process.execPath, [join(ROOT, 'server', `${script}.mjs`), ...words], { cwd: ROOT, env: childEnv(env) });

it('a real room begins empty, counts, and ends when it is asked to', async () => {
  await using folder = await tempDir('real');
  const env = { DATA_DIR: folder.path, HOST: '127.0.0.1', PORT: '0', MIN_FREE_MB: '64' };
  await using room = await startProgram({ name: 'the room', main: 'server/serve.mjs', args: ['room'], env });
  const door = { url: room.url, key: portalKeys(env) };
  await send(door, [submission('first')]);
  await expect
    .poll(async () => (await snapshot(door))?.state, { timeout: 20_000 })
    .toMatchObject({ simulated: false, total: { submitted: 1 } });
  await room.stop();
  expect([room.exitCode, room.logs()]).toEqual([0, expect.not.stringContaining('killed, because')]);
});

it('a trial is not taken for a real room', async () => {
  await using folder = await tempDir('trial');
  await writeFile(join(folder.path, 'simulator-keys.jsonl'), '');
  const { code, output } = await start('serve', { DATA_DIR: folder.path, PORT: '0' }, 'room');
  expect([code, output]).toEqual([1, expect.stringMatching(/holds the made-up numbers of a trial\n.*DATA_DIR/)]);
});

it.each([
  ['start', []],
  ['serve', ['room']],
  ['serve', ['pipelines']],
] as const)('%s %j refuses a folder and a port before anything else', async (script, words) => {
  await using other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  await using folder = await tempDir('place');
  const { port } = other.address() as AddressInfo;
  const setting = words[0] === 'pipelines' ? 'HEALTH_PORT' : 'PORT';
  const taken = await start(script, { DATA_DIR: folder.path, [setting]: String(port) }, ...words);
  expect([taken.code, taken.output]).toEqual([
    1,
    expect.stringMatching(new RegExp(`^error: port ${port} on 127\\.0\\.0\\.1 is taken\n.*${setting}`)),
  ]);
  const file = join(folder.path, 'file');
  await writeFile(file, '');
  const free = String(await freePort());
  const refused = await start(script, { DATA_DIR: join(file, 'data'), [setting]: free }, ...words);
  expect([refused.code, refused.output]).toEqual([1, expect.stringMatching(/^error: cannot write to .*\n.*DATA_DIR/)]);
});

it('pipelines of their own say what they need', async () => {
  await using folder = await tempDir('pipelines');
  const { code, output } = await start('serve', { DATA_DIR: folder.path, HEALTH_PORT: '0' }, 'pipelines');
  expect([code, output]).toEqual([1, expect.stringContaining('KAFKA_BROKERS is not set')]);
});
