/** One instance of a rule against a plain model of it, under data that is late, missing, repeated or corrected, and any clock. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Instance, type Look, NORMAL, step, type Timing } from '../../../server/src/alerts/machine.ts';

const MINUTE = 60_000;
const UNKNOWN: Look = { isKnown: false };
const HOLDS: Look = { isKnown: true, holds: true, isClear: false };
/** Under the limit, and not yet past the hysteresis. */
const BETWEEN: Look = { isKnown: true, holds: false, isClear: false };
const CLEAR: Look = { isKnown: true, holds: false, isClear: true };

const looks = fc.constantFrom(UNKNOWN, HOLDS, BETWEEN, CLEAR);
const timings = fc.record({
  forMs: fc.constantFrom(0, MINUTE, 10 * MINUTE),
  keepMs: fc.constantFrom(0, MINUTE, 10 * MINUTE),
});
/** A clock may stand still, run, jump, and be set back. */
const clocked = fc.array(fc.tuple(looks, fc.integer({ min: -30 * MINUTE, max: 30 * MINUTE })), { maxLength: 60 });

const rings = ({ state, former }: Instance): boolean =>
  state === 'firing' || state === 'recovering' || former === 'firing' || former === 'recovering';

function walk(
  timing: Timing,
  steps: readonly (readonly [Look, number])[],
): { look: Look; at: number; now: Instance }[] {
  let at = 1_000_000_000_000;
  let now = NORMAL;
  return steps.map(([look, passed]) => {
    at += passed;
    now = step(now, look, at, timing);
    return { look, at, now };
  });
}

describe('an instance', () => {
  it('never stops ringing without data that say so', () => {
    fc.assert(
      fc.property(timings, clocked, (timing, steps) => {
        let before = NORMAL;
        for (const { look, now } of walk(timing, steps)) {
          if (rings(before) && !rings(now)) expect(look).toEqual(CLEAR);
          before = now;
        }
      }),
    );
  });

  it('changes nothing by a look that is repeated', () => {
    fc.assert(
      fc.property(timings, clocked, (timing, steps) => {
        for (const { look, at, now } of walk(timing, steps)) expect(step(now, look, at, timing)).toBe(now);
      }),
    );
  });

  it('has spans that never run backwards, whatever becomes of the clock', () => {
    fc.assert(
      fc.property(timings, clocked, (timing, steps) => {
        let since = 0;
        for (const { now } of walk(timing, steps)) {
          expect(now.since).toBeGreaterThanOrEqual(since);
          since = now.since;
        }
      }),
    );
  });

  it('is, after looks at whole minutes, what a plain reading of them says', () => {
    fc.assert(
      fc.property(timings, fc.array(looks, { maxLength: 40 }), (timing, seen) => {
        const walked = walk(
          timing,
          seen.map((look) => [look, MINUTE] as const),
        );
        expect(walked.at(-1)?.now.state ?? 'normal').toBe(plainly(seen, timing));
      }),
    );
  });

  it('goes on after an outage as what it was, and holds its spans anew', () => {
    const timing = { forMs: 2 * MINUTE, keepMs: 2 * MINUTE };
    const statesOf = (...seen: Look[]): string =>
      walk(
        timing,
        seen.map((look) => [look, MINUTE] as const),
      )
        .map(({ now }) => now.state[0])
        .join('');
    expect(statesOf(HOLDS, HOLDS, HOLDS, UNKNOWN, UNKNOWN, HOLDS)).toBe('ppfuuf');
    expect(statesOf(HOLDS, UNKNOWN, UNKNOWN, UNKNOWN, HOLDS, HOLDS, HOLDS)).toBe('puuuppf');
    expect(statesOf(HOLDS, HOLDS, HOLDS, CLEAR, UNKNOWN, UNKNOWN, CLEAR, CLEAR, CLEAR)).toBe('ppfruurrn');
    expect(statesOf(HOLDS, HOLDS, HOLDS, CLEAR, CLEAR, BETWEEN, CLEAR)).toBe('ppfrrfr');
  });
});

/** From all that was seen, newest first, without a state that is kept. */
function plainly(seen: readonly Look[], { forMs, keepMs }: Timing): string {
  if (seen.at(-1) === UNKNOWN) return 'unknown';
  /** Whether it rang after the first `n` looks. */
  const rang = [false];
  /** How many minutes the last looks did the same, without a gap. */
  const streak = (n: number, want: (look: Look) => boolean): number => {
    let length = 0;
    while (length < n && want(seen[n - 1 - length] as Look)) length++;
    return length;
  };
  const lasts = (looks: number, ms: number): boolean => looks > 0 && (looks - 1) * MINUTE >= ms;
  for (let n = 1; n <= seen.length; n++) {
    const look = seen[n - 1] as Look;
    const was = rang[n - 1] === true;
    if (!look.isKnown) rang.push(was);
    else if (was)
      rang.push(
        !lasts(
          streak(n, (each) => each === CLEAR),
          keepMs,
        ),
      );
    else
      rang.push(
        lasts(
          streak(n, (each) => each === HOLDS),
          forMs,
        ),
      );
  }
  if (rang.at(-1) === true) return seen.at(-1) === CLEAR ? 'recovering' : 'firing';
  return seen.at(-1) === HOLDS ? 'pending' : 'normal';
}
