/** Real input: a city's CSV export through the gateway, counted to the record, shown on the wall, and unchanged by a second run. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from './harness/browser.ts';
import { snapshot } from './harness/client.ts';
import { childEnv } from './harness/config.ts';
import { orSkip } from './harness/need.ts';
import { run } from './harness/process.ts';
import { type Room, startRoom, typescript } from './harness/room.ts';

const CATALOGUE = fileURLToPath(new URL('./catalogues/los-angeles', import.meta.url));
const IMPORT = fileURLToPath(new URL('../pipelines/src/import/main.ts', import.meta.url));
const SOURCE = 'urn:portal:los-angeles:311';
/** Received in 2017; closed until well into the following years. */
const RECEIVED = { from: '2017-12-27', to: '2017-12-31' };
const ALL = 'past:2017-12-27:2019-12-31';

let room: Room;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-'));
  room = await startRoom({ catalogue: CATALOGUE });
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const received = async () => (await snapshot(room, `past:${RECEIVED.from}:${RECEIVED.to}`))?.state;

async function importFile(): Promise<{ code: number; stdout: string; output: string }> {
  const keyFile = join(folder, 'key');
  await writeFile(keyFile, await room.key(SOURCE), { mode: 0o600 });
  return run(
    process.execPath,
    [
      ...typescript(),
      IMPORT,
      join(CATALOGUE, 'requests.csv'),
      '--mapping',
      join(CATALOGUE, 'mapping.json'),
      '--url',
      room.url,
      '--key-file',
      keyFile,
      '--rejects',
      join(folder, 'rejected.csv'),
    ],
    { cwd: folder, env: childEnv() },
  );
}

it('every record of the file is counted: by day, department, channel and status', async () => {
  const { code, output } = await importFile();
  expect([code, code === 0 ? '' : output]).toEqual([0, '']);
  await expect.poll(async () => (await snapshot(room, ALL))?.state.statuses['9'], { timeout: 30_000 }).toBe(9_739);
  expect((await snapshot(room, ALL))?.state.statuses).toEqual({ 1: 9_999, 4: 5, 7: 246, 8: 9, 9: 9_739 });
  const state = await received();
  expect(state?.total.submitted).toBe(9_999);
  expect(state?.days).toEqual({
    '2017-12-27': 1_775,
    '2017-12-28': 3_357,
    '2017-12-29': 2_840,
    '2017-12-30': 1_171,
    '2017-12-31': 856,
  });
  const departments = Object.entries(state?.agencies ?? {}).map(([id, { submitted }]) => [id, submitted]);
  expect(Object.fromEntries(departments)).toEqual({ BOS: 6_891, OCB: 2_863, ITA: 123, BSL: 94, LADWP: 28 });
  expect(state?.channels).toMatchObject({ 1: 4_188, 2: 2_131, 3: 2_019, 4: 1_621 });
});

it('a second run changes nothing', async () => {
  const before = await received();
  const { code, stdout, output } = await importFile();
  expect([code, code === 0 ? '' : output]).toEqual([0, '']);
  expect(stdout).toMatch(/19[,. ]?998/);
  const after = await received();
  expect({ ...after, computedAt: 0, coverage: 0, sources: 0 }).toEqual({
    ...before,
    computedAt: 0,
    coverage: 0,
    sources: 0,
  });
});

it('the wall of the deployment shows the totals of the file', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  await page.goto(`${room.url}/?from=${RECEIVED.from}&to=${RECEIVED.to}&lang=en`);
  const value = (name: string) => page.locator(`[data-test="${name}"]`).first().getAttribute('data-value');
  await expect.poll(() => value('period-total'), { timeout: 20_000 }).toBe('9999');
  expect(await value('day-2017-12-28')).toBe('3357');
  expect(await value('agency-BOS')).toBe('6891');
  expect(await value('channel-1')).toBe('4188');
  expect(await page.locator('[data-test="simulated"]').count()).toBe(0);

  await page.goto(`${room.url}/?from=2017-12-27&to=2019-12-31&lang=vi`);
  await expect.poll(() => value('status-9'), { timeout: 20_000 }).toBe('9739');
  expect([await value('status-7'), await value('status-8'), await value('status-4')]).toEqual(['246', '9', '5']);

  await page.goto(room.url);
  await page.locator('[data-test="connection"][data-state="empty"]').waitFor({ timeout: 20_000 });
  expect(await page.locator('[data-test="last-day"]').getAttribute('href')).toMatch(/201[789]-\d\d-\d\d/);
});
