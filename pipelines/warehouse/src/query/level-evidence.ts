/** Proves a level: the last report of each unit before the instant, added up on the spot, beside what is kept of them. */
import {
  type Catalogue,
  DEFINITIONS,
  type Evidence,
  type EvidenceQuery,
  type EvidentEvent,
  type EvidentSource,
  LEVEL_MEASURES,
  type LevelMeasure,
  localDay,
  type Period,
  type Position,
  positionText,
  type Scope,
  type Summed,
} from '@room/contract';
import type { Reads } from '../access.ts';
import { isEqual, placed, upTo } from './evident.ts';
import { type LevelRow, reportsSql } from './levels.ts';
import { daysIn, divisorsOf } from './per.ts';
import { BadQuery, type Ground, type Plan } from './plan.ts';

type LevelQuery = EvidenceQuery & { measure: LevelMeasure };

interface ReportRow extends Omit<EvidentEvent, 'adds' | 'simulated'> {
  open: number;
  overdue: number;
  simulated: number;
}

const ANY = '1';

export class LevelEvidence {
  readonly #reads: Pick<Reads, 'read'>;
  readonly #catalogue: Catalogue;

  constructor(reads: Pick<Reads, 'read'>, catalogue: Catalogue) {
    this.#reads = reads;
    this.#catalogue = catalogue;
  }

  /** Ids of reports in full. Throws `BadQuery` where there is no such number. */
  async evidence(asked: LevelQuery, scope: Scope, signal?: AbortSignal): Promise<Evidence> {
    const began = performance.now();
    const { measure, at, side, key = [], cursor, limit } = asked;
    const { timeZone } = this.#catalogue;
    const now = Date.now();
    const ground: Ground = { catalogue: this.#catalogue, timeZone, today: localDay(now, timeZone), now };
    const { query, plan, days } = placed(asked, ground, scope);
    const { reported } = LEVEL_MEASURES[measure];
    const read = <T>(sql: string): Promise<T[]> => this.#reads.read<T>(sql, signal);

    // What is kept first: what is reported meanwhile stands among the reports before it does there.
    const standing = plan.levels === undefined ? undefined : placeOf(plan.levels, asked);
    const kept = plan.levels === undefined || standing === undefined ? [] : await read<LevelRow>(plan.levels.sql);
    const rows = kept.filter(({ period, point }) => period === standing?.of.number && point === standing.point);
    const sqlOf = (known: string): string | undefined =>
      plan.levels && standing && reportsSql(plan.levels.asked, standing.of, standing.point, known);
    const reportsOf = async (known: string): Promise<ReportRow[]> => {
      const sql = sqlOf(known);
      return sql === undefined ? [] : read<ReportRow>(sql);
    };
    const asOf: Position = asked.asOf ?? { receivedAt: rows.reduce((last, row) => Math.max(last, row.receivedAt), 0) };
    const [reports, all] = await Promise.all([reportsOf(upTo(asOf)), reportsOf(ANY)]);

    const keys = key.length === 0 ? [] : rows.slice(0, 1).map(({ k0, k1 }) => [k0, k1].slice(0, key.length));
    const place = { side, keys, ...(at === undefined ? {} : { at }) };
    const divisor = divisorsOf(query, plan, this.#catalogue, scope, ground.today)(place).levels;
    const levelOf = (of: readonly ReportRow[]): number | undefined =>
      of.length === 0 || divisor === undefined ? undefined : sumBy(of, (row) => row[reported]) / divisor;
    const summed = (of: readonly ReportRow[]): Summed => {
      const value = levelOf(of);
      return {
        events: of.length,
        sums: { [measure]: sumBy(of, (row) => row[reported]) },
        ...(value === undefined ? {} : { value }),
      };
    };
    const said = rows.length === 0 || divisor === undefined ? undefined : sumBy(rows, (row) => row[reported]) / divisor;
    const number = asked.shown ?? (asked.asOf === undefined ? said : undefined);
    const sum = summed(reports);
    const known = new Set(reports.map(({ source, id }) => `${source} ${id}`));
    const later = all.filter(({ source, id }) => !known.has(`${source} ${id}`));
    const withLate = levelOf(all);
    // Of reports that the room keeps no longer their levels are kept all the same.
    const forgotten = Math.max(0, sumBy(rows, (row) => row.reports) - all.length);
    const listed = reports.filter(isBefore(cursor)).sort((a, b) => order(b, a));
    const events = listed.slice(0, limit);
    const last = listed.length > limit ? events.at(-1) : undefined;
    const reportedTo = reports.reduce((latest, { occurredAt }) => Math.max(latest, occurredAt), 0);
    const [first, end] = [days[0], days.at(-1)];
    const answeredAt = Date.now();
    return {
      measure,
      definition: DEFINITIONS[measure],
      period: { from: first?.from ?? query.from, to: end?.to ?? query.to, ...(at === undefined ? {} : { at }) },
      ...(reportedTo === 0 ? {} : { reportedTo }),
      table: 'rollup_backlog_day',
      statement: `SELECT sum(${reported}) AS ${measure} FROM (${sqlOf(upTo(asOf)) ?? 'SELECT 0 AS open, 0 AS overdue'})`,
      ...(divisor === undefined || divisor === 1 ? {} : { per: { per: query.per, divisor } }),
      asOf: positionText(asOf),
      ...(number === undefined ? {} : { number }),
      sum,
      matches: (number === undefined || isEqual(sum.value ?? 0, number)) && forgotten === 0,
      ...(later.length === 0 ? {} : { late: summed(later), ...(withLate === undefined ? {} : { withLate }) }),
      ...(forgotten === 0 ? {} : { forgotten }),
      sources: await this.#sources(measure, reports, days, summed, answeredAt, signal),
      events: events.map((row) => eventOf(measure, row)),
      ...(last === undefined ? {} : { next: positionText({ receivedAt: last.receivedAt, place: last }) }),
      simulated: reports.some(({ simulated }) => simulated > 0),
      answeredAt,
      ms: performance.now() - began,
    };
  }

  /** Those whose reports it is made of. */
  async #sources(
    measure: LevelMeasure,
    reports: readonly ReportRow[],
    days: readonly Period[],
    summed: (of: readonly ReportRow[]) => Summed,
    answeredAt: number,
    signal?: AbortSignal,
  ): Promise<EvidentSource[]> {
    const today = localDay(answeredAt, this.#catalogue.timeZone);
    const due = days.flatMap(daysIn).filter((day) => day <= today).length;
    const within = days
      .map(({ from, to }) => `(bucket BETWEEN toDate32('${from}') AND toDate32('${to}'))`)
      .join(' OR ');
    const reported = await this.#reads.read<{ source: string; days: number }>(
      `SELECT source, uniqExact(bucket) AS days FROM rollup_backlog_day WHERE ${within || '0'} GROUP BY source`,
      signal,
    );
    return [...new Set(reports.map(({ source }) => source))]
      .map((source): EvidentSource => {
        const own = reports.filter((row) => row.source === source);
        const { events, sums } = summed(own);
        return {
          source,
          events,
          sums: { [measure]: sums[measure] ?? 0 },
          reportedTo: Math.max(...own.map(({ occurredAt }) => occurredAt)),
          receivedAt: Math.max(...own.map(({ receivedAt }) => receivedAt)),
          days: reported.find((row) => row.source === source)?.days ?? 0,
          due,
        };
      })
      .sort((a, b) => b.events - a.events || (a.source < b.source ? -1 : 1));
  }
}

const SIDES = { now: 0, before: 1 } as const;

/** Which point of which period; undefined where none of it has begun. */
function placeOf({ asked, last, labels }: NonNullable<Plan['levels']>, { side, at }: Pick<LevelQuery, 'side' | 'at'>) {
  const number = SIDES[side];
  const of = asked.periods.find((period) => period.number === number);
  const point = at === undefined ? last[number] : labels[number]?.indexOf(at);
  if (point === -1) throw new BadQuery('at', `${at} is no point of the curve at whose end a level stands`);
  return of === undefined || point === undefined ? undefined : { of, point };
}

const sumBy = <T>(rows: readonly T[], value: (row: T) => number): number =>
  rows.reduce((sum, row) => sum + value(row), 0);

type Placed = Pick<ReportRow, 'receivedAt' | 'partition' | 'offset'>;
const order = (one: Placed, other: Placed): number =>
  one.receivedAt - other.receivedAt || one.partition - other.partition || one.offset - other.offset;

/** Whether the log took it before what a page ended with. */
const isBefore =
  (cursor: Position | undefined) =>
  (row: Placed): boolean =>
    cursor === undefined ||
    order(row, { receivedAt: cursor.receivedAt, ...(cursor.place ?? { partition: 0, offset: 0 }) }) < 0;

const eventOf = (measure: LevelMeasure, { open, overdue, simulated, ...row }: ReportRow): EvidentEvent => ({
  ...row,
  ...(simulated === 0 ? {} : { simulated: true }),
  adds: { [measure]: { open, overdue }[LEVEL_MEASURES[measure].reported] },
});
