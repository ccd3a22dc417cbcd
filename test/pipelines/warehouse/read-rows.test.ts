/** An answer that is long to read holds nobody who has something to do meanwhile. */
import { expect, it } from 'vitest';
import { rowsOf } from '../../../pipelines/warehouse/src/read-rows.ts';

const SLOW_MS = 10;
/** As one chunk of the engine's answer, which came as a whole. */
const answerOf = (count: number) => ({
  async *stream() {
    yield Array.from({ length: count }, (_, n) => ({
      json<R>(): R {
        const until = performance.now() + SLOW_MS;
        while (performance.now() < until);
        return n as R;
      },
    }));
  },
});

it('all rows come, and what waits for the event loop has its turn between them', async () => {
  let turns = 0;
  let isOver = false;
  const look = (): void => {
    turns++;
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  const rows = await rowsOf<number>(answerOf(12));
  isOver = true;
  expect(rows).toEqual(Array.from({ length: 12 }, (_, n) => n));
  expect(turns).toBeGreaterThanOrEqual(11);
});
