/** What is said of directives. */
import type { Catalogue, Directive, DirectiveState } from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';
import { memberText, numberText } from './alerts.ts';
import type { Mark, Speech } from './context.ts';

const STATES: Readonly<Record<DirectiveState, { name: MessageKey; mark: Mark }>> = {
  open: { name: 'directiveOpen', mark: 'few' },
  overdue: { name: 'directiveOverdue', mark: 'act' },
  answered: { name: 'directiveAnswered', mark: 'watch' },
  done: { name: 'directiveDone', mark: 'ok' },
  withdrawn: { name: 'directiveWithdrawn', mark: 'none' },
};

/** Of one that waits for the Office also what its unit says. */
export function directiveState(
  state: DirectiveState,
  { t, format }: Speech,
  response?: Directive['response'],
): { name: string; mark: Mark } {
  const { name, mark } = STATES[state];
  if (state !== 'answered' || response === undefined) return { name: t(name), mark };
  const { done, until = '' } = response;
  const said =
    done === undefined
      ? t('directiveSaidWill', { day: format.day(until) })
      : t('directiveSaidDone', { day: format.day(done) });
  return { name: said, mark };
}

/** Its due day, and how far that is; of a settled one the day alone. */
export function dueText({ order, daysLeft, state }: Directive, { t, format }: Speech): string {
  const due = t('directiveDue', { day: format.day(order.due) });
  if (state === 'done' || state === 'withdrawn') return due;
  if (daysLeft === 0) return `${due}, ${t('directiveToday')}`;
  const n = format.count(Math.abs(daysLeft));
  return `${due}, ${t(daysLeft < 0 ? 'directiveLate' : 'directiveLeft', { n }, Math.abs(daysLeft))}`;
}

export const unitText = ({ unit }: Directive, catalogue: Catalogue, speech: Speech): string =>
  memberText(unit, catalogue, speech);

/** As a number of the alert's measure, where one is wanted and the alert is seen. */
export function wantedText({ order: { wanted }, alert }: Directive, speech: Speech): string {
  if (wanted.side === undefined || wanted.value === undefined || alert === undefined) return wanted.text;
  const side = speech.t(wanted.side === 'below' ? 'directiveBelow' : 'directiveAbove');
  return `${wanted.text} (${side} ${numberText(alert.body, wanted.value, speech)})`;
}

/** Of its measure: when it was given, and as it stands. */
export function measuredOf(directive: Directive, { t, ...rest }: Speech): [name: string, value: string][] {
  const speech = { t, ...rest };
  const { alert, reading, decided } = directive;
  if (alert === undefined) return [];
  const number = (value: number | undefined): string =>
    value === undefined ? t('noValue') : numberText(alert.body, value, speech);
  return [
    [t('directiveThen'), number(reading?.value)],
    ...(decided?.what === 'confirmed'
      ? [[t('directiveConfirmedAt'), number(decided.reading?.value)] as [string, string]]
      : []),
    [t(alert.endedAt === undefined ? 'directiveNow' : 'directiveAtEnd'), number(alert.latest.value)],
  ];
}

export const REFUSALS: Readonly<Record<string, MessageKey>> = {
  no_such_directive: 'directiveGone',
  bad_request: 'directiveGone',
  conflict: 'directiveConflict',
  settled: 'directiveSettledNow',
  due_past: 'directiveDuePast',
  until_past: 'directiveUntilPast',
  done_future: 'directiveDoneFuture',
  done_before_given: 'directiveDoneEarly',
  given_future: 'directiveGivenFuture',
  due_before_given: 'directiveDueEarly',
  another_unit: 'directiveOtherUnit',
  too_many: 'directiveTooMany',
  no_such_alert: 'alertGone',
  file_gone: 'fileGone',
};
