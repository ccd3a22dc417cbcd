import { setImmediate as turn } from 'node:timers/promises';
import type { Cell } from './table.ts';

/** Rows that become text within one turn of the event loop: some milliseconds. */
const ROWS_AT_ONCE = 250;

/** The same rows, so many at a time; whoever else waits goes on between them. */
export async function* cutInto(rows: Iterable<Cell[]>): AsyncGenerator<Cell[][]> {
  let piece: Cell[][] = [];
  for (const row of rows) {
    piece.push(row);
    if (piece.length < ROWS_AT_ONCE) continue;
    yield piece;
    piece = [];
    await turn();
  }
  if (piece.length > 0) yield piece;
}
