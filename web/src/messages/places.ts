/** What the heading over the places says: who is outside the usual range, nobody, or that it is not known. */
import type { MessageKey } from '../i18n/index.ts';
import type { Standing } from '../ranking.ts';

/** `standings` of the places that report; undefined where there is too little history for any range. */
export function outsideHeading(standings: readonly Standing[], hasHistory: boolean): MessageKey | undefined {
  if (!hasHistory) return undefined;
  if (standings.length === 0) return 'unknownOutside';
  return standings.every((standing) => standing === 'neutral') ? 'noneOutside' : 'outsideUsual';
}
