import { expect, it } from 'vitest';
import { Progress } from '../../../pipelines/src/observe/progress.ts';

const STUCK_MS = 60_000;
const STALE_MS = 15_000;

/** A worker on a clock of its own, with partitions that began to wait at the given time. */
function worker() {
  const clock = { now: 0 };
  const waiting = new Map<number, number>();
  const progress = new Progress({
    lag: { waitingSince: (partition) => waiting.get(partition) },
    stuckMs: STUCK_MS,
    now: () => clock.now,
  });
  return { clock, waiting, progress, codes: () => progress.causes().map(({ code }) => code) };
}

it('is joining until the group gives an assignment, and ready with none where others have all partitions', () => {
  const { progress, codes } = worker();
  expect(codes()).toEqual(['joining']);
  progress.assigned([]);
  expect(codes()).toEqual([]);
  progress.restarted();
  expect(codes()).toEqual(['joining']);
});

it('says that the warehouse refuses inserts until one is taken', () => {
  const { progress, codes } = worker();
  progress.assigned([0]);
  progress.refused();
  expect(codes()).toEqual(['warehouse']);
  progress.counted(0);
  expect(codes()).toEqual([]);
});

it('is stuck when events of its own partitions wait and nothing is counted', () => {
  const { clock, waiting, progress, codes } = worker();
  progress.assigned([0, 1]);
  waiting.set(5, 0);
  clock.now = 10 * STUCK_MS;
  expect(codes()).toEqual([]);
  waiting.set(0, clock.now);
  clock.now += STUCK_MS + 1;
  expect(codes()).toEqual(['stuck']);
  progress.counted(0);
  expect(codes()).toEqual([]);
  clock.now += STUCK_MS + 1;
  expect(codes()).toEqual(['stuck']);
  waiting.delete(0);
  expect(codes()).toEqual([]);
});

it('gives a partition that it just took over the same time', () => {
  const { clock, waiting, progress, codes } = worker();
  waiting.set(0, 0);
  clock.now = 2 * STUCK_MS;
  progress.assigned([0]);
  expect(codes()).toEqual([]);
  clock.now += STUCK_MS + 1;
  expect(codes()).toEqual(['stuck']);
});

it('is stale when it computes the pulse and publishes none', () => {
  const { clock, progress, codes } = worker();
  progress.assigned([0]);
  clock.now = STALE_MS * 2;
  expect(codes()).toEqual([]);
  progress.leads(true);
  clock.now += STALE_MS + 1;
  expect(codes()).toEqual(['stale']);
  progress.published();
  expect(codes()).toEqual([]);
  clock.now += STALE_MS + 1;
  progress.leads(false);
  expect(codes()).toEqual([]);
});
