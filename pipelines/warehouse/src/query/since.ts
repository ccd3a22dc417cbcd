/** What is known now of a period up to an instant of the past, and what of it the log took after that instant. */
import {
  type Catalogue,
  type CountedMeasure,
  evidenceQuerySchema,
  isLevel,
  LEVEL_MEASURES,
  LEVELS_REPORTED,
  type LevelMeasure,
  localDay,
  type Measure,
  type Measures,
  NOTHING,
  type Scope,
  type SinceQuestion,
  sumsIn,
} from '@room/contract';
import type { Reads } from '../access.ts';
import { isReplayed } from '../replayed.ts';
import { instantOf, placed, summedColumns } from './evident.ts';
import { reportsSql } from './levels.ts';
import { BadQuery, type Ground } from './plan.ts';
import { restatedBy } from './restate.ts';

/** Events that are summed one by one: some seconds of one core. */
const MOST_EVENTS = 10_000_000;

/** How it came to be known: by the instant, or after it. */
export type Came = 'taken' | 'late' | 'corrected' | 'replayed';
/** Of one unit, and how it came: in the order of those that are read, and how many events add to them. */
interface SumsRow {
  code: string;
  came: Came;
  sums: number[];
  adding: number;
}
interface LevelsRow {
  code: string;
  open: number;
  overdue: number;
}

/** By how it came, sums or levels; of everything, and by unit where it was asked for. */
export interface KnownSince {
  sums: ReadonlyMap<Came, Readonly<Measures>>;
  events: ReadonlyMap<Came, number>;
  /** All that is known now, and what of it the log had taken by the instant. */
  levels?: { now: Partial<Record<LevelMeasure, number>>; taken: Partial<Record<LevelMeasure, number>> };
}
export interface KnownSinceAll {
  whole: KnownSince;
  units: ReadonlyMap<string, KnownSince>;
}

export class SinceStore {
  readonly #reads: Pick<Reads, 'read'>;
  readonly #catalogue: Catalogue;

  constructor(reads: Pick<Reads, 'read'>, catalogue: Catalogue) {
    this.#reads = reads;
    this.#catalogue = catalogue;
  }

  /** Of what belongs to the scope. Throws `BadQuery` where it is of too many events. */
  async known(asked: SinceQuestion, until: number, scope: Scope, signal?: AbortSignal): Promise<KnownSinceAll> {
    return asked.measures.some(isLevel)
      ? this.#levels(asked, until, scope, signal)
      : this.#sums(asked, until, scope, signal);
  }

  /** Where the question stands, its units by the map of its last day, as they were shown. */
  #placed({ from, to, split, agency, province, services }: SinceQuestion, measure: Measure, scope: Scope) {
    const { timeZone } = this.#catalogue;
    const now = Date.now();
    const ground: Ground = { catalogue: this.#catalogue, timeZone, today: localDay(now, timeZone), now };
    const asked = evidenceQuerySchema.parse({
      measures: measure,
      measure,
      from,
      to,
      boundaries: to,
      ...(split === undefined ? {} : { split }),
      ...(agency === undefined ? {} : { agency }),
      ...(province === undefined ? {} : { province }),
      ...(services === undefined ? {} : { service: services.join(',') }),
    });
    return placed(asked, ground, scope);
  }

  async #sums(asked: SinceQuestion, until: number, scope: Scope, signal?: AbortSignal): Promise<KnownSinceAll> {
    const made = [
      ...new Set(asked.measures.flatMap((each) => sumsIn(each as CountedMeasure, this.#catalogue.scoring))),
    ];
    const { where } = this.#placed(asked, made[0] ?? 'submitted', scope);
    await this.#assertFew(asked, signal);
    const at = instantOf(until);
    const came = `multiIf(received_at <= ${at}, 'taken', corrects != '', 'corrected',
      ${isReplayed()}, 'replayed', 'late')`;
    const rows = await this.#reads.read<SumsRow>(
      `SELECT ${asked.split ?? "''"} AS code, ${came} AS came, ${summedColumns(made)}
       FROM submission WHERE ${where} AND (occurred_at <= ${at} OR received_at <= ${at}) GROUP BY code, came`,
      signal,
    );
    const of = (own: readonly SumsRow[]): KnownSince => ({
      sums: byCame(own, (some) => {
        const all = { ...NOTHING };
        for (const { sums } of some) for (const [n, sum] of made.entries()) all[sum] += sums[n] ?? 0;
        return all;
      }),
      events: byCame(own, (some) => some.reduce((all, { adding }) => all + adding, 0)),
    });
    return { whole: of(rows), units: this.#byUnit(asked, rows, of) };
  }

  async #levels(asked: SinceQuestion, until: number, scope: Scope, signal?: AbortSignal): Promise<KnownSinceAll> {
    const { plan } = this.#placed(asked, LEVELS_REPORTED[0] ?? 'backlogOpen', scope);
    const period = plan.levels?.asked.periods[0];
    const at = instantOf(until);
    const read = async (known: string): Promise<LevelsRow[]> =>
      plan.levels === undefined || period === undefined
        ? []
        : this.#reads.read<LevelsRow>(
            `SELECT ${asked.split ?? "''"} AS code, sum(open) AS open, sum(overdue) AS overdue
             FROM (${reportsSql(plan.levels.asked, period, 0, known)}) GROUP BY code`,
            signal,
          );
    const [now, taken] = [await read(`(at <= ${at} OR received_at <= ${at})`), await read(`received_at <= ${at}`)];
    const rows = [
      ...now.map((row) => ({ ...row, side: 'now' as const })),
      ...taken.map((row) => ({ ...row, side: 'taken' as const })),
    ];
    const of = (own: readonly (typeof rows)[number][]): KnownSince => {
      const levelsOf = (side: 'now' | 'taken') => {
        const some = own.filter((row) => row.side === side);
        return some.length === 0
          ? {}
          : Object.fromEntries(
              LEVELS_REPORTED.map((level) => [
                level,
                some.reduce((all, row) => all + row[LEVEL_MEASURES[level].reported], 0),
              ]),
            );
      };
      return { sums: new Map(), events: new Map(), levels: { now: levelsOf('now'), taken: levelsOf('taken') } };
    };
    return { whole: of(rows), units: this.#byUnit(asked, rows, of) };
  }

  /** Units that became a part of one other stand under it, by the map of the last day. */
  #byUnit<Row extends { code: string }>(
    { split, to }: SinceQuestion,
    rows: readonly Row[],
    of: (own: readonly Row[]) => KnownSince,
  ): Map<string, KnownSince> {
    const units = new Map<string, Row[]>();
    if (split === undefined) return new Map();
    const as = split === 'service' ? undefined : restatedBy(this.#catalogue, to)[split].as;
    for (const row of rows) {
      if (row.code === '') continue;
      const id = as?.get(row.code) ?? row.code;
      units.set(id, [...(units.get(id) ?? []), row]);
    }
    return new Map([...units].map(([id, own]) => [id, of(own)]));
  }

  /** The sums that are kept know how many there are. */
  async #assertFew({ from, to }: SinceQuestion, signal?: AbortSignal): Promise<void> {
    const [counted] = await this.#reads.read<{ events: number }>(
      `SELECT sum(events) AS events FROM (SELECT bucket, events FROM rollup_day WHERE dim = 'all')
       WHERE bucket BETWEEN toDate32('${from}') AND toDate32('${to}')`,
      signal,
    );
    const events = Number(counted?.events ?? 0);
    if (events > MOST_EVENTS)
      throw new BadQuery('from', `${events} events are too many to be summed one by one, at most ${MOST_EVENTS}`, {
        events,
        most: MOST_EVENTS,
      });
  }
}

function byCame<Row extends { came?: Came }, T>(rows: readonly Row[], of: (some: readonly Row[]) => T): Map<Came, T> {
  const all = new Map<Came, Row[]>();
  for (const row of rows) if (row.came !== undefined) all.set(row.came, [...(all.get(row.came) ?? []), row]);
  return new Map([...all].map(([came, some]) => [came, of(some)]));
}
