/** A portal that posts to several servers by turns, sends some events again in other company, and keeps its own books. */
import { setTimeout as sleep } from 'node:timers/promises';
import { randomOf } from '../portal/random.ts';
import { type Door, type EventResult, post, submission } from './client.ts';

const REPEATED = 0.2;
const MOST = 1_000;
const ROUNDS = 200;
/** Something is always under way, and whoever recovers from a fault has a core for it. */
const BREATH_MS = 50;

export class Traffic {
  readonly #doors: readonly Door[];
  readonly #random: () => number;
  /** Dossiers by event id. */
  readonly sent = new Map<string, number>();
  readonly #acknowledged = new Set<string>();
  #turn = 0;

  /** Seeded, so that a failure can be repeated. */
  constructor(doors: readonly Door[], seed: string) {
    this.#doors = doors;
    this.#random = randomOf(seed).next;
  }

  /** Ids that a room promised to count. */
  get acknowledged(): string[] {
    return [...this.#acknowledged];
  }

  /** What the wall should show once everything is counted. */
  get total(): number {
    return [...this.sent.values()].reduce((sum, count) => sum + count, 0);
  }

  get ids(): string[] {
    return [...this.sent.keys()].sort();
  }

  /** Posts `events` events, a fifth of them sent before, acknowledged or not; true once they are acknowledged. */
  async batch(events: number): Promise<boolean> {
    return this.#post(
      Array.from({ length: events }, () => {
        const made = this.sent.size;
        const id = made > 0 && this.#random() < REPEATED ? `e-${Math.floor(this.#random() * made)}` : `e-${made}`;
        if (!this.sent.has(id)) this.sent.set(id, 1 + Math.floor(this.#random() * 3));
        return id;
      }),
    );
  }

  /** Posts batches of up to `events`, `atOnce` at a time and with a breath between, until `done`. */
  async during<T>(done: Promise<T>, events = 200, atOnce = 1): Promise<T> {
    let running = true;
    const ended = done.finally(() => {
      running = false;
    });
    ended.catch(() => undefined);
    const size = (): number => 1 + Math.floor(this.#random() * events);
    while (running) {
      await Promise.all(Array.from({ length: atOnce }, () => this.batch(size())));
      await sleep(BREATH_MS);
    }
    return ended;
  }

  /** Sends what was not acknowledged, at any door, until it is. */
  async settle(): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      const rest = this.ids.filter((id) => !this.#acknowledged.has(id));
      if (rest.length === 0) return;
      for (let at = 0; at < rest.length; at += MOST) await this.#post(rest.slice(at, at + MOST));
    }
    throw new Error(`some of ${this.sent.size} events are still not acknowledged`);
  }

  async #post(ids: readonly string[]): Promise<boolean> {
    const door = this.#doors[this.#turn++ % this.#doors.length];
    if (door === undefined) throw new Error('a portal needs a room');
    const events = ids.map((id) => submission(id, { count: this.sent.get(id) }));
    const response = await post(door, events).catch(() => undefined);
    if (response?.status !== 202) {
      // What answers 429 or 503, or does not answer, is asked again later.
      await response?.text().catch(() => undefined);
      await sleep(50);
      return false;
    }
    const answer = (await response.json().catch(() => undefined)) as { results: EventResult[] } | undefined;
    for (const { id, result } of answer?.results ?? []) {
      if (id === null || result === 'quarantined') throw new Error(`event ${id} was quarantined`);
      this.#acknowledged.add(id);
    }
    return answer !== undefined;
  }
}
