import { expect, it } from 'vitest';
import { pack } from '../../../web/src/pages/wall/columns.ts';

const table = (length: number) => ({ lines: Array.from({ length }) });
const shape = (lengths: number[], columns: number) => {
  const packed = pack(lengths.map(table), columns);
  return { lines: packed.lines, parts: packed.columns.map((parts) => parts.map(({ count }) => count)) };
};

it('keeps tables whole where they fit', () => {
  expect(shape([5, 5, 8, 8, 11], 4)).toEqual({ lines: 12, parts: [[5, 5], [8], [8], [11]] });
});

it('breaks only a table much longer than a column, at the head of one', () => {
  expect(shape([17, 10, 3, 34, 12], 5)).toEqual({ lines: 18, parts: [[17], [10, 3], [17], [17], [12]] });
});

it('loses no line', () => {
  for (const lengths of [[1], [0, 3], [40, 2, 2], [7, 50, 7], [3, 3, 3, 3, 3, 3]]) {
    const { columns } = pack(lengths.map(table), 3);
    const counted = columns.flat().reduce((sum, { count }) => sum + count, 0);
    expect(counted).toBe(lengths.reduce((sum, length) => sum + length, 0));
  }
});
