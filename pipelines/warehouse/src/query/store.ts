/** Answers questions: plans them, reads, and says how fresh and how complete what was read is. */
import {
  type AskedPeriod,
  type Catalogue,
  localDay,
  type Period,
  type Query,
  type QueryAnswer,
  type Scope,
} from '@room/contract';
import type { Reads } from '../access.ts';
import { answerOf, type PlanRow } from './answer.ts';
import { type CountedDays, DaysCounter, QUIET_MS } from './counted-days.ts';
import { daysAsked } from './days-asked.ts';
import { KeptLevels } from './kept-levels.ts';
import { KeptRows } from './kept-rows.ts';
import type { LevelRow } from './levels.ts';
import { MeetingsSince } from './meetings.ts';
import { daysIn, divisorsOf } from './per.ts';
import { BadQuery, type Known, membersOf, type Plan, planOf, type Reading } from './plan.ts';
import { restatedBy } from './restate.ts';
import { WholeTables } from './whole-tables.ts';

/** Events that are read one by one where no rollup knows the answer: some seconds of one core. */
const MOST_EVENTS = 10_000_000;
/** Rows of the largest rollup that one core adds up in a second (measured: 7 to 11 million), and as many as are read for one question. */
const ROWS_A_SECOND = 7_000_000;
const MOST_ROWS = 4 * ROWS_A_SECOND;

/** Tenths are more than an estimate knows. */
const secondsFor = (rows: number): number => Math.round((10 * rows) / ROWS_A_SECOND) / 10;

const within = (column: string, runs: readonly Period[]): string =>
  runs.map(({ from, to }) => `(${column} BETWEEN toDate32('${from}') AND toDate32('${to}'))`).join(' OR ');

export interface QueryStoreOptions {
  /** As many rows as are read for one question. */
  mostRows?: number;
  /** How old what is told may be, in milliseconds. */
  freshMs?: number;
  /** Days of which events come in so often are read anew each time. */
  quietMs?: number;
  /** Of several replicas another may answer than the one that was asked what it has: then nothing is kept. */
  isKeeping?: boolean;
}

/** A question with what is known before anything is read for it. */
interface Planned {
  query: Query;
  scope: Scope;
  plan: Plan;
  counted: CountedDays;
  /** Of the period, and of what it is compared with. */
  runs: readonly (readonly Period[])[];
  today: string;
  began: number;
}

const eventsOf = ({ from }: Reading, counted: CountedDays): number =>
  counted.eventsIn(from.flatMap(({ days }) => days));

export class QueryStore {
  readonly #reads: Pick<Reads, 'read'>;
  readonly #catalogue: Catalogue;
  readonly #mostRows: number;
  readonly #isKeeping: boolean;
  readonly #meetings: MeetingsSince;
  readonly #days: DaysCounter;
  readonly #levels: KeptLevels;
  readonly #whole: WholeTables;
  readonly #kept = new KeptRows();

  constructor(
    reads: Pick<Reads, 'read'>,
    catalogue: Catalogue,
    { mostRows = MOST_ROWS, freshMs = 0, quietMs = QUIET_MS, isKeeping = true }: QueryStoreOptions = {},
  ) {
    this.#mostRows = mostRows;
    this.#isKeeping = isKeeping;
    this.#reads = reads;
    this.#meetings = new MeetingsSince(reads);
    this.#days = new DaysCounter(reads, freshMs, quietMs);
    this.#levels = new KeptLevels(reads, freshMs);
    this.#whole = new WholeTables(reads, catalogue.timeZone);
    this.#catalogue = catalogue;
  }

  /** Of what belongs to the scope. Throws `BadQuery` where the question does not fit, or is too much; `known` of one that is a stretch of another. */
  async answer(query: Query, scope: Scope, signal?: AbortSignal, known?: Known): Promise<QueryAnswer> {
    const asked = await this.#plan(query, scope, known);
    signal?.throwIfAborted();
    const { plan, counted, runs } = asked;
    if (plan.source === 'submission') await this.#assertReadable(runs.flat(), signal);
    const [found, levels, reported] = await Promise.all([
      this.#found(plan, counted, signal),
      plan.levels === undefined
        ? []
        : this.#isKeeping
          ? this.#levels.read(plan.levels, signal)
          : this.#reads.read<LevelRow>(plan.levels.sql, signal),
      this.#days.reported(runs.flat().flatMap(daysIn), counted),
    ]);
    return this.#answer(asked, found, levels, reported);
  }

  /** The same where all that it is made of is kept, so that the engine has nothing to do for it; undefined elsewhere. */
  async kept(query: Query, scope: Scope): Promise<QueryAnswer | undefined> {
    if (!this.#isKeeping) return undefined;
    const asked = await this.#plan(query, scope);
    const { plan, counted, runs } = asked;
    const { still, moving } = plan.readings ?? {};
    const days = runs.flat().flatMap(daysIn);
    if (still === undefined || moving !== undefined || !this.#days.areKnown(days, counted)) return undefined;
    const found = this.#kept.get<PlanRow>(still.sql, eventsOf(still, counted));
    const levels = plan.levels === undefined ? [] : await this.#levels.kept(plan.levels);
    if (found === undefined || levels === undefined) return undefined;
    return this.#answer(asked, found, levels, await this.#days.reported(days, counted));
  }

  async #plan(query: Query, scope: Scope, known?: Known): Promise<Planned> {
    const began = performance.now();
    const { timeZone } = this.#catalogue;
    const askedAt = Date.now();
    const [meetingsSince, counted] = await Promise.all([this.#meetings.get(), this.#days.get()]);
    const today = localDay(askedAt, timeZone);
    const { moving } = counted;
    const ground = { catalogue: this.#catalogue, timeZone, today, now: askedAt, meetingsSince, moving, known };
    const plan = planOf(query, ground, scope);
    const isCompared = plan.periods.before !== undefined;
    const runs = [plan.runs.now, ...(isCompared ? [plan.runs.before] : [])];
    return { query, scope, plan, counted, runs, today, began };
  }

  #answer(
    { query, scope, plan, runs, today, began }: Planned,
    found: readonly PlanRow[],
    levels: readonly LevelRow[],
    reported: (day: string) => readonly string[],
  ): QueryAnswer {
    const periods = [plan.periods.now, ...(plan.periods.before === undefined ? [] : [plan.periods.before])];
    const answeredAt = Date.now();
    const asked = periods.map((period, number) =>
      this.#asked(period, (runs[number] ?? []).flatMap(daysIn), number, { query, scope }, found, reported, answeredAt),
    );
    const [now, before] = asked;
    const lastOf = (rows: readonly { receivedAt: number }[]): number =>
      rows.reduce((latest, row) => Math.max(latest, row.receivedAt), 0);
    const [watermark, levelsWatermark] = [lastOf(found), lastOf(levels)];
    return {
      periods: { now: now as AskedPeriod, ...(before === undefined ? {} : { before }) },
      ...answerOf(
        query,
        plan,
        found,
        levels,
        divisorsOf(query, plan, this.#catalogue, scope, today),
        this.#catalogue.scoring,
      ),
      ...(query.per === '1000-people' && this.#catalogue.peopleAsOf !== undefined
        ? { peopleAsOf: this.#catalogue.peopleAsOf }
        : {}),
      ...(plan.divided.length === 0 ? {} : { divided: [...plan.divided] }),
      ...(watermark === 0 ? {} : { watermark }),
      ...(levelsWatermark === 0 ? {} : { levelsWatermark }),
      answeredAt,
      source: plan.source,
      ms: performance.now() - began,
    };
  }

  /** Rows of days that are quiet as they were read, for as long as no event of these days is counted; the others anew. */
  async #found(
    { sql, source, readings }: Plan,
    counted: CountedDays,
    signal: AbortSignal | undefined,
  ): Promise<readonly PlanRow[]> {
    const read = async (sql: string): Promise<PlanRow[]> => {
      if (source === 'rollup_meetings') await this.#assertAffordable(sql, signal);
      return this.#reads.read<PlanRow>(sql, signal);
    };
    const { still, moving } = readings ?? {};
    if (!this.#isKeeping || still === undefined) return read(sql);
    const events = eventsOf(still, counted);
    const kept = this.#kept.get<PlanRow>(still.sql, events);
    if (kept !== undefined) return moving === undefined ? kept : [...kept, ...(await read(moving.sql))];
    const areWhole = await this.#whole.areWhole(still, counted);
    if (!areWhole) return read(sql);
    const [rows, others] = await Promise.all([read(still.sql), moving === undefined ? [] : read(moving.sql)]);
    this.#kept.keep(still.sql, events, rows);
    return [...rows, ...others];
  }

  #asked(
    period: Period,
    days: readonly string[],
    number: number,
    { query, scope }: Pick<Planned, 'query' | 'scope'>,
    found: readonly PlanRow[],
    reported: (day: string) => readonly string[],
    answeredAt: number,
  ): AskedPeriod {
    const { timeZone } = this.#catalogue;
    const asOf = found.reduce((latest, row) => (row.period === number ? Math.max(latest, row.reportedTo) : latest), 0);
    // Each source that it can be made of is due on every day that has begun.
    const today = localDay(answeredAt, timeZone);
    const counts = new Set(sourcesFor(query, scope, this.#catalogue, today));
    const due = counts.size * days.filter((day) => day <= today).length;
    const there = days.reduce((sum, day) => sum + reported(day).filter((source) => counts.has(source)).length, 0);
    return {
      ...period,
      ...daysAsked(days, this.#catalogue, today),
      ...(asOf === 0 ? {} : { asOf }),
      ...(due === 0 ? {} : { coverage: Math.min(1, there / due) }),
    };
  }

  /** The engine says beforehand how many rows it would read. */
  async #assertAffordable(sql: string, signal?: AbortSignal): Promise<void> {
    const parts = await this.#reads.read<{ rows: number }>(`EXPLAIN ESTIMATE ${sql}`, signal);
    const rows = parts.reduce((sum, part) => sum + part.rows, 0);
    const most = this.#mostRows;
    if (rows > most)
      throw new BadQuery(
        'to',
        `${rows} rows would be read, which takes about ${secondsFor(rows)} s; at most ${most} are: ask for a shorter period, or cut it by the month`,
        { rows, seconds: secondsFor(rows), most },
      );
  }

  /** The events are all still there, and not more than can be read at once. */
  async #assertReadable(periods: readonly Period[], signal?: AbortSignal): Promise<void> {
    const { timeZone } = this.#catalogue;
    const isWithin = within('day', periods);
    const [counted] = await this.#reads.read<{ events: number }>(
      `SELECT sum(events) AS events FROM (SELECT bucket AS day, events FROM rollup_day WHERE dim = 'all') WHERE ${isWithin}`,
      signal,
    );
    const events = counted?.events ?? 0;
    if (events > MOST_EVENTS)
      throw new BadQuery(
        'split',
        `no sums are kept for this meeting of dimensions, and ${events} events are too many to read one by one, at most ${MOST_EVENTS}: ask for a shorter period`,
        { events, seconds: secondsFor(events), most: MOST_EVENTS },
      );
    const [stored] = await this.#reads.read<{ events: number }>(
      `SELECT count() AS events FROM (SELECT toDate32(occurred_at, '${timeZone}') AS day FROM submission) WHERE ${isWithin}`,
      signal,
    );
    if ((stored?.events ?? 0) < events)
      throw new BadQuery(
        'from',
        'single events of this period are no longer kept, and no sums are kept for this meeting of dimensions',
        {
          events,
          stored: stored?.events ?? 0,
        },
      );
  }
}

/**
 * Ids of those whose reports an answer can be made of: the own portal of a ministry or province says nothing of another one, and of a
 * scope that is a part it can be made of less.
 */
function sourcesFor(query: Query, { own }: Scope, catalogue: Catalogue, today: string): string[] {
  const units = restatedBy(catalogue, today);
  /** By id, of whatever they were asked for by: an id, a code of today, one that was merged into it. */
  const askedFor = (dimension: 'agency' | 'province'): ReadonlySet<string> | undefined => {
    const codes = query[dimension];
    return codes && new Set(membersOf(dimension, codes, catalogue, today, units[dimension]));
  };
  const wanted = { agency: askedFor('agency'), province: askedFor('province') };
  const isOther = (unit: string, dimension: 'agency' | 'province', known: readonly { id: string }[]): boolean => {
    const asked = wanted[dimension];
    return asked !== undefined && known.some(({ id }) => id === unit) && !asked.has(unit);
  };
  /** Of a province what ministries report is its own too, and the other way about. */
  const isForeign = (id: string, unit: string): boolean => {
    if (own === undefined || own.source?.has(id) === true) return false;
    const [ofAgencies, ofProvinces] = [own.agency?.size ?? 0, own.province?.size ?? 0];
    return agencies.some((each) => each.id === unit) ? ofProvinces === 0 : ofAgencies === 0;
  };
  /** Of what is asked for nothing belongs to the scope: it is told of no part of it how much was reported. */
  const isOutside =
    own !== undefined &&
    (['agency', 'province'] as const).every((dimension) => {
      const theirs = [...(own[dimension] ?? [])];
      const asked = wanted[dimension];
      return theirs.length === 0 || (asked !== undefined && !theirs.some((id) => asked.has(id)));
    });
  if (isOutside) return [];
  const { agencies, provinces, sources } = catalogue;
  const named = query.source === undefined ? undefined : new Set<string>(query.source);
  return sources.flatMap(({ id, unit }) => {
    if (named !== undefined && !named.has(id)) return [];
    if (unit === undefined) return [id];
    const isLeftOut =
      named === undefined && (isOther(unit, 'agency', agencies) || isOther(unit, 'province', provinces));
    return isLeftOut || isForeign(id, unit) ? [] : [id];
  });
}
