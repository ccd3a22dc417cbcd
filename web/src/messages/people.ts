/** What is said of people and of what they may do. */
import type { Account, Catalogue, ImportKind, Right, ScopeGrant } from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';
import type { Speech } from './context.ts';

export const RIGHT_NAMES: Readonly<Record<Right, MessageKey>> = {
  view: 'rightView',
  analyse: 'rightAnalyse',
  answer: 'rightAnswer',
  direct: 'rightDirect',
  operate: 'rightOperate',
  administer: 'rightAdminister',
};

/** Of the page of one's own account. */
export const IMPORT_NAMES: Readonly<Record<ImportKind, 'tokenReports' | 'tokenTasks'>> = {
  reports: 'tokenReports',
  tasks: 'tokenTasks',
};

/** What somebody may do by each. */
export const RIGHT_HINTS: Readonly<Record<Right, MessageKey>> = {
  view: 'rightViewHint',
  analyse: 'rightAnalyseHint',
  answer: 'rightAnswerHint',
  direct: 'rightDirectHint',
  operate: 'rightOperateHint',
  administer: 'rightAdministerHint',
};

export function scopeText(scope: ScopeGrant, catalogue: Catalogue, { t, name, format }: Speech): string {
  if (scope === 'all') return t('scopeAll');
  const units = [
    ...catalogue.agencies.filter(({ id }) => scope.agencies.includes(id)),
    ...catalogue.provinces.filter(({ id }) => scope.provinces.includes(id)),
  ];
  return units.length === 0 ? t('scopeNone') : format.list(units.map(name));
}

export function stateText(
  { isDisabled, hasPassword, issuer, invitedUntil }: Account,
  now: number,
  { t, format }: Speech,
  dayOf: (at: number) => string,
): string {
  if (isDisabled) return t('accountDisabled');
  if (issuer !== undefined) return t('accountOf', { issuer });
  if (hasPassword) return t('accountActive');
  return invitedUntil !== undefined && invitedUntil > now
    ? t('accountInvited', { day: format.day(dayOf(invitedUntil)) })
    : t('accountWaiting');
}

/** What a refusal means here, by the server's code. */
export const PEOPLE_REFUSALS: Readonly<Record<string, MessageKey>> = {
  conflict: 'conflict',
  last_administrator: 'lastAdministrator',
  demonstration: 'demonstrationKept',
  from_provider: 'fromProvider',
};
