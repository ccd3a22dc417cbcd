/** The next turn of the event loop: sockets, timers and other work come first. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** All of a list in slices of at most `size`, with a turn of the event loop after each, so that nobody waits for a long one. */
export async function* inTurns<T>(all: readonly T[], size: number): AsyncGenerator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) {
    yield all.slice(at, at + size);
    await turn();
  }
}

/** So many units of work in one turn of the event loop, whoever brings them: what is left waits for a later one. */
export class TurnBudget {
  readonly #units: number;
  readonly #renewed: () => void;
  #left: number;
  #isRenewing = false;

  /** `renewed` is called in each turn that follows one with work. */
  constructor(units: number, renewed: () => void = () => undefined) {
    this.#units = units;
    this.#renewed = renewed;
    this.#left = units;
  }

  /** Nothing is left of this turn. */
  get isSpent(): boolean {
    return this.#left <= 0;
  }

  /** Whether so many units are left of this turn; one that has done nothing yet takes any. */
  fits(units: number): boolean {
    return this.#left === this.#units || units <= this.#left;
  }

  /** Work of so many units begins; what is more than is left is not charged to later turns. */
  take(units: number): void {
    this.#left -= units;
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    setImmediate(() => {
      this.#isRenewing = false;
      this.#left = this.#units;
      this.#renewed();
    });
  }
}
