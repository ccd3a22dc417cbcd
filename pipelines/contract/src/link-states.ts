/** The state of a link by what it told last. No schema stands here, so that walls, which tell it, come without. */
import { LINK_ERRORS, type Link, type LinkError } from './links.ts';
import type { Thresholds } from './thresholds.ts';

/** What needs attention first. */
export const LINK_STATES = ['silent', 'erring', 'unknown', 'few', 'working'] as const;
export type LinkState = (typeof LINK_STATES)[number];
/**
 * How long before the end of its last report a link is judged by. Of one short interval the state would change with each report: a
 * few requests without an error would hide a day of failures.
 */
export const LINK_SPAN_MS = 3_600_000;

/** What a link told last: of all reports that stand and reach into the last hour before the end of the last one, each as a whole. */
export interface LinkLatest extends Readonly<Record<LinkError, number>> {
  /** Of the first of them. */
  start: number;
  /** Of the last. */
  end: number;
  requests: number;
  lastSuccessAt?: number;
  simulated: boolean;
}

export const failedOf = (errors: Readonly<Record<LinkError, number>>): number =>
  LINK_ERRORS.reduce((sum, kind) => sum + errors[kind], 0);

/** Share of the last hour's requests that failed; undefined of so few that it says nothing, unless none succeeded. */
export function errorShareOf(latest: LinkLatest, { countEnough }: Pick<Thresholds, 'countEnough'>): number | undefined {
  const failed = failedOf(latest);
  if (latest.requests === 0 || (latest.requests < countEnough && failed < latest.requests)) return undefined;
  return failed / latest.requests;
}

/** By what it told last: whoever told nothing is unknown, whoever tells nothing any more silent; `few` asked too little to tell. */
export function linkStateOf(
  latest: LinkLatest | undefined,
  at: number,
  { silentAfter }: Pick<Link, 'silentAfter'>,
  thresholds: Pick<Thresholds, 'countEnough' | 'linkErrors'>,
): LinkState {
  if (latest === undefined) return 'unknown';
  if (at - latest.end > silentAfter * 1_000) return 'silent';
  const share = errorShareOf(latest, thresholds);
  if (share === undefined) return 'few';
  return share > thresholds.linkErrors ? 'erring' : 'working';
}
