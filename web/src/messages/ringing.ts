/** What the foot of a wall says of alerts. Pure. */
import type { Catalogue, Ringing } from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';
import type { Mark, Speech } from './context.ts';

/** Rules are looked at each second, and that is noted each quarter of a minute. */
const LOOKED_WITHIN = 90_000;
const NAMED = 3;

const NAMES: Readonly<Record<NonNullable<Ringing['severity']>, MessageKey>> = {
  info: 'ringingInfo',
  warning: 'ringingWarning',
  critical: 'ringingCritical',
};

function namesOf(codes: readonly string[], catalogue: Catalogue, { format, t, name }: Speech): string {
  const names = codes.map((code) => {
    const unit = catalogue.agencies.find(({ id }) => id === code);
    return unit === undefined ? code : name(unit);
  });
  const left = names.length - NAMED;
  return left <= 0 ? format.list(names) : t('ringingMore', { names: names.slice(0, NAMED).join(', '), n: left }, left);
}

/** As known at `now`; null: nobody answered. Undefined where nothing rings. */
export function ringingNote(
  rings: Ringing | null,
  now: number,
  catalogue: Catalogue,
  speech: Speech,
): { mark: Mark; text: string } | undefined {
  const { format, t } = speech;
  if (rings === null || rings.evaluatedAt === undefined || now - rings.evaluatedAt > LOOKED_WITHIN)
    return { mark: 'unknown', text: t('ringingAway') };
  const { severity, firing, unknown, answered, unanswered } = rings;
  const named = (codes: readonly string[]): string => namesOf(codes, catalogue, speech);
  const parts = [
    ...(severity === undefined ? [] : [t(NAMES[severity], { n: format.count(firing) }, firing)]),
    ...(unknown === 0 ? [] : [t('ringingUnknown', { n: format.count(unknown) }, unknown)]),
    ...(unanswered.length === 0 ? [] : [t('ringingUnanswered', { names: named(unanswered) })]),
    ...(answered.length === 0 ? [] : [t('ringingAnswered', { names: named(answered) })]),
  ];
  if (parts.length === 0) return undefined;
  return {
    mark: severity === undefined ? 'unknown' : severity === 'critical' ? 'act' : 'watch',
    text: parts.join('; '),
  };
}
