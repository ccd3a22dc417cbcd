/** What is said of things that people keep: whose they are, for whom, of which time. Pure. */
import {
  type Catalogue,
  dayMeant,
  fixedOn,
  isMoving,
  isRelative,
  type Period,
  type QuestionFields,
  type ScopeGrant,
  type Share,
  type Unit,
  type Version,
  validOn,
} from '@room/contract';
import { addMessages, type MessageKey } from '../i18n/index.ts';
import { kept } from '../i18n/kept.ts';
import type { Speech } from './context.ts';

addMessages(kept);

const SPANS: Readonly<Record<string, MessageKey>> = {
  'day day': 'spanToday',
  'day-1 day-1': 'spanYesterday',
  'month day': 'spanMonth',
  'month month': 'spanMonth',
  'month-1 month-1': 'spanLastMonth',
  'year day': 'spanYear',
  'year year': 'spanYear',
  'year-1 year-1': 'spanLastYear',
};

/** A period that moves, in words; a part of it that is none of the usual ones by its day of today. */
export function movingText({ from, to }: Period, today: string, { format, t }: Speech): string {
  const key = SPANS[`${from} ${to}`];
  if (key !== undefined) return t(key);
  const days = Number(/^day-(\d+)$/.exec(from)?.[1] ?? Number.NaN);
  if (to === 'day' && Number.isFinite(days)) return t('spanDays', { n: days + 1 }, days + 1);
  if (to === 'day-1' && Number.isFinite(days)) return t('spanDaysBefore', { n: days }, days);
  const day = (text: string, end: keyof Period): string => format.day(dayMeant(text, end, today));
  return t('spanOther', { from: day(from, 'from'), to: day(to, 'to') });
}

/** Of which time a question is, as it stands today. */
export function timeText(question: QuestionFields, today: string, speech: Speech): string {
  const { format, t } = speech;
  const { from = '', to = '' } = fixedOn(question, today);
  if ([from, to].some((day) => day === '' || isRelative(day))) return '';
  return t(isMoving(question) ? 'viewMovingNow' : 'viewFixedNow', { period: format.period(from, to) });
}

const unitsOf = (dim: 'agency' | 'province', catalogue: Catalogue): readonly Unit[] =>
  dim === 'agency' ? catalogue.agencies : catalogue.provinces;

export function shareText(share: Share, catalogue: Catalogue, { name, t }: Speech): string {
  if (share.with !== 'unit') return t(share.with === 'nobody' ? 'shareNobody' : 'shareEverybody');
  const unit = unitsOf(share.dim, catalogue).find(({ id }) => id === share.code);
  return t('shareUnit', { unit: unit === undefined ? share.code : name(unit) });
}

/** Units of today that somebody may name: their own, or all. */
export const ownUnits = (
  dim: 'agency' | 'province',
  scope: ScopeGrant,
  catalogue: Catalogue,
  today: string,
): readonly Unit[] =>
  unitsOf(dim, catalogue).filter(
    (unit) =>
      validOn(unit, today) && (scope === 'all' || scope[dim === 'agency' ? 'agencies' : 'provinces'].includes(unit.id)),
  );

const CHANGES: Readonly<Record<Version<unknown>['change'], MessageKey>> = {
  created: 'keptCreated',
  changed: 'keptChanged',
  removed: 'keptDeleted',
  restored: 'keptBack',
};
export const changeText = (change: Version<unknown>['change'], { t }: Speech): string => t(CHANGES[change]);
