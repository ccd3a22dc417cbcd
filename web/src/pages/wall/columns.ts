/** A table, or the part of it that stands in one column. */
export interface Part<T> {
  table: T;
  /** Rows from here, this many; the title line stands above the first part alone. */
  from: number;
  count: number;
}

interface Table {
  lines: readonly unknown[];
}

/** A table stays whole unless it is this much longer than a column; then it begins at the head of one. */
const BREAKS = 1.5;

/** Tables in their order over at most `columns` columns, as short as they can be. */
export function pack<T extends Table>(tables: readonly T[], columns: number): { columns: Part<T>[][]; lines: number } {
  const all = tables.reduce((sum, { lines }) => sum + lines.length + 1, 0);
  for (let lines = Math.max(2, Math.ceil(all / columns)); lines < all; lines++) {
    if (tables.some((table) => table.lines.length + 1 > lines && table.lines.length + 1 < lines * BREAKS)) continue;
    const packed = fill(tables, lines);
    if (packed.length <= columns) return { columns: packed, lines };
  }
  return { columns: fill(tables, all), lines: all };
}

function fill<T extends Table>(tables: readonly T[], lines: number): Part<T>[][] {
  const columns: Part<T>[][] = [];
  let left = 0;
  for (const table of tables) {
    const length = table.lines.length;
    let from = 0;
    if (length + 1 > left) left = 0;
    do {
      if (left === 0) {
        columns.push([]);
        left = lines;
      }
      const title = from === 0 ? 1 : 0;
      const count = Math.min(length - from, left - title);
      columns.at(-1)?.push({ table, from, count });
      from += count;
      left -= count + title;
    } while (from < length);
  }
  return columns;
}
