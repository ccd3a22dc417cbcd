/** What the foot of a wall says of alerts. Pure. */
import type { Catalogue, Ringing } from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';
import type { Mark, Speech } from './context.ts';

/** Rules are looked at each second, and that is noted each quarter of a minute. */
const LOOKED_WITHIN = 90_000;
/** As many names as there is room for, and these at most. */
const NAMED = [3, 2, 1, 0] as const;

const NAMES: Readonly<Record<NonNullable<Ringing['severity']>, MessageKey>> = {
  info: 'ringingInfo',
  warning: 'ringingWarning',
  critical: 'ringingCritical',
};

function namesOf(codes: readonly string[], most: number, catalogue: Catalogue, { format, t, name }: Speech): string {
  if (most === 0) return t('unitsOnly', { n: codes.length }, codes.length);
  const names = codes.map((code) => {
    const unit = catalogue.agencies.find(({ id }) => id === code);
    return unit === undefined ? code : name(unit);
  });
  const left = names.length - most;
  return left <= 0 ? format.list(names) : t('ringingMore', { names: names.slice(0, most).join(', '), n: left }, left);
}

/** As known at `now`, in words that need less and less room; null: nobody answered. Undefined where nothing rings. */
export function ringingNote(
  rings: Ringing | null,
  now: number,
  catalogue: Catalogue,
  speech: Speech,
): { mark: Mark; texts: readonly [string, ...string[]] } | undefined {
  const { format, t } = speech;
  if (rings === null || rings.evaluatedAt === undefined || now - rings.evaluatedAt > LOOKED_WITHIN)
    return { mark: 'unknown', texts: [t('ringingAway')] };
  const { severity, firing, unknown, answered, unanswered } = rings;
  const counted = [
    ...(severity === undefined ? [] : [t(NAMES[severity], { n: format.count(firing) }, firing)]),
    ...(unknown === 0 ? [] : [t('ringingUnknown', { n: format.count(unknown) }, unknown)]),
  ];
  const named = (most: number): string =>
    [
      ...counted,
      ...(unanswered.length === 0
        ? []
        : [t('ringingUnanswered', { names: namesOf(unanswered, most, catalogue, speech) })]),
      ...(answered.length === 0 ? [] : [t('ringingAnswered', { names: namesOf(answered, most, catalogue, speech) })]),
    ].join('; ');
  const [first, ...others] = [...NAMED.map(named), counted.join('; ')].filter((text) => text !== '');
  if (first === undefined) return undefined;
  return {
    mark: severity === undefined ? 'unknown' : severity === 'critical' ? 'act' : 'watch',
    texts: [first, ...others],
  };
}
