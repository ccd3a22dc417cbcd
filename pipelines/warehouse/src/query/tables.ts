/** Which tables a question is read from, and which days of each. Pure. */
import { addDays, type Grain, type Period, startOfDay } from '@room/contract';
import { EVENT_COLUMNS, ROLLUP_COLUMNS } from '../rollup.ts';
import { type LikeDays, monthsOf } from './like-days.ts';

/** Sums by one dimension, by meetings of units, by meetings of all dimensions, or the events themselves. */
export type Source = 'rollup' | 'rollup_units' | 'rollup_meetings' | 'submission';

/** Some days of a table. */
export interface TableDays {
  table: string;
  /** How long the time is that each of its rows is of; undefined where they are the events themselves. */
  by?: 'hour' | 'day' | 'month';
  days: readonly Period[];
}

interface TablePart extends TableDays {
  at: string;
  coarse: string;
  columns: string;
  where: string;
}

/**
 * Whole months are read from the tables by month, which have a thirtieth of the rows, the days around them from those by day. Months
 * of `like` days are those of the days that they stand beside.
 */
export function tablesOf(
  runs: readonly Period[],
  grain: Grain,
  source: Source,
  timeZone: string,
  like?: LikeDays,
): TablePart[] {
  const within = (column: string, instant: (seconds: number) => string): string => {
    const each = runs.map(({ from, to }) => {
      const [first, end] = [from, addDays(to, 1)].map((day) => Math.floor(startOfDay(day, timeZone) / 1_000));
      return `${column} >= ${instant(first ?? 0)} AND ${column} < ${instant(end ?? 0)}`;
    });
    return `(${each.join(' OR ')})`;
  };
  const monthOf = (day: string): string => {
    if (like === undefined) return `substring(${day}, 1, 7)`;
    const labels = [...monthsOf(like)].flatMap(([label, days]) => days.map((of) => [of, label] as const));
    const list = (at: 0 | 1): string => `[${labels.map((pair) => `'${pair[at]}'`).join(', ')}]`;
    return `transform(${day}, ${list(0)}, ${list(1)}, '')`;
  };
  const isCoarse = grain === 'hour' ? 'toUInt8(grain > 1)' : '0';
  const hour = (instant: string): string => `formatDateTime(${instant}, '%Y-%m-%dT%H', '${timeZone}')`;
  if (source === 'submission') {
    const day = `toString(toDate32(occurred_at, '${timeZone}'))`;
    const at = { total: "''", hour: hour('occurred_at'), day, month: monthOf(day) }[grain];
    return [
      {
        table: source,
        days: runs,
        at: grain === 'hour' ? `if(span_ms > 3600000, '', ${at})` : at,
        coarse: grain === 'hour' ? 'toUInt8(span_ms > 3600000)' : '0',
        columns: EVENT_COLUMNS,
        where: within('occurred_at', (seconds) => `toDateTime64(${seconds}, 3, 'UTC')`),
      },
    ];
  }
  const table = (by: string): string => `${source}_${by}`;
  if (grain === 'hour')
    return [
      {
        table: table('hour'),
        by: 'hour',
        days: runs,
        at: `if(grain > 1, '', ${hour('bucket')})`,
        coarse: isCoarse,
        columns: ROLLUP_COLUMNS,
        where: within('bucket', (seconds) => `toDateTime(${seconds}, 'UTC')`),
      },
    ];
  const at = { total: "''", day: 'toString(bucket)', month: monthOf('toString(bucket)') }[grain];
  const of = (by: 'day' | 'month', periods: readonly Period[]): TablePart[] =>
    periods.length === 0
      ? []
      : [
          {
            table: table(by),
            by,
            days: periods,
            at,
            coarse: isCoarse,
            columns: ROLLUP_COLUMNS,
            where: `(${periods.map(({ from, to }) => `bucket BETWEEN toDate32('${from}') AND toDate32('${to}')`).join(' OR ')})`,
          },
        ];
  if (grain === 'day' || (grain === 'month' && like !== undefined)) return of('day', runs);
  const pieces = runs.map(piecesOf);
  return [
    ...of(
      'month',
      pieces.flatMap(({ months }) => months),
    ),
    ...of(
      'day',
      pieces.flatMap(({ days }) => days),
    ),
  ];
}

/** A period's whole months (their first days, a run without a gap), and the days before and after them. */
function piecesOf({ from, to }: Period): { months: Period[]; days: Period[] } {
  const first = from.endsWith('-01') ? from : firstOfNext(from);
  const end = firstOfNext(to);
  // Whole months end where the month of `to` begins, or with it if that is its last day.
  const after = addDays(end, -1) === to ? end : firstOf(to);
  if (first >= after) return { months: [], days: [{ from, to }] };
  const around = [
    { from, to: addDays(first, -1) },
    { from: after, to },
  ];
  return {
    months: [{ from: first, to: addDays(after, -1) }],
    days: around.filter((days) => days.from <= days.to),
  };
}

export const firstOf = (day: string): string => `${day.slice(0, 7)}-01`;
export const firstOfNext = (day: string): string => firstOf(addDays(firstOf(day), 31));
