/** What is wanted of the measure of an alert: the other side of where it rang. Pure. */
import { type Alert, isOfShares } from '@room/contract';

/** Of how long a portal says nothing no number is wanted: that it reports again is. */
export const isCounted = ({ body: { when } }: Pick<Alert, 'body'>): boolean =>
  when.kind !== 'silent' && when.kind !== 'freshness';

export const isPercent = ({ body: { when } }: Pick<Alert, 'body'>): boolean =>
  when.kind !== 'silent' && when.kind !== 'freshness' && isOfShares(when);

export function sideOf({ body: { when } }: Pick<Alert, 'body'>): 'above' | 'below' {
  if (when.kind === 'coverage' || when.kind === 'target') return 'above';
  return 'side' in when && when.side === 'below' ? 'above' : 'below';
}
