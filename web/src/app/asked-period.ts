/** The period that an address asks for, or why it cannot be shown. */
import { addDays, type Period } from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';
import { asksPeriod, periodIn, type Query } from './addresses.ts';

export interface Asked {
  /** Where it cannot be shown, or none is asked for: the day that ended last. */
  period: Period;
  fault?: MessageKey;
}

/** `today` is a local day. */
export function askedPeriod(query: Query, today: string): Asked {
  const yesterday = addDays(today, -1);
  const instead = { from: yesterday, to: yesterday };
  const period = periodIn(query);
  if (period === undefined)
    return asksPeriod(query) ? { period: instead, fault: 'periodUnreadable' } : { period: instead };
  return period.from > today ? { period: instead, fault: 'periodToCome' } : { period };
}
