import { expect, it } from 'vitest';
import { Watchdog } from '../../../pipelines/src/ingest/watchdog.ts';

const PATIENCE = 40;

/** A consumer whose starts and stops are counted, beside what the watchdog says of it. */
function watched(waiting: () => Promise<number>) {
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
    report: (_, message) => told.warnings.push(message),
    restarted: () => {
      told.restarts++;
    },
    fatal: (error) => told.fatal.push(error.message),
  });
  return { watchdog, told };
}

it('starts a consumer again that makes no progress, twice, and then asks for another process', async () => {
  const { watchdog, told } = watched(async () => 7);
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
    async () => 0,
    () => Promise.reject(new Error('away')),
    async () => {
      watchdog.alive(true);
      return 5;
    },
  ];
  const { watchdog, told } = watched(async () => answers[looks++ % answers.length]?.() ?? 0);
  await watchdog.start();
  await expect.poll(() => looks).toBeGreaterThan(9);
  await watchdog[Symbol.asyncDispose]();
  expect(told).toMatchObject({ starts: 1, stops: 1, restarts: 0, fatal: [] });
  expect(told.warnings[0]).toBe('the log does not answer the watchdog: away');
});
