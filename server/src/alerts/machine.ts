/**
 * What becomes of one instance of a rule at one look. Pure. Where data stops nothing is over: it becomes unknown, and goes on from
 * what it was once there is data again. A look that is repeated changes nothing, and spans never run backwards.
 */
import type { InstanceState } from '@room/contract';

type Standing = Exclude<InstanceState, 'unknown'>;

/** Instants are milliseconds since 1970 UTC. */
export interface Instance {
  state: InstanceState;
  /** When it became that. */
  since: number;
  /** What it was before it became unknown. */
  former?: Standing;
}

export const NORMAL: Instance = { state: 'normal', since: 0 };

/** What the numbers say of the condition. */
export type Look =
  | { isKnown: false }
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

/** `at` of a clock that was set back counts as the last one. */
export function step(before: Instance, look: Look, at: number, timing: Timing): Instance {
  const now = Math.max(at, before.since);
  if (!look.isKnown) {
    const { state, former = 'normal' } = before;
    if (state === 'unknown') return before;
    return { state: 'unknown', since: now, former: state === 'normal' ? former : state };
  }
  const next =
    before.state === 'unknown'
      ? after(resumed(before.former ?? 'normal'), look, 0, timing)
      : after(before.state, look, now - before.since, timing);
  return next === before.state ? before : { state: next, since: now };
}

/** While nothing was known nothing was held: what waits for a span to be over begins it anew. */
const resumed = (former: Standing): Standing =>
  former === 'pending' ? 'normal' : former === 'recovering' ? 'firing' : former;

function after(
  standing: Standing,
  { holds, isClear }: Look & { isKnown: true },
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
