/** Keys of events that this process accepted lately and ingest may not have counted yet. Generations bound the memory. */
const GENERATIONS = 4;

export class RecentKeys {
  readonly #perGeneration: number;
  /** The youngest first. Value: whether the event is a correction. Small ones, as a large map stops the process to grow. */
  readonly #generations: Map<string, boolean>[] = [new Map()];

  constructor(capacity: number) {
    this.#perGeneration = Math.ceil(capacity / GENERATIONS);
  }

  add(key: string, correction: boolean): void {
    let [young] = this.#generations;
    if (young === undefined || young.size >= this.#perGeneration) {
      young = new Map();
      this.#generations.unshift(young);
      this.#generations.length = Math.min(this.#generations.length, GENERATIONS);
    }
    young.set(key, correction);
  }

  get(key: string): { correction: boolean } | undefined {
    for (const generation of this.#generations) {
      const correction = generation.get(key);
      if (correction !== undefined) return { correction };
    }
    return undefined;
  }
}
