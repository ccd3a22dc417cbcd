/** A small line without axes, as the paths of an SVG. Pure. */

/** One path for each stretch of known points, in a box of `width` by `height`, zero at its foot; a lone point is a short stroke. */
export function sparkPaths(
  values: readonly (number | undefined)[],
  top: number,
  width: number,
  height: number,
): string[] {
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const at = (value: number): number => height - (top <= 0 ? 0 : (Math.max(0, value) / top) * height);
  const paths: string[] = [];
  let open: string[] = [];
  const close = (): void => {
    if (open.length === 1) open.push('h1');
    if (open.length > 0) paths.push(open.join(' '));
    open = [];
  };
  for (const [n, value] of values.entries()) {
    if (value === undefined) close();
    else open.push(`${open.length === 0 ? 'M' : 'L'}${(n * step).toFixed(1)} ${at(value).toFixed(1)}`);
  }
  close();
  return paths;
}

/** One closed path for each stretch of points whose range is known, in the same box. */
export function bandPaths(
  points: readonly { low?: number; high?: number }[],
  top: number,
  width: number,
  height: number,
): string[] {
  const step = points.length > 1 ? width / (points.length - 1) : 0;
  const at = (n: number, value: number): string =>
    `${(n * step).toFixed(1)} ${(height - (top <= 0 ? 0 : (Math.max(0, value) / top) * height)).toFixed(1)}`;
  const paths: string[] = [];
  let open: { n: number; low: number; high: number }[] = [];
  const close = (): void => {
    const there = open.map(({ n, high }) => at(n, high));
    const back = open.toReversed().map(({ n, low }) => at(n, low));
    if (open.length > 1) paths.push(`M${[...there, ...back].join('L')}Z`);
    open = [];
  };
  for (const [n, { low, high }] of points.entries()) {
    if (low === undefined || high === undefined) close();
    else open.push({ n, low, high });
  }
  close();
  return paths;
}
