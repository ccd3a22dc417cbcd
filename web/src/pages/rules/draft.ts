/** A rule while it is written: what fits to what, and what is not valid yet. Pure. */
import {
  againstOf,
  type Condition,
  type ConditionKind,
  isLevel,
  isRatio,
  OVER_OF,
  type Over,
  type Rule,
  ruleIdSchema,
  ruleSchema,
  type ThresholdCondition,
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
  }
}

const windowOf = (kind: ThresholdCondition['window']['kind']): ThresholdCondition['window'] =>
  kind === 'last' ? { kind, minutes: 60 } : { kind };

export const againstAs = (
  kind: ThresholdCondition['against']['kind'],
  isShare: boolean,
): ThresholdCondition['against'] =>
  kind === 'usual' ? { kind, beyond: 'farFromUsual', recover: 'beyondUsual' } : { kind, limit: isShare ? 0.9 : 1_000 };

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

/** In which unit its limits are. */
export const isShareLimit = (when: ThresholdCondition): boolean =>
  when.against.kind === 'usual' || isRatio(when.measure);
export const isOfLevel = ({ measure }: ThresholdCondition): boolean => isLevel(measure);

/** What is not valid yet, by the path of its field, as `when.against.recover`; empty where all is. */
export function faultsIn(rule: Rule, id: string): string[] {
  const found = ruleSchema.safeParse(rule);
  const paths = (found.error?.issues ?? []).map(({ path }) => path.join('.'));
  return [...new Set([...(ruleIdSchema.safeParse(id).success ? [] : ['id']), ...paths])];
}
