/** The state of a link by its last report. No schema stands here, so that walls, which tell it, come without. */
import { LINK_ERRORS, type Link, type LinkError } from './links.ts';
import type { Thresholds } from './thresholds.ts';

/** What needs attention first. */
export const LINK_STATES = ['silent', 'erring', 'unknown', 'working'] as const;
export type LinkState = (typeof LINK_STATES)[number];
/** The last interval that a link reported. */
export interface LinkLatest extends Readonly<Record<LinkError, number>> {
  start: number;
  end: number;
  requests: number;
  lastSuccessAt?: number;
  simulated: boolean;
}

export const failedOf = (errors: Readonly<Record<LinkError, number>>): number =>
  LINK_ERRORS.reduce((sum, kind) => sum + errors[kind], 0);

/** Share of the last interval's requests that failed; undefined of so few that it says nothing, unless none succeeded. */
export function errorShareOf(latest: LinkLatest, { countEnough }: Pick<Thresholds, 'countEnough'>): number | undefined {
  const failed = failedOf(latest);
  if (latest.requests === 0 || (latest.requests < countEnough && failed < latest.requests)) return undefined;
  return failed / latest.requests;
}

/** By its last report: whoever told nothing is unknown, whoever tells nothing any more silent. */
export function linkStateOf(
  latest: LinkLatest | undefined,
  at: number,
  { silentAfter }: Pick<Link, 'silentAfter'>,
  thresholds: Pick<Thresholds, 'countEnough' | 'linkErrors'>,
): LinkState {
  if (latest === undefined) return 'unknown';
  if (at - latest.end > silentAfter * 1_000) return 'silent';
  return (errorShareOf(latest, thresholds) ?? 0) > thresholds.linkErrors ? 'erring' : 'working';
}
