/** When a refresh is due: once there is more to know, and it has stopped growing by the second. Pure. */
import type { Catalogue } from '@room/contract';
import { wholeHour } from './grids.ts';

/** What is known at one look. */
export interface Observation {
  /** When it was, milliseconds since 1970 UTC. */
  at: number;
  /** End of the last whole hour that all sources have reported which report in time, milliseconds since 1970 UTC. */
  knownTo: number;
  /** Hours of the last weeks for which anything was reported. */
  hours: number;
  /** First local day with any event. */
  first: string;
  /** Dossiers of the days before the running one, and of its hours before `knownTo`: late reports, corrections and imports change them. */
  counted: number;
  today: number;
}

export interface Reported {
  code: string;
  reportedTo: number;
}

/** Late reports of an hour that has just ended are waited for. */
const SETTLE_MS = 180_000;
/** Hours of history that must have come or gone for a refresh between two hours. */
const MUCH_HISTORY = 24;
/** The same of dossiers, as shares of the days before and of today; of few also more than chance, three times their root. */
const MUCH_COUNTED = 0.01;
const MUCH_OF_TODAY = 0.02;
const CHANCE = 3;
/** What changes by less than this part of it between two looks has settled. */
const SETTLED = 0.1;
/** A refresh takes minutes: between two hours one comes this long after the last at the soonest. */
const APART_MS = 600_000;
/** A history that is loaded for hours is not waited for any longer than this. */
const LONGEST_MS = 2 * 3_600_000;

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

/** How much counts of the time before changed between two looks: 1 is enough for a refresh. */
function changed(look: Observation, other: Observation): number {
  const of = (now: number, then: number, share: number): number =>
    Math.abs(now - then) / Math.max(1, share * then, CHANCE * Math.sqrt(Math.max(0, then)));
  return Math.max(
    Math.abs(look.hours - other.hours) / MUCH_HISTORY,
    of(look.counted, other.counted, MUCH_COUNTED),
    of(look.today, other.today, MUCH_OF_TODAY),
  );
}

/** `last` is what the last refresh knew, `before` what the look before this one saw. */
export function isDue(look: Observation, before: Observation | undefined, last: Observation | undefined): boolean {
  if (before === undefined || before.knownTo !== look.knownTo) return false;
  if (last !== undefined && look.knownTo - last.knownTo >= LONGEST_MS) return true;
  // While a history is being loaded every look sees another one.
  if (before.hours !== look.hours || changed(look, before) > SETTLED) return false;
  if (last === undefined) return true;
  if (look.knownTo > last.knownTo || look.first !== last.first) return true;
  return changed(look, last) >= 1 && look.at - last.at >= APART_MS;
}
