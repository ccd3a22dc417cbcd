/** From which local day on sums are kept for the meetings of all dimensions: an upgrade sets it, and nothing while the room runs. */
import type { Reads } from '../access.ts';

export class MeetingsSince {
  readonly #reads: Pick<Reads, 'read'>;
  #since: Promise<string | undefined> | undefined;

  constructor(reads: Pick<Reads, 'read'>) {
    this.#reads = reads;
  }

  get(): Promise<string | undefined> {
    this.#since ??= this.#reads
      .read<{ since: string }>('SELECT toString(max(day)) AS since FROM meetings_since')
      .then(([row]) => row?.since);
    this.#since.catch(() => {
      this.#since = undefined;
    });
    return this.#since;
  }
}
