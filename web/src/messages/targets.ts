/** What is said of a target: how likely, and what it takes. Pure. */
import {
  type Catalogue,
  isRatio,
  type NoForecast,
  type Target,
  type TargetOutlook,
  type TargetStanding,
  targetsOn,
  type WallState,
} from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';
import type { Mark, Speech } from './context.ts';
import { agedText, whyNone } from './forecasting.ts';

const isShare = ({ metric }: Target): boolean => isRatio(metric);

export const isOutlook = (standing: TargetStanding | undefined): standing is TargetOutlook =>
  standing !== undefined && 'probability' in standing;

export const targetValue = (target: Target, value: number, { format }: Speech): string =>
  isShare(target) ? format.share(value) : format.count(Math.round(value));

export function likelihoodMark({ probability, state }: TargetOutlook, { thresholds }: Speech): Mark {
  if (state !== 'open') return state === 'met' ? 'ok' : 'act';
  if (probability >= thresholds.likely) return 'ok';
  return probability < thresholds.unlikely ? 'act' : 'watch';
}

/** A probability is never said to be certain while anything is still to come. */
export function chanceText({ probability, state }: TargetOutlook, { format }: Speech): string {
  if (state === 'open' && probability > 0.99) return `>${format.percent(0.99)}`;
  if (state === 'open' && probability < 0.01) return `<${format.percent(0.01)}`;
  return format.percent(probability);
}

function likelihoodWord({ probability, state }: TargetOutlook, { thresholds }: Speech): MessageKey {
  if (state !== 'open') return state === 'met' ? 'targetMet' : 'targetMissed';
  if (probability >= thresholds.almostCertain) return 'chanceCertain';
  if (probability >= thresholds.likely) return 'chanceLikely';
  if (probability >= thresholds.unlikely) return 'chanceOpen';
  return probability > thresholds.veryUnlikely ? 'chanceUnlikely' : 'chanceVeryUnlikely';
}

/** What the rest of the time must bring, or that nothing more can change it. */
export function targetNeeds(outlook: TargetOutlook, speech: Speech): string {
  const { t } = speech;
  const { state, lastDay } = outlook;
  if (state !== 'open') return t(state === 'met' ? 'targetMet' : 'targetMissed');
  if (outlook.unit === 'share' && (outlook.neededShare ?? 0) > 1) return t('targetBeyond');
  const last = lastDay === undefined ? [] : [t('targetLast', { day: speech.format.day(lastDay) })];
  const needed = neededOf(outlook, speech);
  // Of an earlier version that did not say what is needed it is not known that nothing is.
  if (needed === undefined) return last.join('');
  return [...needed, ...last].join('; ') || t('targetEnough');
}

function neededOf(outlook: TargetOutlook, { format, t }: Speech): string[] | undefined {
  switch (outlook.unit) {
    case 'share': {
      const { neededShare } = outlook;
      return neededShare === undefined ? [] : [t('targetNeededShare', { needed: format.share(neededShare) })];
    }
    case 'dossiers': {
      const { neededPerDay, usualPerDay } = outlook;
      if (neededPerDay === undefined) return [];
      const usual = usualPerDay === undefined ? '—' : format.rough(Math.round(usualPerDay));
      return [t('targetNeeded', { needed: format.rough(Math.ceil(neededPerDay)), usual })];
    }
    default:
      return undefined;
  }
}

/** A target as a wall tells it. */
export interface TargetRow {
  id: string;
  name: string;
  mark: Mark;
  probability?: number;
  /** Whether it will be met, or why that cannot be said. */
  word: string;
  /** The same as a number; absent while nothing can be said. */
  chance?: string;
  /** How old what it rests on is, where that is too old. */
  age?: string;
  /** Where it will end; absent where nothing is to come or known. */
  ends?: string;
  due: string;
  /** Where it stands. */
  reached?: string;
  /** What it takes; absent where nothing is open or known. */
  needs?: string;
  /** Made from what was known too long ago. */
  stale: boolean;
}

/** Targets of the running day in the catalogue's order; none where none is declared. */
export function targetRows(
  { forecasts, period }: WallState,
  catalogue: Pick<Catalogue, 'targets'>,
  now: number,
  speech: Speech,
): TargetRow[] {
  const age = agedText(forecasts, now, speech);
  const stale = age !== undefined;
  return targetsOn(catalogue, period.to).map((target): TargetRow => {
    const { format, t } = speech;
    const { id } = target;
    const value = isShare(target) ? format.limit(target.value) : targetValue(target, target.value, speech);
    const due = t('targetBy', { day: dayShown(target.by, period.to, format) });
    const common = { id, name: t('targetAim', { name: speech.name(target), value }), due, stale };
    const found = forecasts?.targets.find((it) => it.id === id);
    if (!isOutlook(found)) {
      return { ...common, mark: 'none', word: unknown(found, speech) };
    }
    const ends = found.state === 'open' ? targetEnd(found) : undefined;
    return {
      ...common,
      mark: stale ? 'unknown' : likelihoodMark(found, speech),
      probability: found.probability,
      chance: chanceText(found, speech),
      word: t(likelihoodWord(found, speech)),
      ...(age === undefined ? {} : { age }),
      ...(ends === undefined ? {} : { ends: t('targetEnds', { value: targetValue(target, ends, speech) }) }),
      reached: reachedText(target, found, speech),
      ...(found.state === 'open' ? { needs: targetNeeds(found, speech) } : {}),
    };
  });
}

/** As many rows as `lines` hold in all: in the catalogue's order where all do, else those likeliest to be missed and how many more there are. */
export function targetsShown(rows: readonly TargetRow[], lines: number): { rows: TargetRow[]; more: number } {
  if (rows.length <= lines) return { rows: [...rows], more: 0 };
  const chance = ({ probability }: TargetRow): number => probability ?? Number.POSITIVE_INFINITY;
  // One line says how many more there are.
  const worst = rows
    .toSorted((a, b) => (chance(a) < chance(b) ? -1 : chance(a) > chance(b) ? 1 : 0))
    .slice(0, lines - 1);
  return { rows: worst, more: rows.length - worst.length };
}

/** Where it stands, and since when where not all of its time was counted. */
function reachedText(target: Target, { reached, since }: TargetOutlook, speech: Speech): string {
  const value = targetValue(target, reached, speech);
  if (since === undefined) return speech.t('targetNow', { value });
  return `${value} ${speech.t('sinceDay', { day: speech.format.dayOfYear(since) })}`;
}

/** What is expected at its end: dossiers, or their share. */
export const targetEnd = (outlook: TargetOutlook): number | undefined =>
  outlook.unit === 'share' ? outlook.projected : outlook.expected?.mean;

/** Of another year than today's with its year. */
const dayShown = (day: string, today: string, format: Speech['format']): string =>
  day.slice(0, 4) === today.slice(0, 4) ? format.dayOfYear(day) : format.day(day);

const unknown = (why: NoForecast | undefined, speech: Speech): string =>
  why === undefined ? speech.t('noForecastsYet') : whyNone(why, speech);
