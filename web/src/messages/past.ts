/** What is said beside the numbers of a period: how far it is reported, and whether it has ended. */
import { localDay, type WallState } from '@room/contract';
import { addMessages } from '../i18n/index.ts';
import { past } from '../i18n/past.ts';
import { type Connection, isUnheard } from './connection.ts';
import type { Speech } from './context.ts';

addMessages(past);

/** What stands behind a page of a period: how well the server is heard comes first; that it is live says nothing about what is over. */
export function pastConnection(
  heard: Connection,
  { state, isRefused }: { state: WallState | undefined; isRefused: boolean },
  { t }: Speech,
): Connection {
  if (isUnheard(heard.state)) return heard;
  if (isRefused) return { state: 'refused', mark: 'none', text: t('pastRefused') };
  if (state?.kind !== 'past') return { state: 'loading', mark: 'none', text: t('pastLoading') };
  return state.events === 0 ? { state: 'empty', mark: 'unknown', text: t('pastEmpty') } : heard;
}

/** Whether days of the period are still to come, or run: its numbers are not final. */
export const isRunning = ({ period }: Pick<WallState, 'period'>, now: number, timeZone: string): boolean =>
  period.to >= localDay(now, timeZone);

/** Why there is no share on time: of a period that runs more may come, of one that is over not. */
export const unfinishedText = (state: WallState, now: number, timeZone: string, { t }: Speech): string =>
  t(isRunning(state, now, timeZone) ? 'notFinished' : 'noneFinished');

/** How many of the sources reported in it, and how often: one report in years makes none complete. */
export const sourcesText = (
  { coverage }: WallState,
  counts: { n: number; all: number },
  { format, t }: Speech,
): string => {
  const once = t('sourcesInPeriod', counts);
  return coverage === undefined || coverage.share === 1
    ? once
    : `${once} ${t('dailyReportsCame', { share: format.share(coverage.share) })}`;
};

/** Up to when a period is reported, and how much of it; empty where nothing is. */
export function reportedText(state: WallState, now: number, timeZone: string, { format, t }: Speech): string {
  const { coverage } = state;
  if (coverage === undefined) return '';
  const share = t('dailyReports', { share: format.share(coverage.share) });
  if (isRunning(state, now, timeZone)) return t('runningReported', { time: format.since(coverage.asOf, now), share });
  // A report up to midnight ends with the day before it.
  return t('asOfReported', { time: format.dayOf(coverage.asOf - 1), complete: share });
}
