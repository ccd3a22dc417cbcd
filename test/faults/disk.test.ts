/** A disk that is full, of the log, of the warehouse or of both: nothing acknowledged is lost, and space is all it takes to go on. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { mountSmallDisk, type SmallDisk } from '../harness/disk.ts';
import { orSkip } from '../harness/need.ts';
import { recount } from '../harness/recount.ts';
import { startRoom } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';
import { startCounting } from './counting.ts';
import { Load } from './load.ts';
import { inWords, tally } from './oracle.ts';
import { type Answer, Portal } from './portal.ts';

const BATCH = 50;
/** Space enough to begin with, and soon used up. */
const MEBIBYTES = 100;
const MAX_PENDING = 1_000;
const MOST_TRIES = 400;
/** Not for an instant only. */
const REFUSALS = 6;
const MOUNTED = { log: 'log', warehouse: 'warehouse', both: '' } as const;

it.for([
  ['log', [503, 'log_unavailable']],
  ['warehouse', [429, 'behind']],
  ['both', [503, 'log_unavailable']],
] as const)(
  '%s full: portals are told, nothing acknowledged is lost, and counting goes on when there is space',
  {
    timeout: 180_000,
  },
  async ([which, refusal], context) => {
    await using folder = await tempDir('disk');
    const mounting = mountSmallDisk(join(folder.path, MOUNTED[which]), MEBIBYTES);
    await using disk: SmallDisk = await orSkip(context, mounting);
    const load = new Load(`disk ${which}`);
    {
      await using room = await startRoom({ dataDir: folder.path, env: { MAX_PENDING: String(MAX_PENDING) } });
      const portal = new Portal(room);
      await portal.send(load.make(BATCH));
      expect(portal.acknowledged.size).toBe(BATCH);

      // What a failed insert or an old part leaves is space again, and for an instant a batch may fit: then it is kept.
      const refused: Answer[] = [];
      for (let tries = 0; refused.length < REFUSALS && tries < MOST_TRIES; tries++) {
        await disk.fill();
        const answer = await portal.send(load.make(BATCH));
        if (answer.status !== 202) refused.push(answer);
        await sleep(10);
      }
      expect(refused.map(({ status, code }) => [status, code])).toEqual(Array(REFUSALS).fill(refusal));
      for (const { reason, retryAfter } of refused) {
        expect(reason.length).toBeGreaterThan(20);
        expect(Number(retryAfter)).toBeGreaterThan(0);
      }

      await disk.free();
      await portal.settle();
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
