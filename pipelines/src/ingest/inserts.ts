/**
 * Inserts of ranges, across the workers that follow each other in this process: what one of them began is not begun again
 * by its successor while the engine is at it, and what is finished is not done twice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '@room/runtime';
import type { Ledger, RangeRows } from '@room/warehouse';

interface Insert {
  token: string;
  /** Milliseconds of the monotonic clock. */
  began: number;
  state: 'under way' | 'finished' | 'failed';
  settled: Promise<void>;
}

const LOOK_MS = 250;
/** What the engine was not seen at in so many looks it does not do: between two tables of a range it rests for a moment. */
const LOOKS = 2;

export class Inserts {
  readonly #ledger: Pick<Ledger, 'insertRange' | 'isInserting'>;
  /** The last of each partition. */
  readonly #last = new Map<number, Insert>();

  constructor(ledger: Pick<Ledger, 'insertRange' | 'isInserting'>) {
    this.#ledger = ledger;
  }

  /** Resolves when the rows stand in every table: it may have been another call of the same token that put them there. */
  async insert(partition: number, token: string, rows: RangeRows): Promise<void> {
    const before = this.#last.get(partition);
    if (before?.token === token) {
      await this.#end(before);
      if (before.state === 'finished') return;
    }
    const inserting = this.#ledger.insertRange(token, rows);
    const insert: Insert = { token, began: performance.now(), state: 'under way', settled: Promise.resolve() };
    insert.settled = inserting.then(
      () => {
        insert.state = 'finished';
      },
      () => {
        insert.state = 'failed';
      },
    );
    this.#last.set(partition, insert);
    await inserting;
  }

  /** Whether the engine is at the partition's insert now, and not for longer than `longest` milliseconds. */
  async isUnderWay(partition: number, longest: number): Promise<boolean> {
    const insert = this.#last.get(partition);
    if (insert === undefined || insert.state === 'finished' || performance.now() - insert.began > longest) return false;
    return this.#isAt(insert);
  }

  async #isAt({ token }: Insert): Promise<boolean> {
    try {
      return await this.#ledger.isInserting(token);
    } catch {
      return false;
    }
  }

  /**
   * Waits while the engine is at it, also where whoever asked has given up waiting; an answer that is lost for good is not
   * waited for.
   */
  async #end(insert: Insert): Promise<void> {
    for (let missed = 0; insert.state !== 'finished'; ) {
      missed = (await this.#isAt(insert)) ? 0 : missed + 1;
      if (missed >= (insert.state === 'failed' ? 1 : LOOKS)) return;
      await (insert.state === 'failed' ? sleep(LOOK_MS) : within(insert.settled, LOOK_MS));
    }
  }
}
