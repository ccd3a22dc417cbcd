/** Takes files away that nothing was told with for a day, in the one process that leads. */
import type { EvidenceFileTable } from '@room/database';
import { within } from '@room/runtime';
import { DAY_MS } from './store.ts';

const LOOK_MS = 60_000;
const STOP_MS = 2_000;

export interface EvidenceSweepOptions {
  table: Pick<EvidenceFileTable, 'sweep'>;
  report: (level: 'info' | 'warn', message: string) => void;
}

export class EvidenceSweep {
  readonly #options: EvidenceSweepOptions;
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> = Promise.resolve();
  #isOver = false;
  #said = '';

  constructor(options: EvidenceSweepOptions) {
    this.#options = options;
  }

  start(): void {
    this.#look = this.#sweep().finally(() => {
      if (!this.#isOver) this.#timer = setTimeout(() => this.start(), LOOK_MS);
    });
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    await within(this.#look, STOP_MS);
  }

  async #sweep(): Promise<void> {
    const { table, report } = this.#options;
    try {
      await table.sweep({ who: 'room' }, new Date(Date.now() - DAY_MS).toISOString());
      this.#said = '';
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#said) report('warn', `files that nothing was told with are not taken away now: ${message}`);
      this.#said = message;
    }
  }
}
