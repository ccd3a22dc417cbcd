/** The words of the page of questions: what dimensions, members, measures and changes are called. Pure. */
import {
  type AskedPeriod,
  addsUp,
  type Catalogue,
  type Compared,
  type CurvePoint,
  DIMENSIONS,
  type Dimension,
  describedBy,
  groupLabel,
  groupsOf,
  isDerived,
  isOfProgramme,
  isPoints,
  isRatio,
  isShare,
  type Measure,
  type Order,
  type Per,
  type QueryAnswer,
  type Subject,
  shareMoved,
  type Values,
} from '@room/contract';
import { explore } from '../i18n/explore.ts';
import { addMessages, type MessageKey } from '../i18n/index.ts';
import type { Speech } from './context.ts';

addMessages(explore);

const DIMENSION_NAMES: Partial<Record<Dimension, MessageKey>> = {
  service: 'services',
  source: 'portal',
  channel: 'channels',
  status: 'statuses',
};

export function dimensionName(
  dimension: Dimension,
  { agencyNoun, provinceNoun }: Catalogue,
  { language, t }: Speech,
): string {
  if (dimension === 'agency') return agencyNoun[language];
  if (dimension === 'province') return provinceNoun[language];
  const key = DIMENSION_NAMES[dimension];
  return key === undefined ? dimension : t(key);
}

/** The row of levels that are reported of a whole, among those of its parts; of tasks and links that of all units that are not split by. */
export const NO_PART = '';

/** Names of the members of a dimension by their codes, and of its groups by theirs; a unit that ended says until when, as its code may name another today. */
export function memberNames(
  dimension: Dimension,
  catalogue: Catalogue,
  { format, language, t }: Speech,
  measure?: Measure,
): Map<string, string> {
  const names = DIMENSIONS[dimension].members(catalogue).map(({ code, label, short, validTo }): [string, string] => {
    const name = dimension === 'service' ? label[language] : (short ?? label)[language];
    return [code, validTo === undefined ? name : t('untilDay', { name, day: format.day(validTo) })];
  });
  const groups = groupsOf(dimension, catalogue).map((group): [string, string] => [
    group.name,
    groupLabel(group)[language],
  ]);
  return new Map([
    ...names,
    ...groups,
    [NO_PART, t(measure !== undefined && isOfProgramme(measure) ? 'otherUnits' : 'notByPart')],
  ]);
}

export const measureName = (measure: Measure, { language }: Speech): string => describedBy(measure).label[language];

/** A count that is no whole number is one per working day, or per 1,000 people. */
export const measureText = (measure: Measure, value: number | undefined, { format }: Speech): string => {
  if (value === undefined) return '—';
  if (isShare(measure)) return format.share(value);
  // What could be had is a whole number in every index that is known; what was reached hardly ever.
  if (isPoints(measure))
    return measure === 'indexMeasured' && Number.isInteger(value) ? format.count(value) : format.tenths(value);
  return Number.isInteger(value) ? format.count(value) : format.rate(value);
};

/** The same with what it must be held against: points stand beside those that could be had of what is measured. */
export const valueText = (measure: Measure, values: Values | undefined, speech: Speech): string => {
  const text = measureText(measure, values?.[measure], speech);
  const measured = measure === 'indexPoints' ? values?.indexMeasured : undefined;
  return measured === undefined ? text : `${text} / ${measureText('indexMeasured', measured, speech)}`;
};

/** How many points of the whole index are measured at most, so that nobody takes them for it. */
export function scoringText({ scoring }: Pick<Catalogue, 'scoring'>, { format, t }: Speech): string | undefined {
  if (scoring === undefined) return undefined;
  const most = scoring.components.reduce((sum, { points }) => sum + points, 0);
  const { decision, points } = scoring;
  return t('pointsCounted', {
    decision,
    most: format.count(most),
    missing: format.count(points - most),
    points: format.count(points),
  });
}

export { firstOf } from '@room/contract';

const ORDER_NAMES = {
  largest: 'orderLargest',
  smallest: 'orderSmallest',
  risen: 'orderRisen',
  fallen: 'orderFallen',
} as const satisfies Record<Order, MessageKey>;
export const orderText = (order: Order, { t }: Speech): string => t(ORDER_NAMES[order]);

export interface Change {
  text: string;
  /** Whether it surely got better or worse; undefined where more is neither, where chance may be all of it, and where nobody can tell. */
  isBetter: boolean | undefined;
}

type Changed = Compared & { points?: readonly CurvePoint[] };
/** Of a day, as `2026-11-30`. */
const DAY_LENGTH = 10;

/**
 * Whether a change is surely one that days do not explain, as rankings tell it. Of how many dossiers there are
 * more is neither better nor worse: a share of them says that; of points of the index their own page tells who surely moved.
 */
const isBeyondChance = (measure: Measure, { points = [] }: Changed): boolean =>
  // A register of tasks is known whole: another number is another number.
  measure === 'tasksOverdue' ||
  (isRatio(measure) && points[0]?.at.length === DAY_LENGTH && shareMoved(points, measure));

type Periods = QueryAnswer['periods'];

/** Whether both periods are known to have working days, and not as many: then counts are held against each other by the working day. */
export const isByWorkingDay = ({ now, before }: Periods, per: Per = 'period'): boolean =>
  per !== 'working-day' &&
  (now.workingDays ?? 0) > 0 &&
  (before?.workingDays ?? 0) > 0 &&
  now.workingDays !== before?.workingDays;

/** Of the fuller period's share the other must have so much: what was not received is no fall. */
const LIKE_ENOUGH = 0.8;
/** Whether about as much of both was received; where that is not known it is not denied. */
export function isComparable({ now, before }: Periods): boolean {
  const [one, other] = [now.coverage, before?.coverage];
  if (one === undefined || other === undefined) return true;
  return Math.min(one, other) >= LIKE_ENOUGH * Math.max(one, other);
}

/** Whether of the period no day is over: a share of its first hours is none of a day. */
export const isBegun = ({ now: { days, openDays } }: Periods): boolean => openDays === days;

/** Whether a period has days that are not over: what is counted so far is no fall against one that is. */
export const isOpen = ({ now, before }: Periods): boolean => (now.openDays ?? 0) > 0 || (before?.openDays ?? 0) > 0;

/**
 * Whether counts of the periods are not held against each other at all: one is not over, one has no working day and the other has, or
 * they are not as long and it is not known how many they have.
 */
export const isUncompared = (periods: Periods, per: Per = 'period'): boolean =>
  periods.before !== undefined && (isOpen(periods) || isUnlike(periods, per));

const isUnlike = ({ now, before }: Periods, per: Per): boolean =>
  before !== undefined &&
  per !== 'working-day' &&
  (now.workingDays === undefined || before.workingDays === undefined
    ? now.days !== before.days
    : now.workingDays === 0 || before.workingDays === 0
      ? now.workingDays !== before.workingDays || now.days !== before.days
      : false);

/**
 * From `before` to `now`: per cent of a count, percentage points of a share, points of an index. A period with fewer working days has fewer dossiers,
 * and is no worse for it.
 */
export function changeOf(
  measure: Measure,
  of: Changed,
  periods: Periods,
  { format, t }: Speech,
  per: Per = 'period',
): Change | undefined {
  const { now, before } = of;
  const [counted, base] = [now?.[measure], before?.[measure]];
  if (counted === undefined || base === undefined || !isComparable(periods)) return undefined;
  const isCount = addsUp(measure);
  if ((isCount && isUncompared(periods, per)) || (isDerived(measure) && isBegun(periods))) return undefined;
  // Points of which more or fewer are measured than before neither rose nor fell.
  if (isPoints(measure) && now?.indexMeasured !== before?.indexMeasured) return undefined;
  const scale =
    isByWorkingDay(periods, per) && isCount ? (periods.before?.workingDays ?? 1) / (periods.now.workingDays ?? 1) : 1;
  // By how many it grew from nothing is what there is, and no share of anything.
  const value = base <= 0 ? counted : counted * scale;
  const { better } = describedBy(measure);
  const tell = (): string[] => {
    const changes = [value - base, 0];
    if (isShare(measure)) return changes.map((change) => t('points', { change: format.points(change) }));
    if (isPoints(measure)) return changes.map((change) => t('pointsChange', { change: format.points(change / 100) }));
    if (base <= 0) return changes.map((change) => format.signed(Math.round(change)));
    return changes.map((change) => format.change(change / base));
  };
  const [text, none] = tell();
  // What rounds to nothing has no side.
  const isSure = text !== none && per === 'period' && isBeyondChance(measure, of);
  return { text: text ?? '', isBetter: isSure ? value > base === (better === 'up') : undefined };
}

/** How long a period is, and how complete what is known of it. */
export function periodText(
  { from, to, days, workingDays, openDays, coverage }: AskedPeriod,
  { format, t }: Speech,
  subject: Subject = 'dossiers',
): string {
  return [
    format.period(from, to),
    t('nDays', { n: days }, days),
    ...(workingDays === undefined ? [] : [t('nWorkingDays', { n: workingDays }, workingDays)]),
    ...(openDays === undefined ? [] : [t('nDaysOpen', { n: openDays }, openDays)]),
    ...(coverage === undefined
      ? []
      : [t(subject === 'links' ? 'linksReported' : 'daysReported', { share: format.share(coverage, 1) })]),
  ].join(' · ');
}

/** What of an answer is not exact, and by how much; a sentence each. */
export function inexactText(
  { divided = [], dividedValues, unlike, periods }: QueryAnswer,
  measure: Measure,
  catalogue: Catalogue,
  speech: Speech,
): string[] {
  const { format, t } = speech;
  const texts: string[] = [];
  if (!isComparable(periods))
    texts.push(
      t('notEnoughReceived', {
        now: format.share(periods.now.coverage ?? 0),
        before: format.share(periods.before?.coverage ?? 0),
      }),
    );
  if (unlike !== undefined)
    texts.push(
      t('unlikeDays', { n: unlike.days, value: measureText(measure, unlike.now?.[measure], speech) }, unlike.days),
    );
  const value = dividedValues?.now?.[measure] ?? dividedValues?.before?.[measure];
  if (value !== undefined) {
    const names = new Map([...memberNames('agency', catalogue, speech), ...memberNames('province', catalogue, speech)]);
    const units = format.list(divided.map((code) => names.get(code) ?? code));
    texts.push(t('dividedUnits', { units, value: measureText(measure, value, speech) }));
  }
  return texts;
}
