/**
 * Looks at all rules each second, in the one process that leads, and writes what changed in one transaction. What is kept is in the
 * database alone: whoever takes over goes on from it, and what it repeats changes nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Catalogue,
  isDimension,
  type Measures,
  type Moment,
  measuresOf,
  NOTHING,
  type Reading,
  type Rule,
  type RuleMember,
  type Snapshot,
  sumOf,
} from '@room/contract';
import { type AlertTable, Conflict, type Document, type Documents } from '@room/database';
import { within } from '@room/runtime';
import type { QueryStore, WallQueries } from '@room/warehouse';
import { levelsOf } from './levels.ts';
import { type Levels, ofStretch, type Stretch } from './observe.ts';
import { type Kept, keptOf, keyOf, type Turned, turnInSlices } from './turn.ts';

const LOOK_MS = 1_000;
/** A look that takes long is followed by a rest so many times as long: rules take a quarter of a core at most. */
const REST = 3;
/** Stretches are read again, and newest readings written, so often. */
const READ_MS = 10_000;
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
  #last = new Map<number, { readAt: number; stretch: Stretch }>();
  #levels: { readAt: number; day: string; of: Map<string, Awaited<ReturnType<typeof levelsOf>>> } | undefined;
  #notedAt = Number.NEGATIVE_INFINITY;
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
      const took = performance.now() - began;
      await sleep(Math.max(LOOK_MS - took, REST * took), undefined, { signal }).catch(() => undefined);
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
    const last = isStale ? new Map<number, Stretch>() : await this.#stretches(known, state.coverage?.asOf);
    const levels: Levels = isStale ? new Map() : await this.#waiting(known, state.period.from);
    const seen = { state, at, tick, isStale, last, levels };
    const first = await turnInSlices({ ...known, seen, catalogue });
    const undone = await this.#undone(known, first.changes);
    const { changes, latest } =
      undone.size === 0
        ? first
        : await turnInSlices({ ...known, seen, catalogue, isUndone: (kept) => undone.has(keyOf(kept.row)) });
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
  async #stretches({ rules }: Known, asOf: number | undefined): Promise<Map<number, Stretch>> {
    if (asOf === undefined) return new Map();
    const wanted = new Set(
      rules.flatMap(({ body: { isEnabled, when } }) =>
        isEnabled && when.kind === 'threshold' && when.window.kind === 'last' ? [when.window.minutes] : [],
      ),
    );
    const to = Math.floor(asOf / MINUTE_MS) * MINUTE_MS;
    const now = performance.now();
    const read = new Map<number, { readAt: number; stretch: Stretch }>();
    for (const minutes of wanted) {
      const before = this.#last.get(minutes);
      const isFresh = before !== undefined && now - before.readAt < READ_MS;
      read.set(minutes, isFresh ? before : { readAt: now, stretch: await this.#sumsOf(to - minutes * MINUTE_MS, to) });
    }
    this.#last = read;
    return new Map([...read].map(([minutes, { stretch }]) => [minutes, stretch]));
  }

  /** What waits, of the dimensions that a rule asks for. */
  async #waiting({ rules }: Known, day: string): Promise<Levels> {
    const wanted = new Set(
      rules.flatMap(({ body: { isEnabled, over, when } }) =>
        isEnabled && when.kind === 'threshold' && when.window.kind === 'now' ? [over.dim] : [],
      ),
    );
    const now = performance.now();
    const isFresh =
      this.#levels !== undefined &&
      this.#levels.day === day &&
      now - this.#levels.readAt < READ_MS &&
      [...wanted].every((dim) => this.#levels?.of.has(dim));
    if (!isFresh) {
      const of = new Map<string, Awaited<ReturnType<typeof levelsOf>>>();
      for (const dim of wanted) of.set(dim, await levelsOf(this.#options.store, dim, day));
      this.#levels = { readAt: now, day, of };
    }
    return this.#levels?.of ?? new Map();
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
  async #undone({ rules, kept }: Known, changes: Turned['changes']): Promise<ReadonlySet<string>> {
    const undone = new Set<string>();
    for (const { key, moves } of changes) {
      const before = kept.get(keyOf(key));
      const when = rules.find(({ id }) => id === key.rule)?.body.when;
      const { from, to } = before?.opened ?? {};
      if (moves?.set.outcome !== 'recovered' || when?.kind !== 'threshold' || when.window.kind !== 'last') continue;
      const dim = dimOf(key.dim);
      if (from === undefined || to === undefined || dim === undefined) continue;
      const member = { dim, code: key.code };
      const seen = ofStretch(when, member, await this.#sumsOf(from, to), to, this.#options.catalogue);
      if (seen?.look.isKnown === true && !seen.look.holds) undone.add(keyOf(key));
    }
    return undone;
  }
}

const dimOf = (dim: string): RuleMember['dim'] | undefined =>
  dim === 'all' ? dim : isDimension(dim) ? dim : undefined;
