/**
 * Rows of the rollups to equally spaced values. What was not reported is a gap, never zero: buckets in which nothing was heard
 * from anywhere, before a unit's first word, or in which sources were silent that usually hold some of it. Pure.
 */
import { type Catalogue, METRICS, type Metric, perMetric } from '@room/contract';
import type { HistoryRow } from '@room/warehouse';
import { type Buckets, silentBuckets } from './silence.ts';

export interface Grid extends Buckets {
  /** Whole buckets that are known. */
  known: number;
}

interface UnitSeries {
  first: number;
  counted: Record<Metric, Float64Array>;
}

/** Reported shares from here on tell what all would have been: the rest is taken to have done what is usual. */
const ENOUGH_REPORTED = 0.8;

export class History {
  readonly grid: Grid;
  readonly #sources: Catalogue['sources'];
  readonly #units = new Map<string, UnitSeries>();
  readonly #told = new Map<string, { sizes: Float64Array; reportedTo: Float64Array }>();
  readonly #reported = new Map<string, Float64Array>();
  #silent: Map<string, Uint8Array> | undefined;

  constructor(grid: Grid, sources: Catalogue['sources']) {
    this.grid = grid;
    this.#sources = sources;
  }

  add(dim: string, rows: Iterable<HistoryRow>): void {
    const n = this.grid.known;
    for (const row of rows) {
      const { slot } = row;
      if (slot >= n) continue;
      const unit = this.#unit(dim, row.code);
      unit.first = Math.min(unit.first, slot);
      for (const metric of METRICS) unit.counted[metric][slot] = row[metric];
      if (dim !== 'source') continue;
      const told = this.#told.get(row.code) ?? { sizes: gaps(n), reportedTo: gaps(n) };
      told.sizes[slot] = row.events;
      told.reportedTo[slot] = row.reportedTo;
      this.#told.set(row.code, told);
    }
  }

  #unit(dim: string, code: string): UnitSeries {
    const key = keyOf(dim, code);
    let unit = this.#units.get(key);
    if (unit === undefined) {
      unit = { first: this.grid.known, counted: perMetric(() => new Float64Array(this.grid.known)) };
      this.#units.set(key, unit);
    }
    return unit;
  }

  /** Codes of a dimension that have any row. */
  codesOf(dim: string): string[] {
    const head = keyOf(dim, '');
    return [...this.#units.keys()].filter((key) => key.startsWith(head)).map((key) => key.slice(head.length));
  }

  /** What was counted, whether or not everything was reported. */
  counted(dim: string, code: string, metric: Metric): Float64Array {
    return this.#units.get(keyOf(dim, code))?.counted[metric] ?? new Float64Array(this.grid.known);
  }

  /** The same, scaled up to all sources, with gaps where too little was reported for that. */
  values(dim: string, code: string, metric: Metric): Float64Array {
    const values = this.counted(dim, code, metric).slice();
    const reported = this.reported(dim, code);
    for (let t = 0; t < values.length; t++) {
      const share = at(reported, t);
      values[t] = share >= ENOUGH_REPORTED ? at(values, t) / share : Number.NaN;
    }
    return values;
  }

  /** Buckets with a gap are unknown to the judge, but what was counted in a half-silent one is worth a look. */
  judged(dim: string, code: string, metric: Metric): Float64Array {
    const values = this.counted(dim, code, metric).slice();
    const reported = this.reported(dim, code);
    for (let t = 0; t < values.length; t++) if (Number.isNaN(at(reported, t))) values[t] = Number.NaN;
    return values;
  }

  /** Share of a unit's usual volume whose sources reported, by bucket; NaN where nothing was heard at all. */
  reported(dim: string, code: string): Float64Array {
    const key = keyOf(dim, code);
    const known = this.#reported.get(key);
    if (known !== undefined) return known;
    const n = this.grid.known;
    const reported = new Float64Array(n).fill(1);
    if (dim === 'source') {
      const silent = this.silent(code);
      for (let t = 0; t < n; t++) reported[t] = silent[t] === 1 ? 0 : 1;
    } else {
      for (const [source, share] of this.#sharesOf(dim, code)) {
        const silent = this.silent(source);
        for (let t = 0; t < n; t++) if (silent[t] === 1) reported[t] = Math.max(0, at(reported, t) - share);
      }
    }
    const first = this.#units.get(key)?.first ?? n;
    const heard = this.#heard();
    for (let t = 0; t < n; t++) if (t < first || heard[t] === 0) reported[t] = Number.NaN;
    this.#reported.set(key, reported);
    return reported;
  }

  /** 1 where the source did not report what it usually does. */
  silent(source: string): Uint8Array {
    this.#silent ??= new Map([...this.#told].map(([id, told]) => [id, silentBuckets(told, this.grid)]));
    return this.#silent.get(source) ?? new Uint8Array(this.grid.known);
  }

  #heardAt: Uint8Array | undefined;
  /** 1 where anything was reported from anywhere. */
  #heard(): Uint8Array {
    if (this.#heardAt !== undefined) return this.#heardAt;
    const heard = new Uint8Array(this.grid.known);
    for (const { sizes } of this.#told.values())
      for (let t = 0; t < heard.length; t++) if (!Number.isNaN(at(sizes, t))) heard[t] = 1;
    this.#heardAt = heard;
    return heard;
  }

  /**
   * Shares of a unit's volume that come through each source. Rollups do not hold units by source: a portal of the unit's own is
   * taken to send nothing else, and the rest to come through the portals that belong to no unit of this kind.
   */
  #sharesOf(dim: string, code: string): [string, number][] {
    const volume = (source: string): number => sum(this.counted('source', source, 'submitted'));
    const own = this.#sources.find(({ unit }) => unit === code);
    const whole = sum(this.counted(dim, code, 'submitted'));
    const ownShare = own === undefined || whole <= 0 ? 0 : Math.min(1, volume(own.id) / whole);
    const kin = new Set(this.codesOf(dim));
    const others = this.#sources.filter(({ unit }) => unit === undefined || !kin.has(unit));
    const rest = others.reduce((total, { id }) => total + volume(id), 0);
    const shares: [string, number][] = own === undefined ? [] : [[own.id, ownShare]];
    if (rest > 0) for (const { id } of others) shares.push([id, ((1 - ownShare) * volume(id)) / rest]);
    return shares;
  }
}

const keyOf = (dim: string, code: string): string => `${dim}\n${code}`;
const gaps = (n: number): Float64Array => new Float64Array(n).fill(Number.NaN);
const at = (values: Float64Array, t: number): number => values[t] as number;
export const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
