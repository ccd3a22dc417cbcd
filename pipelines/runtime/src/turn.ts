/** The next turn of the event loop: sockets, timers and other work come first. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** All of a list in slices of at most `size`, with a turn of the event loop after each, so that nobody waits for a long one. */
export async function* inTurns<T>(all: readonly T[], size: number): AsyncGenerator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) {
    yield all.slice(at, at + size);
    await turn();
  }
}
