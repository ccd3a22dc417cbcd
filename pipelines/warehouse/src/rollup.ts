/** What the rows of every rollup hold, and how it is read and added up: derived from the contract's measures, once. */
import { METRICS, type Measures, perSum, SUM_MEASURES, type SumMeasure } from '@room/contract';

/** Beside the measures. */
const COUNTS = { reached: 'reached', events: 'events' } as const;
const INSTANTS = { reportedTo: 'reported_to', receivedAt: 'received_at' } as const;

export interface RollupSums extends Measures {
  /** Dossiers that reached any status, and events that told of them. */
  reached: number;
  events: number;
  /** Milliseconds since 1970 UTC. */
  reportedTo: number;
  receivedAt: number;
  simulated: number;
}

export type SummedName = keyof Measures | keyof typeof COUNTS;
/** By their names in rows: columns that add up, in the order of the rollups. */
const SUMMED: Readonly<Record<SummedName, string>> = {
  ...perSum((sum) => SUM_MEASURES[sum].column),
  ...COUNTS,
};
export const SUMMED_NAMES = Object.keys(SUMMED) as SummedName[];
const LATEST = ['reportedTo', 'receivedAt', 'simulated'] as const;

/** Columns of a rollup that hold what was counted. */
export const ROLLUP_COLUMNS = [...Object.values(SUMMED), ...Object.values(INSTANTS), 'simulated'].join(', ');

/** What the views make of an event: the same columns of the events themselves, where no rollup tells apart what is asked for. */
const EVENT_SUMS = {
  submitted: 'submitted',
  submitted_online: 'submitted_online',
  finished_on_time: 'if(on_time = true, count, 0)',
  finished_late: 'if(on_time = false, count, 0)',
  reached: 'count',
  events: 'toInt64(1)',
} as const satisfies Readonly<Record<(typeof SUM_MEASURES)[SumMeasure]['column'] | 'reached' | 'events', string>>;

/** What an event adds to a sum, of its own columns. */
export const eventSum = (sum: SumMeasure): string => EVENT_SUMS[SUM_MEASURES[sum].column];

/** Columns of an event under the names of a rollup's. */
export const EVENT_COLUMNS = [
  ...Object.entries(EVENT_SUMS).map(([column, value]) => `${value} AS ${column}`),
  'least(occurred_at + toIntervalMillisecond(span_ms), received_at) AS reported_to',
  'received_at',
  'toUInt8(simulated) AS simulated',
].join(', ');

/** Selects a `RollupSums` of the rows of a rollup. */
export const SUMS_SELECTED = [
  ...SUMMED_NAMES.map((name) => `sum(${SUMMED[name]}) AS ${name}`),
  ...Object.entries(INSTANTS).map(([name, column]) => `toUnixTimestamp64Milli(max(${column})) AS ${name}`),
  'max(simulated) AS simulated',
].join(', ');

/** Adds what further rows of the same unit hold. */
export function addSums(total: RollupSums, row: Readonly<RollupSums>): void {
  for (const name of SUMMED_NAMES) total[name] += row[name];
  for (const name of LATEST) total[name] = Math.max(total[name], row[name]);
}

/** In RowBinary, for long histories: sums as Int64 in the order of `SUMMED_NAMES`, then the end of what was reported. */
export const SUMS_IN_BINARY = [
  ...SUMMED_NAMES.map((name) => `toInt64(sum(${SUMMED[name]}))`),
  'toUnixTimestamp64Milli(max(reported_to))',
].join(', ');

/** Names and sums of what is forecast, as an array of pairs. */
export const METRIC_PAIRS = `[${METRICS.map((metric) => `('${metric}', sum(${SUM_MEASURES[metric].column}))`).join(', ')}]`;
