/** One instance of a rule against a plain model of it, under data that is late, missing, repeated or corrected, and any clock. */
import { type Finding, type Instance, isRinging, type Moment, NORMAL, step, type Timing } from '@room/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const MINUTE = 60_000;
const UNKNOWN: Finding = { isKnown: false };
/** Data that are too few to tell. */
const FEW: Finding = { isKnown: false, isFew: true };
const HOLDS: Finding = { isKnown: true, holds: true, isClear: false };
/** Under the limit, and not yet past the hysteresis. */
const BETWEEN: Finding = { isKnown: true, holds: false, isClear: false };
const CLEAR: Finding = { isKnown: true, holds: false, isClear: true };

const looks = fc.constantFrom(UNKNOWN, FEW, HOLDS, BETWEEN, CLEAR);
const timings = fc.record({
  forMs: fc.constantFrom(0, MINUTE, 10 * MINUTE),
  keepMs: fc.constantFrom(0, MINUTE, 10 * MINUTE),
});
/** Time passes or stands still, and meanwhile somebody may have set the calendar, forward or back. */
const clocked = fc.array(
  fc.tuple(looks, fc.integer({ min: 0, max: 30 * MINUTE }), fc.integer({ min: -3_000 * MINUTE, max: 3_000 * MINUTE })),
  { maxLength: 60 },
);

function walk(
  timing: Timing,
  steps: readonly (readonly [look: Finding, passed: number, set?: number])[],
): { look: Finding; moment: Moment; now: Instance }[] {
  let [at, tick] = [1_000_000_000_000, 1_000];
  let now = NORMAL;
  return steps.map(([look, passed, set = 0]) => {
    tick += passed;
    at += passed + set;
    const moment = { at, tick };
    now = step(now, look, moment, timing);
    return { look, moment, now };
  });
}

describe('an instance', () => {
  it('never stops ringing without data that say so', () => {
    fc.assert(
      fc.property(timings, clocked, (timing, steps) => {
        let before = NORMAL;
        for (const { look, now } of walk(timing, steps)) {
          if (isRinging(before) && !isRinging(now)) expect(look).toEqual(CLEAR);
          before = now;
        }
      }),
    );
  });

  it('waits for nothing while there is too little to tell, and rings on as unknown at most', () => {
    fc.assert(
      fc.property(timings, clocked, (timing, steps) => {
        let before = NORMAL;
        for (const { look, now } of walk(timing, steps)) {
          if (look === FEW) expect(now.state).toBe(isRinging(before) ? 'unknown' : 'normal');
          before = now;
        }
      }),
    );
  });

  it('changes nothing by a look that is repeated', () => {
    fc.assert(
      fc.property(timings, clocked, (timing, steps) => {
        for (const { look, moment, now } of walk(timing, steps)) expect(step(now, look, moment, timing)).toBe(now);
      }),
    );
  });

  it('has spans that never run backwards, whatever becomes of the clock', () => {
    fc.assert(
      fc.property(timings, clocked, (timing, steps) => {
        let tick = 0;
        for (const { now } of walk(timing, steps)) {
          expect(now.tick).toBeGreaterThanOrEqual(tick);
          tick = now.tick;
        }
      }),
    );
  });

  it('holds nothing for longer because another machine has a clock that began later', () => {
    const timing = { forMs: MINUTE, keepMs: MINUTE };
    const at = 1_000_000_000_000;
    const pending = step(NORMAL, HOLDS, { at, tick: 10 * MINUTE }, timing);
    const known = step(step(pending, UNKNOWN, { at, tick: MINUTE }, timing), HOLDS, { at, tick: 2 * MINUTE }, timing);
    expect([known.state, known.tick]).toEqual(['pending', 10 * MINUTE]);
    expect(step(known, HOLDS, { at, tick: 11 * MINUTE }, timing).state).toBe('firing');
  });

  it('goes the same way whenever somebody sets the calendar, and says since when by the calendar of then', () => {
    fc.assert(
      fc.property(timings, clocked, (timing, steps) => {
        const set = walk(timing, steps);
        const even = walk(
          timing,
          steps.map(([look, passed]) => [look, passed] as const),
        );
        expect(set.map(({ now }) => now.state)).toEqual(even.map(({ now }) => now.state));
        for (const [n, { moment, now }] of set.entries())
          if (now !== (set[n - 1]?.now ?? NORMAL)) expect(now.since).toBe(moment.at);
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
    const statesOf = (...seen: Finding[]): string =>
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
    expect(statesOf(HOLDS, HOLDS, FEW, HOLDS, HOLDS, HOLDS)).toBe('ppnppf');
    expect(statesOf(HOLDS, HOLDS, HOLDS, FEW, UNKNOWN, HOLDS)).toBe('ppfuuf');
    expect(statesOf(UNKNOWN, FEW)).toBe('un');
  });
});

/** From all that was seen, newest first, without a state that is kept. */
function plainly(seen: readonly Finding[], { forMs, keepMs }: Timing): string {
  if (seen.at(-1) === UNKNOWN) return 'unknown';
  const isFew = seen.at(-1) === FEW;
  /** Whether it rang after the first `n` looks. */
  const rang = [false];
  /** How many minutes the last looks did the same, without a gap. */
  const streak = (n: number, want: (look: Finding) => boolean): number => {
    let length = 0;
    while (length < n && want(seen[n - 1 - length] as Finding)) length++;
    return length;
  };
  const lasts = (looks: number, ms: number): boolean => looks > 0 && (looks - 1) * MINUTE >= ms;
  for (let n = 1; n <= seen.length; n++) {
    const look = seen[n - 1] as Finding;
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
  if (isFew) return rang.at(-1) === true ? 'unknown' : 'normal';
  if (rang.at(-1) === true) return seen.at(-1) === CLEAR ? 'recovering' : 'firing';
  return seen.at(-1) === HOLDS ? 'pending' : 'normal';
}
