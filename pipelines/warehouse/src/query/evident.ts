/** Which events a number of an answer is the sum of, as statements over the base table. Pure; literals as in a plan. */
import {
  addDays,
  DIMENSIONS,
  type Dimension,
  DRILLED,
  type EvidenceQuery,
  type EvidentEvent,
  type Measure,
  type Period,
  type Position,
  type Query,
  type Scope,
  type SumMeasure,
  startOfDay,
} from '@room/contract';
import { eventSum } from '../rollup.ts';
import type { PlanRow } from './answer.ts';
import { monthsOf } from './like-days.ts';
import { daysIn } from './per.ts';
import { BadQuery, type Ground, membersOf, type Plan, planOf, runsOf } from './plan.ts';
import { restatedBy } from './restate.ts';

/** One number of an answer. */
export interface Place {
  key: readonly string[];
  side: 'now' | 'before';
  /** A point of its curve. */
  at: string | undefined;
}

/** The same question of that row and measure alone. */
function narrowedTo(query: Query, measure: Measure, { key }: Pick<Place, 'key'>): Query {
  if (key.length > 0 && key.length !== query.split.length)
    throw new BadQuery('key', `a member for each of ${query.split.length} dimensions of the split, not ${key.length}`);
  const { sort: _sort, top: _top, ...rest } = query;
  const members = Object.fromEntries(key.map((member, n) => [query.split[n], [member]]));
  return { ...rest, measures: [measure], ...members };
}

const SIDES = { now: 0, before: 1 } as const;

/** Quotients of the same numbers may differ in their last digit. */
export const isEqual = (one: number, other: number): boolean =>
  Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(other));

/** Whether a row of its plan is a part of the number. */
export const isPart =
  ({ side, at }: Pick<Place, 'side' | 'at'>) =>
  (row: Pick<PlanRow, 'period' | 'at' | 'coarse'>): boolean =>
    row.period === SIDES[side] && (at === undefined || (row.at === at && row.coarse === 0));

/** Runs of days that the number is of. */
function runsAt({ runs, like, points }: Plan, { side, at }: Pick<Place, 'side' | 'at'>): readonly Period[] {
  if (side === 'before' && runs.before.length === 0) throw new BadQuery('side', 'the question compares with nothing');
  if (at === undefined) return runs[side];
  if (!points[side].includes(at)) throw new BadQuery('at', `${at} is no point of the curve`);
  const month = side === 'before' && like !== undefined ? monthsOf(like).get(at) : undefined;
  return runsOf(month ?? runs[side].flatMap(daysIn).filter((day) => day.startsWith(at.slice(0, 10))));
}

/** The question of one number, its plan, its days, and the condition of its events. */
export function placed(
  asked: EvidenceQuery,
  ground: Ground,
  scope: Scope,
): { query: Query; plan: Plan; days: readonly Period[]; where: string } {
  const { measure, at, key = [], side } = asked;
  const query = narrowedTo(asked, measure, { key });
  const plan = planOf(query, ground, scope);
  const days = runsAt(plan, { side, at });
  return { query, plan, days, where: eventsOf(query, days, at, ground, scope) };
}

export const instantOf = (at: number): string => `fromUnixTimestamp64Milli(toInt64(${at}), 'UTC')`;

/** Of a narrowed question those events that count in it; the coarse ones of a curve by the hour are in its totals only. */
function eventsOf(
  query: Query,
  days: readonly Period[],
  at: string | undefined,
  { catalogue, timeZone, today }: Ground,
  { own }: Scope,
): string {
  const map = query.boundaries === 'today' ? today : query.boundaries;
  const units = map === 'as-reported' ? undefined : restatedBy(catalogue, map);
  const isOneOf = (dimension: Dimension, codes: readonly string[]): string =>
    codes.length === 0 ? '0' : `${dimension} IN (${codes.map((code) => `'${code}'`).join(', ')})`;
  const only = (Object.keys(DIMENSIONS) as Dimension[]).flatMap((dimension) => {
    const codes = query[dimension];
    if (codes === undefined) return [];
    const restated = dimension === 'agency' || dimension === 'province' ? units?.[dimension] : undefined;
    return [isOneOf(dimension, membersOf(dimension, codes, catalogue, today, restated))];
  });
  const owned =
    own === undefined
      ? []
      : [`(${DRILLED.map((dimension) => isOneOf(dimension, [...(own[dimension] ?? [])])).join(' OR ')})`];
  const hour =
    at?.length === 13
      ? [`formatDateTime(occurred_at, '%Y-%m-%dT%H', '${timeZone}') = '${at}'`, 'span_ms <= 3600000']
      : [];
  const within = days.map(
    ({ from, to }) =>
      `occurred_at >= ${instantOf(startOfDay(from, timeZone))} AND occurred_at < ${instantOf(startOfDay(addDays(to, 1), timeZone))}`,
  );
  return [`(${within.join(' OR ') || '0'})`, ...hour, ...only, ...owned].join(' AND ');
}

/** That the log took an event no later. */
export function upTo({ receivedAt, place }: Position): string {
  const at = instantOf(receivedAt);
  if (place === undefined) return `received_at <= ${at}`;
  const { partition, offset } = place;
  return `(received_at < ${at} OR (received_at = ${at} AND (log_partition < ${partition} OR (log_partition = ${partition} AND log_offset <= ${offset}))))`;
}

/** That the log took an event earlier. */
export function before({ receivedAt, place = { partition: 0, offset: 0 } }: Position): string {
  const at = instantOf(receivedAt);
  const { partition, offset } = place;
  return `(received_at < ${at} OR (received_at = ${at} AND (log_partition < ${partition} OR (log_partition = ${partition} AND log_offset < ${offset}))))`;
}

/** Whether an event adds to a number that these sums make. */
export const isAdding = (sums: readonly SumMeasure[]): string =>
  `(${sums.map((sum) => `${eventSum(sum)} != 0`).join(' OR ')})`;

/** Sums over events, in their order, and how many events add to them. */
export const summedColumns = (sums: readonly SumMeasure[]): string =>
  `[${sums.map((sum) => `sum(${eventSum(sum)})`).join(', ')}] AS sums, countIf(${isAdding(sums)}) AS adding`;

/** For people: the statement that gives the number, from the events alone. */
export const statementOf = (sums: readonly SumMeasure[], where: string, asOf: Position): string =>
  `SELECT ${sums.map((sum) => `sum(${eventSum(sum)}) AS ${sum}`).join(', ')} FROM submission WHERE ${where} AND ${upTo(asOf)}`;

/** One event as it is listed. */
export const EVENT_LISTED =
  'source, id, corrects, toUnixTimestamp64Milli(occurred_at) AS occurredAt, span_ms AS span, ' +
  'toUnixTimestamp64Milli(received_at) AS receivedAt, log_partition AS partition, log_offset AS offset, ' +
  'agency, province, service, channel, status, toUInt8(simulated) AS simulated';

/** What one event adds to each sum. */
export const addedBy = (sums: readonly SumMeasure[]): string => `[${sums.map(eventSum).join(', ')}] AS sums`;

export interface EventRow extends Omit<EvidentEvent, 'adds' | 'simulated' | 'span' | 'corrects'> {
  sums: number[];
  corrects: string;
  span: number;
  simulated: number;
}

export function eventOf(
  names: readonly SumMeasure[],
  { sums, span, corrects, simulated, ...row }: EventRow,
): EvidentEvent {
  return {
    ...row,
    ...(corrects === '' ? {} : { corrects }),
    ...(span === 0 ? {} : { span }),
    ...(simulated === 0 ? {} : { simulated: true }),
    adds: Object.fromEntries(names.map((sum, n) => [sum, sums[n] ?? 0])),
  };
}
