/**
 * Whether what was measured crosses a rule's limit. Pure: the room judges by this each second, a backtest judges the past by it, and
 * a page that tries another limit judges what a backtest measured.
 */
import type { Finding } from './alert-machine.ts';
import type { Condition, Limit } from './rules.ts';
import { isRatio } from './sums.ts';
import type { Thresholds } from './thresholds.ts';

/** Days that a change of what waits is over where the rule does not say. */
export const CHANGE_DAYS = 7;

/** A named limit is one of the catalogue's. */
export const limitOf = (limit: Limit, thresholds: Thresholds): number =>
  typeof limit === 'number' ? limit : thresholds[limit];

/** What was measured of an instance before anything was held against it. */
export interface Measured {
  value: number;
  /** What the limit is a share of: the edge of the usual range, or what an earlier stretch had. Absent of a limit that is a value. */
  reference?: number;
}

/** As a rule sets them: values, or shares beyond the reference. */
export interface Limits {
  side: 'above' | 'below';
  limit: number;
  recover: number;
}

export interface Bounds {
  limit: number;
  /** From where on it has recovered. */
  recover: number;
}

export function limitsOf(when: Condition, thresholds: Thresholds): Limits {
  const made = (side: Limits['side'], limit: Limit, recover: Limit = limit): Limits => ({
    side,
    limit: limitOf(limit, thresholds),
    recover: limitOf(recover, thresholds),
  });
  switch (when.kind) {
    case 'threshold': {
      const { side, against } = when;
      return made(side, against.kind === 'value' ? against.limit : against.beyond, against.recover);
    }
    case 'ratio':
    case 'forecast':
      return made(when.side, when.limit, when.recover);
    // Of these the value is by how much it went the way that the rule asks about.
    case 'change':
      return made('above', when.limit, when.recover);
    case 'anomaly':
      return made('above', when.beyond, when.recover);
    case 'target':
      return made('below', when.limit, when.recover);
    case 'coverage':
    case 'index-low':
      return made('below', when.limit, when.recover);
    case 'freshness':
      return made('above', when.seconds);
    case 'link-errors':
    case 'tasks-overdue':
    case 'reports-overdue':
    case 'indicators-unlikely':
      return made('above', when.limit, when.recover);
    case 'unused':
      return made('below', 1);
    // Each portal has a limit of its own: 1 where it is passed.
    case 'silent':
      return made('above', 0);
  }
}

/** The same with another limit: what lay between it and where it has recovered stays as wide. */
export function withLimit({ side, limit, recover }: Limits, other: number): Limits {
  const moved = Math.max(0, recover + other - limit);
  return { side, limit: other, recover: moved };
}

/** In the unit of what was measured. */
export function boundsOf({ side, limit, recover }: Limits, reference?: number): Bounds {
  if (reference === undefined) return { limit, recover };
  const beyond = (share: number): number => Math.max(0, reference * (1 + (side === 'above' ? share : -share)));
  return { limit: beyond(limit), recover: beyond(recover) };
}

/** On the limit itself nothing is crossed. */
export function judge({ value, reference }: Measured, limits: Limits): Finding & { isKnown: true } {
  const { limit, recover } = boundsOf(limits, reference);
  const isAbove = limits.side === 'above';
  const holds = isAbove ? value > limit : value < limit;
  return { isKnown: true, holds, isClear: !holds && (isAbove ? value <= recover : value >= recover) };
}

/** Where what a condition measures stands, if it is no count of dossiers: it has no curve of them, and is not tried on the past. */
export function programmeOf({ kind }: Condition): 'tasks' | 'indicators' | 'index' | undefined {
  if (kind === 'tasks-overdue') return 'tasks';
  if (kind === 'index-low') return 'index';
  return kind === 'reports-overdue' || kind === 'indicators-unlikely' ? 'indicators' : undefined;
}

/** Whether what a condition measures is a share. */
export function isOfShares(when: Condition): boolean {
  switch (when.kind) {
    case 'threshold':
    case 'change':
      return isRatio(when.measure);
    case 'ratio':
    case 'anomaly':
    case 'target':
    case 'coverage':
    case 'link-errors':
    case 'index-low':
      return true;
    case 'forecast':
    case 'freshness':
    case 'silent':
    case 'tasks-overdue':
    case 'reports-overdue':
    case 'indicators-unlikely':
    case 'unused':
      return false;
  }
}

/** Whether its limit is a share: of what was measured, or of what that is held against. */
export const isLimitShare = (when: Condition): boolean =>
  isOfShares(when) || (when.kind === 'threshold' && when.against.kind !== 'value');
