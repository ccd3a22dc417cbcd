/** A rule while it is written: what fits to what, and what is not valid yet. Pure. */
import {
  againstOf,
  CHANGE_DAYS,
  type ChangeCondition,
  type Condition,
  type ConditionKind,
  isLevel,
  isRatio,
  LEVELS_REPORTED,
  type Limit,
  limitsOf,
  OVER_OF,
  type Over,
  type RatioCondition,
  type Rule,
  ruleIdSchema,
  ruleSchema,
  SUMS,
  type ThresholdCondition,
  type Thresholds,
  windowsOf,
} from '@room/contract';

/** As a new one begins. */
export const newRule = (): Rule => ({
  label: { vi: '', en: '' },
  over: { dim: 'agency' },
  when: conditionOf('threshold'),
  forSeconds: 600,
  keepSeconds: 600,
  severity: 'warning',
  owner: '',
  reason: { vi: '', en: '' },
  labels: {},
  isEnabled: true,
});

export function conditionOf(kind: ConditionKind): Condition {
  switch (kind) {
    case 'silent':
      return { kind };
    case 'link-errors':
      return { kind, limit: 'linkErrors' };
    case 'tasks-overdue':
    case 'reports-overdue':
      return { kind, limit: 0 };
    case 'indicators-unlikely':
      return { kind, chance: 'unlikely', limit: 0 };
    case 'index-low':
      return { kind, limit: 0.5 };
    case 'unused':
      return { kind, days: 28 };
    case 'coverage':
      return { kind, limit: 'coverageEnough' };
    case 'freshness':
      return { kind, seconds: 900 };
    case 'threshold':
      return {
        kind,
        measure: 'shareOnTime',
        window: { kind: 'today' },
        side: 'below',
        against: { kind: 'value', limit: 'onTimeAct' },
        enough: 'finishedEnough',
      };
    case 'change':
      return { kind, measure: 'backlogOverdue', window: { kind: 'now' }, days: 7, side: 'above', limit: 1_000 };
    case 'ratio':
      return {
        kind,
        part: 'backlogOverdue',
        whole: 'backlogOpen',
        window: { kind: 'now' },
        side: 'above',
        limit: 0.1,
        least: 'finishedEnough',
      };
    case 'anomaly':
      return { kind, metric: 'submitted', side: 'above', beyond: 'farFromUsual' };
    case 'forecast':
      return { kind, horizon: 'month', level: 0.8, edge: 'high', side: 'below', limit: 1_000_000 };
    case 'target':
      return { kind, target: '', limit: 'unlikely', recover: 'likely' };
  }
}

const windowOf = (kind: ThresholdCondition['window']['kind']): ThresholdCondition['window'] =>
  kind === 'last' ? { kind, minutes: 60 } : { kind };

export const againstAs = (
  kind: ThresholdCondition['against']['kind'],
  isShare: boolean,
): ThresholdCondition['against'] =>
  kind === 'value' ? { kind, limit: isShare ? 0.9 : 1_000 } : { kind, beyond: 'farFromUsual', recover: 'beyondUsual' };

/** The same with another measure, and nothing left that does not go with it. */
export function measured(
  when: ThresholdCondition,
  measure: ThresholdCondition['measure'],
  dim: Over['dim'],
): Condition {
  const isOtherUnit = isRatio(measure) !== isRatio(when.measure);
  const { enough: _, ...rest } = when;
  return fitted({ ...rest, measure, ...(isOtherUnit ? { against: againstAs('value', isRatio(measure)) } : {}) }, dim);
}

/** The same over `dim`, its window and what it is held against replaced where they do not go with the rest. */
export function fitted(when: Condition, dim: Over['dim']): Condition {
  if (when.kind !== 'threshold') return when;
  const windows = windowsOf(when.measure);
  const window = windows.includes(when.window.kind) ? when.window : windowOf(windows[0] ?? 'today');
  const kinds = againstOf({ ...when, window }, dim);
  const against = kinds.includes(when.against.kind) ? when.against : againstAs('value', isRatio(when.measure));
  return { ...when, window, against };
}

/** Whom a condition of this kind can be over: what was chosen where that goes. */
export const overFor = (kind: ConditionKind, over: Over): Over =>
  OVER_OF[kind].includes(over.dim) ? over : ({ dim: OVER_OF[kind][0] ?? 'all' } as Over);

export const withWindow = (when: ThresholdCondition, kind: ThresholdCondition['window']['kind'], dim: Over['dim']) =>
  fitted({ ...when, window: windowOf(kind) }, dim);

/** A change or a ratio of other measures, its window replaced where it does not go with them. */
export function refitted<C extends ChangeCondition | RatioCondition>(when: C): C {
  const [first, kinds] =
    when.kind === 'change'
      ? [when.measure, isLevel(when.measure) ? (['now'] as const) : (['last'] as const)]
      : [when.part, windowsOf(when.part)];
  const fits = (kinds as readonly string[]).includes(when.window.kind);
  const next = fits ? when : { ...when, window: windowOf(kinds[0] ?? 'last') };
  if (next.kind === 'ratio') {
    const others = isLevel(first) ? LEVELS_REPORTED : SUMS;
    const isOther = next.whole !== first && (others as readonly string[]).includes(next.whole);
    return isOther ? next : { ...next, whole: others.find((each) => each !== first) ?? next.whole };
  }
  const { days, enough, ...rest } = next;
  return {
    ...rest,
    ...(isLevel(first) ? { days: days ?? CHANGE_DAYS } : {}),
    ...(isRatio(first) && enough !== undefined ? { enough } : {}),
  } as C;
}

/** The limit of a condition that has one. */
export function limitIn(when: Condition): Limit | undefined {
  if (when.kind === 'silent' || when.kind === 'unused') return undefined;
  if (when.kind === 'freshness') return when.seconds;
  if (when.kind === 'anomaly') return when.beyond;
  if (when.kind !== 'threshold') return when.limit;
  return when.against.kind === 'value' ? when.against.limit : when.against.beyond;
}

/** The same with another limit, and where it has recovered only where that still lies within. */
export function limited(when: Condition, limit: number, thresholds: Thresholds): Condition {
  if (when.kind === 'silent' || when.kind === 'unused') return when;
  if (when.kind === 'freshness') return { ...when, seconds: Math.max(1, Math.round(limit)) };
  const { side, recover } = limitsOf(when, thresholds);
  const isWithin = side === 'above' ? recover <= limit : recover >= limit;
  const without = <T extends { recover?: Limit }>({ recover: before, ...rest }: T): T =>
    ({ ...rest, ...(isWithin && before !== undefined ? { recover: before } : {}) }) as T;
  if (when.kind === 'anomaly') return { ...without(when), beyond: limit };
  if (when.kind !== 'threshold') return { ...without(when), limit };
  const { against } = when;
  return {
    ...when,
    against: against.kind === 'value' ? { ...without(against), limit } : { ...without(against), beyond: limit },
  };
}

/** What is not valid yet, by the path of its field, as `when.against.recover`; empty where all is. */
export function faultsIn(rule: Rule, id: string): string[] {
  const found = ruleSchema.safeParse(rule);
  const paths = (found.error?.issues ?? []).map(({ path }) => path.join('.'));
  return [...new Set([...(ruleIdSchema.safeParse(id).success ? [] : ['id']), ...paths])];
}

/** Without what has no value. */
export const set = <T extends object, K extends string>(of: T, key: K, value: unknown): T =>
  Object.fromEntries([
    ...Object.entries(of).filter(([name]) => name !== key),
    ...(value === undefined ? [] : [[key, value]]),
  ]) as T;
