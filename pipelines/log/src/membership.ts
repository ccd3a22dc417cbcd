/**
 * One membership of a consumer group, kept whatever happens to kafkajs. It gives up for good on some errors, and after a broker's
 * hiccup it can stay out of a group that is well: whoever is out although the brokers answer and nobody regroups is made anew.
 */
import { oneAtATime, within } from '@room/runtime';
import type { Consumer } from 'kafkajs';

export interface MembershipOptions {
  topic: string;
  /** A new consumer, not yet connected. */
  make: () => Consumer;
  /** Begins to consume; does not wait for the group. */
  run: (consumer: Consumer) => Promise<void>;
  /** The group has given this member these partitions. */
  joined: (partitions: readonly number[], consumer: Consumer) => void;
  /** Partitions are void until joined again. */
  left: () => void;
  /** State of the group in the words of its coordinator; rejects while the brokers are away. */
  state: () => Promise<string>;
  /** How long the coordinator waits for a sign of life, in milliseconds. */
  sessionTimeout: number;
  report: (message: string) => void;
}

const LOOK_MS = 1_000;
/** Out of a group that is well for so long, with two looks at least, is no longer under way. */
const OUT_MS = 5_000;
/** Each one that was made anew in vain has twice as long as the one before: a machine may be too busy to join sooner. */
const OUT_MOST_MS = 60_000;
/** A broker that does not answer a look within this time is away. */
const ANSWER_MS = 3_000;
const LEAVE_MS = 2_000;
/** Signs of life missed by so many session timeouts: the coordinator has given us up, and we do not know. */
const SILENT_SESSIONS = 2;
const REGROUPING = new Set(['PreparingRebalance', 'CompletingRebalance']);

export class Membership implements AsyncDisposable {
  readonly #options: MembershipOptions;
  readonly #timer: NodeJS.Timeout;
  #consumer: Consumer | undefined;
  #isIn = false;
  /** Since when it is out, or last known to be in; what the brokers' absence takes does not count. */
  #since = performance.now();
  #lookedAt = performance.now();
  #strikes = 0;
  #patience = OUT_MS;
  #isDisposed = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** Fails where no broker answers; afterwards the membership keeps itself. */
  async start(): Promise<void> {
    const { topic, make, run, joined, report } = this.#options;
    const consumer = make();
    this.#consumer = consumer;
    this.#since = performance.now();
    const isOurs = (): boolean => this.isOf(consumer);
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      if (!isOurs()) return;
      this.#known(true);
      this.#patience = OUT_MS;
      joined(payload.memberAssignment[topic] ?? [], consumer);
    });
    consumer.on(consumer.events.HEARTBEAT, () => {
      if (isOurs() && this.#isIn) this.#known(true);
    });
    for (const event of [consumer.events.REBALANCING, consumer.events.CRASH] as const)
      consumer.on(event, () => {
        if (isOurs()) this.#leave();
      });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    if (!isOurs()) return consumer.disconnect();
    this.#since = performance.now();
    // Not awaited: joining takes a session timeout when a member of the group died just now, and the room serves meanwhile.
    run(consumer).catch((error: unknown) => report(`cannot consume ${topic}: ${(error as Error).message}`));
  }

  /** Whether it is this consumer's: one that was made before, or is to leave, has no part in it. */
  isOf(consumer: Consumer): boolean {
    return this.#consumer === consumer && !this.#isDisposed;
  }

  #known(isIn: boolean): void {
    this.#isIn = isIn;
    this.#since = performance.now();
    this.#strikes = 0;
  }

  #leave(): void {
    if (!this.#isIn) return;
    this.#known(false);
    this.#options.left();
  }

  #look(): void {
    const now = performance.now();
    // Looking late means that the whole process stood still.
    if (now - this.#lookedAt > OUT_MS) this.#since = now;
    this.#lookedAt = now;
    const patience = this.#isIn ? SILENT_SESSIONS * this.#options.sessionTimeout : this.#patience;
    if (now - this.#since >= patience) void this.#askWhetherOut(patience);
  }

  readonly #askWhetherOut = oneAtATime(async (patience: number) => {
    try {
      const state = await within(this.#options.state(), ANSWER_MS, () => {
        throw new Error(`no answer within ${ANSWER_MS} ms`);
      });
      if (this.#isDisposed || performance.now() - this.#since < patience) return;
      this.#strikes = REGROUPING.has(state) ? 0 : this.#strikes + 1;
      if (this.#strikes >= 2) await this.#anew(state);
    } catch {
      this.#since = performance.now();
      this.#strikes = 0;
    }
  });

  async #anew(state: string): Promise<void> {
    const { topic, report } = this.#options;
    report(`out of a group that is ${state}: joining ${topic} anew`);
    this.#patience = Math.min(2 * this.#patience, OUT_MOST_MS);
    const old = this.#consumer;
    this.#consumer = undefined;
    this.#leave();
    this.#since = performance.now();
    if (old !== undefined) await within(old.disconnect(), LEAVE_MS).catch(() => undefined);
    if (!this.#isDisposed) await this.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    clearInterval(this.#timer);
    this.#options.left();
    await this.#consumer?.disconnect();
  }
}
