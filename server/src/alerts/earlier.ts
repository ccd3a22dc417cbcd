/** Earlier stretches that a condition holds its own against. Pure. Instants are milliseconds since 1970 UTC. */
import {
  type Against,
  addDays,
  type Catalogue,
  type Condition,
  comparableDays,
  localDay,
  type RuleWindow,
  startOfDay,
} from '@room/contract';

export interface Between {
  from: number;
  to: number;
}

/** As long a stretch just before, or the same time of the last day of the same type. */
export type Earlier = Extract<Against['kind'], 'previous' | 'alike'>;

/** What of the past a condition needs beside its own stretch; undefined where it needs none. */
export function earlierOf(when: Condition): { window: RuleWindow; kind: Earlier } | undefined {
  if (when.kind === 'change') return when.window.kind === 'now' ? undefined : { window: when.window, kind: 'previous' };
  if (when.kind !== 'threshold') return undefined;
  const { window, against } = when;
  return against.kind === 'previous' || against.kind === 'alike' ? { window, kind: against.kind } : undefined;
}

/** Tells one need from another. */
export const earlierKey = ({ window, kind }: { window: RuleWindow; kind: Earlier }): string =>
  `${kind} ${window.kind === 'last' ? window.minutes : window.kind}`;

/** Undefined where there is no such day. */
export function earlierThan(
  { from, to }: Between,
  { window, kind }: { window: RuleWindow; kind: Earlier },
  catalogue: Pick<Catalogue, 'calendar' | 'timeZone'>,
): Between | undefined {
  if (kind === 'previous' && window.kind !== 'today') return { from: from - (to - from), to: from };
  const { timeZone } = catalogue;
  // A stretch that ends at midnight is of the day that ended.
  const today = localDay(Math.max(from, to - 1), timeZone);
  const day = kind === 'previous' ? addDays(today, -1) : comparableDays(catalogue, today, '')[0];
  if (day === undefined) return undefined;
  const shift = startOfDay(today, timeZone) - startOfDay(day, timeZone);
  return { from: from - shift, to: to - shift };
}
