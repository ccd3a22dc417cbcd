/** Look-ups of requests that come at the same time, in one question: a question costs milliseconds, a key in it next to nothing. */
import type { Ledger, Seen } from '@room/warehouse';

type SeenAnswer = Promise<ReadonlyMap<string, Seen>>;

const NOTHING: ReadonlyMap<string, Seen> = new Map();

export class Lookups {
  readonly #seen: (keys: readonly string[]) => SeenAnswer;
  #running: Promise<unknown> | undefined;
  #next: { keys: Set<string>; answer: SeenAnswer } | undefined;

  constructor(ledger: Pick<Ledger, 'seen'>, rangeId: string) {
    this.#seen = (keys) => ledger.seen(keys, rangeId);
  }

  /** What is known of `keys`, and perhaps of others. The question is put after the call: nothing counted before it is missed. */
  ask(keys: readonly string[]): SeenAnswer {
    if (keys.length === 0) return Promise.resolve(NOTHING);
    if (this.#running === undefined) return this.#put(keys);
    if (this.#next === undefined) {
      const together = new Set<string>();
      const turn = this.#running.then(() => {
        this.#next = undefined;
        return this.#put([...together]);
      });
      this.#next = { keys: together, answer: turn };
    }
    for (const key of keys) this.#next.keys.add(key);
    return this.#next.answer;
  }

  #put(keys: readonly string[]): SeenAnswer {
    const answer = this.#seen(keys);
    const settled = answer.then(
      () => undefined,
      () => undefined,
    );
    this.#running = settled;
    void settled.then(() => {
      if (this.#running === settled) this.#running = undefined;
    });
    return answer;
  }
}
