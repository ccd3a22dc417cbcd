import type { Target, TargetOutlook } from '@room/contract';
import { expect, it } from 'vitest';
import { speechIn } from '../../../web/src/words/context.ts';
import { likelihoodMark, targetNeeds, targetValue } from '../../../web/src/words/targets.ts';
import { catalogue } from '../room.ts';

const en = speechIn('en', catalogue);
const count: Target = {
  id: 'year',
  label: { vi: 'Cả năm', en: 'The year' },
  metric: 'submitted',
  value: 36_000_000,
  from: '2026-01-01',
  by: '2026-12-31',
  source: 'a decision',
};
const share: Target = { ...count, id: 'online', metric: 'shareOnline', value: 0.8 };
const open: TargetOutlook = { id: 'year', probability: 0.86, reached: 31_000_000, state: 'open' };

it('marks a target by its probability, and by what cannot change any more', () => {
  const of = (some: Partial<TargetOutlook>) => likelihoodMark({ ...open, ...some });
  expect([of({}), of({ probability: 0.5 }), of({ probability: 0.04 })]).toEqual(['ok', 'watch', 'act']);
  expect([of({ state: 'met' }), of({ state: 'missed', probability: 0.9 })]).toEqual(['ok', 'act']);
});

it('says what is needed each working day, and until when it can still be met', () => {
  const outlook = { ...open, neededPerDay: 151_200.4, usualPerDay: 122_000, lastDay: '2026-12-20' };
  expect(targetNeeds(count, outlook, en)).toBe(
    'needs 151.2 thousand a working day, now 122.0 thousand; at the latest 20 Dec 2026',
  );
  expect(targetNeeds(share, { ...open, neededPerDay: 0.912 }, en)).toBe('the rest needs 91.2%');
  expect(targetNeeds(count, { ...outlook, state: 'met' }, en)).toBe('met');
});

it('writes counts and shares as what they are', () => {
  expect([targetValue(count, 1_234.6, en), targetValue(share, 0.7841, en)]).toEqual(['1,235', '78.4%']);
});
