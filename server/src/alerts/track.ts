/** What one member counted over the past, by steps of one length: sums of any stretch at once. Pure. */
import { type Measures, perSum, SUMS, type SumMeasure } from '@room/contract';
import type { PastRow } from '@room/warehouse';

export class Track {
  /** Up to the start of each step. */
  readonly #sums: Readonly<Record<SumMeasure, Float64Array>>;
  readonly #events: Float64Array;
  /** By each step, the step after the last in which it told anything; 0 before the first. */
  readonly #toldTo: Float64Array;

  constructor(row: PastRow | undefined, steps: number) {
    this.#sums = perSum(() => new Float64Array(steps + 1));
    this.#events = new Float64Array(steps + 1);
    this.#toldTo = new Float64Array(steps);
    for (const [n, at] of (row?.steps ?? []).entries()) {
      if (row === undefined || at < 0 || at >= steps) continue;
      for (const sum of SUMS) this.#sums[sum][at + 1] = row[sum][n] ?? 0;
      this.#events[at + 1] = row.events[n] ?? 0;
      this.#toldTo[at] = at + 1;
    }
    for (const series of [...SUMS.map((sum) => this.#sums[sum]), this.#events])
      for (let n = 1; n <= steps; n++) series[n] = (series[n] ?? 0) + (series[n - 1] ?? 0);
    for (let n = 1; n < steps; n++) this.#toldTo[n] = Math.max(this.#toldTo[n] ?? 0, this.#toldTo[n - 1] ?? 0);
  }

  /** Of the steps [from, to). */
  between(from: number, to: number): Measures {
    return perSum((sum) => this.of(sum, from, to));
  }

  /** The same of one measure; a step under way counts by the part of it that has passed. */
  of(sum: SumMeasure, from: number, to: number): number {
    return at(this.#sums[sum], to) - at(this.#sums[sum], from);
  }

  events(from: number, to: number): number {
    return at(this.#events, to) - at(this.#events, from);
  }

  /** In how many of the steps [from, to) it told anything. */
  stepsTold(from: number, to: number): number {
    let told = 0;
    for (let step = Math.max(0, from); step < to; step++) if (this.events(step, step + 1) > 0) told++;
    return told;
  }

  /**
   * Up to where it had reported by the end of a step, in steps: what is shorter than one is not seen, as a past that was loaded has no
   * finer reports. Undefined where it had told nothing.
   */
  toldTo(step: number): number | undefined {
    return this.#toldTo[step] || undefined;
  }
}

function at(series: Float64Array, place: number): number {
  const inside = Math.min(Math.max(0, place), series.length - 1);
  const whole = Math.floor(inside);
  const low = series[whole] ?? 0;
  return inside === whole ? low : low + ((series[whole + 1] ?? low) - low) * (inside - whole);
}
