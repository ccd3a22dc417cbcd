/** What is said of alerts and rules: their state, the numbers they were decided by, whom they are about. */
import {
  type Against,
  type Alert,
  type AlertEntry,
  type AlertTold,
  type Catalogue,
  CHANGE_DAYS,
  type DirectiveEntry,
  type DossierMeasure,
  groupLabel,
  groupNamed,
  type Horizon,
  isLimitShare,
  isOfShares,
  LEVEL_MEASURES,
  type Limit,
  type PendingAlert,
  type PointsMeasure,
  RATIO_MEASURES,
  type Reading,
  type Rule,
  type RuleWindow,
  ruledMembers,
  SUM_MEASURES,
} from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';
import type { Mark, Speech } from './context.ts';
import { whoText } from './who.ts';

type State = Alert['state'] | 'pending';
type About = Pick<Alert, 'dim' | 'code' | 'body'>;

const STATES: Readonly<Record<State, MessageKey>> = {
  firing: 'stateFiring',
  pending: 'statePending',
  recovering: 'stateRecovering',
  unknown: 'stateUnknown',
  ended: 'stateEnded',
};
export const SEVERITY_NAMES: Readonly<Record<Rule['severity'], MessageKey>> = {
  info: 'severityInfo',
  warning: 'severityWarning',
  critical: 'severityCritical',
};
const OUTCOME_NAMES: Readonly<Record<NonNullable<Alert['outcome']>, MessageKey>> = {
  recovered: 'outcomeRecovered',
  corrected: 'outcomeCorrected',
  'data-back': 'outcomeDataBack',
  withdrawn: 'outcomeWithdrawn',
};

export function markOf({
  state,
  body: { severity, when },
}: {
  state: State;
  body: Pick<Rule, 'severity' | 'when'>;
}): Mark {
  // What rings for silence is not known either: it looks as what is silent does everywhere, and says its severity in words.
  if (state === 'unknown' || (state === 'firing' && when.kind === 'silent')) return 'unknown';
  if (state === 'ended') return 'ok';
  if (state !== 'firing') return 'few';
  return severity === 'critical' ? 'act' : 'watch';
}

export const stateText = (state: State, severity: Rule['severity'], { t }: Speech): string =>
  state === 'firing' ? `${t(STATES[state])}, ${t(SEVERITY_NAMES[severity])}` : t(STATES[state]);

export const outcomeText = (outcome: NonNullable<Alert['outcome']>, { t }: Speech): string => t(OUTCOME_NAMES[outcome]);

/** Whom it is about. */
export function memberText(
  { dim, code }: Pick<Alert, 'dim' | 'code'>,
  catalogue: Catalogue,
  { t, name }: Speech,
): string {
  if (dim === 'all') return t('wholeCountry');
  const member = ruledMembers(dim, catalogue).find((each) => each.code === code);
  return member === undefined ? code : name(member);
}

export const titleOf = (about: About, catalogue: Catalogue, speech: Speech): string =>
  `${about.body.label[speech.language]}: ${memberText(about, catalogue, speech)}`;

/** What a rule measures, and of whom. */
export function measuredText(about: About, catalogue: Catalogue, speech: Speech): string {
  return `${measureOf(about.body.when, speech)}: ${memberText(about, catalogue, speech)}`;
}

function measureOf(when: Rule['when'], speech: Speech): string {
  const { t } = speech;
  switch (when.kind) {
    case 'silent':
      return t('measuredSilence');
    case 'link-errors':
      return t('measuredLinkErrors');
    case 'tasks-overdue':
      return t('measuredTasksOverdue');
    case 'reports-overdue':
      return t('measuredReportsOverdue');
    case 'indicators-unlikely':
      return t('measuredUnlikely');
    case 'index-low':
      return t('measuredIndexLow');
    case 'unused':
      return t('measuredUnused', { days: String(when.days) });
    case 'coverage':
      return t('measuredCoverage');
    case 'freshness':
      return t('measuredFreshness');
    case 'threshold':
    case 'change':
      return labelOf(when.measure, speech);
    case 'ratio':
      return `${labelOf(when.part, speech)} / ${labelOf(when.whole, speech)}`;
    case 'anomaly':
      return t('measuredAnomaly', { measure: labelOf(when.metric, speech) });
    case 'forecast':
      return t('measuredForecast');
    case 'target':
      return t('measuredTarget');
  }
}

/** A number of the rule's own measure, told apart from the limit that it stands `beside`. */
export function numberText({ when }: Pick<Rule, 'when'>, value: number, { format }: Speech, beside?: number): string {
  if (when.kind === 'silent' || when.kind === 'freshness') return format.span(value * 1_000);
  return isOfShares(when) ? format.share(value, beside) : format.count(value, beside);
}

/** In one line: the number against its limit, or why there is none. */
export function readingText(
  { body, opened, endedAt }: Pick<Alert, 'body'> & Partial<Pick<Alert, 'opened' | 'endedAt'>>,
  reading: Reading,
  now: number,
  catalogue: Catalogue,
  speech: Speech,
): string {
  const { t, format } = speech;
  const { missing, value, limit, to } = reading;
  if (missing !== undefined) return missingText(reading, missing, now, catalogue, speech);
  // What it reported last by now is when it was back.
  if (body.when.kind === 'silent' && endedAt !== undefined && opened?.to !== undefined)
    return t('silentFromTo', { from: format.since(opened.to, now), to: format.since(endedAt, now) });
  if (body.when.kind === 'silent' && to !== undefined) return t('silentFor', { time: format.since(to, now) });
  if (value === undefined) return t('noValue');
  const number = numberText(body, value, speech, limit);
  return limit === undefined ? number : t('ofLimit', { value: number, limit: numberText(body, limit, speech, value) });
}

/** Why nothing is known, and of which time that is. */
export function missingText(
  { at, to }: Pick<Reading, 'at' | 'to'>,
  missing: string,
  now: number,
  catalogue: Catalogue,
  { t, name, format }: Speech,
): string {
  if (missing === 'few') return t('missingFew', { time: format.since(to ?? at, now) });
  if (missing === 'coverage') return t('missingCoverage');
  if (missing === 'room') return t('missingRoom');
  if (missing === 'forecast') return t('missingForecast');
  if (missing === 'earlier') return t('missingEarlier');
  if (missing === 'link') return t('missingLink');
  const source = catalogue.sources.find(({ id }) => id === missing);
  return t('missingSource', { name: source === undefined ? missing : name(source) });
}

/** What became of it in few words, for a line of the inbox. */
export function careText(alert: Alert, catalogue: Catalogue, speech: Speech): string {
  const { t, format } = speech;
  if (alert.answer !== undefined) return t('answeredShort', { day: format.dayOfYear(alert.answer.until) });
  if (alert.acknowledged === undefined) return alert.state === 'ended' ? '' : t('notAcknowledged');
  return t('acknowledgedBy', {
    who: whoText(alert.acknowledged.who, catalogue, speech),
    time: format.minute(alert.acknowledged.at),
  });
}

const ACTIONS: Readonly<Record<string, { name: MessageKey; mark: Mark }>> = {
  'alert.fired': { name: 'actFired', mark: 'act' },
  'alert.fired_again': { name: 'actFiredAgain', mark: 'act' },
  'alert.unknown': { name: 'actUnknown', mark: 'unknown' },
  'alert.known_again': { name: 'actKnownAgain', mark: 'act' },
  'alert.recovering': { name: 'actRecovering', mark: 'few' },
  'alert.ended': { name: 'actEnded', mark: 'ok' },
  'alert.acknowledged': { name: 'actAcknowledged', mark: 'none' },
  'alert.answered': { name: 'actAnswered', mark: 'none' },
  'alert.told': { name: 'actTold', mark: 'none' },
  'alert.tell_failed': { name: 'actTellFailed', mark: 'few' },
  'alert.tell_given_up': { name: 'actTellGivenUp', mark: 'act' },
  'alert.not_told': { name: 'actNotTold', mark: 'none' },
  'alert.escalated': { name: 'actEscalated', mark: 'few' },
  'directive.given': { name: 'actDirected', mark: 'watch' },
  'directive.changed': { name: 'actDirectiveChanged', mark: 'none' },
  'directive.answered': { name: 'actDirectiveAnswered', mark: 'none' },
  'directive.confirmed': { name: 'actDirectiveConfirmed', mark: 'ok' },
  'directive.sent_back': { name: 'actDirectiveSentBack', mark: 'few' },
  'directive.withdrawn': { name: 'actDirectiveWithdrawn', mark: 'none' },
  'directive.restored': { name: 'actDirectiveRestored', mark: 'none' },
  'directive.due_soon': { name: 'actDirectiveDueSoon', mark: 'none' },
  'directive.overdue': { name: 'actDirectiveOverdue', mark: 'act' },
  'task.given': { name: 'actTasked', mark: 'watch' },
  'task.changed': { name: 'actTaskChanged', mark: 'none' },
  'task.answered': { name: 'actTaskAnswered', mark: 'none' },
  'task.confirmed': { name: 'actDirectiveConfirmed', mark: 'ok' },
  'task.sent_back': { name: 'actDirectiveSentBack', mark: 'few' },
  'task.withdrawn': { name: 'actTaskWithdrawn', mark: 'none' },
  'task.restored': { name: 'actDirectiveRestored', mark: 'none' },
  'task.due_soon': { name: 'actDirectiveDueSoon', mark: 'none' },
  'task.overdue': { name: 'actDirectiveOverdue', mark: 'act' },
};

export function entryText({ action }: Pick<AlertEntry, 'action'>, t: Speech['t']): { name: string; mark: Mark } {
  const known = ACTIONS[action];
  return { name: known === undefined ? action : t(known.name), mark: known?.mark ?? 'none' };
}

const NOT_TOLD: Readonly<Record<string, MessageKey>> = {
  silenced: 'notToldSilenced',
  follows: 'notToldFollows',
  'outside-scope': 'notToldScope',
  'receiver-gone': 'notToldGone',
  'nobody-on-duty': 'notToldNobody',
};

/** Who was told over which channel, and what they answered; or why they were not. */
function toldText({ receiver, roster, channel, said, why }: AlertTold, t: Speech['t']): string {
  const reason = why === undefined ? undefined : NOT_TOLD[why];
  const more = [channel, said, reason === undefined ? why : t(reason)].filter((part) => part !== undefined);
  const name = roster === undefined || roster === receiver ? receiver : t('toldByRoster', { receiver, roster });
  return more.length === 0 ? name : `${name}: ${more.join(', ')}`;
}

/** Who it was by, and what they said: days too. What they show as evidence is `entryEvidence`. */
export function entryDetail(entry: DirectiveEntry, catalogue: Catalogue, speech: Speech): string {
  const { who, outcome, told, order, why, answer, response } = entry;
  const { t, format } = speech;
  if (told !== undefined) return toldText(told, t);
  if (outcome !== undefined) return outcomeText(outcome, speech);
  const name = whoText(who, catalogue, speech);
  if (why !== undefined) {
    const said = `${name}: ${why}`;
    return order === undefined ? said : t('ledgerNewDue', { said, day: format.day(order.due) });
  }
  if (order !== undefined) return t('ledgerDirective', { who: name, text: order.text, day: format.day(order.due) });
  if (response !== undefined) {
    const { cause, measure, done, until = '' } = response;
    return t(done === undefined ? 'ledgerWill' : 'ledgerDone', {
      who: name,
      cause,
      measure,
      day: format.day(done ?? until),
    });
  }
  if (answer === undefined) return name;
  const { cause, measure, until, owner = '' } = answer;
  const said = t('ledgerAnswer', { who: name, cause, measure, day: format.day(until) });
  return owner === '' ? said : t('ledgerAnswerOwner', { said, owner });
}

/** Where what was said can be seen. */
export const entryEvidence = ({ response }: DirectiveEntry): string | undefined => response?.evidence;

/** Of a link that somebody wrote, where it leads. */
export const hostOf = (link: string): string => (URL.canParse(link) ? new URL(link).host : link);

const limitIn = (limit: Limit, isShare: boolean, { thresholds, format }: Speech): string => {
  const value = typeof limit === 'number' ? limit : thresholds[limit];
  return isShare ? format.share(value) : format.count(value);
};

export function conditionText({ when, forSeconds }: Pick<Rule, 'when' | 'forSeconds'>, speech: Speech): string {
  const { t, format } = speech;
  const condition = bareCondition(when, speech);
  return forSeconds === 0 ? condition : `${condition}; ${t('conditionFor', { age: format.span(forSeconds * 1_000) })}`;
}

function windowText(window: RuleWindow, { t, format }: Speech): string {
  if (window.kind === 'last') return t('windowLast', { age: format.span(window.minutes * 60_000) });
  return t(window.kind === 'now' ? 'windowNow' : 'windowToday');
}

/** No rule is about points, which a wall is not told of. */
const labelOf = (measure: Exclude<DossierMeasure, PointsMeasure>, { language }: Speech): string =>
  ({ ...SUM_MEASURES, ...RATIO_MEASURES, ...LEVEL_MEASURES })[measure].label[language];

export const HORIZON_NAMES: Readonly<Record<Horizon, MessageKey>> = {
  day: 'conditionByDay',
  month: 'conditionByMonth',
  year: 'conditionByYear',
};

function bareCondition(when: Rule['when'], speech: Speech): string {
  const { t, format } = speech;
  const isShare = isLimitShare(when);
  const words = (limit: Limit, more: Record<string, string> = {}): Record<string, string> => ({
    limit: limitIn(limit, isShare, speech),
    ...more,
  });
  switch (when.kind) {
    case 'silent':
      return t('conditionSilent');
    case 'link-errors':
      return t('conditionLinkErrors', words(when.limit));
    case 'tasks-overdue':
      return t('conditionTasksOverdue', words(when.limit));
    case 'reports-overdue':
      return t('conditionReportsOverdue', words(when.limit));
    case 'indicators-unlikely':
      return t('conditionUnlikely', words(when.limit, { chance: limitIn(when.chance, true, speech) }));
    case 'index-low':
      return t('conditionIndexLow', words(when.limit));
    case 'unused':
      return t('conditionUnused', { days: String(when.days) });
    case 'coverage':
      return t('conditionCoverage', words(when.limit));
    case 'freshness':
      return t('conditionFreshness', { age: format.span(when.seconds * 1_000) });
    case 'threshold': {
      const { side, against } = when;
      const keys = THRESHOLD_WORDS[against.kind];
      const more = { measure: labelOf(when.measure, speech), window: windowText(when.window, speech) };
      return t(keys[side], words(against.kind === 'value' ? against.limit : against.beyond, more));
    }
    case 'change': {
      const { window } = when;
      const days = String(when.days ?? CHANGE_DAYS);
      const more = { measure: labelOf(when.measure, speech), days, window: windowText(window, speech) };
      const limit = isShare ? { limit: t('conditionPoints', words(when.limit)) } : {};
      if (window.kind === 'now')
        return t(when.side === 'above' ? 'conditionRoseDays' : 'conditionFellDays', {
          ...words(when.limit, more),
          ...limit,
        });
      return t(when.side === 'above' ? 'conditionRose' : 'conditionFell', { ...words(when.limit, more), ...limit });
    }
    case 'ratio': {
      const more = {
        part: labelOf(when.part, speech),
        whole: labelOf(when.whole, speech),
        window: windowText(when.window, speech),
        least: limitIn(when.least, false, speech),
      };
      return t(when.side === 'above' ? 'conditionRatioAbove' : 'conditionRatioBelow', words(when.limit, more));
    }
    case 'anomaly':
      return t(
        when.side === 'above' ? 'conditionSurge' : 'conditionDrop',
        words(when.beyond, { measure: labelOf(when.metric, speech) }),
      );
    case 'forecast': {
      const more = { horizon: t(HORIZON_NAMES[when.horizon]), level: format.share(when.level) };
      const key = FORECAST_WORDS[when.edge][when.side];
      return t(key, words(when.limit, more));
    }
    case 'target':
      return t('conditionTarget', words(when.limit, { target: when.target }));
  }
}

const THRESHOLD_WORDS: Readonly<Record<Against['kind'], Readonly<Record<'above' | 'below', MessageKey>>>> = {
  value: { above: 'conditionAbove', below: 'conditionBelow' },
  usual: { above: 'conditionUsualAbove', below: 'conditionUsualBelow' },
  previous: { above: 'conditionPreviousAbove', below: 'conditionPreviousBelow' },
  alike: { above: 'conditionAlikeAbove', below: 'conditionAlikeBelow' },
};
const FORECAST_WORDS: Readonly<Record<'low' | 'high', Readonly<Record<'above' | 'below', MessageKey>>>> = {
  low: { above: 'conditionLowAbove', below: 'conditionLowBelow' },
  high: { above: 'conditionHighAbove', below: 'conditionHighBelow' },
};

export const OVER_NAMES: Readonly<Record<Rule['over']['dim'], MessageKey>> = {
  all: 'overAll',
  agency: 'overAgency',
  province: 'overProvince',
  service: 'overService',
  source: 'overSource',
  link: 'overLink',
};

export function overText({ over }: Pick<Rule, 'over'>, catalogue: Catalogue, speech: Speech): string {
  const { t } = speech;
  const group =
    over.dim === 'service' && over.group !== undefined ? groupNamed('service', over.group, catalogue) : undefined;
  const each =
    group === undefined
      ? t(OVER_NAMES[over.dim])
      : t('overGroup', { each: t(OVER_NAMES[over.dim]), group: groupLabel(group)[speech.language] });
  if (over.dim === 'all') return each;
  if (over.codes !== undefined)
    return over.codes.length === 1
      ? memberText({ dim: over.dim, code: over.codes[0] ?? '' }, catalogue, speech)
      : t('overSome', { n: over.codes.length, over: each });
  if (over.dim !== 'service' || over.agency === undefined) return each;
  return `${each}, ${memberText({ dim: 'agency', code: over.agency }, catalogue, speech)}`;
}

/** A line of the inbox, of what rings or is about to. */
export interface Line {
  key: string;
  /** Undefined of what does not ring yet. */
  id: string | undefined;
  mark: Mark;
  state: string;
  at: number;
  title: string;
  numbers: string;
  care: string;
  isOpen: boolean;
}

export const lineOf = (alert: Alert, now: number, catalogue: Catalogue, speech: Speech): Line => ({
  key: alert.id,
  id: alert.id,
  mark: markOf(alert),
  state: stateText(alert.state, alert.body.severity, speech),
  at: alert.endedAt ?? alert.since,
  title: titleOf(alert, catalogue, speech),
  numbers: readingText(alert, alert.latest, now, catalogue, speech),
  care:
    alert.covers > 0
      ? speech.t('covers', { n: speech.format.count(alert.covers) }, alert.covers)
      : careText(alert, catalogue, speech),
  isOpen: alert.state !== 'ended' && alert.acknowledged === undefined,
});

export const pendingLine = (alert: PendingAlert, now: number, catalogue: Catalogue, speech: Speech): Line => ({
  key: `${alert.rule} ${alert.dim} ${alert.code}`,
  id: undefined,
  mark: markOf({ state: 'pending', body: alert.body }),
  state: stateText('pending', alert.body.severity, speech),
  at: alert.since,
  title: titleOf(alert, catalogue, speech),
  // It is as it was when it began to wait: whoever reads is told when that was.
  numbers: `${readingText(alert, alert.latest, now, catalogue, speech)}, ${speech.t('readingTo', {
    time: speech.format.since(alert.latest.to ?? alert.latest.at, now),
  })}`,
  care: speech.t('ringsAt', { time: speech.format.minute(alert.ringsAt) }),
  isOpen: false,
});
