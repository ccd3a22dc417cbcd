/** The few dense kernels that everything here leans on: flat row-major arrays, no allocation, lower triangles only. */

/** A pivot below this stands for a feature that says nothing new; it gets no weight instead of an enormous one. */
const SMALLEST_PIVOT = 1e-12;

/** Adds `weight * x xᵀ` to the lower triangle of `gram` and `weight * target * x` to `moment`. */
export function addRow(
  gram: Float64Array,
  moment: Float64Array,
  x: Float64Array,
  size: number,
  target: number,
  weight: number,
): void {
  for (let i = 0; i < size; i++) {
    const scaled = weight * (x[i] as number);
    if (scaled === 0) continue;
    moment[i] = (moment[i] as number) + scaled * target;
    const row = i * size;
    for (let j = 0; j <= i; j++) gram[row + j] = (gram[row + j] as number) + scaled * (x[j] as number);
  }
}

/** Replaces the lower triangle of a positive definite matrix by its Cholesky factor. */
export function factorise(a: Float64Array, size: number): void {
  for (let j = 0; j < size; j++) {
    const pivotRow = j * size;
    let pivot = a[pivotRow + j] as number;
    for (let k = 0; k < j; k++) pivot -= (a[pivotRow + k] as number) ** 2;
    const root = Math.sqrt(Math.max(pivot, SMALLEST_PIVOT));
    a[pivotRow + j] = root;
    for (let i = j + 1; i < size; i++) {
      const row = i * size;
      let sum = a[row + j] as number;
      for (let k = 0; k < j; k++) sum -= (a[row + k] as number) * (a[pivotRow + k] as number);
      a[row + j] = sum / root;
    }
  }
}

/** Solves `L y = b` in place. */
export function solveLower(factor: Float64Array, size: number, b: Float64Array): void {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    let sum = b[i] as number;
    for (let k = 0; k < i; k++) sum -= (factor[row + k] as number) * (b[k] as number);
    b[i] = sum / (factor[row + i] as number);
  }
}

/** Solves `Lᵀ x = y` in place for the leading `leading` unknowns only: the same factor serves every leading block. */
export function solveUpper(factor: Float64Array, size: number, leading: number, y: Float64Array): void {
  for (let i = leading - 1; i >= 0; i--) {
    const value = (y[i] as number) / (factor[i * size + i] as number);
    y[i] = value;
    const row = i * size;
    for (let k = 0; k < i; k++) y[k] = (y[k] as number) - (factor[row + k] as number) * value;
  }
}

/** Sum of products of `length` entries from the given offsets. */
export function dot(a: Float64Array, from: number, b: Float64Array, at: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += (a[from + i] as number) * (b[at + i] as number);
  return sum;
}

/** Entry of an array that the caller knows to exist. */
export const entry = (values: ArrayLike<number>, index: number): number => values[index] as number;

/** Of unsorted values; NaN where there are none. Sorts `values` when it is a typed array of the caller's own. */
export function median(values: Float64Array): number {
  values.sort();
  const middle = values.length >> 1;
  return values.length % 2 === 1
    ? entry(values, middle)
    : (entry(values, middle) + entry(values, Math.max(0, middle - 1))) / 2;
}
