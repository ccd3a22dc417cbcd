/**
 * By what the room speaks up: rules, as data. A rule over several units is one rule with an instance for each of them. Counts are
 * dossiers, shares 0..1, times seconds.
 */
import { z } from 'zod';
import { validOn } from './calendar.ts';
import { type Catalogue, labelSchema } from './catalogue.ts';
import { DIMENSIONS, type Dimension } from './dimensions.ts';
import { absentOr, instant, plainText } from './schema.ts';
import { isLevel, isRatio, LEVELS_REPORTED, RATIOS, SUMS } from './sums.ts';
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
  z.strictObject({ dim: z.enum(['agency', 'province', 'source']), codes }),
  z.strictObject({
    dim: z.literal('service'),
    codes,
    agency: absentOr(z.string()).meta({ description: 'each service of this agency' }),
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
] as const satisfies readonly (keyof Thresholds)[];
export type NamedLimit = (typeof NAMED_LIMITS)[number];
const limit = z.union([z.number().min(0).max(1e12), z.enum(NAMED_LIMITS)]);
export type Limit = z.infer<typeof limit>;
export const limitOf = (limit: Limit, thresholds: Thresholds): number =>
  typeof limit === 'number' ? limit : thresholds[limit];

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
const againstSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('value'), limit, recover }),
  z.strictObject({
    kind: z.literal('usual'),
    beyond: limit.meta({ description: 'beyond the edge of the usual range, as a share of that edge' }),
    recover,
  }),
]);

const thresholdSchema = z.strictObject({
  kind: z.literal('threshold'),
  measure: z.enum([...SUMS, ...RATIOS, ...LEVELS_REPORTED]),
  window: windowSchema,
  side: z.enum(['above', 'below']),
  against: againstSchema,
  enough: absentOr(limit).meta({ description: 'dossiers under which a share says nothing' }),
});
export type ThresholdCondition = z.infer<typeof thresholdSchema>;

const conditionSchema = z.discriminatedUnion('kind', [
  thresholdSchema,
  /** A portal told nothing for longer than its own limit of the catalogue. */
  z.strictObject({ kind: z.literal('silent') }),
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
  silent: ['source'],
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
): ThresholdCondition['against']['kind'][] {
  const isUsualKnown = measure === 'submitted' && window.kind === 'today' && dim !== 'service';
  return isUsualKnown ? ['value', 'usual'] : ['value'];
}

const duration = z.int().min(0).max(604_800);

const tried = {
  over: overSchema,
  when: conditionSchema,
  forSeconds: duration.default(0).meta({ description: 'it rings once the condition held for so long' }),
  keepSeconds: duration.default(0).meta({ description: 'it ends once the condition was over for so long' }),
};

function assertFits(
  { over, when }: { over: Over; when: Condition },
  { addIssue }: Pick<z.core.$RefinementCtx, 'addIssue'>,
): void {
  const fault = (path: string[], message: string): void => addIssue({ code: 'custom', path, message });
  const dims = OVER_OF[when.kind];
  if (!dims.includes(over.dim)) fault(['over', 'dim'], `a rule of ${when.kind} is over ${dims.join(' or ')}`);
  if (when.kind !== 'threshold') return;
  const { measure, window, side, against, enough } = when;
  if (!windowsOf(measure).includes(window.kind))
    fault(['when', 'window'], 'now is of what waits, and what waits is of now');
  if (enough !== undefined && !isRatio(measure)) fault(['when', 'enough'], 'stands beside a share only');
  if (!againstOf(when, over.dim).includes(against.kind))
    fault(['when', 'against'], 'the usual range is known of submitted, today, of all, agencies and provinces');
  if (against.kind === 'usual') return;
  const { limit, recover } = against;
  if (isRatio(measure) && typeof limit === 'number' && limit > 1)
    fault(['when', 'against', 'limit'], 'a share is from 0 to 1');
  if (
    typeof limit === 'number' &&
    typeof recover === 'number' &&
    (side === 'above' ? recover > limit : recover < limit)
  )
    fault(['when', 'against', 'recover'], `must not be ${side} the limit`);
}

/** All that decides when a rule rings. */
export const triedRuleSchema = z.strictObject(tried).superRefine(assertFits).meta({ id: 'TriedRule' });
export type TriedRule = z.infer<typeof triedRuleSchema>;

export const ruleSchema = z
  .strictObject({
    label: labelSchema,
    ...tried,
    severity: z.enum(SEVERITIES),
    owner: plainText(200),
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

/** What a rule is about: the whole, or one member of its dimension. */
export interface RuleMember {
  dim: 'all' | Dimension;
  /** As the rollups call it; empty for the whole. */
  code: string;
}

/** Those of today, a local day: an instance for each. */
export function membersOf({ over }: Pick<Rule, 'over'>, catalogue: Catalogue, today: string): RuleMember[] {
  if (over.dim === 'all') return [{ dim: 'all', code: '' }];
  const { dim, codes } = over;
  const agencyOf = new Map(catalogue.services.map(({ code, agency }) => [code, agency]));
  return DIMENSIONS[dim]
    .members(catalogue)
    .filter(
      (member) =>
        validOn(member, today) &&
        (codes === undefined || codes.includes(member.code)) &&
        (over.dim !== 'service' || over.agency === undefined || agencyOf.get(member.code) === over.agency),
    )
    .map(({ code }) => ({ dim, code }));
}

/**
 * What a rule names, of whatever day: nobody of a part rules over others because those do not exist today, and what names none is over
 * all of its dimension.
 */
export function namedBy({ over }: Pick<Rule, 'over'>, catalogue: Catalogue): RuleMember[] {
  if (over.dim === 'all') return [{ dim: 'all', code: '' }];
  const { dim } = over;
  const all = DIMENSIONS[dim].members(catalogue).map(({ code }) => code);
  if (over.dim !== 'service' || over.agency === undefined) return (over.codes ?? all).map((code) => ({ dim, code }));
  const { agency, codes } = over;
  return [{ dim: 'agency', code: agency }, ...(codes ?? []).map((code) => ({ dim, code }))];
}

/** The field whose unit the catalogue does not have, and which; undefined where it has them all. */
export function unknownUnit({ over }: Pick<Rule, 'over'>, catalogue: Catalogue): string | undefined {
  if (over.dim === 'all') return undefined;
  const known = new Set(DIMENSIONS[over.dim].members(catalogue).map(({ code }) => code));
  const code = over.codes?.find((each) => !known.has(each));
  if (code !== undefined) return `over.codes: the catalogue has no ${over.dim} ${code}`;
  if (over.dim !== 'service' || over.agency === undefined) return undefined;
  const { agency } = over;
  return catalogue.agencies.some(({ id }) => id === agency)
    ? undefined
    : `over.agency: the catalogue has no agency ${agency}`;
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
