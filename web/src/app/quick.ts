/** The periods that are asked for most, by the day that runs. */
import { addDays, type Period } from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';

export interface QuickPeriod {
  name: MessageKey;
  period: Period;
}

const firstOfMonth = (day: string): string => `${day.slice(0, 7)}-01`;

/** `today` is a local day; what is shown by days ends with the last that is over, where one is. */
export function quickPeriods(today: string): QuickPeriod[] {
  const yesterday = addDays(today, -1);
  const endOfLastMonth = addDays(firstOfMonth(today), -1);
  return [
    { name: 'yesterday', period: { from: yesterday, to: yesterday } },
    { name: 'last7Days', period: { from: addDays(today, -7), to: yesterday } },
    { name: 'last30Days', period: { from: addDays(today, -30), to: yesterday } },
    { name: 'last90Days', period: { from: addDays(today, -90), to: yesterday } },
    { name: 'thisMonth', period: { from: firstOfMonth(today), to: firstOfMonth(today) === today ? today : yesterday } },
    { name: 'lastMonth', period: { from: firstOfMonth(endOfLastMonth), to: endOfLastMonth } },
  ];
}
