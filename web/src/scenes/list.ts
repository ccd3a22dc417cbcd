/**
 * How a list stands in the room that its tile has, in wall units: a name is whole, in more lines or among fewer rows where there is no
 * room for it; rows grow to fill what is left. Pure.
 */

/** Of a line of type. */
export const LINE = 36;
const AIR = 5;
/** The least that a row of one line is; closer where a screen is fine enough to part lines by a hair. */
const LEAST = { usual: 39, fine: LINE } as const;
/** Wider apart the eye no longer follows a row. */
const MOST = 72;
/** As a row is where it is scrolled. */
const SCROLLED = 44;
export const GAP = 16;
const BETWEEN = 32;
/** Of a row, however little that leaves for what is drawn beside it. */
const LEAST_NAME = 0.34;
/** Lines end where words do. */
const WASTE = 1.25;

export interface Listed {
  width: number;
  /** Endless where the list is scrolled. */
  height: number;
  rows: number;
  /** The longest name in one line. */
  longest: number;
  /** What stands beside name and drawing with its gaps: in one column, and in each of two. */
  beside: readonly [one: number, two: number];
  /** The least that is drawn beside a name: in one column, and in each of two. */
  drawn: readonly [one: number, two: number];
  /** All that stands between groups. */
  parted?: number;
  fine: boolean;
}

export interface Standing {
  columns: 1 | 2;
  name: number;
  /** Left for what is drawn. */
  drawn: number;
  lines: number;
  row: number;
  /** Rows of a column. */
  each: number;
  /** Rows that are shown; the others are counted in one more. */
  shown: number;
}

export function standing({ width, height, rows, longest, beside, drawn, parted = 0, fine }: Listed): Standing {
  const scrolled = height === Number.POSITIVE_INFINITY;
  const column = (columns: 1 | 2) => {
    const wide = columns === 1 ? width : (width - BETWEEN) / 2;
    const free = wide - beside[columns - 1 ? 1 : 0];
    const name = Math.max(1, Math.min(longest, Math.max(free - drawn[columns - 1 ? 1 : 0], LEAST_NAME * wide)));
    const lines = name >= longest ? 1 : Math.ceil((WASTE * longest) / name);
    const least = lines === 1 ? (fine ? LEAST.fine : LEAST.usual) : lines * LINE + AIR;
    const each = scrolled ? rows : Math.max(1, Math.floor((height - parted) / least));
    return { columns, name, drawn: Math.max(0, free - name), lines, least, each };
  };
  const one = column(1);
  const two = column(2);
  const isTwo = rows > one.each && two.lines === 1 && two.drawn >= drawn[1];
  const { columns, name, drawn: left, lines, least, each } = isTwo ? two : one;
  const shown = rows <= each * columns ? rows : Math.max(1, each * columns - 1);
  const used = Math.ceil((shown === rows ? rows : shown + 1) / columns);
  const row = scrolled
    ? Math.max(least, SCROLLED)
    : Math.max(least, Math.min(MOST, (height - parted) / Math.max(1, used)));
  return { columns, name, drawn: left, lines, row, each: Math.max(1, used), shown };
}

/** How many of these stand one under the other, if what is left is counted in words that are `more` high. */
export function firstThatFit(heights: readonly number[], height: number, more: number, columns = 1): number {
  let n = 0;
  for (let column = 1; column <= columns; column++) {
    let left = height;
    while (n < heights.length) {
      const isLast = n === heights.length - 1;
      const own = heights[n] ?? 0;
      if (own > left || (column === columns && !isLast && own + more > left)) break;
      left -= own;
      n++;
    }
  }
  return n;
}

/** Of one place, for each of some lists what it needs; of too little each has as much as any other, but for what it does not need. */
export function sharedBy(needs: readonly number[], height: number): number[] {
  const shares = needs.map(() => 0);
  let left = height;
  const order = needs.map((_, at) => at).sort((one, other) => (needs[one] ?? 0) - (needs[other] ?? 0));
  for (const [done, at] of order.entries()) {
    const share = Math.min(needs[at] ?? 0, left / (order.length - done));
    shares[at] = share;
    left -= share;
  }
  return shares;
}

/** Lines of a text that is so wide in one. */
export const linesOf = (wide: number, width: number): number => Math.max(1, Math.ceil(wide / Math.max(1, width)));
