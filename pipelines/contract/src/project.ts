/**
 * What of the room's state a scope shows: its own members in full, of all others what the wall shows everybody. What is not
 * named here is shown to nobody but those who see everything.
 */
import type { Dimension } from './dimensions.ts';
import type { Episode, Forecasts } from './forecasting.ts';
import type { Json } from './patch.ts';
import { owns, type Scope } from './scope.ts';
import type { Delta } from './socket.ts';
import type { Snapshot, SourceState, UnitState, WallState } from './wall.ts';

/** Of a part of the state, or of what a merge patch says of it: what is shown of it, or undefined. A null of a patch deletes. */
type Part = (value: Json, scope: Scope) => Json | undefined;
type Parts<T> = { readonly [Name in keyof Required<T>]: Part };

type Members = Record<string, Json>;
const isMembers = (value: Json): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const everybody: Part = (value) => value;

function only(value: Json, kept: (name: string, value: Json) => Json | undefined): Json | undefined {
  if (value === null) return null;
  if (!isMembers(value)) return undefined;
  const shown: Members = {};
  for (const [name, each] of Object.entries(value)) {
    const part = kept(name, each);
    if (part !== undefined) shown[name] = part;
  }
  return shown;
}

/** By member of a dimension, with the fields that the wall shows of each. */
const members =
  <T>(dim: Dimension, ...fields: (keyof T & string)[]): Part =>
  (value, scope) =>
    only(value, (code, member) => {
      if (owns(scope, dim, code)) return member;
      const shown = only(member, (name, field) => (fields.some((each) => each === name) ? field : undefined));
      // That something changed which is not shown is not shown either.
      return isMembers(shown ?? null) && Object.keys(shown as Members).length === 0 ? undefined : shown;
    });

/** The wall says what is unusual, wherever it is; what explains it is told of one's own. */
const episodes: Part = (value, scope) => {
  if (value === null) return null;
  if (!Array.isArray(value)) return undefined;
  const shown = (value as unknown as Episode[]).map((episode) =>
    owns(scope, episode.dim, episode.code)
      ? episode
      : { ...episode, drivers: episode.drivers.filter(({ dim, code }) => owns(scope, dim, code)) },
  );
  return shown as unknown as Json;
};

const parts =
  <T>(of: Parts<T>): Part =>
  (value, scope) =>
    only(value, (name, part) => (Object.hasOwn(of, name) ? of[name as keyof T](part, scope) : undefined));

const state = parts<WallState>({
  period: everybody,
  kind: everybody,
  dayType: everybody,
  computedAt: everybody,
  simulated: everybody,
  events: everybody,
  total: everybody,
  coverage: everybody,
  coverageNow: everybody,
  perMinute: everybody,
  hours: everybody,
  minutes: everybody,
  usualFives: everybody,
  days: everybody,
  comparable: everybody,
  usualHours: everybody,
  usual: everybody,
  usualStanding: everybody,
  isCoverageLow: everybody,
  agencies: members<UnitState>('agency', 'submitted', 'onTime', 'late', 'onTimeStanding'),
  provinces: members<UnitState>('province', 'submitted', 'usual', 'usualStanding'),
  services: members<UnitState>('service', 'submitted'),
  channels: everybody,
  statuses: everybody,
  sources: members<SourceState>('source', 'status', 'reportedTo', 'weight'),
  backlog: everybody,
  lateChanges: everybody,
  pipeline: everybody,
  lastDay: everybody,
  forecasts: parts<Forecasts>({
    madeAt: everybody,
    knownTo: everybody,
    hours: everybody,
    projections: everybody,
    targets: everybody,
    episodes,
  }),
});

/** Pure; the state itself for those who see everything. */
export const project = (whole: WallState, scope: Scope): WallState =>
  scope.own === undefined ? whole : (state(whole as unknown as Json, scope) as unknown as WallState);

/** Applied to a projected state it gives the projection of the state that `patch` leads to. */
export const projectPatch = (patch: Json, scope: Scope): Json =>
  scope.own === undefined ? patch : (state(patch, scope) ?? {});

export const projectDelta = (delta: Delta, scope: Scope): Delta =>
  scope.own === undefined ? delta : { ...delta, patch: projectPatch(delta.patch, scope) };

export const projectSnapshot = (snapshot: Snapshot, scope: Scope): Snapshot =>
  scope.own === undefined ? snapshot : { ...snapshot, state: project(snapshot.state, scope) };
