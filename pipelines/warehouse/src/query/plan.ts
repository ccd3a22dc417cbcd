/**
 * From a question to one statement: which table, which stretches of it, what of each. Pure. Every literal is a member of the
 * catalogue or a day that was parsed: what a user typed never gets here as text.
 */
import {
  addDays,
  type Catalogue,
  DIMENSIONS,
  type Dimension,
  DRILLED,
  type Grain,
  isLevel,
  isOfProgramme,
  isPoints,
  type Listing,
  memberAsked,
  type Period,
  type Query,
  type Scope,
  startOfDay,
  ungrouped,
  WITH_LEVELS,
} from '@room/contract';
import { SUMS_SELECTED } from '../rollup.ts';
import { endedUnits, LEVELS_OF_WHOLE, type LevelsAsked, levelsSql } from './levels.ts';
import { type LikeDays, likeDays, monthsOf } from './like-days.ts';
import { type Restated, restatedBy } from './restate.ts';
import { firstOf, firstOfNext, type Source, type TableDays, tablesOf } from './tables.ts';

/** The question does not fit the catalogue, or asks for more than is answered at once; `field` is the part that is at fault. */
export class BadQuery extends Error {
  readonly code: 'bad_query' | 'too_much';
  readonly field: string;
  readonly numbers: Readonly<Record<string, number>> | undefined;
  constructor(field: string, reason: string, numbers?: Readonly<Record<string, number>>) {
    super(`${field}: ${reason}`);
    this.code = numbers === undefined ? 'bad_query' : 'too_much';
    this.field = field;
    this.numbers = numbers;
  }
}

export interface Plan {
  /** `before` where the question compares. */
  periods: { now: Period; before?: Period };
  /** Runs of days that are read of each, in their order: of a comparison by day types not all of its period. */
  runs: { now: readonly Period[]; before: readonly Period[] };
  /** In a comparison by day types. */
  like?: LikeDays;
  /** Provinces that the question is narrowed to, by the map that is asked for. */
  provinces?: readonly string[];
  /** Where it is read. */
  source: Source;
  /** Its rows: `period` (0 now, 1 before, 2 the days of now that are unlike any before), `k0`, `k1` (members of the split), `at` (the point), `coarse` (1: in no point), sums. */
  sql: string;
  /** The same in two statements, whose rows add up: of days without those that `Ground` says are `moving`, and of these; of events themselves none. */
  readings?: { still?: Reading; moving?: Reading };
  /** `LevelRow`s, where levels are asked for and reports tell apart what is asked; of each period the number of its last point, and which point of the curve it is by its number. */
  levels?: {
    sql: string;
    asked: LevelsAsked;
    last: readonly number[];
    labels: readonly (readonly (string | undefined)[])[];
  };
  /** Points of a curve of each period, in their order; empty where a day has no like. */
  points: { now: string[]; before: string[] };
  /** Units that were divided, so that they stand under what they were. */
  divided: readonly string[];
}

/** One statement. */
export interface Reading {
  sql: string;
  from: readonly TableDays[];
  /** Of whose rows, where the tables hold those of each dimension apart. */
  dim?: string;
}

/** Days of a period, by how finely it is cut. */
const MOST_DAYS: Readonly<Record<Grain, number>> = { hour: 93, day: 1_100, month: 7_320, total: 7_320 };
/** Points of all rows. */
export const MOST_POINTS = 60_000;
/** Days that a question is read without. */
const MOST_MOVING = 60;

export const daysOf = ({ from, to }: Period): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000) + 1;

export interface Ground {
  catalogue: Listing & Pick<Catalogue, 'calendar' | 'scoring'>;
  timeZone: string;
  /** The local day whose owner of a code is meant by it. */
  today: string;
  /** Milliseconds since 1970 UTC; the present without it. */
  now?: number;
  /** The first local day from which on the meetings of all dimensions are whole; without it none are read. */
  meetingsSince?: string | undefined;
  /** Days of which events are being counted, in their order. */
  moving?: readonly string[];
  known?: Known | undefined;
}

/** Of a question that is a stretch of another. */
export interface Known {
  /** As many as the answer has at most; as many as there are members without it. */
  rows?: number;
  /** Days are held against their likes in this whole period. */
  likesOf?: Period;
}

/** Of a scope that is a part only those rows are read that belong to it by any of their units: sums of others it never sees. */
export function planOf(query: Query, ground: Ground, { own }: Scope): Plan {
  const { catalogue, timeZone, today, known: { rows: most, likesOf } = {} } = ground;
  const now = { from: query.from, to: query.to };
  assertAlone(query);
  if (catalogue.scoring === undefined && query.measures.every(isPoints))
    throw new BadQuery(
      'measures',
      'the catalogue has no index.json of which anything is counted, so there are no points',
    );
  if (now.from > now.to) throw new BadQuery('to', 'is before from');
  // Before anything is worked out of each of its days.
  assertFew('to', [now], query.grain);
  const like = query.compare === 'day-types' ? likesIn(now, likeDays(catalogue.calendar, likesOf ?? now)) : undefined;
  const before = query.compare === 'day-types' ? spanOf(like) : comparedWith(now, query.compare);
  // Of a stretch no day may have one.
  if (like !== undefined && before === undefined && likesOf === undefined)
    throw new BadQuery(
      'compare',
      `no day has a like: the working calendar is known from ${catalogue.calendar.from} to ${catalogue.calendar.to}`,
    );
  const runs = {
    now: [now],
    before: before === undefined ? [] : like === undefined ? [before] : runsOf([...like.of.values()]),
  };
  assertFew('compare', runs.before, query.grain);
  const map = query.boundaries === 'today' ? today : query.boundaries;
  const units = map === 'as-reported' ? undefined : restatedBy(catalogue, map);
  const restatedIn = (dimension: Dimension): Restated | undefined =>
    dimension === 'agency' || dimension === 'province' ? units?.[dimension] : undefined;

  const only = (Object.keys(DIMENSIONS) as Dimension[]).flatMap((dimension) => {
    const codes = query[dimension];
    return codes === undefined
      ? []
      : [{ dimension, codes: membersOf(dimension, codes, catalogue, today, restatedIn(dimension)) }];
  });
  const points = {
    now: pointsOf(now, query.grain),
    before:
      before === undefined
        ? []
        : like === undefined
          ? pointsOf(before, query.grain)
          : likePoints(now, query.grain, like),
  };
  const rows =
    most ?? query.split.reduce((most, dimension) => most * DIMENSIONS[dimension].members(catalogue).length, 1);
  const wanted = rows * (points.now.length + points.before.length);
  if (query.grain !== 'total' && wanted > MOST_POINTS)
    throw new BadQuery(
      'grain',
      `up to ${rows} rows have ${wanted} points, at most ${MOST_POINTS} are answered: cut it less finely, or split it less`,
      {
        points: wanted,
        most: MOST_POINTS,
      },
    );

  const owned = own === undefined ? [] : DRILLED.filter((dimension) => (own[dimension]?.size ?? 0) > 0);
  const used = new Set([...query.split, ...only.map(({ dimension }) => dimension), ...owned]);
  const isKept = [now, before].every((period) => period === undefined || period.from >= (ground.meetingsSince ?? '9'));
  const source = sourceOf(used, query.grain, isKept);
  const [one = 'all'] = used;
  const column = (dimension: Dimension): string => (source === 'rollup' ? 'code' : dimension);
  const isOneOf = (of: string, codes: readonly string[]): string =>
    codes.length === 0 ? '0' : `${of} IN (${codes.map((code) => `'${code}'`).join(', ')})`;
  /** By the dimension alone, where each has a column of its name. */
  const narrowed = (named: typeof column, list: typeof only): string[] =>
    list.map(({ dimension, codes }) => isOneOf(named(dimension), codes));
  const ownedBy = (named: typeof column): string[] =>
    own === undefined
      ? []
      : [`(${owned.map((dimension) => isOneOf(named(dimension), [...(own[dimension] ?? [])])).join(' OR ') || '0'})`];
  const conditions = [...narrowed(column, only), ...ownedBy(column)];
  if (source === 'rollup') conditions.unshift(`dim = '${one}'`);
  const keysBy = (named: typeof column): string[] =>
    [0, 1].map((n) => {
      const dimension = query.split[n];
      return dimension === undefined ? "''" : keyOf(named(dimension), restatedIn(dimension));
    });
  const keys = keysBy(column).map((key, n) => `${key} AS k${n}`);
  const reading = (cut: (runs: readonly Period[]) => readonly Period[]): Reading => {
    const from: TableDays[] = [];
    const select = (
      number: number,
      of: readonly Period[],
      grain: Grain,
      named: readonly string[],
      labels?: LikeDays,
    ): string[] => {
      const runs = cut(of);
      return (runs.length === 0 ? [] : tablesOf(runs, grain, source, timeZone, labels)).map(
        ({ table, by, days, at, coarse, columns, where }) => {
          from.push({ table, days, ...(by === undefined ? {} : { by }) });
          const all = [where, ...conditions].join(' AND ');
          return `SELECT ${number} AS period, ${named.join(', ')}, ${at} AS at, ${coarse} AS coarse, ${columns} FROM ${table} WHERE ${all}`;
        },
      );
    };
    const selects = [
      ...select(0, runs.now, query.grain, keys),
      ...select(1, runs.before, query.grain, keys, like),
      ...select(2, runsOf(like?.missing ?? []), 'total', ["'' AS k0", "'' AS k1"]),
    ];
    return {
      sql: `SELECT period, k0, k1, at, coarse, ${SUMS_SELECTED} FROM (${selects.join(' UNION ALL ')}) GROUP BY period, k0, k1, at, coarse`,
      from,
      ...(source === 'rollup' ? { dim: one } : {}),
    };
  };
  const whole = reading((of) => of);
  const apart = (moving: readonly string[]): NonNullable<Plan['readings']> => {
    if (moving.length === 0) return { still: whole };
    if (moving.length > MOST_MOVING) return { moving: whole };
    const each = {
      still: reading((of) => without(of, moving)),
      moving: reading((of) => runsOf(moving.filter((day) => of.some(({ from, to }) => day >= from && day <= to)))),
    };
    return Object.fromEntries(Object.entries(each).filter(([, { from }]) => from.length > 0));
  };
  const named = (dimension: Dimension): string => dimension;
  const asked = only.find(({ dimension }) => dimension === 'province')?.codes;
  const provinces =
    asked === undefined ? undefined : [...new Set(asked.map((code) => units?.province.as.get(code) ?? code))];
  const levels = (): Plan['levels'] => {
    const sides = [now, before].map((period, number) => {
      const known = period === undefined ? undefined : upTo(period, ground);
      // Days that are not all of a period are picked from those of the whole.
      const grain = number === 1 && like !== undefined && query.grain !== 'hour' ? 'day' : query.grain;
      return known === undefined ? undefined : { number, period: known, grain, points: endsOf(known, grain, ground) };
    });
    const periods = sides.filter((side) => side !== undefined);
    const isOfWhole = ({ dimension }: { dimension: Dimension }): boolean => LEVELS_OF_WHOLE.includes(dimension);
    const levelsAsked: LevelsAsked = {
      periods,
      timeZone,
      keys: keysBy(named),
      ofWhole: narrowed(named, only.filter(isOfWhole)),
      ofParts: [
        ...narrowed(
          named,
          only.filter((each) => !isOfWhole(each)),
        ),
        ...ownedBy(named),
      ],
      ended: endedUnits(catalogue),
    };
    return periods.length === 0
      ? undefined
      : {
          asked: levelsAsked,
          last: sides.map((side, number) =>
            number === 1 && before !== undefined && like !== undefined
              ? lastLike(before, query.grain, like)
              : (side?.points ?? 0) - 1,
          ),
          labels: [
            points.now,
            like === undefined || before === undefined ? points.before : likeLabels(before, query.grain, like),
          ],
          sql: levelsSql(levelsAsked),
        };
  };
  const unheard = [...used].find((dimension) => !WITH_LEVELS.includes(dimension));
  if (unheard !== undefined && query.measures.every(isLevel))
    throw new BadQuery(
      query.split.includes(unheard) ? 'split' : unheard,
      `levels are reported by ${WITH_LEVELS.join(', ')}, not by ${unheard}`,
    );
  const levelled = unheard === undefined && [...query.measures, query.sort ?? ''].some(isLevel) ? levels() : undefined;
  return {
    periods: { now, ...(before === undefined ? {} : { before }) },
    runs,
    ...(like === undefined ? {} : { like }),
    ...(provinces === undefined ? {} : { provinces }),
    source,
    ...(levelled === undefined ? {} : { levels: levelled }),
    sql: whole.sql,
    ...(source === 'submission' ? {} : { readings: apart(ground.moving ?? []) }),
    points,
    divided: units === undefined ? [] : [...units.agency.divided, ...units.province.divided],
  };
}

/** Throws where something else than dossiers is asked for, beside them or alone: no table that is planned for has it. */
function assertAlone({ measures, sort }: Query): void {
  const other = [...measures, ...(sort === undefined ? [] : [sort])].find(isOfProgramme);
  if (other !== undefined)
    throw new BadQuery(
      'measures',
      `${other} is not counted by dossiers, and has other units, points and reports: ask for it in a question of its own`,
    );
}

/** Throws where there are more days than are answered at once. */
function assertFew(field: string, runs: readonly Period[], grain: Grain): void {
  const days = runs.reduce((sum, run) => sum + daysOf(run), 0);
  const most = MOST_DAYS[grain];
  if (days > most)
    throw new BadQuery(field, `a period by ${grain} has at most ${most} days, this one ${days}`, { days, most });
}

/** What of a period has begun; undefined where nothing has. */
const upTo = ({ from, to }: Period, { today }: Ground): Period | undefined =>
  from > today ? undefined : { from, to: to < today ? to : today };

/** How many of its points have begun, and so have a level at their end or now. */
function endsOf(period: Period, grain: Grain, { timeZone, today, now = Date.now() }: Ground): number {
  if (grain === 'total') return 1;
  const points = pointsOf(period, grain).length;
  if (grain !== 'hour' || period.to < today) return points;
  return points - 24 + Math.min(24, Math.floor((now - startOfDay(today, timeZone)) / 3_600_000) + 1);
}

/** The period that another one is held against. */
export function comparedWith(
  { from, to }: Period,
  compare: Exclude<Query['compare'], 'day-types'>,
): Period | undefined {
  if (typeof compare === 'object') return compare;
  if (compare === 'none') return undefined;
  if (compare === 'year-before') return { from: yearBefore(from), to: yearBefore(to) };
  return { from: addDays(from, -daysOf({ from, to })), to: addDays(from, -1) };
}

/** The last of February has no day a year before in leap years. */
function yearBefore(day: string): string {
  const [year = '', month = '', date = ''] = day.split('-');
  return `${Number(year) - 1}-${month}-${month === '02' && date === '29' ? '28' : date}`;
}

/** What the stored rows call those that are asked for. */
export function membersOf(
  dimension: Dimension,
  codes: readonly string[],
  catalogue: Listing,
  today: string,
  units: Restated | undefined,
): string[] {
  const asked = ungrouped(dimension, codes, catalogue).map((code) => {
    const found = memberAsked(dimension, code, catalogue, today);
    if (found !== undefined) return found;
    throw new BadQuery(dimension, `the catalogue has no ${dimension} ${code}`);
  });
  if (units === undefined) return asked;
  const now = (code: string): string => units.as.get(code) ?? code;
  const wanted = new Set(asked.map(now));
  return DIMENSIONS[dimension]
    .members(catalogue)
    .map(({ code }) => code)
    .filter((code) => wanted.has(now(code)));
}

function keyOf(column: string, units: Restated | undefined): string {
  if (units === undefined || units.as.size === 0) return `toString(${column})`;
  const listed = (codes: Iterable<string>): string => `[${[...codes].map((code) => `'${code}'`).join(', ')}]`;
  return `transform(toString(${column}), ${listed(units.as.keys())}, ${listed(units.as.values())}, toString(${column}))`;
}

/** The smallest that knows all of them apart. */
function sourceOf(used: ReadonlySet<Dimension>, grain: Grain, isKept: boolean): Source {
  if (used.size <= 1) return 'rollup';
  if (grain === 'hour') return 'submission';
  if ([...used].every((dimension) => DRILLED.includes(dimension))) return 'rollup_units';
  return isKept ? 'rollup_meetings' : 'submission';
}

/** Days in a row, of days in any order. */
export function runsOf(days: readonly string[]): Period[] {
  const runs: Period[] = [];
  for (const day of [...days].sort()) {
    const last = runs.at(-1);
    if (last !== undefined && addDays(last.to, 1) === day) last.to = day;
    else runs.push({ from: day, to: day });
  }
  return runs;
}

/** Runs without some days, which stand in their order. */
function without(runs: readonly Period[], days: readonly string[]): Period[] {
  return runs.flatMap(({ from, to }) => {
    const left: Period[] = [];
    let begin = from;
    for (const day of days) {
      if (day < begin || day > to) continue;
      if (day > begin) left.push({ from: begin, to: addDays(day, -1) });
      begin = addDays(day, 1);
    }
    return begin > to ? left : [...left, { from: begin, to }];
  });
}

/** Of the likes of a period those of some of its days. */
function likesIn({ from, to }: Period, { of, missing }: LikeDays): LikeDays {
  const isWithin = (day: string): boolean => day >= from && day <= to;
  return { of: new Map([...of].filter(([day]) => isWithin(day))), missing: missing.filter(isWithin) };
}

function spanOf(like: LikeDays | undefined): Period | undefined {
  const runs = runsOf([...(like?.of.values() ?? [])]);
  const [first, last] = [runs[0], runs.at(-1)];
  return first === undefined || last === undefined ? undefined : { from: first.from, to: last.to };
}

/** Points of likes, as many as those of the period itself. */
function likePoints(now: Period, grain: Grain, like: LikeDays): string[] {
  const months = new Map([...monthsOf(like)].flatMap(([label, days]) => days.map((day) => [day, label] as const)));
  const days = [...pointsOf(now, 'day')];
  const labelOf = (month: string): string => {
    const first = days.find((day) => day.startsWith(month) && like.of.has(day));
    return months.get(like.of.get(first ?? '') ?? '') ?? '';
  };
  return pointsOf(now, grain).map((at) => {
    if (grain === 'month') return labelOf(at);
    const day = like.of.get(at.slice(0, 10));
    return day === undefined ? '' : `${day}${at.slice(10)}`;
  });
}

/** Number of the day or hour of the span of likes that ends where the last of them does. */
function lastLike({ from }: Period, grain: Grain, { of }: LikeDays): number {
  const day = daysOf({ from, to: [...of.values()].at(-1) ?? from }) - 1;
  return grain === 'hour' ? 24 * day + 23 : day;
}

/** Of each day or hour of the span of likes the point at whose end it stands. */
function likeLabels(span: Period, grain: Grain, like: LikeDays): (string | undefined)[] {
  const days = new Set(like.of.values());
  const ends = new Map([...monthsOf(like)].map(([label, of]) => [of.at(-1), label]));
  return pointsOf(span, grain === 'hour' ? 'hour' : 'day').map((at) => {
    if (grain === 'month') return ends.get(at);
    return days.has(at.slice(0, 10)) ? at : undefined;
  });
}

/** Points of a curve, in their order. */
export function pointsOf({ from, to }: Period, grain: Grain): string[] {
  const points: string[] = [];
  if (grain === 'total') return points;
  if (grain === 'month') {
    for (let month = firstOf(from); month <= to; month = firstOfNext(month)) points.push(month.slice(0, 7));
    return points;
  }
  for (let day = from; day <= to; day = addDays(day, 1))
    if (grain === 'day') points.push(day);
    else for (let hour = 0; hour < 24; hour++) points.push(`${day}T${String(hour).padStart(2, '0')}`);
  return points;
}
