/** Proves a number: sums the events that it is made of, on the spot, beside what the sums that are kept say. */
import {
  type Catalogue,
  type CountedMeasure,
  countedValue,
  DEFINITIONS,
  type Evidence,
  type EvidenceQuery,
  type EvidentSource,
  isDerived,
  isLevel,
  localDay,
  type Measures,
  NOTHING,
  type Period,
  type Position,
  positionText,
  type Query,
  type Scope,
  type SumMeasure,
  type Summed,
  sumsIn,
} from '@room/contract';
import type { Reads } from '../access.ts';
import { addSums, type RollupSums } from '../rollup.ts';
import type { PlanRow } from './answer.ts';
import {
  addedBy,
  before,
  EVENT_LISTED,
  type EventRow,
  eventOf,
  isAdding,
  isEqual,
  isPart,
  placed,
  statementOf,
  summedColumns,
  upTo,
} from './evident.ts';
import { LevelEvidence } from './level-evidence.ts';
import { MeetingsSince } from './meetings.ts';
import { daysIn, divisorsOf } from './per.ts';
import { BadQuery, type Ground, type Plan } from './plan.ts';

/** Events that are summed one by one: some seconds of one core. */
const MOST_EVENTS = 10_000_000;
/** Events that the log took in the same millisecond as the last one of an answer. */
const MOST_AT_ONCE = 20_000;

/** In the order of those that the number is made of. */
interface SumsRow {
  sums: number[];
  adding: number;
}
interface SourceRow extends SumsRow {
  source: string;
  isLate: number;
  receivedAt: number;
  simulated: number;
}

/** Of a number that is a sum of events, or worked out from such. */
type CountedQuery = EvidenceQuery & { measure: CountedMeasure };

/** A measure, and what sums are worth as it is told: per working day, or per 1,000 people. */
interface Worth {
  /** Those that it is made of. */
  made: readonly SumMeasure[];
  value: (sums: Readonly<Measures>) => number | undefined;
}

const within = (column: string, days: readonly Period[]): string =>
  days.map(({ from, to }) => `(${column} BETWEEN toDate32('${from}') AND toDate32('${to}'))`).join(' OR ') || '0';

export class EvidenceStore {
  readonly #reads: Pick<Reads, 'read'>;
  readonly #catalogue: Catalogue;
  readonly #meetings: MeetingsSince;
  readonly #levels: LevelEvidence;

  constructor(reads: Pick<Reads, 'read'>, catalogue: Catalogue) {
    this.#reads = reads;
    this.#catalogue = catalogue;
    this.#meetings = new MeetingsSince(reads);
    this.#levels = new LevelEvidence(reads, catalogue);
  }

  /** Of a number that belongs to the scope, ids of events in full. Throws `BadQuery` where there is no such number, or it is of too many events. */
  async evidence(asked: EvidenceQuery, scope: Scope, signal?: AbortSignal): Promise<Evidence> {
    const { measure } = asked;
    return isLevel(measure)
      ? this.#levels.evidence({ ...asked, measure }, scope, signal)
      : this.#counted({ ...asked, measure }, scope, signal);
  }

  async #counted(asked: CountedQuery, scope: Scope, signal?: AbortSignal): Promise<Evidence> {
    const began = performance.now();
    const { timeZone, scoring } = this.#catalogue;
    const { measure, at, key = [], side } = asked;
    const made = sumsIn(measure, scoring);
    const today = localDay(Date.now(), timeZone);
    const meetingsSince = await this.#meetings.get();
    const ground: Ground = { catalogue: this.#catalogue, timeZone, today, meetingsSince };
    const { query, plan, days, where } = placed(asked, ground, scope);

    // The sums first: what is counted meanwhile stands among the events before it does there.
    const rows = (await this.#reads.read<PlanRow>(plan.sql, signal)).filter(isPart({ side, at }));
    const counted = countedOf(rows);
    if (counted.events > MOST_EVENTS)
      throw new BadQuery(
        'from',
        `${counted.events} events are too many to be summed one by one, at most ${MOST_EVENTS}: ask for a shorter period, or for a part of it`,
        { events: counted.events, most: MOST_EVENTS },
      );
    const keys = key.length === 0 ? [] : rows.slice(0, 1).map(({ k0, k1 }) => [k0, k1].slice(0, key.length));
    const place = { side, keys, ...(at === undefined ? {} : { at }) };
    const divisor = isDerived(measure) ? 1 : divisorsOf(query, plan, this.#catalogue, scope, today)(place).sums;
    const worth: Worth = {
      made,
      value: (sums) => {
        const value = countedValue(measure, sums, scoring);
        return value === undefined || divisor === undefined ? undefined : value / divisor;
      },
    };
    const said = asked.asOf === undefined && counted.events > 0 ? worth.value(counted) : undefined;
    const number = asked.shown ?? said;
    const asOf = await this.#asOf(asked.asOf ?? { receivedAt: counted.receivedAt }, worth, where, number, signal);
    const [bySource, events, reported, forgotten] = await Promise.all([
      this.#bySource(made, where, asOf, signal),
      this.#events(asked, made, where, asOf, signal),
      this.#reported(days, signal),
      this.#forgotten(plan, counted, where, days, signal),
    ]);
    const of = (isLate: number): Summed =>
      summedOf(
        worth,
        bySource.filter((row) => row.isLate === isLate),
      );
    const [sum, late] = [of(0), of(1)];
    const { value: withLate } = summedOf(worth, bySource);
    const listed = events.slice(0, asked.limit);
    const last = events.length > asked.limit ? listed.at(-1) : undefined;
    const [first, end] = [days[0], days.at(-1)];
    const answeredAt = Date.now();
    return {
      measure,
      definition: DEFINITIONS[measure],
      period: { from: first?.from ?? query.from, to: end?.to ?? query.to, ...(at === undefined ? {} : { at }) },
      ...(counted.reportedTo === 0 ? {} : { reportedTo: counted.reportedTo }),
      table: plan.source,
      statement: statementOf(made, where, asOf),
      ...(divisor === undefined || divisor === 1 ? {} : { per: { per: query.per, divisor } }),
      asOf: positionText(asOf),
      ...(number === undefined ? {} : { number }),
      sum,
      matches: (number === undefined || isEqual(sum.value ?? 0, number)) && forgotten === 0,
      ...(late.events === 0 ? {} : { late, ...(withLate === undefined ? {} : { withLate }) }),
      ...(forgotten === 0 ? {} : { forgotten }),
      sources: this.#sources(worth, query, days, bySource, reported, localDay(answeredAt, timeZone)),
      events: listed.map((row) => eventOf(made, row)),
      ...(last === undefined ? {} : { next: positionText({ receivedAt: last.receivedAt, place: last }) }),
      simulated: bySource.some(({ simulated }) => simulated > 0),
      answeredAt,
      ms: performance.now() - began,
    };
  }

  /**
   * Up to where the log's events are the number: those that it took in the last millisecond may have been counted in part, and
   * stand in the order in which they were.
   */
  async #asOf(
    asked: Position,
    worth: Worth,
    where: string,
    number: number | undefined,
    signal?: AbortSignal,
  ): Promise<Position> {
    const { made } = worth;
    if (asked.place !== undefined || number === undefined) return asked;
    const earlier: Position = { receivedAt: asked.receivedAt - 1 };
    const sql = (condition: string): string =>
      `SELECT ${summedColumns(made)} FROM submission WHERE ${where} AND ${condition}`;
    const [all, most] = await Promise.all([
      this.#reads.read<SumsRow>(sql(upTo(asked)), signal),
      this.#reads.read<SumsRow>(sql(upTo(earlier)), signal),
    ]);
    if (isEqual(summedOf(worth, all).value ?? 0, number)) return asked;
    const sums = { ...NOTHING };
    add(sums, made, most[0]?.sums);
    const isIt = (): boolean => isEqual(worth.value(sums) ?? 0, number);
    if (isIt()) return earlier;
    const ties = await this.#reads.read<{ partition: number; offset: number; sums: number[] }>(
      `SELECT log_partition AS partition, log_offset AS offset, ${addedBy(made)} FROM submission
       WHERE ${where} AND ${upTo(asked)} AND NOT ${upTo(earlier)} ORDER BY log_partition, log_offset LIMIT ${MOST_AT_ONCE}`,
      signal,
    );
    for (const { partition, offset, sums: added } of ties) {
      add(sums, made, added);
      if (isIt()) return { receivedAt: asked.receivedAt, place: { partition, offset } };
    }
    return asked;
  }

  #bySource(made: readonly SumMeasure[], where: string, asOf: Position, signal?: AbortSignal): Promise<SourceRow[]> {
    return this.#reads.read<SourceRow>(
      `SELECT source, NOT ${upTo(asOf)} AS isLate, ${summedColumns(made)}, toUnixTimestamp64Milli(maxIf(submission.received_at, ${isAdding(made)})) AS receivedAt,
         max(toUInt8(submission.simulated)) AS simulated
       FROM submission WHERE ${where} GROUP BY source, isLate`,
      signal,
    );
  }

  #events(
    { cursor, limit }: CountedQuery,
    made: readonly SumMeasure[],
    where: string,
    asOf: Position,
    signal?: AbortSignal,
  ): Promise<EventRow[]> {
    const conditions = [where, isAdding(made), upTo(asOf), ...(cursor === undefined ? [] : [before(cursor)])];
    return this.#reads.read<EventRow>(
      `SELECT ${EVENT_LISTED}, ${addedBy(made)} FROM submission WHERE ${conditions.join(' AND ')}
       ORDER BY submission.received_at DESC, log_partition DESC, log_offset DESC LIMIT ${limit + 1}`,
      signal,
    );
  }

  /** Of all sources, the days of those that they reported anything for. */
  #reported(
    days: readonly Period[],
    signal?: AbortSignal,
  ): Promise<{ code: string; days: number; reportedTo: number }[]> {
    return this.#reads.read(
      `SELECT code, uniqExact(bucket) AS days, toUnixTimestamp64Milli(max(reported_to)) AS reportedTo FROM rollup_day
       WHERE dim = 'source' AND (${within('bucket', days)}) GROUP BY code`,
      signal,
    );
  }

  /** Events that were counted and are no longer kept. Where the number is read from the events themselves, those of anybody in its days. */
  async #forgotten(
    { source }: Plan,
    counted: RollupSums,
    where: string,
    days: readonly Period[],
    signal?: AbortSignal,
  ): Promise<number> {
    const { timeZone } = this.#catalogue;
    const events = async (sql: string): Promise<number> =>
      (await this.#reads.read<{ events: number }>(sql, signal))[0]?.events ?? 0;
    if (source !== 'submission')
      return Math.max(0, counted.events - (await events(`SELECT count() AS events FROM submission WHERE ${where}`)));
    const all = await events(
      `SELECT sum(events) AS events FROM (SELECT bucket, events FROM rollup_day WHERE dim = 'all') WHERE ${within('bucket', days)}`,
    );
    const kept = await events(
      `SELECT count() AS events FROM submission WHERE ${within(`toDate32(occurred_at, '${timeZone}')`, days)}`,
    );
    return Math.max(0, all - kept);
  }

  /** Those that added to the number, and those of the units that it is of: a portal that is silent is why a number is small. */
  #sources(
    worth: Worth,
    { agency = [], province = [] }: Query,
    days: readonly Period[],
    bySource: readonly SourceRow[],
    reported: readonly { code: string; days: number; reportedTo: number }[],
    today: string,
  ): EvidentSource[] {
    const due = days.flatMap(daysIn).filter((day) => day <= today).length;
    const named = new Set([...agency, ...province]);
    const adding = new Set(bySource.filter((row) => row.isLate === 0 && row.adding > 0).map(({ source }) => source));
    const theirs = this.#catalogue.sources
      .filter(({ unit }) => unit !== undefined && named.has(unit))
      .map(({ id }) => id);
    return [...new Set([...adding, ...theirs])]
      .map((source): EvidentSource => {
        const rows = bySource.filter((row) => row.source === source && row.isLate === 0);
        const { events, sums } = summedOf(worth, rows);
        const known = reported.find(({ code }) => code === source);
        const receivedAt = Math.max(0, ...rows.map((row) => row.receivedAt));
        return {
          source,
          events,
          sums,
          ...(known === undefined ? {} : { reportedTo: known.reportedTo }),
          ...(receivedAt === 0 ? {} : { receivedAt }),
          days: known?.days ?? 0,
          due,
        };
      })
      .sort((a, b) => b.events - a.events || (a.source < b.source ? -1 : 1));
  }
}

/** What the sums that are kept say, and of how many events. */
function countedOf(rows: readonly PlanRow[]): RollupSums {
  const total: RollupSums = { ...NOTHING, reached: 0, events: 0, reportedTo: 0, receivedAt: 0, simulated: 0 };
  for (const row of rows) addSums(total, row);
  return total;
}

function add(to: Record<SumMeasure, number>, made: readonly SumMeasure[], sums: readonly number[] = []): void {
  for (const [n, sum] of made.entries()) to[sum] += sums[n] ?? 0;
}

function summedOf({ made, value: worth }: Worth, rows: readonly SumsRow[]): Summed {
  const all = { ...NOTHING };
  for (const { sums } of rows) add(all, made, sums);
  const value = worth(all);
  return {
    events: rows.reduce((events, { adding }) => events + adding, 0),
    sums: Object.fromEntries(made.map((sum) => [sum, all[sum]])),
    ...(value === undefined ? {} : { value }),
  };
}
