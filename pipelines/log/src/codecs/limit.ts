/** Far beyond what producers put in a batch of a mebibyte, and small enough to hold. */
export const MAX_INFLATED_BYTES = 64 * 1024 * 1024;

export const tooLarge = (): Error => new Error(`the batch inflates to more than ${MAX_INFLATED_BYTES >> 20} MiB`);

/**
 * Copies `length` bytes from `distance` before `at` to `at`. Nearer than it is long, what was just written repeats. The caller
 * has checked that both lie within `to`.
 */
export function copyBack(to: Buffer, at: number, distance: number, length: number): void {
  const from = at - distance;
  if (distance >= length && length > 16) to.copyWithin(at, from, from + length);
  else for (let n = 0; n < length; n++) to[at + n] = to[from + n] as number;
}
