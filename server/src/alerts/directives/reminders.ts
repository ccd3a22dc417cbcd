/** Reminds units of what they were ordered to do, in the one process that leads: before it is due, that day, and after it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Catalogue } from '@room/contract';
import type { DirectiveTable } from '@room/database';
import { within } from '@room/runtime';
import { daysLeft, nextReminder } from './schedule.ts';

const LOOK_MS = 1_000;
const STOP_MS = 2_000;

export interface RemindersOptions {
  table: Pick<DirectiveTable, 'due' | 'remind'>;
  catalogue: Pick<Catalogue, 'timeZone'>;
  report: (level: 'info' | 'warn', message: string) => void;
}

export class Reminders {
  readonly #options: RemindersOptions;
  readonly #stopping = new AbortController();
  #done: Promise<void> = Promise.resolve();
  #said = '';

  constructor(options: RemindersOptions) {
    this.#options = options;
  }

  start(): void {
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await within(this.#done, STOP_MS);
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#look(Date.now());
        this.#said = '';
      } catch (error) {
        const { message } = error as Error;
        if (message !== this.#said) this.#options.report('warn', `nobody is reminded of directives now: ${message}`);
        this.#said = message;
      }
      if (this.#stopping.signal.aborted) return;
      await sleep(LOOK_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  async #look(now: number): Promise<void> {
    const { table, catalogue } = this.#options;
    for (const row of await table.due(new Date(now).toISOString())) {
      if (this.#stopping.signal.aborted) return;
      const isOverdue = daysLeft(row.due, now, catalogue) < 0;
      const next = new Date(nextReminder(row.due, now, catalogue)).toISOString();
      await table.remind({ who: 'room' }, row, isOverdue ? 'overdue' : 'due_soon', next);
    }
  }
}
