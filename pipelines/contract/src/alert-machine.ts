/**
 * What becomes of one instance of a rule at one look. Pure. Where data stops nothing is over: it becomes unknown, and goes on from
 * what it was once there is data again. Data that are too few to tell end what has not rung yet, and nothing else. A look that is repeated changes nothing, and whatever becomes of the calendar, spans are
 * those of a clock that runs evenly.
 */
import type { InstanceState } from './alerts.ts';

type Standing = Exclude<InstanceState, 'unknown'>;

export interface Moment {
  /** By the calendar, milliseconds since 1970 UTC: it may be corrected at any time. */
  at: number;
  /** Milliseconds of a clock that nobody sets. */
  tick: number;
}

export interface Instance {
  state: InstanceState;
  /** When it became that, by the calendar of then. */
  since: number;
  /** The same on the clock that nobody sets: how long it has held is told from it. */
  tick: number;
  /** What it was before it became unknown. */
  former?: Standing;
}

export const NORMAL: Instance = { state: 'normal', since: 0, tick: 0 };

/** What the numbers say of the condition. */
export type Finding =
  | {
      isKnown: false;
      /** There are data, and they are too few to tell: nothing supports what only waits to ring any more. */
      isFew?: boolean;
    }
  | {
      isKnown: true;
      holds: boolean;
      /** It is over, past the hysteresis too. Never together with `holds`. */
      isClear: boolean;
    };

export interface Timing {
  /** Milliseconds that a condition must hold before it rings, and be over before that ends. */
  forMs: number;
  keepMs: number;
}

/** Whether its alert is open, also while it is not known whether it still would be. */
export const isRinging = ({ state, former }: Instance): boolean =>
  state === 'firing' ||
  state === 'recovering' ||
  (state === 'unknown' && (former === 'firing' || former === 'recovering'));

export function step(before: Instance, look: Finding, { at, tick }: Moment, timing: Timing): Instance {
  const now = Math.max(tick, before.tick);
  if (!look.isKnown) {
    const { state } = before;
    if (look.isFew === true && !isRinging(before))
      return state === 'normal' ? before : { state: 'normal', since: at, tick: now };
    if (state === 'unknown') return before;
    return { state: 'unknown', since: at, tick: now, former: state };
  }
  const next =
    before.state === 'unknown'
      ? // While nothing was known nothing was held: what waits for a span to be over begins it anew.
        after(before.former ?? 'normal', look, 0, timing)
      : after(before.state, look, now - before.tick, timing);
  return next === before.state ? before : { state: next, since: at, tick: now };
}

function after(
  standing: Standing,
  { holds, isClear }: Finding & { isKnown: true },
  spent: number,
  { forMs, keepMs }: Timing,
): Standing {
  switch (standing) {
    case 'normal':
      return !holds ? 'normal' : forMs > 0 ? 'pending' : 'firing';
    case 'pending':
      return !holds ? 'normal' : spent >= forMs ? 'firing' : 'pending';
    case 'firing':
      return !isClear ? 'firing' : keepMs > 0 ? 'recovering' : 'normal';
    case 'recovering':
      return !isClear ? 'firing' : spent >= keepMs ? 'normal' : 'recovering';
  }
}
