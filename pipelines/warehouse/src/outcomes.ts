/** Past bands of the national series against what became of them, counted in the engine. */
import { addDays, HORIZONS, type Horizon, LEVELS, localDay, type Metric } from '@room/contract';
import type { Access } from './access.ts';
import { METRIC_PAIRS } from './rollup.ts';

export interface ForecastScore {
  metric: Metric;
  horizon: Horizon | 'hour';
  /** Bands whose truth is known, and how many different truths (hours, days, months, years) they were about. */
  of: number;
  truths: number;
  /** How many held it, in the order of `LEVELS`. */
  held: number[];
  /** Sum of absolute errors of the means, and of the truths. */
  missed: number;
  truth: number;
}

export interface ScoringRequest {
  /** Runs made at this instant (milliseconds) or later, for hours; projections are all looked at. */
  since: number;
  /** Up to when everything is known: hours that end later, days from `knownDay` on are no truths yet. */
  knownTo: number;
  knownDay: string;
  timeZone: string;
  /** Times (milliseconds), however long ago, in which a source was silent: what was counted then is not what happened. */
  silences: readonly { from: number; to: number }[];
}

const counted = (low: (level: number) => string, high: (level: number) => string): string =>
  `count() AS of, [${LEVELS.map((_, at) => `countIf(held >= ${low(at)} AND held <= ${high(at)})`).join(', ')}] AS held_by_level,
   sum(abs(foreseen - held)) AS missed, sum(held) AS truth`;

/** Low and high of a level in flat bounds; Float32 holds a count to its seventh digit. */
const bound = (at: number, side: number): string => `bounds[${2 * at + side + 1}]`;

/** Local days that a stretch of time touches. */
function daysOf({ from, to }: { from: number; to: number }, timeZone: string): string[] {
  const last = localDay(Math.max(from, to - 1), timeZone);
  const days: string[] = [];
  for (let day = localDay(from, timeZone); day <= last; day = addDays(day, 1)) days.push(day);
  return days;
}

export class OutcomeQueries {
  readonly #access: Pick<Access, 'read'>;

  constructor(access: Pick<Access, 'read'>) {
    this.#access = access;
  }

  async read(asked: ScoringRequest): Promise<ForecastScore[]> {
    return [...(await this.#hours(asked)), ...(await this.#totals(asked))];
  }

  async #hours({ since, knownTo, silences }: ScoringRequest): Promise<ForecastScore[]> {
    const seconds = (at: number): number => Math.floor(at / 1_000);
    const recent = silences.filter(({ to }) => to > since);
    const silent = recent.map(({ from, to }) => `AND NOT (at + 3600 > ${seconds(from)} AND at < ${seconds(to)})`);
    const rows = await this.#access.read<Omit<ForecastScore, 'horizon' | 'held'> & { held_by_level: number[] }>(
      `SELECT metric, uniqExact(at) AS truths, ${counted(
        (at) => bound(at, 0),
        (at) => bound(at, 1),
      )}
       FROM (
         SELECT metric, toInt64(toUnixTimestamp(start)) + (step - 1) * 3600 AS at, mean[step] AS foreseen,
           arrayMap(side -> flat[step + side * length(mean)], range(${2 * LEVELS.length})) AS bounds
         FROM (SELECT metric, start, mean, forecast.bounds AS flat FROM forecast FINAL
               WHERE dim = 'all' AND code = '' AND grain = 'hour'
                 AND made_at >= fromUnixTimestamp64Milli(toInt64(${Math.floor(since)}), 'UTC'))
         ARRAY JOIN arrayEnumerate(mean) AS step
       ) AS foretold
       INNER JOIN (
         SELECT at, pair.1 AS metric, toFloat64(pair.2) AS held FROM (
           SELECT toInt64(toUnixTimestamp(bucket)) AS at, ${METRIC_PAIRS} AS pairs FROM rollup_hour
           WHERE dim = 'all' AND code = '' AND grain <= 1 AND bucket >= toDateTime(${seconds(since)}, 'UTC')
             AND bucket < toDateTime(${seconds(knownTo)}, 'UTC')
           GROUP BY at
         ) ARRAY JOIN pairs AS pair
         WHERE at + 3600 <= ${seconds(knownTo)} ${silent.join(' ')}
       ) AS became USING (metric, at)
       GROUP BY metric ORDER BY metric`,
    );
    return rows.map(({ held_by_level: held, ...row }) => ({ ...row, horizon: 'hour', held }));
  }

  /** One projection a day of each period, but every one of a day's own total. */
  async #totals({ knownDay, timeZone, silences }: ScoringRequest): Promise<ForecastScore[]> {
    const silent = [...new Set(silences.flatMap((it) => daysOf(it, timeZone)))].map((day) => `toDate32('${day}')`);
    const days = silent.length === 0 ? '' : `AND NOT (horizon = 'day' AND from_day IN (${silent.join(', ')}))`;
    const rows = await this.#access.read<Omit<ForecastScore, 'held'> & { held_by_level: number[] }>(
      `SELECT metric, horizon, uniqExact(from_day) AS truths, ${counted(
        (at) => bound(at, 0),
        (at) => bound(at, 1),
      )}
       FROM (
         SELECT metric, horizon, from_day, to_day, mean AS foreseen, bounds FROM projection FINAL
         WHERE dim = 'all' AND code = '' AND to_day < toDate32('${knownDay}') ${days}
         ORDER BY made_at
         LIMIT 1 BY metric, horizon, from_day, if(horizon = 'day', toString(made_at), toString(toDate(made_at, '${timeZone}')))
       ) AS foretold
       INNER JOIN (
         SELECT periods.from_day AS from_day, periods.to_day AS to_day, daily.metric AS metric, sum(daily.held) AS held
         FROM (SELECT DISTINCT from_day, to_day FROM projection
               WHERE dim = 'all' AND code = '' AND to_day < toDate32('${knownDay}')) AS periods
         CROSS JOIN (
           SELECT bucket, pair.1 AS metric, toFloat64(pair.2) AS held FROM (
             SELECT bucket, ${METRIC_PAIRS} AS pairs FROM rollup_day WHERE dim = 'all' AND code = '' GROUP BY bucket
           ) ARRAY JOIN pairs AS pair
         ) AS daily
         WHERE daily.bucket >= periods.from_day AND daily.bucket <= periods.to_day
         GROUP BY from_day, to_day, metric
       ) AS became USING (metric, from_day, to_day)
       GROUP BY metric, horizon ORDER BY metric, horizon`,
    );
    return rows
      .filter(({ horizon }) => HORIZONS.includes(horizon as Horizon))
      .map(({ held_by_level: held, ...row }) => ({ ...row, held }));
  }
}
