/** What the numbers of the room say of one instance of a rule. Pure. */
import {
  boundsOf,
  type Catalogue,
  CHANGE_DAYS,
  type ChangeCondition,
  type Condition,
  DIMENSIONS,
  errorShareOf,
  type Finding,
  isLevel,
  isRatio,
  judge,
  type LevelMeasure,
  type Limit,
  type LinkLatest,
  limitOf,
  limitsOf,
  linkOf,
  linkStateOf,
  type Measures,
  NOTHING,
  type RatioCondition,
  type RatioMeasure,
  type Reading,
  type Rule,
  type RuleMember,
  type RuleWindow,
  ratioOf,
  SUMS,
  type SumMeasure,
  startOfDay,
  type ThresholdCondition,
  useOf,
  type WallState,
  wholeOf,
} from '@room/contract';
import { type Earlier, earlierKey } from './earlier.ts';
import { foreseen } from './foreseen.ts';
import type { Found } from './found.ts';

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

/** Of the running day, all that rules look at. */
export type SeenState = Pick<
  WallState,
  | 'period'
  | 'total'
  | 'usual'
  | 'coverage'
  | 'coverageNow'
  | 'sources'
  | 'agencies'
  | 'provinces'
  | 'services'
  | 'forecasts'
>;

/** All that a look at the rules knows. */
export interface Seen {
  state: SeenState;
  /** By the calendar, milliseconds since 1970 UTC, and on the clock that spans are told by. */
  at: number;
  tick: number;
  /** No numbers are computed any more: nothing is known. */
  isStale: boolean;
  /** By length in minutes. */
  last: ReadonlyMap<number, Stretch>;
  /** What these and the running day are held against, by `earlierKey`. */
  earlier?: ReadonlyMap<string, Stretch>;
  levels: Levels;
  /** What waited so many days before. */
  levelsBefore?: ReadonlyMap<number, Levels>;
  /** What each link told last, where a rule asks for it. */
  links?: ReadonlyMap<string, LinkLatest>;
  /** Tasks and directives that are overdue, by dimension and code, where a rule asks for them; who is missing has none. */
  overdueTasks?: ReadonlyMap<string, number>;
  /** What is known of each unit's indicators, by `overdueKey`, where a rule asks for it; who is missing has none. */
  indicators?: ReadonlyMap<string, UnitIndicators>;
  /** What each unit has of the index in the running quarter, by `overdueKey`, where a rule asks for it. */
  scores?: ReadonlyMap<string, UnitScore>;
  /** What was filed of services on so many whole days before, where a rule asks for it. */
  uses?: ReadonlyMap<number, Uses>;
}

export interface UnitIndicators {
  /** Reports that were not sent in time, nor since. */
  overdue: number;
  /** Of those of which enough is reported: to meet the next target. */
  chances: readonly number[];
}

/** Shares of the points that are measured: what it has, and the most that it may have by how days vary. */
export interface UnitScore {
  reached: number;
  most: number;
}

/** Of whole days, whose edges are `from` and `to`. */
export interface Uses {
  from: number;
  to: number;
  /** Of what should be reported of these days; undefined where nothing was. */
  coverage: number | undefined;
  /** Dossiers by code; who is missing has none, as far as was reported. */
  submitted: ReadonlyMap<string, number>;
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
  const found = find(rule.when, member, scene, catalogue);
  return found === undefined ? undefined : judged(rule.when, found, scene.at, catalogue);
}

/** What its limits make of what was found. */
export function judged(when: Condition, found: Found, at: number, { thresholds }: Catalogue): Observed {
  if ('missing' in found) return { look: { isKnown: false }, reading: { at, missing: found.missing } };
  if ('few' in found) return { look: { isKnown: false, isFew: true }, reading: { at, ...found.few, missing: 'few' } };
  const { measured, reading } = found;
  const limits = limitsOf(when, thresholds);
  // A portal has a limit of its own, which its catalogue says.
  const bounds = when.kind === 'silent' ? {} : boundsOf(limits, measured.reference);
  return { look: judge(measured, limits), reading: { at, ...reading, ...bounds } };
}

/** Before anything is held against it. */
export function find(when: Condition, member: RuleMember, scene: Scene, catalogue: Catalogue): Found | undefined {
  if (scene.isStale) return { missing: 'room' };
  switch (when.kind) {
    case 'silent':
      return member.dim === 'link' ? linkSilence(member, scene, catalogue) : silence(member, scene, catalogue);
    case 'link-errors':
      return linkErrors(member, scene, catalogue);
    case 'tasks-overdue':
      return tasksOverdue(member, scene);
    case 'reports-overdue':
      return reportsOverdue(member, scene);
    case 'indicators-unlikely':
      return unlikely(when, member, scene, catalogue);
    case 'index-low':
      return indexLow(member, scene);
    case 'unused':
      return unused(when, member, scene);
    case 'coverage':
      return coverage(scene);
    case 'freshness':
      return freshness(member, scene);
  }
  const missing = missingOf(member, scene, catalogue);
  if (missing === 'nothing yet') return undefined;
  return missing === undefined ? findReported(when, member, scene, catalogue) : { missing };
}

type ReportedCondition = Exclude<
  Condition,
  {
    kind:
      | 'silent'
      | 'link-errors'
      | 'tasks-overdue'
      | 'reports-overdue'
      | 'indicators-unlikely'
      | 'index-low'
      | 'unused'
      | 'coverage'
      | 'freshness';
  }
>;

/** Of whoever reports, whether or not enough do. */
export function findReported(
  when: ReportedCondition,
  member: RuleMember,
  scene: Scene,
  catalogue: Catalogue,
): Found | undefined {
  switch (when.kind) {
    case 'threshold':
      return threshold(when, member, scene, catalogue);
    case 'change':
      return change(when, member, scene, catalogue);
    case 'ratio':
      return ratio(when, member, scene, catalogue);
    case 'anomaly':
    case 'forecast':
    case 'target':
      return foreseen(when, member, scene.state.forecasts, scene.at, catalogue);
  }
}

function silence({ code }: RuleMember, { state, at }: Scene, catalogue: Catalogue): Found | undefined {
  const source = state.sources[code];
  // Who was never heard has not fallen silent.
  if (source === undefined || source.status === 'never' || source.reportedTo === undefined) return undefined;
  // A portal that fills in what it had not sent is heard, however old what it sends is.
  const { silentAfter = 0 } = catalogue.sources.find(({ id }) => id === code) ?? {};
  const isHeard = source.receivedAt !== undefined && at - source.receivedAt <= silentAfter * 1_000;
  const isSilent = source.status === 'silent' && !isHeard;
  const value = Math.max(0, Math.round((at - source.reportedTo) / 1_000));
  return { measured: { value: isSilent ? 1 : 0 }, reading: { value, to: source.reportedTo } };
}

/** Who never told has not fallen silent. */
function linkSilence({ code }: RuleMember, { links, at }: Scene, catalogue: Catalogue): Found | undefined {
  const latest = links?.get(code);
  const link = linkOf(catalogue, code);
  if (latest === undefined || link === undefined) return undefined;
  const isSilent = linkStateOf(latest, at, link, catalogue.thresholds) === 'silent';
  const value = Math.max(0, Math.round((at - latest.end) / 1_000));
  return { measured: { value: isSilent ? 1 : 0 }, reading: { value, to: latest.end } };
}

/** Of one that is silent nothing is known: its silence is told by itself. */
function linkErrors({ code }: RuleMember, { links, at }: Scene, catalogue: Catalogue): Found | undefined {
  const latest = links?.get(code);
  const link = linkOf(catalogue, code);
  if (latest === undefined || link === undefined) return undefined;
  if (linkStateOf(latest, at, link, catalogue.thresholds) === 'silent') return { missing: 'link' };
  const value = errorShareOf(latest, catalogue.thresholds);
  const of = { whole: latest.requests, from: latest.start, to: latest.end };
  return value === undefined ? { few: of } : { measured: { value }, reading: { value, ...of } };
}

/** What the Office keeps of its units is known whole: none is none. */
function tasksOverdue({ dim, code }: RuleMember, { overdueTasks, at }: Scene): Found | undefined {
  if (overdueTasks === undefined) return undefined;
  const value = overdueTasks.get(overdueKey(dim, code)) ?? 0;
  return { measured: { value }, reading: { value, to: at } };
}
/** What is due and when is known of each unit: none is none. */
function reportsOverdue({ dim, code }: RuleMember, { indicators, at }: Scene): Found | undefined {
  if (indicators === undefined) return undefined;
  const value = indicators.get(overdueKey(dim, code))?.overdue ?? 0;
  return { measured: { value }, reading: { value, to: at } };
}

/** Of whom no chance is known nothing is decided. */
function unlikely(
  { chance }: Extract<Condition, { kind: 'indicators-unlikely' }>,
  { dim, code }: RuleMember,
  { indicators, at }: Scene,
  { thresholds }: Catalogue,
): Found | undefined {
  const chances = indicators?.get(overdueKey(dim, code))?.chances ?? [];
  if (chances.length === 0) return undefined;
  const value = chances.filter((each) => each < limitOf(chance, thresholds)).length;
  return { measured: { value }, reading: { value, whole: chances.length, to: at } };
}

/** Of whom too few days are counted nothing is decided. What it has stands beside the most that it may have, by which it is judged. */
function indexLow({ dim, code }: RuleMember, { scores, at }: Scene): Found | undefined {
  const score = scores?.get(overdueKey(dim, code));
  if (score === undefined) return undefined;
  const { most: value, reached: observed } = score;
  return { measured: { value }, reading: { value, observed, to: at } };
}

/** By the rule of the board: of what is not reported nobody says that it was not used. */
function unused(
  { days }: Extract<Condition, { kind: 'unused' }>,
  member: RuleMember,
  { uses, state }: Scene,
): Found | undefined {
  const of = uses?.get(days);
  if (of === undefined) return undefined;
  const { from, to, coverage, submitted } = of;
  const value = (submitted.get(member.code) ?? 0) + todayOf(state, member).submitted;
  if (useOf(value, coverage) === 'unknown') return { few: { from, to } };
  return { measured: { value }, reading: { value, from, to } };
}

export const overdueKey = (dim: string, code: string): string => `${dim} ${code}`;

function coverage({ state: { coverageNow } }: Scene): Found | undefined {
  // Nothing is said of a usual volume that nobody knows.
  if (coverageNow === undefined || coverageNow.of === 'sources') return undefined;
  const { share: value, asOf: to } = coverageNow;
  return { measured: { value }, reading: { value, to } };
}

function freshness({ dim, code }: RuleMember, { state, at }: Scene): Found | undefined {
  const to = dim === 'source' ? state.sources[code]?.reportedTo : newestOf(state);
  if (to === undefined) return undefined;
  const value = Math.max(0, Math.round((at - to) / 1_000));
  return { measured: { value }, reading: { value, to } };
}

const newestOf = ({ coverageNow, sources }: SeenState): number | undefined => {
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

function reportedIn({ sources }: SeenState, { sources: listed, thresholds }: Catalogue): Reported {
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

/** Sums of a member in a stretch. */
interface Counted {
  sums: Readonly<Measures>;
  span: Pick<Reading, 'from' | 'to'>;
}

/** Undefined where that stretch is not there, or the unit is none of the wall's. */
function countedIn(window: RuleWindow, member: RuleMember, scene: Scene): Counted | undefined {
  if (window.kind === 'last') {
    const stretch = scene.last.get(window.minutes);
    return stretch === undefined ? undefined : ofStretch(stretch, member);
  }
  const { state, midnight, at } = scene;
  const sums = member.dim === 'all' ? state.total : todayOf(state, member);
  return { sums, span: { from: midnight, to: state.coverage?.asOf ?? at } };
}

/** What was measured, and of a share of how many. */
const spanOf = (measure: SumMeasure | RatioMeasure, { span, sums }: Counted): Omit<Reading, 'at'> => ({
  ...span,
  ...(isRatio(measure) ? { whole: wholeOf(measure, sums) } : {}),
});

const ofStretch = ({ from, to, total, units }: Stretch, { dim, code }: RuleMember): Counted => ({
  sums: dim === 'all' ? total : (units.get(dim)?.get(code) ?? NOTHING),
  span: { from, to },
});

const NOBODY_TOLD: Found = { missing: 'earlier' };

/** What that stretch is held against; missing where nobody had reported then. */
function earlierIn(window: RuleWindow, kind: Earlier, member: RuleMember, scene: Scene): Counted | 'missing' {
  const stretch = scene.earlier?.get(earlierKey({ window, kind }));
  if (stretch === undefined || SUMS.every((sum) => stretch.total[sum] === 0)) return 'missing';
  return ofStretch(stretch, member);
}

/** Undefined of a share of nothing, or of too few: it says nothing, in either direction. */
function amountOf(
  measure: Exclude<ThresholdCondition['measure'], LevelMeasure>,
  sums: Readonly<Measures>,
  enough: Limit | undefined,
  { thresholds }: Catalogue,
): number | undefined {
  if (!isRatio(measure)) return sums[measure as SumMeasure];
  return wholeOf(measure, sums) < limitOf(enough ?? 0, thresholds) ? undefined : ratioOf(measure, sums);
}

function threshold(
  { measure, window, side, against, enough }: ThresholdCondition,
  member: RuleMember,
  scene: Scene,
  catalogue: Catalogue,
): Found | undefined {
  if (isLevel(measure)) {
    const { value, asOf } = waitingOf(measure, member, scene.levels);
    // What waits of a member that nobody told of is not known.
    return value === undefined ? undefined : { measured: { value }, reading: { value, ...toOf(asOf) } };
  }
  const now = countedIn(window, member, scene);
  const value = now === undefined ? undefined : amountOf(measure, now.sums, enough, catalogue);
  if (now === undefined) return undefined;
  const of = spanOf(measure, now);
  if (value === undefined) return { few: of };
  const reading = { value, ...of };
  switch (against.kind) {
    case 'value':
      return { measured: { value }, reading };
    case 'usual': {
      const { state } = scene;
      const usual = member.dim === 'all' ? state.usual : unitOf(state, member)?.usual;
      // A range of few days is none.
      if (usual === undefined || usual.days < catalogue.thresholds.usualDaysEnough) return { few: reading };
      const { low, median, high } = usual;
      return {
        measured: { value, reference: side === 'above' ? high : low },
        reading: { ...reading, usual: { low, median, high } },
      };
    }
    case 'previous':
    case 'alike': {
      const then = earlierIn(window, against.kind, member, scene);
      if (then === 'missing') return NOBODY_TOLD;
      const before = amountOf(measure, then.sums, enough, catalogue);
      // Of few, a share says nothing.
      if (before === undefined || (!isRatio(measure) && before < catalogue.thresholds.countEnough))
        return { few: reading };
      return { measured: { value, reference: before }, reading: { ...reading, before } };
    }
  }
}

/** The value is by how much it went the way that the rule asks about. */
function change(
  { measure, window, days = CHANGE_DAYS, side, enough }: ChangeCondition,
  member: RuleMember,
  scene: Scene,
  catalogue: Catalogue,
): Found | undefined {
  const sign = side === 'above' ? 1 : -1;
  const went = (value: number, before: number, span: Omit<Reading, 'at'>): Found => ({
    measured: { value: sign * (value - before) },
    reading: { value: sign * (value - before), observed: value, before, ...span },
  });
  if (isLevel(measure)) {
    const { value, asOf } = waitingOf(measure, member, scene.levels);
    if (value === undefined) return undefined;
    const { value: before } = waitingOf(measure, member, scene.levelsBefore?.get(days) ?? new Map());
    return before === undefined ? NOBODY_TOLD : went(value, before, toOf(asOf));
  }
  const now = countedIn(window, member, scene);
  const value = now === undefined ? undefined : amountOf(measure, now.sums, enough, catalogue);
  if (now === undefined) return undefined;
  if (value === undefined) return { few: spanOf(measure, now) };
  const then = earlierIn(window, 'previous', member, scene);
  if (then === 'missing') return NOBODY_TOLD;
  const before = amountOf(measure, then.sums, enough, catalogue);
  return before === undefined ? { few: { ...spanOf(measure, now), observed: value } } : went(value, before, now.span);
}

function ratio(
  { part, whole, window, least }: RatioCondition,
  member: RuleMember,
  scene: Scene,
  { thresholds }: Catalogue,
): Found | undefined {
  const of = (upper: number | undefined, lower: number | undefined, span: Omit<Reading, 'at'>): Found | undefined => {
    if (upper === undefined || lower === undefined) return undefined;
    if (lower < Math.max(1, limitOf(least, thresholds))) return { few: { whole: lower, ...span } };
    return { measured: { value: upper / lower }, reading: { value: upper / lower, whole: lower, ...span } };
  };
  if (isLevel(part) || isLevel(whole)) {
    if (!isLevel(part) || !isLevel(whole)) return undefined;
    const { value, asOf } = waitingOf(part, member, scene.levels);
    return of(value, waitingOf(whole, member, scene.levels).value, toOf(asOf));
  }
  const now = countedIn(window, member, scene);
  return now === undefined ? undefined : of(now.sums[part], now.sums[whole], now.span);
}

const toOf = (to: number | undefined): Pick<Reading, 'to'> => (to === undefined ? {} : { to });

function waitingOf(
  measure: LevelMeasure,
  { dim, code }: RuleMember,
  levels: Levels,
): { value: number | undefined; asOf: number | undefined } {
  const waiting = levels.get(dim)?.get(code);
  return { value: waiting?.[measure], asOf: waiting?.asOf };
}

function unitOf(state: SeenState, { dim, code }: RuleMember): WallState['agencies'][string] | undefined {
  const wall = dim === 'all' || dim === 'link' ? undefined : DIMENSIONS[dim].wall;
  if (wall?.holds !== 'measures') return undefined;
  return (state[wall.name as 'agencies' | 'provinces' | 'services'] as WallState['agencies'])[code];
}

/** A unit that nobody told of today, though its portals report, has nothing. */
function todayOf(state: SeenState, member: RuleMember): Measures {
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
