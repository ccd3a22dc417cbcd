/** How exactly a number is written that stands beside its limit. */

/** Beyond these many more decimals two numbers are one to whoever reads them. */
const MOST_MORE = 3;

/** Decimals, `least` or more, with which two numbers that differ do not read as the same: 89.98 below 90, not 90.0. */
export function decimalsApart(value: number, beside: number, least: number): number {
  const read = (of: number, decimals: number): number => Math.round(of * 10 ** decimals);
  for (let decimals = least; decimals <= least + MOST_MORE; decimals++)
    if (read(value, decimals) !== read(beside, decimals)) return decimals;
  return least;
}
