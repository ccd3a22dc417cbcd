/** Why a server cannot do its job. Pure: from what it knows to what it says. */
import type { Cause } from '@room/operations';

export interface Facts {
  /** Events that wait to be counted; undefined until first measured. */
  pending: number | undefined;
  maxPending: number;
  /** The log has not answered for a while. */
  isLogSilent: boolean;
  /** The log refused the last append. */
  isAppendFailing: boolean;
  /** What waits to be counted is not known whole. */
  isCatchingUp: boolean;
  /** Milliseconds since the newest state of the walls was computed; undefined while there is none. */
  pulseAgeMs: number | undefined;
  isReadFailing: boolean;
  /** The disk has no space for more events. */
  isSpaceShort: boolean;
  isDatabaseAway: boolean;
}

/** The pulse says something every 5 s. */
const STALE_MS = 15_000;

export function causesOf(facts: Facts): Cause[] {
  const { pending, maxPending, isLogSilent, isAppendFailing, isCatchingUp, pulseAgeMs, isReadFailing, isSpaceShort } =
    facts;
  const found: Cause[] = [];
  if (pending === undefined && !isLogSilent)
    found.push({
      code: 'starting',
      reason: 'it is not known yet how many events wait to be counted',
      remedy: 'wait a moment',
    });
  if (pending !== undefined && pending > maxPending)
    found.push({
      code: 'behind',
      reason: `${pending} events wait to be counted (limit ${maxPending}); portals are asked to wait`,
      remedy:
        'wait, if it shrinks; else see whether the pipelines are ready, add more of them, or look at the warehouse',
    });
  if (isLogSilent || isAppendFailing)
    found.push({
      code: 'read_only',
      reason: isLogSilent ? 'the event log does not answer' : 'the event log refused the last events',
      remedy:
        'look at the event log (are its brokers up, is its disk full); portals keep their events and send them again',
    });
  if (isCatchingUp && !isLogSilent)
    found.push({
      code: 'catching_up',
      reason: 'the events that wait to be counted are still being read; portals are asked to wait',
      remedy:
        'wait; where it lasts, see whether the pipelines are ready and whether one producer fills the log past the gateway',
    });
  if (isSpaceShort)
    found.push({
      code: 'no_space',
      reason: 'the disk of the data folder is nearly full; portals are asked to wait',
      remedy: 'make space there; nothing is lost, portals keep their events and send them again',
    });
  if (pulseAgeMs === undefined || pulseAgeMs > STALE_MS)
    found.push({
      code: 'stale',
      reason:
        pulseAgeMs === undefined
          ? 'no state of the walls has arrived yet'
          : `the newest state of the walls is ${Math.round(pulseAgeMs / 1_000)} s old`,
      remedy:
        'see whether the pipelines are ready, and whether the clocks of the machines agree; walls say that they are old',
    });
  if (isReadFailing)
    found.push({
      code: 'warehouse',
      reason: 'the warehouse does not answer; past days cannot be shown',
      remedy: 'look at the warehouse; accepted events wait in the log meanwhile',
    });
  if (facts.isDatabaseAway)
    found.push({
      code: 'database',
      reason: 'the database does not answer; counting and walls go on, portal keys are as they were, edits are refused',
      remedy: 'look at the database (DATABASE_URL), or at the disk of its file; it is asked again by itself',
      isMinor: true,
    });
  return found;
}
