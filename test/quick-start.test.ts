/** `npm start` itself: what it feeds the room from, and what it leaves alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { send, snapshot, submission } from './harness/client.ts';
import { childEnv } from './harness/config.ts';
import { startRoom } from './harness/room.ts';
import { tempDir } from './harness/temp.ts';

const SLOW = 120_000;
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** A quick start on any port, and its words until then. */
async function quickStart(env: Record<string, string>, until: RegExp) {
  const child = spawn(process.execPath, [path('../server/start.mjs')], {
    env: childEnv({ HOST: '127.0.0.1', PORT: '0', ...env }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (more: string) => {
      said += more;
    });
  const stop = async (): Promise<void> => {
    child.kill('SIGINT');
    await ended;
  };
  try {
    await vi.waitFor(() => expect(said).toMatch(until), { timeout: SLOW, interval: 100 });
  } catch (error) {
    await stop();
    throw error;
  }
  return { said, url: /http:\/\/\S+:\d+/.exec(said)?.[0] ?? '', [Symbol.asyncDispose]: stop };
}

it('a room that began without simulated portals is not given them by a plain start', { timeout: SLOW }, async () => {
  await using room = await startRoom();
  await send(room, [submission('real')]);
  await vi.waitFor(async () => expect((await snapshot(room))?.state.total.submitted).toBe(1), { timeout: 20_000 });
  await room.stop();
  await using again = await quickStart({ DATA_DIR: room.dataDir }, /ready: http/);
  expect(again.said).toMatch(/no simulated portals, because .* holds a room without them$/m);
  expect(again.said).not.toContain('SIMULATE');
  expect((await snapshot(again))?.state).toMatchObject({ simulated: false, total: { submitted: 1 } });
});

it.each([
  [{ SIMULATE: 'on' }, /holds a room without simulated portals.*\n?.*DATA_DIR/],
  [{ SIMULATE: 'yes' }, /SIMULATE is yes; set it to on or off/],
  [{ PORT: 'abc' }, /PORT is abc; it must be a whole number/],
])('a real room is not started with %o, and nothing is written into it', { timeout: SLOW }, async (env, words) => {
  await using folder = await tempDir('quick-start');
  await mkdir(join(folder.path, 'warehouse'));
  await using refused = await quickStart({ DATA_DIR: folder.path, ...env }, words);
  expect(refused.said).not.toContain('starting');
  expect(await readdir(folder.path)).toEqual(['warehouse']);
});

it('simulated portals are those of the catalogue that the room has', { timeout: SLOW }, async () => {
  await using folder = await tempDir('quick-start');
  const env = { DATA_DIR: folder.path, CATALOGUE: path('catalogues/los-angeles') };
  await using room = await quickStart(env, /history \d+ %/);
  await vi.waitFor(async () => expect((await snapshot(room))?.state.total.submitted).toBeGreaterThan(0), {
    timeout: 60_000,
    interval: 200,
  });
  expect((await snapshot(room))?.state.simulated).toBe(true);
  expect(room.said).toMatch(/made up.* DATA_DIR=\S+ npm run serve/);
});
