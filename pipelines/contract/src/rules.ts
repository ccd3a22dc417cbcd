/**
 * By what the room speaks up: rules, as data. A rule over several units is one rule with an instance for each of them. Counts are
 * dossiers, shares 0..1, times seconds.
 */
import { z } from 'zod';
import { validOn } from './calendar.ts';
import { type Catalogue, labelSchema } from './catalogue.ts';
import type { Dimension } from './dimensions.ts';
import { groupNamed, ministriesOf } from './groups.ts';
import { HORIZONS, LEVELS } from './horizons.ts';
import { LEVEL_REACH_DAYS } from './measures.ts';
import { type RuledDimension, ruledMembers } from './ruled.ts';
import { absentOr, instant, plainText } from './schema.ts';
import { isLevel, isRatio, LEVELS_REPORTED, METRICS, RATIOS, SUMS } from './sums.ts';
import type { Thresholds } from './thresholds.ts';

/** From the least on. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Also part of the names of its instances and of its address. */
export const ruleIdSchema = z.string().regex(/^[A-Z0-9][A-Z0-9-]{0,39}$/, 'capital letters, digits and -, at most 40');

const codes = absentOr(z.array(z.string().min(1).max(200)).min(1).max(1_000)).meta({
  description: 'only these; all that exist today without it',
});
const overSchema = z.discriminatedUnion('dim', [
  z.strictObject({ dim: z.literal('all') }),
  z.strictObject({ dim: z.enum(['agency', 'province', 'source', 'link']), codes }),
  z.strictObject({
    dim: z.literal('service'),
    codes,
    agency: absentOr(z.string()).meta({ description: 'each service of this agency' }),
    group: absentOr(z.string().min(1).max(40)).meta({
      description: 'those of this group of the catalogue, as it is then: essential',
    }),
  }),
]);
export type Over = z.infer<typeof overSchema>;

/** A number, or the catalogue's threshold of this name: then rules and walls agree. */
export const NAMED_LIMITS = [
  'onTimeAct',
  'onTimeWatch',
  'finishedEnough',
  'coverageEnough',
  'beyondUsual',
  'farFromUsual',
  'likely',
  'unlikely',
  'linkErrors',
] as const satisfies readonly (keyof Thresholds)[];
export type NamedLimit = (typeof NAMED_LIMITS)[number];
const limit = z.union([z.number().min(0).max(1e12), z.enum(NAMED_LIMITS)]);
export type Limit = z.infer<typeof limit>;

/** The running day up to now, or the last minutes that were reported; of what waits, as it was last reported. */
const windowSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('today') }),
  z.strictObject({ kind: z.literal('now') }),
  z.strictObject({ kind: z.literal('last'), minutes: z.int().min(1).max(2_880) }),
]);
export type RuleWindow = z.infer<typeof windowSchema>;

const recover = absentOr(limit).meta({
  description: 'hysteresis: it has not recovered before this is passed; the limit itself without it',
});
const BEYOND = 'beyond what it is held against, as a share of that';
const againstSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('value'), limit, recover }),
  z.strictObject({
    kind: z.literal('usual'),
    beyond: limit.meta({ description: 'beyond the edge of the usual range, as a share of that edge' }),
    recover,
  }),
  /** As long a stretch just before; of a day that runs, the day before up to the same time. */
  z.strictObject({ kind: z.literal('previous'), beyond: limit.meta({ description: BEYOND }), recover }),
  /** The same time of the last day of the same type. */
  z.strictObject({ kind: z.literal('alike'), beyond: limit.meta({ description: BEYOND }), recover }),
]);
export type Against = z.infer<typeof againstSchema>;

const thresholdSchema = z.strictObject({
  kind: z.literal('threshold'),
  measure: z.enum([...SUMS, ...RATIOS, ...LEVELS_REPORTED]),
  window: windowSchema,
  side: z.enum(['above', 'below']),
  against: againstSchema,
  enough: absentOr(limit).meta({ description: 'dossiers under which a share says nothing' }),
});
export type ThresholdCondition = z.infer<typeof thresholdSchema>;

const side = z.enum(['above', 'below']);
const changeSchema = z.strictObject({
  kind: z.literal('change'),
  measure: z.enum([...SUMS, ...RATIOS, ...LEVELS_REPORTED]),
  window: windowSchema.meta({
    description: 'the last minutes, held against those before; or now, against `days` before',
  }),
  days: absentOr(z.int().min(1).max(LEVEL_REACH_DAYS)).meta({ description: 'of what waits; 7 without it' }),
  side: side.meta({ description: 'above: it rose by more than the limit; below: it fell by more' }),
  limit: limit.meta({ description: 'dossiers, or points of a share' }),
  recover,
  enough: absentOr(limit).meta({ description: 'dossiers under which a share says nothing' }),
});
export type ChangeCondition = z.infer<typeof changeSchema>;

const ratioSchema = z.strictObject({
  kind: z.literal('ratio'),
  part: z.enum([...SUMS, ...LEVELS_REPORTED]),
  whole: z.enum([...SUMS, ...LEVELS_REPORTED]),
  window: windowSchema,
  side,
  limit,
  recover,
  least: limit.meta({ description: 'of the whole, dossiers under which the ratio says nothing' }),
});
export type RatioCondition = z.infer<typeof ratioSchema>;

/** What goes on is further from its forecast than that, as a share of what was expected. */
const anomalySchema = z.strictObject({
  kind: z.literal('anomaly'),
  metric: z.enum(METRICS),
  side,
  beyond: limit.meta({ description: BEYOND }),
  recover,
});
export type AnomalyCondition = z.infer<typeof anomalySchema>;

/** An edge of the band in which the total of the running day, month or year will end lies beyond a value. */
const forecastSchema = z.strictObject({
  kind: z.literal('forecast'),
  horizon: z.enum(HORIZONS),
  level: z
    .union(LEVELS.map((level) => z.literal(level)))
    .meta({ description: 'share of the truth that the band holds' }),
  edge: z.enum(['low', 'high']),
  side,
  limit,
  recover,
});
export type ForecastCondition = z.infer<typeof forecastSchema>;

/** A target of the catalogue is met with less than this probability. */
const targetSchema = z.strictObject({
  kind: z.literal('target'),
  target: z.string().min(1).max(64).meta({ description: 'its id in the catalogue' }),
  limit,
  recover,
});
export type TargetCondition = z.infer<typeof targetSchema>;

const few = z.number().min(0).max(1e6);
const fewRecover = absentOr(few).meta({
  description: 'hysteresis: it has not recovered before as few as these are left; the limit itself without it',
});
/** A quarter. */
export const MOST_UNUSED_DAYS = 92;
const conditionSchema = z.discriminatedUnion('kind', [
  thresholdSchema,
  changeSchema,
  ratioSchema,
  anomalySchema,
  forecastSchema,
  targetSchema,
  /** A portal, or a link to a national database, told nothing for longer than its own limit of the catalogue. */
  z.strictObject({ kind: z.literal('silent') }),
  /** Of the requests of the last hour that a link reported more than that failed. */
  z.strictObject({ kind: z.literal('link-errors'), limit, recover }),
  /** More tasks and directives of a unit than this are past their due day and not confirmed. */
  z.strictObject({ kind: z.literal('tasks-overdue'), limit: few, recover: fewRecover }),
  /** More reports of a unit's indicators than this were not sent in time, nor since. */
  z.strictObject({ kind: z.literal('reports-overdue'), limit: few, recover: fewRecover }),
  /** Of a unit's indicators, by what was reported, more than this meet their next target with less than that chance. */
  z.strictObject({
    kind: z.literal('indicators-unlikely'),
    chance: limit.meta({ description: 'a probability; of whom too few reports say one nothing is said' }),
    limit: few,
    recover: fewRecover,
  }),
  /** Of the points of the index that are measured a unit surely has less than this share in the running quarter. */
  z.strictObject({ kind: z.literal('index-low'), limit, recover }),
  /**
   * Nobody filed one on so many whole days nor today, of which nearly all that should be was reported: where less was, nothing is
   * said.
   */
  z.strictObject({ kind: z.literal('unused'), days: z.int().min(1).max(MOST_UNUSED_DAYS) }),
  /** Of the usual volume less than this is reported now. */
  z.strictObject({ kind: z.literal('coverage'), limit, recover }),
  /** Numbers, or those of a portal, are older than so many seconds. */
  z.strictObject({ kind: z.literal('freshness'), seconds: z.int().min(1).max(604_800) }),
]);
export type Condition = z.infer<typeof conditionSchema>;
export type ConditionKind = Condition['kind'];

/** What a condition may be over. */
export const OVER_OF: Readonly<Record<ConditionKind, readonly Over['dim'][]>> = {
  threshold: ['all', 'agency', 'province', 'service'],
  change: ['all', 'agency', 'province', 'service'],
  ratio: ['all', 'agency', 'province', 'service'],
  anomaly: ['all', 'agency', 'province', 'service'],
  forecast: ['all'],
  target: ['all'],
  silent: ['source', 'link'],
  'link-errors': ['link'],
  'tasks-overdue': ['agency', 'province'],
  'reports-overdue': ['agency', 'province'],
  'indicators-unlikely': ['agency', 'province'],
  'index-low': ['agency', 'province'],
  unused: ['service'],
  coverage: ['all'],
  freshness: ['all', 'source'],
};

/** Stretches that a measure can be of: what waits is of now alone. */
export const windowsOf = (measure: ThresholdCondition['measure']): RuleWindow['kind'][] =>
  isLevel(measure) ? ['now'] : ['today', 'last'];

/** What a measure of a stretch can be held against. */
export function againstOf(
  { measure, window }: Pick<ThresholdCondition, 'measure' | 'window'>,
  dim: Over['dim'],
): Against['kind'][] {
  if (isLevel(measure)) return ['value'];
  const isUsualKnown = measure === 'submitted' && window.kind === 'today' && dim !== 'service';
  return isUsualKnown ? ['value', 'usual', 'previous', 'alike'] : ['value', 'previous', 'alike'];
}

/** The stretch that a condition measures, where it measures one. */
export const windowOf = (when: Condition): RuleWindow | undefined => ('window' in when ? when.window : undefined);

const duration = z.int().min(0).max(604_800);

const tried = {
  over: overSchema,
  when: conditionSchema,
  forSeconds: duration.default(0).meta({ description: 'it rings once the condition held for so long' }),
  keepSeconds: duration.default(0).meta({ description: 'it ends once the condition was over for so long' }),
};

type Fault = (path: string[], message: string) => void;
const NOW_IS_OF_LEVELS = 'now is of what waits, and what waits is of now';
const RECOVERS_WITHIN = 'must lie on the inner side of the limit';

function assertFits(
  { over, when }: { over: Over; when: Condition },
  { addIssue }: Pick<z.core.$RefinementCtx, 'addIssue'>,
): void {
  const fault: Fault = (path, message) => addIssue({ code: 'custom', path, message });
  const dims = OVER_OF[when.kind];
  if (!dims.includes(over.dim)) fault(['over', 'dim'], `a rule of ${when.kind} is over ${dims.join(' or ')}`);
  switch (when.kind) {
    case 'threshold':
      assertThreshold(when, over.dim, fault);
      break;
    case 'change':
      assertChange(when, fault);
      break;
    case 'ratio':
      assertRatio(when, fault);
      break;
    case 'anomaly':
      // Nothing falls by more than all of it.
      if (when.side === 'below') assertShare(when.beyond, ['when', 'beyond'], fault);
      assertInner('above', when.beyond, when.recover, ['when'], fault);
      break;
    case 'forecast':
      assertInner(when.side, when.limit, when.recover, ['when'], fault);
      break;
    case 'link-errors':
      assertShare(when.limit, ['when', 'limit'], fault);
      assertInner('above', when.limit, when.recover, ['when'], fault);
      break;
    case 'indicators-unlikely':
      assertShare(when.chance, ['when', 'chance'], fault);
      assertInner('above', when.limit, when.recover, ['when'], fault);
      break;
    case 'tasks-overdue':
    case 'reports-overdue':
      assertInner('above', when.limit, when.recover, ['when'], fault);
      break;
    case 'target':
    case 'index-low':
    case 'coverage':
      assertShare(when.limit, ['when', 'limit'], fault);
      assertInner('below', when.limit, when.recover, ['when'], fault);
  }
}

/** What thresholds of the catalogue are is not known here. */
function assertInner(
  side: 'above' | 'below',
  limit: Limit,
  recover: Limit | undefined,
  at: string[],
  fault: Fault,
): void {
  if (typeof limit !== 'number' || typeof recover !== 'number') return;
  if (side === 'above' ? recover > limit : recover < limit) fault([...at, 'recover'], RECOVERS_WITHIN);
}

function assertShare(limit: Limit, path: string[], fault: Fault): void {
  if (typeof limit === 'number' && limit > 1) fault(path, 'a share is from 0 to 1');
}

function assertThreshold(when: ThresholdCondition, dim: Over['dim'], fault: Fault): void {
  const { measure, window, side, against, enough } = when;
  if (!windowsOf(measure).includes(window.kind)) fault(['when', 'window'], NOW_IS_OF_LEVELS);
  if (enough !== undefined && !isRatio(measure)) fault(['when', 'enough'], 'stands beside a share only');
  if (!againstOf(when, dim).includes(against.kind))
    fault(
      ['when', 'against'],
      'the usual range is known of submitted, today, of all, agencies and provinces; what waits is held against a value',
    );
  const at = ['when', 'against'];
  if (against.kind === 'value') {
    if (isRatio(measure)) assertShare(against.limit, [...at, 'limit'], fault);
    assertInner(side, against.limit, against.recover, at, fault);
    return;
  }
  if (side === 'below') assertShare(against.beyond, [...at, 'beyond'], fault);
  assertInner('above', against.beyond, against.recover, at, fault);
}

function assertChange({ measure, window, days, limit, recover, enough }: ChangeCondition, fault: Fault): void {
  if (window.kind !== (isLevel(measure) ? 'now' : 'last'))
    fault(['when', 'window'], 'a change is of the last minutes, and of what waits from days before to now');
  if (days !== undefined && !isLevel(measure)) fault(['when', 'days'], 'stands beside what waits only');
  if (enough !== undefined && !isRatio(measure)) fault(['when', 'enough'], 'stands beside a share only');
  if (isRatio(measure)) assertShare(limit, ['when', 'limit'], fault);
  assertInner('above', limit, recover, ['when'], fault);
}

function assertRatio({ part, whole, window, side, limit, recover, least }: RatioCondition, fault: Fault): void {
  if (part === whole) fault(['when', 'whole'], 'must be another measure than the part');
  if (isLevel(part) !== isLevel(whole))
    fault(['when', 'whole'], 'what waits is a part of what waits, and counts are of counts');
  if (!windowsOf(part).includes(window.kind)) fault(['when', 'window'], NOW_IS_OF_LEVELS);
  if (typeof least === 'number' && least < 1) fault(['when', 'least'], 'at least 1');
  assertInner(side, limit, recover, ['when'], fault);
}

/** All that decides when a rule rings. */
export const triedRuleSchema = z.strictObject(tried).superRefine(assertFits).meta({ id: 'TriedRule' });
export type TriedRule = z.infer<typeof triedRuleSchema>;

const ownerSchema = z.union([plainText(200), z.strictObject({ vi: plainText(200), en: plainText(200) })]);

export const ruleSchema = z
  .strictObject({
    label: labelSchema,
    ...tried,
    severity: z.enum(SEVERITIES),
    owner: ownerSchema.meta({ description: 'who is responsible: a text, or one in each language' }),
    reason: labelSchema.meta({ description: 'why there is this rule' }),
    labels: z
      .record(z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/), z.string().max(200))
      .default({})
      .meta({ description: 'by which alerts find their receivers' }),
    isEnabled: z.boolean().default(true),
  })
  .superRefine(assertFits);
export type Rule = z.infer<typeof ruleSchema>;

/** By id, as a catalogue ships them. */
export const rulesSchema = z.record(ruleIdSchema, ruleSchema);

/** One of what dossiers are counted by, or the whole. */
export interface CountedMember {
  dim: 'all' | Dimension;
  /** As the rollups call it; empty for the whole. */
  code: string;
}

/** What a rule is about: the whole, or one member of its dimension. */
export interface RuleMember {
  dim: 'all' | RuledDimension;
  /** As the rollups call it; empty for the whole. */
  code: string;
}

/** Those of today, a local day: an instance for each. */
export function membersOf({ over }: Pick<Rule, 'over'>, catalogue: Catalogue, today: string): RuleMember[] {
  if (over.dim === 'all') return [{ dim: 'all', code: '' }];
  const { dim, codes } = over;
  return ruledMembers(dim, catalogue)
    .filter(
      (member) =>
        validOn(member, today) &&
        (codes === undefined || codes.includes(member.code)) &&
        (over.dim !== 'service' || isServiceOf(over, member.code, catalogue)),
    )
    .map(({ code }) => ({ dim, code }));
}

type OverServices = Extract<Over, { dim: 'service' }>;
/** Of the agency, be it one of several that share it, and of the group that a rule names. */
export const isServiceOf = (
  { agency, group }: Pick<OverServices, 'agency' | 'group'>,
  code: string,
  catalogue: Pick<Catalogue, 'services' | 'groups'>,
): boolean =>
  (agency === undefined || ministriesOf(code, catalogue).includes(agency)) &&
  (group === undefined || groupNamed('service', group, catalogue)?.codes.includes(code) === true);

/**
 * What a rule names, of whatever day: nobody of a part rules over others because those do not exist today, and what names none is over
 * all of its dimension.
 */
export function namedBy({ over }: Pick<Rule, 'over'>, catalogue: Catalogue): RuleMember[] {
  if (over.dim === 'all') return [{ dim: 'all', code: '' }];
  const { dim } = over;
  const group = over.dim === 'service' && over.group !== undefined ? groupNamed(dim, over.group, catalogue) : undefined;
  const all = group?.codes ?? ruledMembers(dim, catalogue).map(({ code }) => code);
  if (over.dim !== 'service' || over.agency === undefined) return (over.codes ?? all).map((code) => ({ dim, code }));
  const { agency, codes } = over;
  return [{ dim: 'agency', code: agency }, ...(codes ?? []).map((code) => ({ dim, code }))];
}

/** The field that names what the catalogue does not have, and what; undefined where it has all of it. */
export function unknownInRule({ over, when }: Pick<Rule, 'over' | 'when'>, catalogue: Catalogue): string | undefined {
  if (when.kind === 'target' && catalogue.targets?.some(({ id }) => id === when.target) !== true)
    return `when.target: the catalogue has no target ${when.target}`;
  if (over.dim === 'all') return undefined;
  const known = new Set(ruledMembers(over.dim, catalogue).map(({ code }) => code));
  const code = over.codes?.find((each) => !known.has(each));
  if (code !== undefined) return `over.codes: the catalogue has no ${over.dim} ${code}`;
  if (over.dim !== 'service') return undefined;
  const { agency, group } = over;
  if (group !== undefined && groupNamed('service', group, catalogue) === undefined)
    return `over.group: the catalogue has no group of services ${group}`;
  if (agency === undefined) return undefined;
  return catalogue.agencies.some(({ id }) => id === agency)
    ? undefined
    : `over.agency: the catalogue has no agency ${agency}`;
}

/** The fields by which a rule narrows whom it watches until nobody is left, from a local day on; undefined where somebody is. */
export function watchesNobody({ over }: Pick<Rule, 'over'>, catalogue: Catalogue, today: string): string | undefined {
  if (over.dim === 'all') return undefined;
  const { dim, codes } = over;
  const { agency, group } = over.dim === 'service' ? over : {};
  if (codes === undefined && agency === undefined && group === undefined) return undefined;
  const isLeft = ruledMembers(dim, catalogue).some(
    (member) =>
      (member.validTo === undefined || today <= member.validTo) &&
      (codes === undefined || codes.includes(member.code)) &&
      (over.dim !== 'service' || isServiceOf(over, member.code, catalogue)),
  );
  if (isLeft) return undefined;
  const whose = [...(agency === undefined ? [] : [`of ${agency}`]), ...(group === undefined ? [] : [`in ${group}`])];
  if (codes !== undefined)
    return whose.length === 0
      ? `over.codes: no ${dim} of these codes is there any more, so the rule would watch nobody: name others`
      : `over.codes: no ${dim} of these codes is ${whose.join(' and ')}, so the rule would watch nobody: name others, or leave codes out`;
  const field = agency === undefined ? 'group' : 'agency';
  return `over.${field}: there is no ${dim} ${whose.join(' and ')}, so the rule would watch nobody: name another, or leave it out`;
}

/** A rule as it is kept. */
export const keptRuleSchema = ruleSchema
  .safeExtend({
    id: ruleIdSchema,
    version: z.int().positive(),
    who: z.string(),
    at: instant.meta({ description: 'of this version' }),
  })
  .meta({ id: 'KeptRule' });
export type KeptRule = z.infer<typeof keptRuleSchema>;

const earlier = absentOr(z.unknown()).meta({ description: 'a rule as that version of the room wrote it' });
export const ruleHistorySchema = z.object({
  /** The newest first. */
  entries: z.array(
    z
      .object({
        version: z.int(),
        at: instant,
        who: z.string(),
        action: z.string().meta({ description: 'as rule.changed' }),
        why: absentOr(z.string()),
        before: earlier,
        after: earlier,
      })
      .meta({ id: 'RuleEntry' }),
  ),
});
export type RuleHistory = z.infer<typeof ruleHistorySchema>;

const ids = z.array(ruleIdSchema);
export const importedRulesSchema = z.object({ made: ids, changed: ids, same: ids }).meta({ id: 'ImportedRules' });
/** What a file of rules did, or would do. */
export type ImportedRules = z.infer<typeof importedRulesSchema>;
