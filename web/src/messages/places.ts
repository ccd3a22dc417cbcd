/** What the heading over the places says: who is outside the usual range, nobody, or that it is not known. */

import type { UsualStanding } from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';

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
