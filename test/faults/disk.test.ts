/**
 * A disk that is full, of the log, of the warehouse or of both: nothing acknowledged is lost, and space is all it takes to go on.
 * The embedded engine does not notice when the last byte is gone, so it is kept from ever getting there.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { childEnv } from '../harness/config.ts';
import { mountSmallDisk, type SmallDisk } from '../harness/disk.ts';
import { readiness } from '../harness/metrics.ts';
import { orSkip } from '../harness/need.ts';
import { run } from '../harness/process.ts';
import { recount } from '../harness/recount.ts';
import { startRoom, typescript } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';
import { startCounting } from './counting.ts';
import type { Found, Orders } from './crowded.ts';
import { Load } from './load.ts';
import { inWords, tally } from './oracle.ts';
import { type Answer, Portal } from './portal.ts';

const BATCH = 50;
/** Space enough to begin with, and soon used up. */
const MEBIBYTES = 100;
const MIB = 1024 * 1024;
const MIN_FREE_MB = 16;
/** Less than the engine leaves alone. */
const LEAVE = 4 * MIB;
const MOST_TRIES = 400;
/** Not for an instant only. */
const REFUSALS = 6;
const MOUNTED = { log: 'log', warehouse: 'warehouse', both: '' } as const;

it.for([
  ['log', 0, [503, 'log_unavailable']],
  ['warehouse', LEAVE, [503, 'no_space']],
  ['both', LEAVE, [503, 'no_space']],
] as const)(
  '%s full: portals are told, nothing acknowledged is lost, and counting goes on when there is space',
  {
    timeout: 180_000,
  },
  async ([which, leave, refusal], context) => {
    await using folder = await tempDir('disk');
    const mounting = mountSmallDisk(join(folder.path, MOUNTED[which]), MEBIBYTES);
    await using disk: SmallDisk = await orSkip(context, mounting);
    const load = new Load(`disk ${which}`);
    {
      await using room = await startRoom({ dataDir: folder.path, env: { MIN_FREE_MB: String(MIN_FREE_MB) } });
      const portal = new Portal(room);
      await portal.send(load.make(BATCH));
      expect(portal.acknowledged.size).toBe(BATCH);

      // What a merge or a failed insert leaves is space again, and for an instant a batch may fit: then it is kept.
      const refused: Answer[] = [];
      for (let tries = 0; refused.length < REFUSALS && tries < MOST_TRIES; tries++) {
        await disk.leave(leave);
        const answer = await portal.send(load.make(BATCH));
        if (answer.status !== 202) refused.push(answer);
        await sleep(10);
      }
      expect(refused.map(({ status, code }) => [status, code])).toEqual(Array(REFUSALS).fill(refusal));
      for (const { reason, retryAfter } of refused) {
        expect(reason.length).toBeGreaterThan(20);
        expect(Number(retryAfter)).toBeGreaterThan(0);
      }

      const { causes } = await readiness(room.url);
      expect(causes).toContain(refusal[1] === 'no_space' ? 'no_space' : 'read_only');

      await disk.free();
      await portal.settle();
      await expect.poll(async () => (await readiness(room.url)).causes).not.toContain(causes[0]);
      await room.stop();
      // What is left to count, and the proof.
      await using counting = await startCounting({ dataDir: folder.path, maxRecords: 10_000 });
      counting.begin();
      await counting.drained();
      await counting.stop();
      expect(inWords(tally(portal.sent, await recount(folder.path)))).toBe('');
    }
  },
);

const CROWDED = fileURLToPath(new URL('./crowded.ts', import.meta.url));

async function crowded(orders: Orders): Promise<Found> {
  const command = [...typescript(), CROWDED, JSON.stringify(orders)];
  const { code, stdout, output } = await run(process.execPath, command, { env: childEnv() });
  if (code !== 0) throw new Error(`the crowded warehouse ended:\n${output}`);
  return JSON.parse(stdout) as Found;
}

it('a disk that is nearly full all the time: what the engine refuses in the middle, the replay heals', {
  timeout: 180_000,
}, async (context) => {
  await using folder = await tempDir('crowded');
  await using _disk = await orSkip(context, mountSmallDisk(folder.path, 160));
  const orders: Orders = {
    disk: folder.path,
    directory: join(folder.path, 'warehouse'),
    minFreeBytes: 32 * MIB,
    left: [16 * MIB, 48 * MIB],
    enough: 64 * MIB,
    merging: 16 * MIB,
    merges: 2,
    ranges: 40,
    mostEvents: 40,
    seed: 'crowded',
  };
  const found = await crowded(orders);
  expect(found).toMatchObject({ ranges: 40, wrong: [], unreadable: '' });
  expect(found.refused).toBeGreaterThan(20);
  expect(await crowded({ ...orders, ranges: 0 })).toMatchObject({ sums: found.sums, unreadable: '' });
});

it('without the space kept free: the same warehouse cannot be read, or lacks rows', {
  timeout: 180_000,
}, async (context) => {
  await using folder = await tempDir('crowded');
  await using _disk = await orSkip(context, mountSmallDisk(folder.path, 160));
  const { unreadable, wrong, ranges } = await crowded({
    disk: folder.path,
    directory: join(folder.path, 'warehouse'),
    minFreeBytes: 0,
    left: [64 * MIB, 64 * MIB],
    enough: 64 * MIB,
    merging: 0,
    merges: 50,
    ranges: 8,
    mostEvents: 40_000,
    seed: 'crowded',
  });
  expect([unreadable, ...wrong].join(' '), `nothing went wrong in ${ranges} ranges`).toMatch(/\S/);
});
