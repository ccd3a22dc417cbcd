/** Analysts' drill-downs: measures by one dimension, narrowed by the others, beside the periods that they are compared with. */
import { addDays, DIMENSIONS, DRILLED, type DrilledDimension, type Listing } from '@room/contract';
import type { Access } from './access.ts';
import { ROLLUP_COLUMNS, SUMS_SELECTED, type Sums } from './rollup.ts';

/** Local calendar days (`YYYY-MM-DD`), both inclusive. */
export interface Days {
  from: string;
  to: string;
}

export interface DrillQuestion extends Days {
  by: DrilledDimension;
  /** Ids of the catalogue, by dimension; a dimension that is left out is not narrowed. */
  only?: Partial<Record<DrilledDimension, readonly string[]>>;
  /** Also the same days of the year before, for half as much again. */
  yearBefore?: boolean;
}

const PERIODS = ['previous', 'current', 'yearBefore'] as const;
export type ComparedPeriod = (typeof PERIODS)[number];

/** A unit, with a period for each in which it has any event: what is missing is unknown, not zero. */
export type DrillRow = { code: string } & Partial<Record<ComparedPeriod, Sums>>;

/** The question does not fit the catalogue or the calendar. */
export class BadDrill extends Error {
  readonly code = 'bad_drill';
}

export class DrillQueries {
  readonly #access: Access;
  readonly #known: Readonly<Record<DrilledDimension, ReadonlySet<string>>>;

  constructor(access: Access, catalogue: Listing) {
    this.#access = access;
    this.#known = Object.fromEntries(
      DRILLED.map((dimension) => [
        dimension,
        new Set(DIMENSIONS[dimension].members(catalogue).map(({ code }) => code)),
      ]),
    ) as Record<DrilledDimension, Set<string>>;
  }

  /** One row a unit that has events in any of the periods. Throws `BadDrill` where an id or a date is none. */
  async by(question: DrillQuestion): Promise<DrillRow[]> {
    const sql = drillSql(question, this.#known);
    const found = await this.#access.read<Sums & { unit: string; period: number }>(sql);
    const rows = new Map<string, DrillRow>();
    for (const { unit, period, ...sums } of found) {
      const row: DrillRow = rows.get(unit) ?? { code: unit };
      const name = PERIODS[period];
      if (name !== undefined) row[name] = sums;
      rows.set(unit, row);
    }
    return [...rows.values()];
  }
}

/** The period, the one of the same length just before it, and the same days of the year before. */
export function comparedPeriods({ from, to }: Days): Record<ComparedPeriod, Days> {
  const length = (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000 + 1;
  return {
    current: { from, to },
    previous: { from: addDays(from, -length), to: addDays(from, -1) },
    yearBefore: { from: yearBefore(from), to: yearBefore(to) },
  };
}

/** The last of February has no day a year before in leap years. */
function yearBefore(day: string): string {
  const [year = '', month = '', date = ''] = day.split('-');
  return `${Number(year) - 1}-${month}-${month === '02' && date === '29' ? '28' : date}`;
}

/** A period's whole months (their first days, a run without a gap), and the days before and after them. */
interface Pieces {
  months: Days | undefined;
  days: Days[];
}

function piecesOf({ from, to }: Days): Pieces {
  const first = from.endsWith('-01') ? from : firstOfNext(from);
  const end = firstOfNext(to);
  // Whole months end where the month of `to` begins, or with it if that is its last day.
  const after = addDays(end, -1) === to ? end : firstOf(to);
  if (first >= after) return { months: undefined, days: [{ from, to }] };
  const around = [
    { from, to: addDays(first, -1) },
    { from: after, to },
  ];
  return { months: { from: first, to: addDays(after, -1) }, days: around.filter((days) => days.from <= days.to) };
}

const firstOf = (day: string): string => `${day.slice(0, 7)}-01`;
const firstOfNext = (day: string): string => firstOf(addDays(firstOf(day), 31));

/**
 * Every literal is an id that the catalogue has or a date that was parsed: user input never gets here as text. Whole months are
 * read from the rollups by month, which have a thirtieth of the rows, the days around them from those by day. A period and the
 * one before it never overlap and are told apart by their days; the year before may overlap them and has a number of its own.
 */
function drillSql(question: DrillQuestion, known: Readonly<Record<DrilledDimension, ReadonlySet<string>>>): string {
  const { by, only = {}, from, to } = question;
  if (!isDay(from) || !isDay(to) || from > to) throw new BadDrill(`${from} to ${to} is no period`);
  const narrowed = DRILLED.flatMap((dimension) => {
    const ids = only[dimension];
    if (ids === undefined) return [];
    const unknown = ids.find((id) => !known[dimension].has(id));
    if (unknown !== undefined) throw new BadDrill(`the catalogue has no ${dimension} ${unknown}`);
    return [ids.length === 0 ? '0' : `${dimension} IN (${ids.map((id) => `'${id}'`).join(', ')})`];
  });
  // What nobody narrowed is in the rollup of one dimension already, which is smaller still.
  const [table, unit, where] =
    narrowed.length === 0 ? ['rollup', 'code', `dim = '${by}'`] : ['rollup_units', by, narrowed.join(' AND ')];
  const select = (grain: 'day' | 'month', period: string, stretches: readonly Days[]): string[] =>
    stretches.length === 0
      ? []
      : [
          `SELECT ${period} AS period, ${unit} AS unit, ${ROLLUP_COLUMNS} FROM ${table}_${grain} WHERE ${where} AND (${stretches
            .map((days) => `bucket BETWEEN toDate32('${days.from}') AND toDate32('${days.to}')`)
            .join(' OR ')})`,
        ];
  const selects = (period: string, periods: readonly Days[]): string[] => {
    const pieces = periods.map(piecesOf);
    const months = pieces.flatMap((piece) => piece.months ?? []);
    return [
      ...select('month', period, months),
      ...select(
        'day',
        period,
        pieces.flatMap(({ days }) => days),
      ),
    ];
  };
  const { previous, yearBefore } = comparedPeriods({ from, to });
  const parts = selects(`bucket >= toDate32('${from}')`, [previous, { from, to }]);
  if (question.yearBefore === true) parts.push(...selects('2', [yearBefore]));
  return `SELECT period, unit, ${SUMS_SELECTED} FROM (${parts.join(' UNION ALL ')}) GROUP BY period, unit`;
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && addDays(text, 0) === text;
