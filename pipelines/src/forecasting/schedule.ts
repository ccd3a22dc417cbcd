/** When a refresh is due: once there is more to know, and it has stopped growing by the second. Pure. */
import type { Catalogue } from '@room/contract';
import { wholeHour } from './grids.ts';

/** What is known at one look. */
export interface Look {
  /** End of the last whole hour that all sources have reported which report in time, milliseconds since 1970 UTC. */
  knownTo: number;
  /** Hours of the last weeks for which anything was reported. */
  hours: number;
  /** First local day with any event. */
  first: string;
}

export interface Reported {
  code: string;
  reportedTo: number;
}

/** Late reports of an hour that has just ended are waited for. */
const SETTLE_MS = 180_000;
/** Hours of history that must have come or gone for a refresh between two hours. */
const MUCH_HISTORY = 24;

/** Up to when everything is known; undefined while no source ever reported. Where none is in time, what came last counts. */
export function knownTo(
  sources: readonly Reported[],
  catalogue: Pick<Catalogue, 'sources' | 'timeZone'>,
  now: number,
): number | undefined {
  const known = catalogue.sources.flatMap(({ id, lateAfter }) => {
    const found = sources.find(({ code }) => code === id);
    return found === undefined ? [] : [{ at: found.reportedTo, inTime: now - found.reportedTo <= lateAfter * 1_000 }];
  });
  if (known.length === 0) return undefined;
  const inTime = known.filter((it) => it.inTime).map(({ at }) => at);
  const asOf = inTime.length > 0 ? Math.min(...inTime) : Math.max(...known.map(({ at }) => at));
  return wholeHour(Math.min(asOf, now - SETTLE_MS), catalogue.timeZone);
}

/** `last` is what the last refresh knew, `before` what the look before this one saw. */
export function isDue(look: Look, before: Look | undefined, last: Look | undefined): boolean {
  // While a history is being loaded every look sees another one.
  if (before === undefined || before.hours !== look.hours || before.knownTo !== look.knownTo) return false;
  if (last === undefined) return true;
  return look.knownTo > last.knownTo || look.first !== last.first || Math.abs(look.hours - last.hours) >= MUCH_HISTORY;
}
