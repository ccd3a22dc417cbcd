/**
 * What a look at the rules would have known at each step of the past, by what is counted now: the running day as a wall had it,
 * stretches, what they are held against, who reported. Pure. Instants are milliseconds since 1970 UTC.
 */
import {
  type Catalogue,
  CHANGE_DAYS,
  type Condition,
  type CountedMember,
  comparableDays,
  DIMENSIONS,
  type Forecasts,
  localDay,
  type Measures,
  NOTHING,
  type SourceState,
  sourceStatus,
  startOfDay,
  type UnitState,
  type Usual,
  usualOf,
  windowOf,
  Z_NATION,
  Z_UNIT,
} from '@room/contract';
import { earlierKey, earlierOf, earlierThan } from './earlier.ts';
import { type Levels, type Scene, type SeenState, type Stretch, sceneOf, type Uses } from './observe.ts';
import type { Track } from './track.ts';

const MINUTE = 60_000;

/** The steps that are looked at lie behind those of the lead, which usual ranges and earlier stretches are read from. */
export interface Grid {
  /** Where the lead begins. */
  start: number;
  step: number;
  lead: number;
  steps: number;
}

export interface Past {
  when: Condition;
  members: readonly CountedMember[];
  grid: Grid;
  /** Of the members, in their order; of portals by id. */
  tracks: readonly Track[];
  whole: Track;
  sources: ReadonlyMap<string, Track>;
  /** By local day, and by so many days before it. */
  levels?: (day: string, before: number) => Levels;
  /** The runs, the earliest first. */
  runs?: readonly Forecasts[];
}

/** A day of the grid: its steps begin at `first`. */
interface Day {
  name: string;
  midnight: number;
  first: number;
  /** First steps of the days that it is compared with. */
  alike: readonly number[];
}

export class PastScenes {
  readonly #past: Past;
  readonly #catalogue: Catalogue;
  readonly #weights: ReadonlyMap<string, number>;
  #day: Day | undefined;
  #run = 0;

  constructor(past: Past, catalogue: Catalogue) {
    this.#past = past;
    this.#catalogue = catalogue;
    const { lead, steps } = past.grid;
    const volumes = new Map([...past.sources].map(([id, track]) => [id, track.of('submitted', 0, lead + steps)]));
    const all = [...volumes.values()].reduce((sum, volume) => sum + volume, 0);
    this.#weights = new Map([...volumes].map(([id, volume]) => [id, all === 0 ? 1 / volumes.size : volume / all]));
  }

  /** At the end of step `n` of those that are looked at; asked for in the order of time. */
  at(n: number): Scene {
    const { when, grid, whole, levels } = this.#past;
    const end = grid.lead + n + 1;
    const at = grid.start + end * grid.step;
    const day = this.#dayOf(at);
    const sources = this.#sourcesAt(end, at);
    const state: SeenState = {
      period: { from: day.name, to: day.name },
      total: whole.between(day.first, end),
      agencies: {},
      provinces: {},
      services: {},
      sources,
    };
    const reported = Object.values(sources).flatMap(({ reportedTo }) => (reportedTo === undefined ? [] : [reportedTo]));
    const newest = Math.max(...reported, 0);
    if (newest >= day.midnight) {
      const telling = Object.values(sources).filter(({ status }) => status === 'reporting');
      state.coverage = { asOf: at, share: 1 };
      state.coverageNow = {
        asOf: telling.length === 0 ? newest : Math.min(at, ...telling.map(({ reportedTo = at }) => reportedTo)),
        share: Math.min(
          1,
          telling.reduce((sum, { weight }) => sum + weight, 0),
        ),
        of: 'volume',
      };
    }
    const window = windowOf(when);
    if (window?.kind === 'today') this.#addUnits(state, day, end, at);
    const forecasts = this.#runAt(at);
    if (forecasts !== undefined) state.forecasts = forecasts;
    const last = new Map<number, Stretch>();
    if (window?.kind === 'last')
      last.set(window.minutes, this.#stretch({ from: at - window.minutes * MINUTE, to: at }));
    const need = earlierOf(when);
    const own = window?.kind === 'last' ? last.get(window.minutes) : { from: day.midnight, to: at };
    const then = need === undefined || own === undefined ? undefined : earlierThan(own, need, this.#catalogue);
    const days = when.kind === 'change' ? (when.days ?? CHANGE_DAYS) : undefined;
    return sceneOf(
      {
        state,
        at,
        tick: at,
        isStale: false,
        last,
        earlier: new Map(need === undefined || then === undefined ? [] : [[earlierKey(need), this.#stretch(then)]]),
        levels: levels?.(day.name, 0) ?? new Map(),
        levelsBefore: new Map(days === undefined ? [] : [[days, levels?.(day.name, days) ?? new Map()]]),
        ...(when.kind === 'unused' ? { uses: new Map([[when.days, this.#usesBy(end, when.days)]]) } : {}),
      },
      this.#catalogue,
    );
  }

  /** Of the whole days up to the end of a step, of a grid by days: as it is known in the first moment of the next one. */
  #usesBy(end: number, days: number): Uses {
    const { grid, members, tracks, sources } = this.#past;
    const first = end - days;
    const due = sources.size * days;
    const told = [...sources.values()].reduce((sum, track) => sum + track.stepsTold(first, end), 0);
    return {
      from: grid.start + first * grid.step,
      to: grid.start + end * grid.step,
      coverage: due === 0 || told === 0 ? undefined : told / due,
      submitted: new Map(members.map(({ code }, n) => [code, tracks[n]?.of('submitted', first, end) ?? 0])),
    };
  }

  /** What ends at midnight is of the day that ended. */
  #dayOf(at: number): Day {
    const { start, step } = this.#past.grid;
    const { timeZone } = this.#catalogue;
    const name = localDay(at - 1, timeZone);
    if (this.#day?.name === name) return this.#day;
    const midnight = startOfDay(name, timeZone);
    const firstOf = (from: number): number => Math.round((from - start) / step);
    const { when } = this.#past;
    const isUsual = when.kind === 'threshold' && when.against.kind === 'usual';
    const alike = isUsual
      ? comparableDays(this.#catalogue, name, localDay(start, timeZone))
          .map((day) => firstOf(startOfDay(day, timeZone)))
          // A day without any event is a day without data, not a day of zeros.
          .filter((first) => this.#past.whole.events(first, first + DAY / step) > 0)
      : [];
    this.#day = { name, midnight, first: firstOf(midnight), alike };
    return this.#day;
  }

  #sourcesAt(end: number, at: number): Record<string, SourceState> {
    return Object.fromEntries(
      this.#catalogue.sources.map((source): [string, SourceState] => {
        const { start, step } = this.#past.grid;
        const toldTo = this.#past.sources.get(source.id)?.toldTo(end - 1);
        const reportedTo = toldTo === undefined ? undefined : start + toldTo * step;
        const state: SourceState = {
          status: sourceStatus(source, reportedTo, at),
          weight: this.#weights.get(source.id) ?? 0,
        };
        return [source.id, reportedTo === undefined ? state : { ...state, reportedTo }];
      }),
    );
  }

  #addUnits(state: SeenState, { first, alike, midnight }: Day, end: number, at: number): void {
    const { members, tracks, sources, grid } = this.#past;
    if (members[0]?.dim === 'all') {
      // Each portal only up to where it had reported: silence must not look like a fall.
      const reported = Object.entries(state.sources).flatMap(([id, { reportedTo = 0 }]) => {
        const track = sources.get(id);
        return track === undefined || reportedTo <= midnight
          ? []
          : [{ track, spent: (Math.min(reportedTo, at) - midnight) / grid.step }];
      });
      const usual = rangeOf(
        alike.map((day) =>
          reported.reduce((sum, { track, spent }) => sum + track.of('submitted', day, day + spent), 0),
        ),
        Z_NATION,
      );
      if (usual !== undefined) state.usual = usual;
      return;
    }
    const wall = members[0] === undefined ? undefined : DIMENSIONS[members[0].dim as 'agency'].wall;
    if (wall?.holds !== 'measures') return;
    const units: Record<string, UnitState> = {};
    for (const [n, { code }] of members.entries()) {
      const track = tracks[n];
      // Whom nobody told of today the wall does not have.
      if (track === undefined || track.events(first, end) === 0) continue;
      const usual = rangeOf(
        alike.map((day) => track.of('submitted', day, day + end - first)),
        Z_UNIT,
      );
      units[code] = { ...track.between(first, end), ...(usual === undefined ? {} : { usual }) };
    }
    Object.assign(state, { [wall.name]: units });
  }

  #stretch({ from, to }: { from: number; to: number }): Stretch {
    const { grid, members, tracks, whole } = this.#past;
    const place = (at: number): number => (at - grid.start) / grid.step;
    const sums = members.map(({ code }, n): [string, Measures] => [
      code,
      tracks[n]?.between(place(from), place(to)) ?? { ...NOTHING },
    ]);
    return {
      from,
      to,
      total: whole.between(place(from), place(to)),
      units: new Map([[members[0]?.dim ?? 'all', new Map(sums)]]),
    };
  }

  /** The newest that had been made. */
  #runAt(at: number): Forecasts | undefined {
    const { runs = [] } = this.#past;
    while (this.#run < runs.length && (runs[this.#run]?.madeAt ?? at) <= at) this.#run++;
    return runs[this.#run - 1];
  }
}

const DAY = 86_400_000;
/** Without days to compare with there is none. */
const rangeOf = (values: readonly number[], z: number): Usual | undefined =>
  values.length === 0 ? undefined : usualOf(values, z);
