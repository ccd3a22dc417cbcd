/** A portal that sends the suite's events to a room and sends again what was not acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Door, type EventResult, post } from '../harness/client.ts';
import type { Made } from './load.ts';

const MOST = 1_000;
const PAUSE_MS = 250;
const PATIENCE_MS = 90_000;

export interface Answer {
  /** 0 where there was none. */
  status: number;
  code: string;
  reason: string;
  retryAfter: string | null;
}

export class Portal {
  readonly #door: Door;
  readonly #open = new Map<string, Made>();
  readonly acknowledged = new Map<string, Made>();

  constructor(door: Door) {
    this.#door = door;
  }

  /** Events sent, acknowledged or not. */
  get sent(): Made[] {
    return [...this.acknowledged.values(), ...this.#open.values()];
  }

  async send(events: readonly Made[]): Promise<Answer> {
    for (const event of events) if (!this.acknowledged.has(event.id)) this.#open.set(event.id, event);
    let answer: Answer = { status: 202, code: '', reason: '', retryAfter: null };
    // A key writes its own source only.
    for (const source of new Set(events.map((event) => event.source))) {
      answer = await this.#post(
        source,
        events.filter((event) => event.source === source),
      );
      if (answer.status !== 202) break;
    }
    return answer;
  }

  async #post(source: string, events: readonly Made[]): Promise<Answer> {
    const body = events.map(({ value }) => JSON.parse(value) as unknown);
    try {
      const response = await post(this.#door, body, source);
      const retryAfter = response.headers.get('retry-after');
      const answer = (await response.json()) as { results?: EventResult[]; error?: { code: string; reason: string } };
      if (response.status === 202) this.#acknowledge(events, answer.results ?? []);
      return { status: response.status, code: '', reason: '', retryAfter, ...answer.error };
    } catch (error) {
      return { status: 0, code: 'no_answer', reason: (error as Error).message, retryAfter: null };
    }
  }

  /** Sends what is still open until all of it is acknowledged. */
  async settle(): Promise<void> {
    for (const began = Date.now(); this.#open.size > 0; ) {
      const answer = await this.send([...this.#open.values()].slice(0, MOST));
      if (answer.status === 202) continue;
      if (Date.now() - began > PATIENCE_MS)
        throw new Error(`the room did not take the events: ${answer.status} ${answer.code} ${answer.reason}`);
      await sleep(PAUSE_MS);
    }
  }

  #acknowledge(events: readonly Made[], results: readonly EventResult[]): void {
    for (const [index, event] of events.entries()) {
      if (results[index] === undefined) continue;
      this.acknowledged.set(event.id, event);
      this.#open.delete(event.id);
    }
  }
}
