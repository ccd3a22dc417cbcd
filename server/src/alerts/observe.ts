/** What the numbers of the room say of one instance of a rule. Pure. */
import {
  type Catalogue,
  type Condition,
  DIMENSIONS,
  type Finding,
  isLevel,
  isRatio,
  type LevelMeasure,
  type Limit,
  limitOf,
  type Measures,
  NOTHING,
  type Reading,
  type Rule,
  type RuleMember,
  ratioOf,
  type SumMeasure,
  startOfDay,
  type ThresholdCondition,
  type WallState,
  wholeOf,
} from '@room/contract';

/** Sums of one stretch, milliseconds since 1970 UTC. */
export interface Stretch {
  from: number;
  to: number;
  total: Measures;
  /** By dimension, by code. */
  units: ReadonlyMap<string, ReadonlyMap<string, Measures>>;
}

/** What waits of one member, as it was last reported. */
export type Waiting = Readonly<Partial<Record<LevelMeasure, number>>> & {
  /** The oldest of those reports. */
  asOf?: number | undefined;
};

/** By dimension, by code; of the whole under `all` and no code. */
export type Levels = ReadonlyMap<string, ReadonlyMap<string, Waiting>>;

/** All that a look at the rules knows. */
export interface Seen {
  state: WallState;
  /** By the calendar, milliseconds since 1970 UTC, and on the clock that spans are told by. */
  at: number;
  tick: number;
  /** No numbers are computed any more: nothing is known. */
  isStale: boolean;
  /** By length in minutes. */
  last: ReadonlyMap<number, Stretch>;
  levels: Levels;
}

/** The same, with what all instances ask of it worked out once. */
export interface Scene extends Seen {
  /** Where the day of the state begins. */
  midnight: number;
  reported: Reported;
}

export const sceneOf = (seen: Seen, catalogue: Catalogue): Scene => ({
  ...seen,
  midnight: startOfDay(seen.state.period.from, catalogue.timeZone),
  reported: reportedIn(seen.state, catalogue),
});

export interface Observed {
  look: Finding;
  reading: Reading;
}

/** Undefined where there is nothing to decide by yet: nothing changes then. */
export function observe(rule: Rule, member: RuleMember, scene: Scene, catalogue: Catalogue): Observed | undefined {
  const { when } = rule;
  if (scene.isStale) return unknown(scene.at, 'room');
  if (when.kind === 'silent') return silence(member, scene, catalogue);
  if (when.kind === 'coverage') return coverage(when, scene, catalogue);
  if (when.kind === 'freshness') return freshness(when, member, scene);
  const missing = missingOf(member, scene, catalogue);
  if (missing === 'nothing yet') return undefined;
  if (missing !== undefined) return unknown(scene.at, missing);
  return threshold(when, member, scene, catalogue);
}

const unknown = (at: number, missing: string): Observed => ({ look: { isKnown: false }, reading: { at, missing } });

const judged = (holds: boolean, isClear: boolean, reading: Reading): Observed => ({
  look: { isKnown: true, holds, isClear: isClear && !holds },
  reading,
});

function silence({ code }: RuleMember, { state, at }: Scene, catalogue: Catalogue): Observed | undefined {
  const source = state.sources[code];
  // Who was never heard has not fallen silent.
  if (source === undefined || source.status === 'never' || source.reportedTo === undefined) return undefined;
  // A portal that fills in what it had not sent is heard, however old what it sends is.
  const { silentAfter = 0 } = catalogue.sources.find(({ id }) => id === code) ?? {};
  const isHeard = source.receivedAt !== undefined && at - source.receivedAt <= silentAfter * 1_000;
  const isSilent = source.status === 'silent' && !isHeard;
  return judged(isSilent, !isSilent, {
    at,
    value: Math.max(0, Math.round((at - source.reportedTo) / 1_000)),
    to: source.reportedTo,
  });
}

type Of<K extends Condition['kind']> = Extract<Condition, { kind: K }>;

function coverage(
  { limit, recover }: Of<'coverage'>,
  { state, at }: Scene,
  catalogue: Catalogue,
): Observed | undefined {
  const { coverageNow } = state;
  // Nothing is said of a usual volume that nobody knows.
  if (coverageNow === undefined || coverageNow.of === 'sources') return undefined;
  const bounds = boundsOf(limit, recover, catalogue);
  const { share: value } = coverageNow;
  return judged(value < bounds.limit, value >= bounds.recover, { at, value, ...bounds, to: coverageNow.asOf });
}

function freshness(
  { seconds }: Of<'freshness'>,
  { dim, code }: RuleMember,
  { state, at }: Scene,
): Observed | undefined {
  const to = dim === 'source' ? state.sources[code]?.reportedTo : newestOf(state);
  if (to === undefined) return undefined;
  const value = Math.max(0, Math.round((at - to) / 1_000));
  return judged(value > seconds, value <= seconds, { at, value, limit: seconds, to });
}

const newestOf = ({ coverageNow, sources }: WallState): number | undefined => {
  const told = Object.values(sources).flatMap(({ reportedTo }) => (reportedTo === undefined ? [] : [reportedTo]));
  return coverageNow?.asOf ?? (told.length === 0 ? undefined : Math.max(...told));
};

/** Who reports, as it matters to those who are measured. */
interface Reported {
  isAnybodyHeard: boolean;
  /** Of portals that were ever heard, enough report by their usual volume. */
  isEnough: boolean;
  /** By unit, of its own portals that were ever heard one that is silent; undefined where none is. */
  silent: ReadonlyMap<string, string | undefined>;
}

function reportedIn({ sources }: WallState, { sources: listed, thresholds }: Catalogue): Reported {
  const silent = new Map<string, string | undefined>();
  const heard = { all: 0, telling: 0 };
  const weights = { all: 0, telling: 0 };
  for (const { id, unit } of listed) {
    const source = sources[id];
    if (source === undefined || source.status === 'never') continue;
    const isSilent = source.status === 'silent';
    if (unit !== undefined) silent.set(unit, silent.get(unit) ?? (isSilent ? id : undefined));
    heard.all++;
    weights.all += source.weight;
    if (isSilent) continue;
    heard.telling++;
    weights.telling += source.weight;
  }
  // Of a new room no volume is usual yet.
  const { all, telling } = weights.all > 0 ? weights : heard;
  return { isAnybodyHeard: heard.all > 0, isEnough: telling >= thresholds.coverageEnough * all, silent };
}

/** Whose silence makes a member unknown: a portal's id, `coverage`, `nothing yet`; undefined where enough is reported. */
function missingOf({ dim, code }: RuleMember, { state, reported }: Scene, catalogue: Catalogue): string | undefined {
  const unit = dim === 'service' ? catalogue.services.find((service) => service.code === code)?.agency : code;
  if (!reported.isAnybodyHeard) return 'nothing yet';
  if (dim !== 'all' && unit !== undefined && reported.silent.has(unit)) {
    const silent = reported.silent.get(unit);
    if (silent !== undefined) return silent;
  } else if (!reported.isEnough) return 'coverage';
  // A day that nobody reported of yet says nothing of itself.
  return state.coverage === undefined ? 'nothing yet' : undefined;
}

function threshold(
  when: ThresholdCondition,
  member: RuleMember,
  scene: Scene,
  catalogue: Catalogue,
): Observed | undefined {
  const { state, at } = scene;
  const { window } = when;
  if (isLevel(when.measure)) return ofLevel(when, when.measure, member, scene, catalogue);
  if (window.kind === 'last') {
    const stretch = scene.last.get(window.minutes);
    return stretch === undefined ? undefined : ofStretch(when, member, stretch, at, catalogue);
  }
  const today = { from: scene.midnight, to: state.coverage?.asOf ?? at };
  const sums = member.dim === 'all' ? state.total : todayOf(state, member);
  if (sums === undefined) return undefined;
  if (when.against.kind === 'value') return ofSums(when, sums, { at, ...today }, catalogue);
  const usual = member.dim === 'all' ? state.usual : unitOf(state, member)?.usual;
  // A range of few days is none.
  if (usual === undefined || usual.days < catalogue.thresholds.usualDaysEnough) return undefined;
  return againstUsual(when, sums.submitted, usual, { at, ...today }, catalogue);
}

/** What the sums of a stretch say: also of the one in which a limit was crossed, as it is known now. */
export function ofStretch(
  when: ThresholdCondition,
  { dim, code }: RuleMember,
  { from, to, total, units }: Stretch,
  at: number,
  catalogue: Catalogue,
): Observed | undefined {
  const sums = dim === 'all' ? total : (units.get(dim)?.get(code) ?? NOTHING);
  return ofSums(when, sums, { at, from, to }, catalogue);
}

/** What waits of a member that nobody told of is not known. */
function ofLevel(
  { side, against }: ThresholdCondition,
  measure: LevelMeasure,
  { dim, code }: RuleMember,
  { levels, at }: Scene,
  catalogue: Catalogue,
): Observed | undefined {
  const waiting = levels.get(dim)?.get(code);
  const value = waiting?.[measure];
  if (against.kind !== 'value' || value === undefined) return undefined;
  const asOf = waiting?.asOf;
  const base = { at, ...(asOf === undefined ? {} : { to: asOf }) };
  return sided(side, value, boundsOf(against.limit, against.recover, catalogue), base);
}

type Base = Pick<Reading, 'at' | 'from' | 'to'>;

function ofSums(
  { measure, side, against, enough }: ThresholdCondition,
  sums: Readonly<Measures>,
  base: Base,
  catalogue: Catalogue,
): Observed | undefined {
  if (against.kind !== 'value') return undefined;
  const bounds = boundsOf(against.limit, against.recover, catalogue);
  if (!isRatio(measure)) return sided(side, sums[measure as SumMeasure], bounds, base);
  const whole = wholeOf(measure, sums);
  const value = ratioOf(measure, sums);
  // A share of few says nothing, in either direction.
  if (value === undefined || whole < limitOf(enough ?? 0, catalogue.thresholds)) return undefined;
  return sided(side, value, bounds, { ...base, whole });
}

function againstUsual(
  { side, against }: ThresholdCondition,
  value: number,
  { low, median, high }: { low: number; median: number; high: number },
  base: Base,
  catalogue: Catalogue,
): Observed | undefined {
  if (against.kind !== 'usual') return undefined;
  const edge = side === 'above' ? high : low;
  const sign = side === 'above' ? 1 : -1;
  const beyond = (share: Limit): number => Math.max(0, edge * (1 + sign * limitOf(share, catalogue.thresholds)));
  const bounds = { limit: beyond(against.beyond), recover: beyond(against.recover ?? against.beyond) };
  return sided(side, value, bounds, { ...base, usual: { low, median, high } });
}

/** On the limit itself nothing is crossed. */
const sided = (side: 'above' | 'below', value: number, bounds: Bounds, rest: Reading): Observed =>
  side === 'above'
    ? judged(value > bounds.limit, value <= bounds.recover, { ...rest, value, ...bounds })
    : judged(value < bounds.limit, value >= bounds.recover, { ...rest, value, ...bounds });

interface Bounds {
  limit: number;
  recover: number;
}
const boundsOf = (limit: Limit, recover: Limit | undefined, { thresholds }: Catalogue): Bounds => ({
  limit: limitOf(limit, thresholds),
  recover: limitOf(recover ?? limit, thresholds),
});

function unitOf(state: WallState, { dim, code }: RuleMember): WallState['agencies'][string] | undefined {
  const wall = dim === 'all' ? undefined : DIMENSIONS[dim].wall;
  return wall?.holds === 'measures' ? (state[wall.name] as WallState['agencies'])[code] : undefined;
}

/** A unit that nobody told of today, though its portals report, has nothing. */
function todayOf(state: WallState, member: RuleMember): Measures {
  return { ...NOTHING, ...unitOf(state, member) };
}

/** Whether what crossed a limit today was taken back: a count of the same day only falls by a correction. */
export function isTakenBack(when: Condition, opened: Reading, now: Reading): boolean {
  return (
    when.kind === 'threshold' &&
    when.window.kind === 'today' &&
    when.side === 'above' &&
    when.against.kind === 'value' &&
    !isRatio(when.measure) &&
    opened.from === now.from &&
    now.value !== undefined &&
    opened.value !== undefined &&
    now.value < opened.value
  );
}
