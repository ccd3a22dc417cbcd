/** Tells from what arrives for earlier days whether the past is being filled in, as by an import. */
import type { WallState } from '@room/contract';

/** Events that arrived on one local day for earlier ones. */
export interface Arrived {
  day: string;
  /** Of the day before. */
  yesterday: number;
  /** Of days before that. */
  older: number;
}

export type Filling = NonNullable<WallState['pipeline']['filling']>;

const WINDOW_MS = 120_000;
/** Portals that were away bring some hundreds; who brings more within a window fills in. */
const BEGINS = 1_000;
/** A slow import goes on with this; with less in a window it is over. */
const GOES_ON = 100;
/** Just after midnight everything that is a little late is of yesterday. */
const NIGHT_MS = 3_600_000;

export class HistoryFilling {
  #last: Arrived | undefined;
  /** What came within the window; `at` is of a clock that nobody sets. */
  #came: { at: number; now: number; events: number }[] = [];
  #filling: Filling | undefined;

  /** What is known after a reading at `now`, and at `at` of the clock of `performance.now()`; `midnight` began the day. */
  heard(arrived: Arrived, { now, at, midnight }: { now: number; at: number; midnight: number }): Filling | undefined {
    const last = this.#last?.day === arrived.day ? this.#last : { yesterday: 0, older: 0 };
    const isNight = now - midnight < NIGHT_MS;
    const events = this.#last === undefined ? 0 : grown(arrived, last, isNight);
    this.#last = arrived;
    this.#came = this.#came.filter((one) => at - one.at < WINDOW_MS);
    if (events > 0) this.#came.push({ at, now, events });
    const within = this.#came.reduce((sum, one) => sum + one.events, 0);
    if (this.#filling !== undefined)
      this.#filling = within < GOES_ON ? undefined : { ...this.#filling, events: this.#filling.events + events };
    else if (within >= BEGINS) this.#filling = { events: within, since: this.#came[0]?.now ?? now };
    return this.#filling;
  }
}

const grown = (now: Omit<Arrived, 'day'>, before: Omit<Arrived, 'day'>, isNight: boolean): number =>
  Math.max(0, now.older - before.older) + (isNight ? 0 : Math.max(0, now.yesterday - before.yesterday));
