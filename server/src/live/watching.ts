/**
 * Whether anybody looks at the walls of this process: whoever holds a socket, and whoever asked a moment ago. While nobody does,
 * events are counted and states computed only every few seconds; whoever comes then waits for a fresh one.
 */
import type { WallState } from '@room/contract';

export interface WatchingOptions {
  /** Open sockets. */
  sockets: () => number;
  /** Milliseconds of a monotonic clock. */
  now?: () => number;
}

/** Whoever asked for a snapshot, or left, may come again within this time. */
const LINGER_MS = 30_000;
/** What was not fresh by now is shown as it is. */
const PATIENCE_MS = 1_000;

interface AwaitedState {
  since: number;
  fresh: Promise<void>;
  done: () => void;
  /** When the newest event of the first state since then became durable. */
  first?: { receivedAt: number | undefined };
}

export class Watching {
  readonly #sockets: () => number;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  #seenAt: number;
  /** Somebody may have been there before the process was. */
  #isWatched = true;
  #awaited: AwaitedState | undefined;

  constructor({ sockets, now = () => performance.now() }: WatchingOptions) {
    this.#sockets = sockets;
    this.#now = now;
    this.#seenAt = now();
  }

  get isWatched(): boolean {
    if (!this.#isWatched) return false;
    if (this.#sockets() > 0) this.#seenAt = this.#now();
    else if (this.#now() - this.#seenAt > LINGER_MS) this.#isWatched = false;
    return this.#isWatched;
  }

  /** Somebody is there, and what waited while nobody was has been seen. */
  get isSettled(): boolean {
    return this.isWatched && this.#awaited === undefined;
  }

  /** Somebody asks for numbers. Resolves when those of the running day are fresh: at once, unless nobody was there before. */
  async seen(): Promise<void> {
    const isFirst = !this.isWatched;
    this.#isWatched = true;
    this.#seenAt = this.#now();
    if (isFirst) {
      this.#expect();
      for (const listener of [...this.#listeners]) listener();
    }
    await this.#awaited?.fresh;
  }

  #expect(): void {
    let done = (): void => undefined;
    const fresh = new Promise<void>((resolve) => {
      const timer = setTimeout(() => done(), PATIENCE_MS);
      done = () => {
        clearTimeout(timer);
        this.#awaited = undefined;
        resolve();
      };
    });
    this.#awaited = { since: Date.now(), fresh, done };
  }

  /** A state arrived. It is fresh when it was computed since, and nothing waits to be counted or what waited is in it. */
  heard({ computedAt, pipeline: { pending, receivedAt } }: Pick<WallState, 'computedAt' | 'pipeline'>): void {
    const awaited = this.#awaited;
    if (awaited === undefined || computedAt < awaited.since) return;
    // The log hears that something was counted a moment after the walls do.
    if (pending === 0 || (awaited.first !== undefined && receivedAt !== awaited.first.receivedAt)) awaited.done();
    awaited.first ??= { receivedAt };
  }

  onWatched(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
