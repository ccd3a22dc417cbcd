/** Rows of an answer of the engine, which may be tens of megabytes, read in turns of the event loop. */
import { turn } from '@room/runtime';

/** Milliseconds for which rows are read at a time: of a long answer all at once would hold whoever else waits for as long as it takes. */
const ROWS_MS = 8;

export async function rowsOf<T>(result: { stream(): AsyncIterable<readonly { json<R>(): R }[]> }): Promise<T[]> {
  const all: T[] = [];
  let began = performance.now();
  for await (const rows of result.stream())
    for (const row of rows) {
      all.push(row.json<T>());
      if (performance.now() - began < ROWS_MS) continue;
      await turn();
      began = performance.now();
    }
  return all;
}
