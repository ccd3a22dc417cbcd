/** The few dense kernels that everything here leans on: flat row-major arrays, no allocation in a loop, lower triangles only. */

/** A pivot below this stands for a feature that says nothing new; it gets no weight instead of an enormous one. */
const SMALLEST_PIVOT = 1e-12;

/** Rows taken together: the matrix is read and written once for all of them. */
const BLOCK = 4;

/** Sums `weight * x xᵀ` and `weight * target * x` over rows; the Gram matrix only from row `from` on. */
export class NormalEquations {
  readonly gram: Float64Array;
  readonly moment: Float64Array;
  readonly #rows: Float64Array;
  readonly #weights = new Float64Array(BLOCK);
  #waiting = 0;

  constructor(
    readonly size: number,
    readonly from = 0,
  ) {
    this.gram = new Float64Array(size * size);
    this.moment = new Float64Array(size);
    this.#rows = new Float64Array(BLOCK * size);
  }

  clear(): void {
    this.gram.fill(0);
    this.moment.fill(0);
    this.#waiting = 0;
  }

  add(x: Float64Array, target: number, weight: number): void {
    const { size, moment } = this;
    const offset = this.#waiting * size;
    const scaled = weight * target;
    for (let i = 0; i < size; i++) {
      const value = x[i] as number;
      this.#rows[offset + i] = value;
      moment[i] = (moment[i] as number) + scaled * value;
    }
    this.#weights[this.#waiting] = weight;
    this.#waiting++;
    if (this.#waiting === BLOCK) this.settle();
  }

  /** Takes in the rows that wait; to be called before `gram` is read. */
  settle(): void {
    if (this.#waiting === 0) return;
    this.#weights.fill(0, this.#waiting);
    this.#waiting = 0;
    addBlock(this.gram, this.#rows, this.#weights, this.size, this.from);
  }
}

/** Adds four weighted outer products to the lower triangle. */
function addBlock(gram: Float64Array, rows: Float64Array, weights: Float64Array, size: number, from: number): void {
  const second = size;
  const third = 2 * size;
  const fourth = 3 * size;
  for (let i = from; i < size; i++) {
    const a = (weights[0] as number) * (rows[i] as number);
    const b = (weights[1] as number) * (rows[second + i] as number);
    const c = (weights[2] as number) * (rows[third + i] as number);
    const d = (weights[3] as number) * (rows[fourth + i] as number);
    const at = i * size;
    for (let j = 0; j <= i; j++) {
      gram[at + j] =
        (gram[at + j] as number) +
        a * (rows[j] as number) +
        b * (rows[second + j] as number) +
        c * (rows[third + j] as number) +
        d * (rows[fourth + j] as number);
    }
  }
}

/** Replaces the lower triangle of a positive definite matrix by its Cholesky factor; rows before `from` already hold theirs. */
export function factorise(a: Float64Array, size: number, from = 0): void {
  for (let i = from; i < size; i++) {
    const row = i * size;
    for (let j = 0; j < i; j++) {
      a[row + j] = ((a[row + j] as number) - dot(a, row, a, j * size, j)) / (a[j * size + j] as number);
    }
    a[row + i] = Math.sqrt(Math.max((a[row + i] as number) - dot(a, row, a, row, i), SMALLEST_PIVOT));
  }
}

/** Solves `L y = b` in place. */
export function solveLower(factor: Float64Array, size: number, b: Float64Array): void {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    b[i] = ((b[i] as number) - dot(factor, row, b, 0, i)) / (factor[row + i] as number);
  }
}

/** Solves `Lᵀ x = y` in place. */
export function solveUpper(factor: Float64Array, size: number, y: Float64Array): void {
  for (let i = size - 1; i >= 0; i--) {
    const value = (y[i] as number) / (factor[i * size + i] as number);
    y[i] = value;
    const row = i * size;
    for (let k = 0; k < i; k++) y[k] = (y[k] as number) - (factor[row + k] as number) * value;
  }
}

/** Sum of products of `length` entries from the given offsets. */
export function dot(a: Float64Array, from: number, b: Float64Array, at: number, length: number): number {
  // Four sums at once: the processor need not wait for each addition to end.
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    first += (a[from + i] as number) * (b[at + i] as number);
    second += (a[from + i + 1] as number) * (b[at + i + 1] as number);
    third += (a[from + i + 2] as number) * (b[at + i + 2] as number);
    fourth += (a[from + i + 3] as number) * (b[at + i + 3] as number);
  }
  for (; i < length; i++) first += (a[from + i] as number) * (b[at + i] as number);
  return first + second + (third + fourth);
}

/** Entry of an array that the caller knows to exist. */
export const entry = (values: ArrayLike<number>, index: number): number => values[index] as number;
