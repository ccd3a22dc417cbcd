/**
 * What was foreseen: kept with the instant at which it was made and up to when its makers knew. Derived data, outside of the
 * exactly-once way: a run that is written again replaces itself.
 */
import {
  type Calibration,
  type Episode,
  type Forecasts,
  type Horizon,
  isDimension,
  type Metric,
  owns,
  type Parsed,
  type Projection,
  readCalibration,
  readEpisode,
  readForecasts,
  type Scope,
} from '@room/contract';
import type { Access, Reads } from './access.ts';
import { instantText } from './instant.ts';
import { RowBinary } from './row-binary.ts';

export type Grain = 'hour' | 'day';

export interface SeriesName {
  /** A dimension of the rollups, as `all` or `province`, and the unit's id or code there; empty for the nation. */
  dim: string;
  code: string;
  metric: Metric;
}

/** When a run was made and up to when what it knew had been reported, milliseconds since 1970 UTC. */
export interface ForecastRun {
  madeAt: number;
  knownTo: number;
}

/** Steps from `start` on: their means, and flat low and high of each level, narrowest first. */
export interface SeriesForecast extends SeriesName {
  grain: Grain;
  start: number;
  mean: Float32Array;
  bounds: Float32Array;
}

export interface StoredForecast extends SeriesName, ForecastRun {
  grain: Grain;
  start: number;
  mean: number[];
  bounds: number[];
}

export interface SeriesProjection extends SeriesName {
  horizon: Horizon;
  projection: Projection;
}

export interface StoredRun {
  forecasts: Forecasts;
  calibration: Calibration[];
}

/** Its table has the name that the job had when it was made. */
const SUMMARIES = 'foresight';
const COLUMNS = 'dim, code, metric, grain, made_at, known_to, start, mean, bounds';
/** A run that is written again must not be dropped for having been there, or kept twice: the table replaces by its key. */
const SETTINGS = "async_insert = 0, insert_deduplicate = 0, date_time_input_format = 'basic'";

export class ForecastStore {
  readonly #access: Pick<Access, 'command'>;
  readonly #reads: Reads;
  readonly #report: (message: string) => void;
  /** What could not be read the last time: it is reported once. */
  #unread = '';

  /** `reads` where others than the pipelines ask. */
  constructor(access: Pick<Access, 'command'> & Reads, report: (message: string) => void, reads: Reads = access) {
    this.#access = access;
    this.#report = report;
    this.#reads = reads;
  }

  async writeForecasts({ madeAt, knownTo }: ForecastRun, forecasts: readonly SeriesForecast[]): Promise<void> {
    if (forecasts.length === 0) return;
    const rows = new RowBinary();
    for (const { dim, code, metric, grain, start, mean, bounds } of forecasts) {
      for (const text of [dim, code, metric, grain]) rows.text(text);
      for (const at of [madeAt, knownTo, start]) rows.int64(at);
      rows.float32s(mean);
      rows.float32s(bounds);
    }
    await this.#access.command(`INSERT INTO forecast (${COLUMNS}) SETTINGS ${SETTINGS} FORMAT RowBinary`, rows.bytes);
  }

  async writeProjections({ madeAt, knownTo }: ForecastRun, projections: readonly SeriesProjection[]): Promise<void> {
    await this.#insert(
      'projection',
      projections.map(({ dim, code, metric, horizon, projection }) => ({
        dim,
        code,
        metric,
        horizon,
        from_day: projection.from,
        to_day: projection.to,
        made_at: instantText(madeAt),
        known_to: instantText(knownTo),
        counted: projection.counted,
        mean: projection.mean,
        bounds: projection.bands.flat(),
        backtests: projection.backtests,
      })),
    );
  }

  /** Those known before whose onset is `since` or later and that are not among `found` are withdrawn. */
  async writeEpisodes({ madeAt }: ForecastRun, found: readonly Episode[], since: number): Promise<void> {
    const now = new Set(found.map(({ id }) => id));
    const known = await this.episodes(since);
    const gone = known.filter(({ id }) => !now.has(id));
    const row = (episode: Episode, withdrawn: boolean): object => ({
      id: episode.id,
      updated_at: instantText(madeAt),
      kind: episode.kind,
      dim: episode.dim,
      code: episode.code,
      metric: episode.metric,
      onset: instantText(episode.onset),
      ended: episode.end === undefined ? null : instantText(episode.end),
      withdrawn,
      facts: JSON.stringify(episode),
    });
    await this.#insert('episode', [...found.map((it) => row(it, false)), ...gone.map((it) => row(it, true))]);
  }

  async writeRun({ madeAt, knownTo }: ForecastRun, { forecasts, calibration }: StoredRun): Promise<void> {
    const state = JSON.stringify(forecasts);
    const row = {
      made_at: instantText(madeAt),
      known_to: instantText(knownTo),
      state,
      calibration: JSON.stringify(calibration),
    };
    await this.#insert(SUMMARIES, [row]);
  }

  async #insert(table: string, rows: readonly object[]): Promise<void> {
    if (rows.length === 0) return;
    const text = rows.map((row) => JSON.stringify(row)).join('\n');
    await this.#access.command(`INSERT INTO ${table} SETTINGS ${SETTINGS} FORMAT JSONEachRow\n${text}`);
  }

  /** When the newest run was made; cheap enough to be asked every few seconds. */
  async newestMadeAt(): Promise<number | undefined> {
    const [row] = await this.#reads.read<{ madeAt: number; runs: number }>(
      `SELECT toUnixTimestamp64Milli(max(made_at)) AS madeAt, count() AS runs FROM ${SUMMARIES}`,
    );
    return row === undefined || row.runs === 0 ? undefined : row.madeAt;
  }

  /** Undefined also where another version of the room stored what this one cannot read, which is reported. */
  async newest(signal?: AbortSignal): Promise<StoredRun | undefined> {
    const [row] = await this.#reads.read<{ at: string; state: string; calibration: string }>(
      `SELECT toString(made_at) AS at, state, calibration FROM ${SUMMARIES} ORDER BY made_at DESC LIMIT 1`,
      signal,
    );
    if (row === undefined) return undefined;
    const what = `the run of ${row.at} UTC`;
    const forecasts = this.#read(readForecasts(row.state), what);
    const calibration = this.#read(readCalibration(row.calibration), what);
    return forecasts === undefined || calibration === undefined ? undefined : { forecasts, calibration };
  }

  /**
   * One part of each run that was made in [from, to), the earliest first, with nothing in the others; milliseconds. Without runs that
   * cannot be read.
   */
  async runs(
    part: 'projections' | 'targets' | 'episodes',
    from: number,
    to: number,
    signal?: AbortSignal,
  ): Promise<Forecasts[]> {
    const rows = await this.#reads.read<ForecastRun & { part: string }>(
      `SELECT toUnixTimestamp64Milli(made_at) AS madeAt, toUnixTimestamp64Milli(known_to) AS knownTo,
         JSONExtractRaw(state, '${part}') AS part
       FROM ${SUMMARIES} FINAL
       WHERE made_at >= fromUnixTimestamp64Milli(toInt64(${Math.floor(from)}), 'UTC')
         AND made_at < fromUnixTimestamp64Milli(toInt64(${Math.floor(to)}), 'UTC') ORDER BY made_at`,
      signal,
    );
    const none = { hours: '{}', projections: '{}', targets: '[]', episodes: '[]' };
    return rows.flatMap(({ madeAt, knownTo, part: text }) => {
      const parts = Object.entries({ ...none, [part]: text }).map(([name, value]) => `"${name}":${value}`);
      const state = `{"madeAt":${madeAt},"knownTo":${knownTo},${parts.join(',')}}`;
      return this.#read(readForecasts(state), `the run of ${new Date(madeAt).toISOString()}`) ?? [];
    });
  }

  #read<T>(stored: Parsed<T>, what: string): T | undefined {
    if (stored.ok) return stored.value;
    const unread = `${what} cannot be read: ${stored.why}`;
    if (unread !== this.#unread)
      this.#report(
        `forecasts: ${unread}; another version of the room stored it: it is passed over until the next run, or until this process is upgraded too`,
      );
    this.#unread = unread;
    return undefined;
  }

  /**
   * The newest forecast of a series, or the newest that was made at `by` (milliseconds) or before. Of a member there is none beyond
   * the scope that it belongs to; that of the whole country is everybody's.
   */
  async forecast(
    scope: Scope,
    series: SeriesName,
    grain: Grain,
    by?: number,
    signal?: AbortSignal,
  ): Promise<StoredForecast | undefined> {
    if (!isSeen(scope, series)) return undefined;
    const [row] = await this.#reads.readBound<Omit<StoredForecast, keyof SeriesName | 'grain'>>(
      `SELECT toUnixTimestamp64Milli(made_at) AS madeAt, toUnixTimestamp64Milli(known_to) AS knownTo,
         toUnixTimestamp64Milli(start) AS start, mean, bounds
       FROM forecast
       WHERE dim = {dim:String} AND code = {code:String} AND metric = {metric:String} AND grain = {grain:String}
         AND made_at <= fromUnixTimestamp64Milli({by:Int64}, 'UTC')
       ORDER BY made_at DESC LIMIT 1`,
      { ...series, grain, by: by ?? FAR },
      signal,
    );
    return row === undefined ? undefined : { ...series, grain, ...row };
  }

  /** Episodes that began at `since` (milliseconds) or later and were not withdrawn, the earliest first; without those that cannot be read. */
  async episodes(since: number): Promise<Episode[]> {
    const rows = await this.#reads.read<{ id: string; facts: string }>(
      `SELECT id, facts FROM episode FINAL
       WHERE onset >= fromUnixTimestamp64Milli(toInt64(${Math.floor(since)}), 'UTC') AND NOT withdrawn ORDER BY onset, id`,
    );
    return rows.flatMap(({ id, facts }) => this.#read(readEpisode(facts), `the episode ${id}`) ?? []);
  }
}

const isSeen = (scope: Scope, { dim, code }: SeriesName): boolean =>
  scope.own === undefined || dim === 'all' || (isDimension(dim) && owns(scope, dim, code));

/** Later than any run: the year 2100. */
const FAR = 4_102_444_800_000;
