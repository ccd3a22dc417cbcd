/**
 * Levels, as they were last reported by the end of each point: they add up over units, never over time. Of the levels that a portal
 * reports of an agency and service, those by province and the one of the whole replace each other: which came last stands, and of
 * one instant those by province. A level stands for `LEVEL_REACH_DAYS`, and no longer than its unit. Pure.
 */
import {
  addDays,
  type Dimension,
  type Grain,
  LEVEL_REACH_DAYS,
  type Listing,
  type Period,
  startOfDay,
} from '@room/contract';

/** What is known of a row at the end of a point, which is named by its number. */
export interface LevelRow {
  period: number;
  k0: string;
  k1: string;
  point: number;
  open: number;
  overdue: number;
  /**
   * The earliest of the reports that it is made of; and when the log took the last of all that were looked at, as one that stands no
   * more may have ended another. Milliseconds since 1970 UTC.
   */
  oldest: number;
  receivedAt: number;
  /** That it is made of. */
  reports: number;
  simulated: number;
}

export interface LevelsAsked {
  /** Number and days of each, up to now, and how many points it has. */
  periods: readonly { number: number; period: Period; grain: Grain; points: number }[];
  timeZone: string;
  /** Of the rows of the split, over the columns of reports. */
  keys: readonly string[];
  /** On the columns of reports; on those of `WHOLE` alone, and on any. */
  ofWhole: readonly string[];
  ofParts: readonly string[];
  ended: readonly { dimension: 'agency' | 'province'; id: string; on: string }[];
}

/** What a level of the whole is told apart by; its parts by the province too. */
const WHOLE = 'source, agency, service';
export const LEVELS_OF_WHOLE: readonly Dimension[] = ['source', 'agency', 'service'];
/** Later than any point. */
const NEVER = 2_000_000_000;
const DAY_MS = 86_400_000;

export const endedUnits = ({ agencies, provinces }: Listing): LevelsAsked['ended'] =>
  (
    [
      ['agency', agencies],
      ['province', provinces],
    ] as const
  ).flatMap(([dimension, units]) =>
    units.flatMap(({ id, validTo }) => (validTo === undefined ? [] : [{ dimension, id, on: validTo }])),
  );

export function levelsSql(asked: LevelsAsked): string {
  const of = asked.periods.map((period) => ofPeriod(asked, period));
  return `SELECT period, k0, k1, point, sum(last.4) AS open, sum(last.5) AS overdue,
    toUnixTimestamp64Milli(min(last.1)) AS oldest, toUnixTimestamp64Milli(max(seen)) AS receivedAt,
    count() AS reports, max(last.6) AS simulated
    FROM (${of.join(' UNION ALL ')}) GROUP BY period, k0, k1, point`;
}

function ofPeriod(asked: LevelsAsked, of: LevelsAsked['periods'][number]): string {
  const conditions = [...asked.ofParts, 'lasts > begins'];
  return `SELECT ${of.number} AS period, ${asked.keys.map((key, n) => `${key} AS k${n}`).join(', ')}, last, seen, point
    FROM (${standing(asked, of)})
    ARRAY JOIN range(begins, lasts) AS point WHERE ${conditions.join(' AND ')}`;
}

/** The report of each unit that stands at the end of a point, of those that are `known`: read from the reports themselves. */
export function reportsSql(
  asked: LevelsAsked,
  of: LevelsAsked['periods'][number],
  point: number,
  known: string,
): string {
  const conditions = [...asked.ofParts, `begins <= ${point}`, `lasts > ${point}`];
  return `SELECT source, agency, service, province, last.8 AS id, toUnixTimestamp64Milli(last.1) AS occurredAt,
      toUnixTimestamp64Milli(last.2) AS receivedAt, last.7 AS partition, last.3 AS offset, last.4 AS open, last.5 AS overdue,
      last.6 AS simulated
    FROM (${standing(asked, of, known)}) WHERE ${conditions.join(' AND ')}`;
}

/**
 * Reports, with the points at whose end each stands: from the tables that are kept for ever, or from the reports themselves, those that
 * are `known`. Slots are local days counted from 1970, or hours counted from the period's first: 24 a day, also where clocks are changed.
 */
function standing(
  { timeZone, ofWhole, ended }: LevelsAsked,
  { period: { from, to }, grain, points }: LevelsAsked['periods'][number],
  known?: string,
): string {
  const reach = addDays(from, 1 - LEVEL_REACH_DAYS);
  const first = dayNumber(from);
  const isByHour = grain === 'hour';
  const slotOf = (day: string): string => (isByHour ? `24 * (${day} - ${first})` : day);
  const hourOf = isByHour ? ` + toHour(at, '${timeZone}')` : '';
  const isOfReports = isByHour || known !== undefined;
  const reports = isOfReports
    ? `SELECT ${WHOLE}, province, toInt32(toDate32(at, '${timeZone}')) AS day, toInt32(${slotOf('day')}${hourOf}) AS slot,
         max((at, received_at, log_offset, open, overdue, toUInt8(simulated), log_partition, id)) AS last
       FROM backlog
       WHERE ${[
         `at >= toDateTime64(${startOfDay(reach, timeZone) / 1_000}, 3, 'UTC')`,
         `at < toDateTime64(${startOfDay(addDays(to, 1), timeZone) / 1_000}, 3, 'UTC')`,
         ...ofWhole,
         ...(known === undefined ? [] : [known]),
       ].join(' AND ')}
       GROUP BY ${WHOLE}, province, day, slot`
    : `SELECT ${WHOLE}, province, toInt32(bucket) AS slot, max(latest) AS last, slot AS day
       FROM rollup_backlog_day
       WHERE ${[`bucket BETWEEN toDate32('${reach}') AND toDate32('${to}')`, ...ofWhole].join(' AND ')}
       GROUP BY ${WHOLE}, province, slot`;
  // Later reports come first, so that each window grows by one row only.
  const later = (rows: string, order: string, partition: string): string =>
    `ifNull(minOrNull${rows} OVER (PARTITION BY ${partition} ORDER BY ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), ${NEVER})`;
  const inTime = "last.1 DESC, province != '' DESC";
  const spans = `SELECT *, max(last.2) OVER () AS seen,
      ${later('(slot)', 'slot DESC', `${WHOLE}, province`)} AS next,
      ${later("If(slot, province != '')", inTime, WHOLE)} AS parted,
      ${later("If(slot, province = '')", inTime, WHOLE)} AS joined
    FROM (${reports})`;
  const endOf = (dimension: 'agency' | 'province'): string => {
    const units = ended.filter((unit) => unit.dimension === dimension);
    if (units.length === 0) return String(NEVER);
    const list = (values: readonly string[]): string => `[${values.join(', ')}]`;
    const ends = units.map(({ on }) => String(isByHour ? 24 * (dayNumber(on) + 1 - first) : dayNumber(on) + 1));
    return `transform(toString(${dimension}), ${list(units.map(({ id }) => `'${id}'`))}, ${list(ends)}, ${NEVER})`;
  };
  const until = `least(next, if(province = '', parted, joined), ${slotOf(`day + ${LEVEL_REACH_DAYS}`)}, ${endOf('agency')}, ${endOf('province')})`;
  const point = (slot: string): string => pointOf(slot, grain, { from, to }, points);
  return `SELECT *, toUInt32(${point('slot')}) AS begins, toUInt32(${point(until)}) AS lasts FROM (${spans})`;
}

/** Number of the first point that has not ended before a slot begins; how many there are where none has. */
function pointOf(slot: string, grain: Grain, { from, to }: Period, points: number): string {
  const first = dayNumber(from);
  if (grain === 'hour') return `greatest(0, least(${points}, ${slot}))`;
  if (grain === 'day') return `greatest(0, least(${points}, ${slot} - ${first}))`;
  const last = dayNumber(to);
  if (grain === 'total') return `if(${slot} > ${last}, ${points}, 0)`;
  const months = `dateDiff('month', toDate32('${from}'), toDate32(least(${slot}, ${last})))`;
  return `if(${slot} > ${last}, ${points}, greatest(0, ${months}))`;
}

const dayNumber = (day: string): number => Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
