/** Real input: a city's CSV export through the gateway, counted to the record, shown on the wall, and unchanged by a second run. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openBrowser } from './harness/browser.ts';
import { snapshot } from './harness/client.ts';
import { childEnv } from './harness/config.ts';
import { orSkip } from './harness/need.ts';
import { ended, run } from './harness/process.ts';
import { type Room, startRoom, typescript } from './harness/room.ts';

// Each run of the command loads all that it is made of.
vi.setConfig({ testTimeout: 180_000 });

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

/** Runs the import with what is given on standard input. */
async function command(args: readonly string[], stdin = ''): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [...typescript(), IMPORT, ...args], {
    cwd: folder,
    env: childEnv(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(stdin);
  const output = (await Promise.all([text(child.stdout), text(child.stderr)])).join('');
  await ended(child);
  return { code: child.exitCode ?? -1, output };
}

describe('other ways in', () => {
  const CSV = 'SRNumber,Owner,RequestType,CreatedDate\n';
  const target = async (): Promise<string[]> => ['--url', room.url, '--key', await room.key(SOURCE)];
  const day = async (date: string) => (await snapshot(room, `past:${date}:${date}`))?.state.total.submitted;
  let mapping = '';
  beforeAll(async () => {
    mapping = join(folder, 'small.json');
    await writeFile(
      mapping,
      JSON.stringify({
        source: SOURCE,
        timeZone: 'America/Los_Angeles',
        dateFormat: 'iso',
        changed: 'correct',
        common: {
          procedure: { column: 'RequestType' },
          agency: { column: 'Owner' },
          province: 'central',
          channel: 1,
        },
        events: [{ id: 'small/{SRNumber}', status: 1, time: 'CreatedDate' }],
      }),
    );
  });

  it('a check holds rows against the room’s catalogue, sends nothing and needs no key', async () => {
    const csv = `${CSV}1,BOS,bulky-items,2020-03-02 10:00:00\n2,GHOST,bulky-items,2020-03-02\n3,GHOST,bulky-items,2020-03-02\n4,BOS,bulky,2020-03-02\n`;
    const { code, output } = await command(['-', '--mapping', mapping, '--check', '--url', room.url], csv);
    expect(code).toBe(1);
    expect(output).toContain(`nothing was sent; checked against the catalogue of ${room.url}`);
    expect(output).toContain('2: agency "GHOST" is not in the catalogue (column "Owner")');
    expect(output).toContain('1: procedure "bulky" is not in the catalogue (column "RequestType")');
    expect(await day('2020-03-02')).toBe(0);
  });

  it('standard input is counted, and a row that changed in a later export is corrected, once', async () => {
    const before = `${CSV}1,BOS,bulky-items,2020-03-02 10:00:00\n2,BOS,bulky-items,2020-03-02 11:00:00\n`;
    const after = `${CSV}1,BOS,bulky-items,2020-03-02 10:00:00\n2,OCB,bulky-items,2020-03-03 11:00:00\n3,BOS,other,2020-03-03\n`;
    const first = await command(['-', '--mapping', mapping, ...(await target())], before);
    expect([first.code, first.output]).toEqual([0, expect.stringContaining('2 accepted, 0 known already')]);
    await expect.poll(() => day('2020-03-02'), { timeout: 30_000 }).toBe(2);
    const second = await command(['-', '--mapping', mapping, ...(await target())], after);
    expect([second.code, second.output]).toEqual([0, expect.stringContaining('3 accepted, 1 known already')]);
    expect(second.output).toContain('the room counts more: 1 with status 1');
    expect(second.output).toContain('2 of the accepted ones correct what was counted before');
    await expect.poll(() => day('2020-03-03'), { timeout: 30_000 }).toBe(2);
    expect(await day('2020-03-02')).toBe(1);
    const third = await command(['-', '--mapping', mapping, ...(await target())], after);
    expect([third.code, third.output]).toEqual([0, expect.stringContaining('0 accepted, 3 known already')]);
    expect([await day('2020-03-02'), await day('2020-03-03')]).toEqual([1, 2]);
  });

  it('the commands that the README prints do what it says, one after the other', async () => {
    const text = await readFile(new URL('../pipelines/src/import/README.md', import.meta.url), 'utf8');
    const [, block = ''] = /```\n([\s\S]*?)```/.exec(text) ?? [];
    const days = Array.from(
      { length: 25 },
      (_, at) => `r${at},2019-03-${String(at + 1).padStart(2, '0')},BOS,Bulky Items`,
    );
    await writeFile(join(folder, 'FILE'), `Request ID,Created,Owner,Service\n${days.join('\n')}\nTotal,,,25\n`);
    await writeFile(join(folder, 'KEY'), await room.key(SOURCE), { mode: 0o600 });
    const printed = [...block.matchAll(/^npm run import -- ([^#\n]*)/gm)].map(([, words = '']) =>
      words.trim().replace('URL', room.url).split(' '),
    );
    expect(printed).toHaveLength(3);
    const done: string[] = [];
    for (const words of printed) {
      const { code, output } = await command(words);
      expect([words[0], code, code === 0 ? '' : output]).toEqual([words[0], 0, '']);
      done.push(output);
      const draft = join(folder, 'FILE.mapping.json');
      const mapped = await readFile(draft, 'utf8');
      await writeFile(
        draft,
        mapped.replace('"province": "?"', '"province": "central"').replace('"channel": "?"', '"channel": 1'),
      );
    }
    expect(done[0]).toMatch(/was drafted from 25 rows and the catalogue of http.*sum up others/s);
    expect(done[1]).toMatch(/25 rows read .*, 25 events\nnothing was sent/);
    expect(done[2]).toContain('25 accepted, 0 known already');
    await expect.poll(() => day('2019-03-25'), { timeout: 30_000 }).toBe(1);
  });

  it('a file that cannot be read is named in words, without its bytes', async () => {
    await writeFile(join(folder, 'old.csv'), Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0x1b, 0x5b, 0x33, 0x31, 0x6d]));
    const { code, output } = await command(['old.csv', '--mapping', mapping, ...(await target())]);
    expect([code, output]).toEqual([2, expect.stringMatching(/^this is an old workbook \(\.xls\)/)]);
  });
});
