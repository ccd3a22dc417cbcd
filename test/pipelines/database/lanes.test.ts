/** One receiver's trouble is its own: whatever some do, a quick one is told, and nobody is given up for it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lanes, type Under } from '../../../pipelines/database/src/lanes.ts';

const WIDTH = 16;
const PATIENCE = 30_000;

function opened() {
  let now = 0;
  const lanes = new Lanes({ width: WIDTH, laneWidth: 2, now: () => now });
  return {
    lanes,
    pass: (ms: number) => {
      now += ms;
    },
  };
}
const of = (lane: string | null, count = 1) => Array.from({ length: count }, () => ({ lane }));
const begun = (lanes: Lanes, messages: { lane: string | null }[]): Under[] =>
  lanes.fitting(messages).map(({ lane }) => lanes.begin(lane));

describe('lanes', () => {
  it('has two of a receiver at a time, and as many as it is wide', () => {
    const { lanes } = opened();
    expect(begun(lanes, [...of('a', 9), ...of('b', 1)]).map(({ lane }) => lane)).toEqual(['a', 'a', 'b']);
    expect(lanes.busy()).toEqual(['a']);
    expect(begun(lanes, of(null, 30))).toHaveLength(WIDTH - 3);
    expect(lanes.free).toBe(0);
  });

  it('those that hang leave their places within seconds, and take none again until they answer', () => {
    const { lanes, pass } = opened();
    const hung = Array.from({ length: 40 }, (_, n) => `hung-${n}`);
    const first = begun(
      lanes,
      hung.flatMap((lane) => of(lane, 5)),
    );
    expect(first).toHaveLength(WIDTH);
    expect(lanes.free).toBe(0);
    pass(3_001);
    expect(lanes.free).toBe(WIDTH);
    expect(begun(lanes, [...of(first[0]?.lane ?? ''), ...of('quick')]).map(({ lane }) => lane)).toEqual(['quick']);
    pass(PATIENCE);
    for (const under of first) lanes.end(under, false);
    // From now on one of each, beside the places of those that may be quick.
    const again = begun(
      lanes,
      hung.flatMap((lane) => of(lane, 5)),
    ).filter(({ isSuspect }) => isSuspect);
    expect(again.map(({ lane }) => lane)).toEqual([...new Set(first.map(({ lane }) => lane))]);
  });

  it('rests after two that failed slowly, for twice as long each time and ten minutes at most, until one is delivered', () => {
    const { lanes, pass } = opened();
    const rests: number[] = [];
    for (let n = 0; n < 9; n++) {
      const [under] = begun(lanes, of('hung'));
      pass(PATIENCE);
      lanes.end(under as Under, false);
      let rest = 0;
      for (; lanes.busy().includes('hung'); rest += 1_000) pass(1_000);
      rests.push(rest);
    }
    expect(rests).toEqual([0, 30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000, 600_000]);
    const [last] = begun(lanes, of('hung'));
    pass(PATIENCE);
    lanes.end(last as Under, true);
    expect(begun(lanes, of('hung', 5))).toHaveLength(2);
  });

  it('one that refuses at once does not rest', () => {
    const { lanes, pass } = opened();
    for (let n = 0; n < 9; n++) {
      const [under] = begun(lanes, of('refuses'));
      pass(3_000);
      lanes.end(under as Under, false);
      expect(lanes.busy()).toEqual([]);
    }
  });

  it('what has no lane goes one after the other where the channel is one wide, however long it takes', () => {
    let now = 0;
    const lanes = new Lanes({ width: 1, laneWidth: 1, now: () => now });
    expect(begun(lanes, of(null, 2))).toHaveLength(1);
    now = 1_000_000;
    expect([lanes.free, begun(lanes, of(null))]).toEqual([0, []]);
  });

  it('whatever happens in any order: the first that is not busy fits while a place is free, and none goes beyond its width', () => {
    const step = fc.record({
      lane: fc.constantFrom('a', 'b', 'c', 'd', null),
      count: fc.nat(6),
      ms: fc.constantFrom(0, 100, 3_001, 30_000, 600_000),
      ends: fc.nat(5),
      isDelivered: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let now = 0;
        const lanes = new Lanes({ width: 4, laneWidth: 2, now: () => now });
        const under: Under[] = [];
        for (const { lane, count, ms, ends, isDelivered } of steps) {
          const busy = lanes.busy();
          const asked = of(lane, count).filter((each) => each.lane === null || !busy.includes(each.lane));
          const { free } = lanes;
          const taken = begun(lanes, asked);
          if (asked.length > 0 && free > 0) expect(taken.length).toBeGreaterThan(0);
          under.push(...taken);
          for (const each of ['a', 'b', 'c', 'd'])
            expect(under.filter((one) => one.lane === each).length).toBeLessThanOrEqual(2);
          expect(under.length).toBeLessThanOrEqual(4 * 5);
          now += ms;
          for (const each of under.splice(0, ends)) lanes.end(each, isDelivered);
        }
      }),
    );
  });
});
