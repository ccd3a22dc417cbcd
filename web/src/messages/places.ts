/** What the heading over the places says: who is outside the usual range, nobody, or that it is not known. */

import type { Catalogue, UsualStanding, WallState } from '@room/contract';
import type { UnitLook } from '../charts/map.ts';
import type { MessageKey } from '../i18n/index.ts';
import { lateUnits, silentUnits, standingOf } from '../ranking.ts';
import type { Speech } from './context.ts';
import { isLow } from './status.ts';

/**
 * How places stand against their own usual range. While too little is reported to judge the country none is judged: its own portal is
 * one of several that tell of it. Nor is one whose portal is silent or late, as it is held against all of the day until now.
 */
export function placeStandings(state: WallState, catalogue: Catalogue, speech: Speech): (id: string) => UsualStanding {
  const silent = silentUnits(state, catalogue);
  const late = lateUnits(state, catalogue);
  return (id) =>
    isLow(state, speech) || silent.has(id) || late.has(id)
      ? 'neutral'
      : standingOf(state.provinces[id], catalogue.thresholds);
}

/** Of those that report: the share that is enough to speak of all. */
const MOST = 0.5;

/**
 * `standings` of the places that are not silent, `inTime` how many of them are not late either, `all` how many there are; undefined
 * where there is too little history for any range. Nobody is called usual of whom nothing is known.
 */
export function outsideHeading(
  standings: readonly UsualStanding[],
  inTime: number,
  all: number,
  hasHistory: boolean,
): MessageKey | undefined {
  if (!hasHistory) return undefined;
  if (standings.length === 0) return 'unknownOutside';
  if (standings.some((standing) => standing !== 'neutral')) return 'outsideUsual';
  if (inTime < MOST * all) return 'tooFewOutside';
  return inTime < all ? 'noneOutsideOfSome' : 'noneOutside';
}

/** How many report now, and how many are late: those that are silent the legend counts. Where the numbers are old, how many did when. */
export function placesText(
  { coverage }: Pick<WallState, 'coverage'>,
  { inTime, late, all }: { inTime: number; late: number; all: number },
  fresh: boolean,
  { format, t }: Speech,
): string {
  if (coverage === undefined) return t('notReported');
  const counts = { n: inTime, all };
  if (!fresh) return t('placesReported', { ...counts, time: format.minute(coverage.asOf) });
  const text = t('placesReporting', counts);
  return late === 0 ? text : `${text} · ${t('lateNow', { n: late })}`;
}

/** What the looks mean that places have; of those that none has nothing is said. `isJudged`: they are held against what is usual. */
export function placeLegend(
  looks: readonly UnitLook[],
  isJudged: boolean,
  { format, t, thresholds }: Speech,
): { look: UnitLook | 'far'; text: string }[] {
  const has = (...some: UnitLook[]): boolean => looks.some((look) => some.includes(look));
  const silent = looks.filter((look) => look === 'silent').length;
  const far = t('farFromUsual', { size: format.percent(thresholds.farFromUsual) });
  return [
    ...(has('neutral') ? [{ look: 'neutral' as const, text: t(isJudged ? 'withinUsual' : 'notJudged') }] : []),
    ...(has('below', 'farBelow') ? [{ look: 'below' as const, text: t('belowUsualShort') }] : []),
    ...(has('above', 'farAbove') ? [{ look: 'above' as const, text: t('aboveUsualShort') }] : []),
    ...(has('farBelow', 'farAbove') ? [{ look: 'far' as const, text: far }] : []),
    ...(silent > 0 ? [{ look: 'silent' as const, text: t('silentCount', { n: silent }, silent) }] : []),
  ];
}
