import { setImmediate as turn } from 'node:timers/promises';
import type { Cell } from './table.ts';

/** Rows that are made and become text within one turn of the event loop: some milliseconds. */
const ROWS_AT_ONCE = 250;

/** What `cellsOf` makes of each, so many at a time; whoever else waits goes on between them. */
export async function* cellsIn<T>(all: Iterable<T>, cellsOf: (one: T) => Cell[]): AsyncGenerator<Cell[][]> {
  const rows = function* (): Generator<Cell[]> {
    for (const one of all) yield cellsOf(one);
  };
  yield* cutInto(rows());
}

/** The same rows, each made when its turn has come. */
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
