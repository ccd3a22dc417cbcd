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
