/** What a tile said then beside what is known now: each difference with what came how, and nothing where there is none. */
import type { Headline, Measures } from '@room/contract';
import { NOTHING } from '@room/contract';
import type { Came, KnownSince } from '@room/warehouse';
import { expect, it } from 'vitest';
import { compared } from '../../../server/src/live/compared.ts';

const QUESTION = { from: '2026-11-01', to: '2026-11-30', measures: ['shareOnTime', 'onTime', 'late'], split: 'agency' };
const question = QUESTION as Headline['question'];
const known = (sums: Partial<Record<Came, Partial<Measures>>>): KnownSince => ({
  sums: new Map(Object.entries(sums).map(([came, some]) => [came as Came, { ...NOTHING, ...some }])),
  events: new Map(Object.keys(sums).map((came) => [came as Came, 1])),
});
const shown = {
  question,
  whole: { shareOnTime: 0.9, onTime: 90, late: 10 },
  units: [
    { id: 'A', values: { shareOnTime: 0.8, onTime: 40, late: 10 } },
    { id: 'B', values: { shareOnTime: 1, onTime: 50, late: 0 } },
  ],
  until: 5,
  isWhole: true,
};

it('the same is the same: also a quotient that differs in its last digit', () => {
  const now = {
    whole: known({ taken: { onTime: 90, late: 10 } }),
    units: new Map([
      ['A', known({ taken: { onTime: 40, late: 10 } })],
      ['B', known({ taken: { onTime: 50 } })],
    ]),
  };
  const told = compared({ ...shown, whole: { ...shown.whole, shareOnTime: 0.1 + 0.8 }, now }, undefined);
  expect(told.numbers?.map(({ shown: before, now: after }) => before === after)).toEqual([true, true, true]);
  expect(told).toMatchObject({ until: 5, units: [], changed: 0, events: { late: 0, corrected: 0, replayed: 0 } });
});

it('what came late, corrected and replayed stands apart; units that changed most come first, a new one among them', () => {
  const now = {
    whole: known({
      taken: { onTime: 91, late: 10 },
      late: { late: 7 },
      corrected: { onTime: -2 },
      replayed: { onTime: 4 },
    }),
    units: new Map([
      ['A', known({ taken: { onTime: 41, late: 10 }, late: { late: 7 } })],
      ['B', known({ taken: { onTime: 50 } })],
      ['C', known({ late: { onTime: 1 } })],
    ]),
  };
  const told = compared({ ...shown, now }, undefined);
  expect(told.numbers?.slice(1)).toEqual([
    { measure: 'onTime', shown: 90, now: 93, why: { late: 0, corrected: -2, replayed: 4 } },
    { measure: 'late', shown: 10, now: 17, why: { late: 7, corrected: 0, replayed: 0 } },
  ]);
  expect(told.units).toEqual([
    { id: 'C', measure: 'shareOnTime', now: 1 },
    { id: 'A', measure: 'shareOnTime', shown: 0.8, now: 41 / 58 },
  ]);
  expect(told.changed).toBe(2);
  // Whoever sees a part sees no unit that was none of theirs then.
  expect(compared({ ...shown, now, isWhole: false }, undefined).units?.map(({ id }) => id)).toEqual(['A']);
});

it('levels are held against levels, and what was known of none is not zero', () => {
  const waits: Headline['question'] = {
    from: '2026-11-30',
    to: '2026-11-30',
    measures: ['backlogOverdue', 'backlogOpen'],
  };
  const levels = {
    whole: { ...known({}), levels: { now: { backlogOverdue: 75 }, taken: { backlogOverdue: 60 } } },
    units: new Map(),
  };
  const told = compared(
    { ...shown, question: waits, whole: { backlogOverdue: 60 }, units: [], now: levels },
    undefined,
  );
  expect(told.numbers).toEqual([
    { measure: 'backlogOverdue', shown: 60, now: 75, why: { late: 15, corrected: 0, replayed: 0 } },
  ]);
  expect(told).not.toHaveProperty('events');
});

it('what cannot be counted again is no difference of nothing', () => {
  expect(compared({ ...shown, now: 'forgotten' }, undefined)).toEqual({ not: 'forgotten' });
  expect(compared({ ...shown, now: 'tooMany' }, undefined)).toEqual({ not: 'tooMany' });
});
