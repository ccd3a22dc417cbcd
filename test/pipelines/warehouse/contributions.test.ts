import { countedValue, EXPLAINED, type ExplainedMeasure, isRatio, type Measures, NOTHING, sumOf } from '@room/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contributionsOf, type MemberSums, rankedIn } from '../../../pipelines/warehouse/src/query/contributions.ts';

const count = fc.integer({ min: 0, max: 5_000 });
const sums = fc
  .record({ submitted: count, share: fc.double({ min: 0, max: 1, noNaN: true }), onTime: count, late: count })
  .map(
    ({ submitted, share, onTime, late }): Measures => ({
      submitted,
      submittedOnline: Math.floor(submitted * share),
      onTime,
      late,
    }),
  );
const worlds = fc
  .array(fc.record({ now: fc.option(sums, { nil: undefined }), before: fc.option(sums, { nil: undefined }) }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((members) => members.map((member, n): MemberSums => ({ code: `m${n}`, ...member })));

const changeOf = (measure: ExplainedMeasure, members: readonly MemberSums[]): number | undefined => {
  const [now, before] = [members.map(({ now }) => now ?? NOTHING), members.map(({ before }) => before ?? NOTHING)].map(
    (side) => countedValue(measure, sumOf(side)),
  );
  return now === undefined || before === undefined ? undefined : now - before;
};

it('what the members gave is the whole change, of counts to the last dossier, whatever is shown of them', () => {
  fc.assert(
    fc.property(worlds, fc.constantFrom(...EXPLAINED), fc.integer({ min: 1, max: 15 }), (members, measure, top) => {
      const change = changeOf(measure, members);
      if (change === undefined) return;
      const { members: shown, others } = rankedIn('province', contributionsOf(measure, members), top);
      expect(shown.length + (others?.members ?? 0)).toBe(members.length);
      const all = [...shown, ...(others === undefined ? [] : [others])];
      const total = all.reduce((sum, each) => sum + each.change, 0);
      if (!isRatio(measure)) expect(total).toBe(change);
      else {
        expect(total).toBeCloseTo(change, 12);
        for (const each of all) expect((each.rate ?? 0) + (each.mix ?? 0)).toBeCloseTo(each.change, 12);
      }
      const sizes = shown.map((each) => Math.abs(each.change));
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    }),
    { numRuns: 2_000, seed: 5 },
  );
});

const of = (submitted: number, submittedOnline: number): Measures => ({ ...NOTHING, submitted, submittedOnline });

it('where every member keeps its share, what changes is mix alone', () => {
  const found = contributionsOf('shareOnline', [
    { code: 'a', before: of(100, 90), now: of(300, 270) },
    { code: 'b', before: of(100, 10), now: of(100, 10) },
  ]);
  expect(found.map(({ rate }) => rate)).toEqual([0, 0]);
  expect(found.reduce((sum, { mix = 0 }) => sum + mix, 0)).toBeCloseTo(280 / 400 - 100 / 200, 12);
  // More of those above the average, fewer of those below it: both lift it.
  for (const { mix = 0 } of found) expect(mix).toBeGreaterThan(0);
});

it('where every weight stays, what changes is the rate alone', () => {
  const found = contributionsOf('shareOnline', [
    { code: 'a', before: of(100, 50), now: of(200, 120) },
    { code: 'b', before: of(300, 150), now: of(600, 300) },
  ]);
  expect(found[0]).toEqual({
    code: 'a',
    now: 0.6,
    before: 0.5,
    change: expect.closeTo(0.025, 12),
    rate: expect.closeTo(0.025, 12),
    mix: 0,
  });
  expect(found[1]?.change).toBe(0);
});

it('whoever is new, or gone, has no share that changed', () => {
  const found = contributionsOf('shareOnline', [
    { code: 'stays', before: of(100, 50), now: of(100, 50) },
    { code: 'new', before: undefined, now: of(100, 100) },
    { code: 'gone', before: of(100, 0), now: undefined },
  ]);
  expect(found.map(({ rate }) => rate)).toEqual([0, 0, 0]);
  expect(found.reduce((sum, { change }) => sum + change, 0)).toBeCloseTo(0.75 - 0.25, 12);
});
