import type { CountOutlook, ShareOutlook, Target, TargetOutlook, TargetStanding } from '@room/contract';
import { describe, expect, it } from 'vitest';
import { speechIn } from '../../../web/src/messages/context.ts';
import {
  likelihoodMark,
  targetNeeds,
  targetRows,
  targetsShown,
  targetValue,
} from '../../../web/src/messages/targets.ts';
import { catalogue, forecasts, NOW, state } from '../room.ts';

const en = speechIn('en', catalogue);
const count: Target = {
  id: 'year',
  label: { vi: 'Cả năm', en: 'The year' },
  metric: 'submitted',
  value: 36_000_000,
  from: '2026-01-01',
  by: '2026-12-31',
  source: { vi: 'a decision', en: 'a decision' },
};
const share: Target = { ...count, id: 'online', metric: 'shareOnline', value: 0.8 };
const open: CountOutlook = { id: 'year', unit: 'dossiers', probability: 0.86, reached: 31_000_000, state: 'open' };
const openShare: ShareOutlook = { id: 'online', unit: 'share', probability: 0.86, reached: 0.784, state: 'open' };

it('marks a target by its probability, and by what cannot change any more', () => {
  const of = (some: Partial<CountOutlook>) => likelihoodMark({ ...open, ...some }, en);
  expect([of({}), of({ probability: 0.5 }), of({ probability: 0.04 })]).toEqual(['ok', 'watch', 'act']);
  expect([of({ state: 'met' }), of({ state: 'missed', probability: 0.9 })]).toEqual(['ok', 'act']);
});

it('says what is needed each working day, and until when it can still be met', () => {
  const outlook = { ...open, neededPerDay: 151_200.4, usualPerDay: 122_000, lastDay: '2026-12-20' };
  expect(targetNeeds(outlook, en)).toBe(
    'needs 151.2 thousand a working day, now 122.0 thousand; can be met until 20 Dec 2026',
  );
  expect(targetNeeds({ ...openShare, neededShare: 0.912 }, en)).toBe('the rest needs 91.2%');
  expect(targetNeeds({ ...outlook, state: 'met' }, en)).toBe('met');
});

it('a share of more than all is never asked for: it says that all of the rest would not do', () => {
  const beyond = { ...openShare, probability: 0.004, neededShare: 1.031, lastDay: '2026-12-20' };
  expect(targetNeeds(beyond, en)).toBe('even 100% of the rest falls short');
  expect(targetNeeds(beyond, speechIn('vi', catalogue))).toBe('100% phần còn lại cũng không đủ');
  expect(targetNeeds({ ...openShare, neededShare: 1 }, en)).toBe('the rest needs 100.0%');
});

it('says nothing of what is needed where an earlier version did not tell dossiers from shares', () => {
  const { unit: _, ...before } = { ...openShare, neededPerDay: 0.912, lastDay: '2026-12-20' };
  expect(targetNeeds(before as unknown as TargetOutlook, en)).toBe('can be met until 20 Dec 2026');
  const { lastDay: __, ...without } = before;
  expect(targetNeeds(without as unknown as TargetOutlook, en)).toBe('');
});

it('writes counts and shares as what they are', () => {
  expect([targetValue(count, 1_234.6, en), targetValue(share, 0.7841, en)]).toEqual(['1,235', '78.4%']);
});

describe('on a wall', () => {
  const aimed = { ...catalogue, targets: [share] };
  const rows = (targets: readonly TargetStanding[], at = NOW) =>
    targetRows(state({ forecasts: forecasts({ targets }) }), aimed, at, en);
  const standing: ShareOutlook = { ...openShare, neededShare: 0.912, lastDay: '2026-12-20', projected: 0.8119 };

  it('each has its aim, whether it will be met in word and number, where it ends and stands, and what it takes until when', () => {
    expect(rows([standing])).toEqual([
      {
        id: 'online',
        name: 'The year ≥ 80%',
        mark: 'ok',
        probability: 0.86,
        chance: '86%',
        word: 'likely',
        ends: 'whole year expected 81.2%',
        due: 'by 31 Dec',
        reached: '78.4% since 1 Jan',
        needs: 'the rest needs 91.2%; can be met until 20 Dec 2026',
        stale: false,
      },
    ]);
  });

  it('a target that is no calendar year says of what time it speaks', () => {
    const later = { ...aimed, targets: [{ ...share, from: '2025-07-01' }] };
    const [row] = targetRows(state({ forecasts: forecasts({ targets: [standing] }) }), later, NOW, en);
    expect(row).toMatchObject({ reached: '78.4% since 1 Jul 2025', ends: 'expected in all 81.2%' });
  });

  it('what is short of its aim does not read as the aim', () => {
    const [row] = rows([{ ...standing, reached: 0.79996, projected: 0.8004 }]);
    expect(row).toMatchObject({ reached: '79.996% since 1 Jan', ends: 'whole year expected 80.04%' });
  });

  it('counted from later than the target began says since when, and when it ends next year in full', () => {
    const since = { ...standing, since: '2026-08-25' };
    expect(rows([since])[0]).toMatchObject({ reached: '78.4% since 25 Aug', due: 'by 31 Dec' });
    const later = { ...aimed, targets: [{ ...share, by: '2027-06-30' }] };
    const [row] = targetRows(state({ forecasts: forecasts({ targets: [since] }) }), later, NOW, en);
    expect(row).toMatchObject({ reached: '78.4% since 25 Aug', due: 'by 30 Jun 2027' });
  });

  it('what is still open is never certain, and a pace that is enough is said to be', () => {
    const [row] = rows([{ ...openShare, probability: 0.9999, reached: 0.9 }]);
    expect([row?.chance, row?.word, row?.needs]).toEqual(['>99%', 'almost certain', 'on course at the present pace']);
    expect(rows([{ ...standing, probability: 0.001 }])[0]).toMatchObject({
      chance: '<1%',
      word: 'very unlikely',
      mark: 'act',
    });
    expect(rows([{ ...standing, state: 'met', probability: 1 }])[0]).toMatchObject({ chance: '100%', word: 'met' });
  });

  it('without enough history it says so instead of a number', () => {
    const [row] = rows([{ id: 'online', reason: 'not-enough-history', detail: '3 hours' }]);
    expect(row).toMatchObject({ word: 'no forecast: not enough history', mark: 'none' });
    expect(row?.chance).toBeUndefined();
    expect(targetRows(state(), aimed, NOW, en)[0]?.word).toBe('no forecast yet');
  });

  it('what rests on old counts says how old', () => {
    const [row] = rows([standing], NOW + 5 * 3_600_000);
    expect(row).toMatchObject({
      stale: true,
      mark: 'unknown',
      age: 'from counts 5 hr old',
      reached: '78.4% since 1 Jan',
      due: 'by 31 Dec',
    });
  });

  it('a count says where it ends in dossiers, and what is decided says no end', () => {
    const counted = { ...catalogue, targets: [count] };
    const of = (some: Partial<CountOutlook>) => {
      const expected = { mean: 36_540_000, bands: [] as never };
      const targets = [{ ...open, expected, ...some }];
      return targetRows(state({ forecasts: forecasts({ targets }) }), counted, NOW, en)[0]?.ends;
    };
    expect([of({}), of({ state: 'met' })]).toEqual(['whole year expected 36,540,000', undefined]);
  });

  it('where there is room for all they keep the order of the catalogue; else those likeliest to be missed come first', () => {
    const ids = ['sure', 'open', 'unknown', 'missed'];
    const many = { ...catalogue, targets: ids.map((id) => ({ ...share, id })) };
    const chances: Record<string, number> = { sure: 0.99, open: 0.5, missed: 0.01 };
    const targets = ids.map((id): TargetStanding => {
      const probability = chances[id];
      return probability === undefined
        ? { id, reason: 'not-enough-history', detail: '' }
        : { ...open, id, probability };
    });
    const all = targetRows(state({ forecasts: forecasts({ targets }) }), many, NOW, en);
    const shown = (lines: number) => {
      const { rows, more } = targetsShown(all, lines);
      return [rows.map(({ id }) => id), more];
    };
    expect(shown(4)).toEqual([ids, 0]);
    expect(shown(3)).toEqual([['missed', 'open'], 2]);
  });

  it('a catalogue without a target of today has none', () => {
    expect(targetRows(state(), catalogue, NOW, en)).toEqual([]);
    expect(targetRows(state(), { targets: [{ ...share, by: '2026-06-30' }] }, NOW, en)).toEqual([]);
  });
});
