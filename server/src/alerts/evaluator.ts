/**
 * Looks at all rules each second, and sooner where numbers changed, in the one process that leads, and writes what changed in one transaction. What is kept is in the
 * database alone: whoever takes over goes on from it, and what it repeats changes nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  addDays,
  type Catalogue,
  CHANGE_DAYS,
  type Condition,
  type IndicatorList,
  isDimension,
  isRuledDimension,
  type LinkLatest,
  type Measures,
  type Moment,
  measuresOf,
  NOTHING,
  programmeOf,
  type Reading,
  type Rule,
  type RuleMember,
  type ServiceIndex,
  type Snapshot,
  startOfDay,
  sumOf,
  windowOf,
} from '@room/contract';
import { type AlertTable, Conflict, type DirectiveTable, type Document, type Documents } from '@room/database';
import { within } from '@room/runtime';
import type { LinkStore, QueryStore, WallQueries } from '@room/warehouse';
import { earlierKey, earlierOf, earlierThan } from './earlier.ts';
import { indexScores } from './index-scores.ts';
import { unitIndicators } from './indicators.ts';
import { levelsOf } from './levels.ts';
import {
  findReported,
  judged,
  type Levels,
  overdueKey,
  type Seen,
  type Stretch,
  sceneOf,
  type UnitIndicators,
  type UnitScore,
  type Uses,
} from './observe.ts';
import { type Kept, keptOf, keyOf, type Turned, turnInSlices } from './turn.ts';
import { usesOf } from './uses.ts';

const LOOK_MS = 1_000;
/** New numbers are looked at so soon after the look before, and noticed within so long. */
const SOON_MS = 400;
const NOTICE_MS = 100;
/** What a look computes is followed by a rest so many times as long: rules take a quarter of a core at most. */
const REST = 3;
/** Stretches are read again, and newest readings written, so often. */
const READ_MS = 10_000;
/** Reports come by the month, and to foresee all of them takes longer. */
const INDICATORS_MS = 30_000;
/** A score of a quarter moves by the day. */
const SCORES_MS = 120_000;
const NOTED_MS = 15_000;
/** Numbers that were computed so long ago say nothing of now: they come each few seconds while anybody computes them. */
const STALE_MS = 30_000;
const STOP_MS = 4_000;
const MINUTE_MS = 60_000;

export interface EvaluatorOptions {
  catalogue: Catalogue;
  rules: Pick<Documents<Rule>, 'list' | 'create'>;
  /** Rules that the catalogue ships, by id: each is made once, and is the room's from then on. */
  starters: Readonly<Record<string, Rule>>;
  table: Pick<AlertTable, 'instances' | 'list' | 'apply' | 'looked'>;
  /** The running day, and how old its numbers are in milliseconds. */
  current: () => Snapshot | undefined;
  ageMs: () => number | undefined;
  queries: Pick<WallQueries, 'running'>;
  store: Pick<QueryStore, 'answer'>;
  links: Pick<LinkStore, 'latest'>;
  directives: Pick<DirectiveTable, 'overdue'>;
  /** By which units are scored, where the catalogue has one. */
  index: ServiceIndex | undefined;
  /** All of them, as they are known at an instant. */
  indicators: (at: number) => Promise<Pick<IndicatorList, 'indicators'>>;
  report: (level: 'debug' | 'info' | 'warn', message: string, detail?: Record<string, unknown>) => void;
  /** The calendar, as whoever keeps this machine's clock corrects it, and the clock by which spans are told. */
  now?: () => Moment;
}

const clocks = (): Moment => ({ at: Date.now(), tick: performance.now() });

interface Known {
  rules: Document<Rule>[];
  kept: Map<string, Kept>;
}

export class Evaluator {
  readonly #options: EvaluatorOptions;
  readonly #stopping = new AbortController();
  readonly #now: () => Moment;
  #known: Known | undefined;
  /** As it was known last: how long it has held is not told anew by a calendar that was corrected since. */
  #kept: Known['kept'] = new Map();
  #edits = 0;
  #last: ReadonlyMap<number, Held<Stretch>> = new Map();
  #before: ReadonlyMap<string, Held<Stretch>> = new Map();
  #levels: ReadonlyMap<string, Held<Awaited<ReturnType<typeof levelsOf>>>> = new Map();
  #latest: Held<ReadonlyMap<string, LinkLatest>> | undefined;
  #overdue: Held<ReadonlyMap<string, number>> | undefined;
  #scores: ReadonlyMap<string, Held<ReadonlyMap<string, UnitScore>>> = new Map();
  #indicators: Held<ReadonlyMap<string, UnitIndicators>> | undefined;
  #uses: ReadonlyMap<string, Held<Uses>> = new Map();
  #notedAt = Number.NEGATIVE_INFINITY;
  /** Milliseconds that this look computed; what it waited for others is no work. */
  #spent = 0;
  #said = '';
  #done: Promise<void> = Promise.resolve();

  constructor(options: EvaluatorOptions) {
    this.#options = options;
    this.#now = options.now ?? clocks;
  }

  start(): void {
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await within(this.#done, STOP_MS);
  }

  /** Rules were edited: they are read again. */
  changed(): void {
    this.#edits++;
    this.#known = undefined;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let isSeeded = false;
    while (!signal.aborted) {
      const began = performance.now();
      this.#spent = 0;
      try {
        if (!isSeeded) await this.#seed();
        isSeeded = true;
        await this.#look();
        this.#said = '';
      } catch (error) {
        // Somebody else wrote meanwhile, or nothing could be written: what is there is read again.
        this.#known = undefined;
        const { message } = error as Error;
        if (!(error instanceof Conflict) && message !== this.#said)
          this.#options.report('warn', `rules are looked at again: ${message}`);
        this.#said = message;
      }
      await this.#rest(began);
    }
  }

  async #rest(began: number): Promise<void> {
    const ended = performance.now();
    const { signal } = this.#stopping;
    const { current } = this.#options;
    const looked = current();
    const until = (ms: number): number =>
      Math.max(began + ms, ended + NOTICE_MS, ended + this.#spent * REST) - performance.now();
    for (;;) {
      const left = until(current() === looked ? LOOK_MS : SOON_MS);
      if (left <= 0 || signal.aborted) return;
      await sleep(Math.min(NOTICE_MS, left), undefined, { signal }).catch(() => undefined);
    }
  }

  /** One that was there before, or was removed, is not made again. */
  async #seed(): Promise<void> {
    for (const [id, rule] of Object.entries(this.#options.starters))
      try {
        await this.#options.rules.create({ who: 'catalogue' }, id, rule);
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
      }
  }

  async #look(): Promise<void> {
    const { catalogue, current, ageMs, table } = this.#options;
    const known = this.#known ?? (await this.#readNow());
    const state = current()?.state;
    const age = ageMs();
    if (state === undefined || age === undefined) return;
    const { at, tick } = this.#now();
    const isStale = age > STALE_MS;
    const asked = known.rules.flatMap(({ body }) => (body.isEnabled && !isStale ? [body.when] : []));
    const last = await this.#stretches(asked, state.coverage?.asOf);
    const earlier = await this.#earlier(asked, { state, at }, last);
    const levelsBefore = await this.#waiting(isStale ? [] : known.rules, state.period.from);
    const levels: Levels = levelsBefore.get(0) ?? new Map();
    const links = await this.#links(isStale ? [] : known.rules);
    const overdueTasks = await this.#overdueTasks(isStale ? [] : known.rules, state.period.from);
    const indicators = await this.#unitIndicators(asked, at);
    const scores = await this.#unitScores(isStale ? [] : known.rules, state.period.from);
    const uses = await this.#usesBefore(asked, state.period.from);
    const seen: Seen = {
      state,
      at,
      tick,
      isStale,
      last,
      earlier,
      levels,
      levelsBefore,
      ...(links === undefined ? {} : { links }),
      ...(overdueTasks === undefined ? {} : { overdueTasks }),
      ...(indicators === undefined ? {} : { indicators }),
      scores,
      uses,
    };
    const spent = (ms: number): void => {
      this.#spent += ms;
    };
    const first = await turnInSlices({ ...known, seen, catalogue }, spent);
    const undone = await this.#undone(known, first.changes, seen);
    const { changes, latest } =
      undone.size === 0
        ? first
        : await turnInSlices({ ...known, seen, catalogue, isUndone: (kept) => undone.has(keyOf(kept.row)) }, spent);
    if (this.#stopping.signal.aborted) return;
    if (changes.length > 0) {
      await table.apply({ who: 'room' }, changes);
      // What the rows are now is what was written.
      for (const { key, to, from, begins } of changes) {
        if (to === undefined) known.kept.delete(keyOf(key));
        else {
          const before = known.kept.get(keyOf(key));
          const opened = begins === undefined ? before?.opened : (JSON.parse(begins.opened) as Reading);
          known.kept.set(
            keyOf(key),
            keptOf({ ...to, version: from + 1 }, to.alert === null ? undefined : opened, seen),
          );
        }
      }
    }
    if (performance.now() - this.#notedAt < NOTED_MS) return;
    this.#notedAt = performance.now();
    await table.looked(
      new Date(at).toISOString(),
      new Map([...latest].map(([id, reading]) => [id, JSON.stringify(reading)])),
    );
  }

  /** Kept, unless rules were edited meanwhile. */
  async #readNow(): Promise<Known> {
    const edits = this.#edits;
    const read = await this.#read();
    if (edits === this.#edits) this.#known = read;
    return read;
  }

  async #read(): Promise<Known> {
    const { rules, table } = this.#options;
    const [listed, rows, open] = await Promise.all([rules.list(), table.instances(), table.list('open', 0)]);
    const opened = new Map(open.map((alert) => [alert.id, JSON.parse(alert.opened) as Reading]));
    const now = this.#now();
    const kept = rows.map((row): [string, Kept] => {
      const before = this.#kept.get(keyOf(row));
      const read = keptOf(row, opened.get(row.alert ?? ''), now);
      return [keyOf(row), before?.row.version === row.version ? { ...read, instance: before.instance } : read];
    });
    this.#kept = new Map(kept);
    return { rules: listed, kept: this.#kept };
  }

  /** Whole minutes that end where everybody has reported, for each length that a rule asks for. */
  async #stretches(asked: readonly Condition[], asOf: number | undefined): Promise<Map<number, Stretch>> {
    if (asOf === undefined) return new Map();
    const to = Math.floor(asOf / MINUTE_MS) * MINUTE_MS;
    const read = new Map<number, Held<Stretch>>();
    for (const when of asked) {
      const window = windowOf(when);
      if (window?.kind !== 'last' || read.has(window.minutes)) continue;
      const { minutes } = window;
      read.set(minutes, await held(this.#last.get(minutes), () => this.#sumsOf(to - minutes * MINUTE_MS, to)));
    }
    this.#last = read;
    return valuesOf(read);
  }

  /** What those, and the running day up to now, are held against. */
  async #earlier(
    asked: readonly Condition[],
    { state, at }: Pick<Seen, 'state' | 'at'>,
    last: ReadonlyMap<number, Stretch>,
  ): Promise<Map<string, Stretch>> {
    const { catalogue } = this.#options;
    const read = new Map<string, Held<Stretch>>();
    for (const when of asked) {
      const need = earlierOf(when);
      if (need === undefined || read.has(earlierKey(need))) continue;
      const today = { from: startOfDay(state.period.from, catalogue.timeZone), to: state.coverage?.asOf ?? at };
      const own = need.window.kind === 'last' ? last.get(need.window.minutes) : today;
      const then = own === undefined ? undefined : earlierThan(own, need, catalogue);
      if (then === undefined) continue;
      const key = earlierKey(need);
      read.set(key, await held(this.#before.get(key), () => this.#sumsOf(then.from, then.to)));
    }
    this.#before = read;
    return valuesOf(read);
  }

  /** What waits, of the dimensions that a rule asks for; now, and so many days before. */
  async #waiting(rules: readonly Document<Rule>[], today: string): Promise<ReadonlyMap<number, Levels>> {
    const read = new Map<string, Held<Awaited<ReturnType<typeof levelsOf>>>>();
    const found = new Map<number, Map<string, Awaited<ReturnType<typeof levelsOf>>>>();
    for (const { body } of rules) {
      const { when } = body;
      const { dim } = body.over;
      if (!body.isEnabled || windowOf(when)?.kind !== 'now' || dim === 'link') continue;
      for (const days of when.kind === 'change' ? [0, when.days ?? CHANGE_DAYS] : [0]) {
        const day = addDays(today, -days);
        const key = `${day} ${dim}`;
        const kept =
          read.get(key) ?? (await held(this.#levels.get(key), () => levelsOf(this.#options.store, dim, day)));
        read.set(key, kept);
        found.set(days, (found.get(days) ?? new Map()).set(dim, kept.value));
      }
    }
    this.#levels = read;
    return found;
  }

  /** What each told last, where a rule is over links. */
  async #links(rules: readonly Document<Rule>[]): Promise<Seen['links']> {
    if (!rules.some(({ body }) => body.isEnabled && body.over.dim === 'link')) return undefined;
    this.#latest = await held(this.#latest, () => this.#options.links.latest());
    return this.#latest.value;
  }

  /** Of each unit, where a rule is about them. */
  async #overdueTasks(rules: readonly Document<Rule>[], today: string): Promise<Seen['overdueTasks']> {
    if (!rules.some(({ body }) => body.isEnabled && body.when.kind === 'tasks-overdue')) return undefined;
    this.#overdue = await held(this.#overdue, async () => {
      const rows = await this.#options.directives.overdue(today);
      return new Map(rows.map(({ dim, code, count }) => [overdueKey(dim, code), count]));
    });
    return this.#overdue.value;
  }

  /** Of each unit, where a rule is about them. */
  async #unitIndicators(asked: readonly Condition[], at: number): Promise<Seen['indicators']> {
    if (!asked.some((when) => programmeOf(when) === 'indicators')) return undefined;
    const read = async () => unitIndicators((await this.#options.indicators(at)).indicators);
    this.#indicators = await held(this.#indicators, read, INDICATORS_MS);
    return this.#indicators.value;
  }

  /** Of the units of the dimensions that a rule about the index is over. */
  async #unitScores(rules: readonly Document<Rule>[], today: string): Promise<ReadonlyMap<string, UnitScore>> {
    const { index, store } = this.#options;
    const read = new Map<string, Held<ReadonlyMap<string, UnitScore>>>();
    for (const { body } of rules) {
      const { dim } = body.over;
      if (!body.isEnabled || body.when.kind !== 'index-low' || index === undefined || read.has(dim)) continue;
      if (dim === 'agency' || dim === 'province')
        read.set(dim, await held(this.#scores.get(dim), () => indexScores(store, index, dim, today), SCORES_MS));
    }
    this.#scores = read;
    return new Map([...read.values()].flatMap(({ value }) => [...value]));
  }

  /** Of services, for each length in days that a rule asks for. */
  async #usesBefore(asked: readonly Condition[], today: string): Promise<Map<number, Uses>> {
    const { store, catalogue } = this.#options;
    const read = new Map<string, Held<Uses>>();
    const found = new Map<number, Uses>();
    for (const when of asked) {
      if (when.kind !== 'unused' || found.has(when.days)) continue;
      const key = `${today} ${when.days}`;
      const kept = await held(this.#uses.get(key), () => usesOf(store, when.days, today, catalogue));
      read.set(key, kept);
      found.set(when.days, kept.value);
    }
    this.#uses = read;
    return found;
  }

  async #sumsOf(from: number, to: number): Promise<Stretch> {
    const { totals, minutes } = await this.#options.queries.running(from, to);
    const units = new Map<string, Map<string, Measures>>();
    for (const row of totals) {
      if (!isDimension(row.dim)) continue;
      const members = units.get(row.dim) ?? new Map<string, Measures>();
      units.set(row.dim, members.set(row.code, measuresOf(row)));
    }
    return { from, to, total: minutes.length === 0 ? { ...NOTHING } : sumOf(minutes), units };
  }

  /** Of alerts that end: those whose crossing is not there any more in the stretch that it was seen in, as that is known now. */
  async #undone({ rules, kept }: Known, changes: Turned['changes'], seen: Seen): Promise<ReadonlySet<string>> {
    const { catalogue } = this.#options;
    const undone = new Set<string>();
    for (const { key, moves } of changes) {
      const when = rules.find(({ id }) => id === key.rule)?.body.when;
      if (moves?.set.outcome !== 'recovered' || when === undefined || !isOfCounts(when)) continue;
      const { window } = when;
      const { from, to } = kept.get(keyOf(key))?.opened ?? {};
      const dim = dimOf(key.dim);
      if (window.kind !== 'last' || from === undefined || to === undefined || dim === undefined) continue;
      const need = earlierOf(when);
      const then = need === undefined ? undefined : earlierThan({ from, to }, need, catalogue);
      const last = new Map([[window.minutes, await this.#sumsOf(from, to)]]);
      const earlier = new Map(
        need === undefined || then === undefined
          ? []
          : [[earlierKey(need), await this.#sumsOf(then.from, then.to)] as const],
      );
      const found = findReported(
        when,
        { dim, code: key.code },
        sceneOf({ ...seen, last, earlier }, catalogue),
        catalogue,
      );
      const look = found === undefined ? undefined : judged(when, found, to, catalogue).look;
      if (look?.isKnown === true && !look.holds) undone.add(keyOf(key));
    }
    return undone;
  }
}

type OfCounts = Extract<Condition, { kind: 'threshold' | 'change' | 'ratio' }>;
const isOfCounts = (when: Condition): when is OfCounts => windowOf(when) !== undefined;

/** What was read, and when by the clock that nobody sets. */
interface Held<T> {
  readAt: number;
  value: T;
}

/** As it was read before, unless that is too long ago. */
async function held<T>(before: Held<T> | undefined, read: () => Promise<T>, ms = READ_MS): Promise<Held<T>> {
  const now = performance.now();
  return before !== undefined && now - before.readAt < ms ? before : { readAt: now, value: await read() };
}

const valuesOf = <K, T>(read: ReadonlyMap<K, Held<T>>): Map<K, T> =>
  new Map([...read].map(([key, { value }]) => [key, value]));

const dimOf = (dim: string): RuleMember['dim'] | undefined =>
  dim === 'all' || isRuledDimension(dim) ? dim : undefined;
