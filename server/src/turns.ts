/** Work that waits, by owner and in fair turns: who has much waiting delays nobody else. */
export class Turns<Owner, Work> {
  /** The owner whose turn is next stands first. */
  readonly #lines = new Map<Owner, Work[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  of(owner: Owner): number {
    return this.#lines.get(owner)?.length ?? 0;
  }

  add(owner: Owner, work: Work): void {
    const line = this.#lines.get(owner);
    if (line === undefined) this.#lines.set(owner, [work]);
    else line.push(work);
    this.#size++;
  }

  /** What `take` would give. */
  get next(): Work | undefined {
    for (const [work] of this.#lines.values()) return work;
    return undefined;
  }

  /** The oldest work of the owner whose turn it is; its next turn comes after everybody else's. */
  take(): Work | undefined {
    return this.takeOf(() => true)?.[1];
  }

  /** The same among those owners who may have one. */
  takeOf(may: (owner: Owner) => boolean): [Owner, Work] | undefined {
    for (const [owner, line] of this.#lines) {
      if (!may(owner)) continue;
      const work = line.shift();
      this.#lines.delete(owner);
      if (line.length > 0) this.#lines.set(owner, line);
      this.#size--;
      return work === undefined ? undefined : [owner, work];
    }
    return undefined;
  }

  /** Takes back what waits no longer. */
  drop(owner: Owner, work: Work): void {
    const line = this.#lines.get(owner);
    const at = line?.indexOf(work) ?? -1;
    if (line === undefined || at < 0) return;
    line.splice(at, 1);
    if (line.length === 0) this.#lines.delete(owner);
    this.#size--;
  }
}
