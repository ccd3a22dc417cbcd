/** What is said of rules while they are made and changed. */
import {
  type Catalogue,
  type NamedLimit,
  ownerIn,
  type Rule,
  type RuleHistory,
  type RuleWindow,
  SEVERITIES,
} from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';
import { conditionText, overText, SEVERITY_NAMES } from './alerts.ts';
import type { Speech } from './context.ts';

export const LIMIT_NAMES: Readonly<Record<NamedLimit, MessageKey>> = {
  onTimeAct: 'limitOnTimeAct',
  onTimeWatch: 'limitOnTimeWatch',
  finishedEnough: 'limitFinishedEnough',
  coverageEnough: 'limitCoverageEnough',
  beyondUsual: 'limitBeyondUsual',
  farFromUsual: 'limitFarFromUsual',
  likely: 'limitLikely',
  unlikely: 'limitUnlikely',
  linkErrors: 'limitLinkErrors',
};

export const WINDOW_NAMES: Readonly<Record<RuleWindow['kind'], MessageKey>> = {
  today: 'ruleWindowToday',
  last: 'ruleWindowLast',
  now: 'ruleWindowNow',
};

/** What a refusal means here, by the server's code. */
export const RULE_REFUSALS: Readonly<Record<string, MessageKey>> = {
  conflict: 'ruleConflict',
  demonstration: 'rulesDemonstration',
  outside_scope: 'ruleOutside',
  no_such_rule: 'ruleGone',
  links_not_tried: 'ruleLinksNotTried',
  tasks_not_tried: 'ruleTasksNotTried',
  index_not_tried: 'ruleIndexNotTried',
  indicators_not_tried: 'ruleIndicatorsNotTried',
};

/** Of fields by their path in a rule; the longest beginning counts. */
const FIELDS: readonly (readonly [path: string, name: MessageKey])[] = [
  ['id', 'ruleId'],
  ['label.vi', 'ruleNameVi'],
  ['label.en', 'ruleNameEn'],
  ['reason.vi', 'ruleReasonVi'],
  ['reason.en', 'ruleReasonEn'],
  ['owner', 'ruleResponsible'],
  ['severity', 'ruleSeverity'],
  ['over.codes', 'ruleUnits'],
  ['over', 'ruleOver'],
  ['when.against.limit', 'ruleLimit'],
  ['when.against.beyond', 'ruleBeyond'],
  ['when.against.recover', 'ruleRecover'],
  ['when.against', 'ruleAgainst'],
  ['when.beyond', 'ruleBeyond'],
  ['when.least', 'ruleLeast'],
  ['when.part', 'rulePart'],
  ['when.whole', 'ruleWhole'],
  ['when.days', 'ruleDays'],
  ['when.target', 'ruleTarget'],
  ['when.chance', 'ruleChance'],
  ['when.limit', 'ruleLimit'],
  ['when.recover', 'ruleRecover'],
  ['when.seconds', 'ruleSeconds'],
  ['when.window', 'ruleWindow'],
  ['when.enough', 'ruleEnough'],
  ['when', 'ruleKind'],
  ['forSeconds', 'ruleFor'],
  ['keepSeconds', 'ruleKeep'],
];

/** Why a field is not taken, as its form says it. */
export function faultText(path: string, { t }: Speech): string {
  const name = FIELDS.find(([start]) => path === start || path.startsWith(`${start}.`))?.[1];
  const field = name === undefined ? path : t(name);
  if (path === 'over.codes') return t('ruleFaultUnits', { field });
  if (/\.(limit|beyond|chance)$/.test(path)) return t('ruleFaultShare', { field });
  if (path.endsWith('.recover')) return t('ruleFaultRecover', { field });
  return t('ruleFaultField', { field });
}

const ACTIONS: Readonly<Record<string, MessageKey>> = {
  'rule.created': 'ruleActCreated',
  'rule.changed': 'ruleActChanged',
  'rule.removed': 'ruleActRemoved',
  'rule.restored': 'ruleActRestored',
};
export const actionText = (action: string, { t }: Speech): string => {
  const known = ACTIONS[action];
  return known === undefined ? action : t(known);
};

export interface RuleChange {
  name: string;
  before: string;
  after: string;
}

type Entry = Pick<RuleHistory['entries'][number], 'before' | 'after'>;

/** What a change changed, as people read it; what an earlier version of the room wrote otherwise, as it was written. */
export function changesOf({ before, after }: Entry, catalogue: Catalogue, speech: Speech): RuleChange[] {
  const { t, format } = speech;
  const lines: readonly (readonly [MessageKey, (rule: Rule) => string])[] = [
    ['ruleNameVi', ({ label }) => label.vi],
    ['ruleNameEn', ({ label }) => label.en],
    ['ruleKind', (rule) => conditionText({ ...rule, forSeconds: 0 }, speech)],
    ['ruleLimit', ({ when }) => JSON.stringify(when)],
    ['ruleOver', (rule) => overText(rule, catalogue, speech)],
    ['ruleUnits', ({ over }) => ('codes' in over ? (over.codes ?? []).join(', ') : '')],
    ['ruleFor', ({ forSeconds }) => format.span(forSeconds * 1_000)],
    ['ruleKeep', ({ keepSeconds }) => format.span(keepSeconds * 1_000)],
    ['ruleSeverity', ({ severity }) => (SEVERITIES.includes(severity) ? t(SEVERITY_NAMES[severity]) : severity)],
    ['ruleResponsible', (rule) => ownerIn(rule, speech.language)],
    ['ruleReasonVi', ({ reason }) => reason.vi],
    ['ruleReasonEn', ({ reason }) => reason.en],
    ['ruleEnabled', ({ isEnabled }) => t(isEnabled ? 'ruleOn' : 'ruleNotOn')],
  ];
  const said = (rule: unknown, line: (rule: Rule) => string): string => {
    try {
      return line(rule as Rule);
    } catch {
      return JSON.stringify(rule);
    }
  };
  const changes = lines
    .map(([key, line]) => ({ key, name: t(key), before: said(before, line), after: said(after, line) }))
    .filter((change) => change.before !== change.after);
  // The condition in full is for what its sentence does not say.
  const isSaid = changes.some(({ key }) => key === 'ruleKind');
  return changes.filter(({ key }) => key !== 'ruleLimit' || !isSaid);
}
