import { expect, it } from 'vitest';
import { Watchdog } from '../../../pipelines/src/ingest/watchdog.ts';

const PATIENCE = 40;

const on = (records: Record<number, number>): ReadonlyMap<number, number> =>
  new Map(Object.entries(records).map(([partition, waiting]) => [Number(partition), waiting]));

/** A consumer whose starts and stops are counted, beside what the watchdog says of it. */
function watched(
  waiting: () => Promise<ReadonlyMap<number, number>>,
  isWorking: (partition: number) => Promise<boolean> = async () => false,
) {
  const told = { starts: 0, stops: 0, restarts: 0, warnings: [] as string[], fatal: [] as string[] };
  const watchdog = new Watchdog({
    patienceMs: PATIENCE,
    start: async () => {
      told.starts++;
      // To be started is no progress.
      watchdog.alive(false);
      return {
        [Symbol.asyncDispose]: async () => {
          told.stops++;
        },
      };
    },
    waiting,
    isWorking,
    report: (_, message) => told.warnings.push(message),
    restarted: () => {
      told.restarts++;
    },
    fatal: (error) => told.fatal.push(error.message),
  });
  return { watchdog, told };
}

it('starts a consumer again that makes no progress, twice, and then asks for another process', async () => {
  const { watchdog, told } = watched(async () => on({ 0: 7 }));
  await watchdog.start();
  await expect.poll(() => told.fatal.length).toBeGreaterThan(0);
  expect(told).toMatchObject({ starts: 3, stops: 2, restarts: 2 });
  expect(told.warnings[0]).toContain('while 7 events wait: starting it again');
  expect(told.fatal[0]).toContain('must be started again');
  await watchdog[Symbol.asyncDispose]();
  expect(told.stops).toBe(3);
});

it('leaves alone a consumer that shows life, that has nothing to do, or whose log does not answer', async () => {
  let looks = 0;
  const answers = [
    async () => on({ 0: 0 }),
    () => Promise.reject(new Error('away')),
    async () => {
      watchdog.alive(true);
      return on({ 0: 5 });
    },
  ];
  const { watchdog, told } = watched(async () => answers[looks++ % answers.length]?.() ?? on({}));
  await watchdog.start();
  await expect.poll(() => looks).toBeGreaterThan(9);
  await watchdog[Symbol.asyncDispose]();
  expect(told).toMatchObject({ starts: 1, stops: 1, restarts: 0, fatal: [] });
  expect(told.warnings[0]).toBe('the log does not answer the watchdog: away');
});

it('sees the partition that stands still behind others that get on, and comes to an end with it', async () => {
  const { watchdog, told } = watched(async () => {
    watchdog.alive(true, 1);
    return on({ 0: 3, 1: 100 });
  });
  await watchdog.start();
  await expect.poll(() => told.fatal.length).toBeGreaterThan(0);
  expect(told).toMatchObject({ starts: 3, restarts: 2 });
  expect(told.warnings[0]).toContain('while 3 events wait');
  await watchdog[Symbol.asyncDispose]();
});

it('forgets its restarts once the partition got on, here or with another member', async () => {
  for (const getsOn of ['here', 'elsewhere']) {
    let isStuck = true;
    const { watchdog, told } = watched(async () => on({ 0: isStuck ? 3 : 0 }));
    await watchdog.start();
    for (let time = 1; time <= 3; time++) {
      isStuck = true;
      await expect.poll(() => told.restarts, { interval: 1 }).toBe(time);
      isStuck = false;
      if (getsOn === 'here') watchdog.alive(true, 0);
      else await new Promise((resolve) => setTimeout(resolve, PATIENCE));
    }
    expect(told.fatal).toEqual([]);
    await watchdog[Symbol.asyncDispose]();
  }
});

it('takes long work for life, not for progress, as long as it is told that it goes on', async () => {
  let isAtWork = true;
  let asked = 0;
  const { watchdog, told } = watched(
    async () => on({ 0: 3 }),
    async () => {
      asked++;
      return isAtWork;
    },
  );
  await watchdog.start();
  await expect.poll(() => asked).toBeGreaterThan(3);
  expect(told.restarts).toBe(0);
  isAtWork = false;
  await expect.poll(() => told.fatal.length).toBeGreaterThan(0);
  expect(told.restarts).toBe(2);
  await watchdog[Symbol.asyncDispose]();
});
