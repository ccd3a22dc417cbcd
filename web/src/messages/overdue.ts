/** How those who wait beyond their date became more or fewer within a week. Pure. */
import type { WaitingUnit } from '@room/contract';
import type { Speech } from './context.ts';

/** As `▲ 3,2%`; a sign with a count where a percentage says nothing. */
export function shortTrend(
  { overdue, weekBefore }: Pick<WaitingUnit, 'overdue' | 'weekBefore'>,
  { format, thresholds }: Speech,
): string {
  if (overdue === undefined || weekBefore === undefined) return '';
  const change = overdue - weekBefore;
  if (change === 0) return format.count(0);
  const sign = change > 0 ? '▲' : '▼';
  const isEnough = weekBefore >= Math.max(1, thresholds.countEnough);
  return `${sign} ${isEnough ? format.size(change / weekBefore) : format.count(Math.abs(change))}`;
}
