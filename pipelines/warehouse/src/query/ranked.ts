/** In which order the rows of an answer stand. Pure. */
import type { Order } from '@room/contract';

export interface RankedBy<T> {
  order: Order;
  valueOn: (side: 'now' | 'before', row: T) => number | undefined;
  /** Whether what both sides tell of it can be held against each other. */
  isLike?: (row: T) => boolean;
}

/** Whoever has no such value comes last, and equals stand by their key. */
export function byRank<T extends { key: readonly string[] }>({
  order,
  valueOn,
  isLike = () => true,
}: RankedBy<T>): (a: T, b: T) => number {
  const isChange = order === 'risen' || order === 'fallen';
  const sign = order === 'smallest' || order === 'fallen' ? -1 : 1;
  const rankOf = (row: T): number => {
    const value = valueOn('now', row);
    const base = !isChange ? 0 : isLike(row) ? valueOn('before', row) : undefined;
    return value === undefined || base === undefined ? Number.NEGATIVE_INFINITY : sign * (value - base);
  };
  const ranks = new Map<T, number>();
  const rank = (row: T): number => {
    const known = ranks.get(row) ?? rankOf(row);
    ranks.set(row, known);
    return known;
  };
  return (a, b) => {
    const [of, to] = [rank(a), rank(b)];
    if (of !== to) return of > to ? -1 : 1;
    return a.key.join('\n') < b.key.join('\n') ? -1 : 1;
  };
}
