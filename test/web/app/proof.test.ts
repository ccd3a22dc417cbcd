/** From a number of a wall, a past period or a forecast to the address of its evidence. */
import { expect, it } from 'vitest';
import { proofIn } from '../../../web/src/app/proof.ts';
import type { ProofOf } from '../../../web/src/app/proving.ts';

const state = {
  period: { from: '2026-11-19', to: '2026-11-19' },
  events: 9,
  pipeline: { receivedAt: 1_763_500_000_123 },
};
const rights = ['view', 'analyse'] as const;
const placeOf = (...of: ProofOf) => {
  const found = proofIn(state, { rights, scope: 'all' }, { lang: 'en', from: 'x' }, ...of);
  return found && Object.fromEntries(new URLSearchParams(found.query['evidence']));
};

it('names the number as it was shown, and what the state was made of', () => {
  expect(proofIn(state, { rights, scope: 'all' }, { lang: 'en', from: 'x' }, 'submitted', 57_802)).toEqual({
    path: '/explore',
    query: {
      lang: 'en',
      from: '2026-11-19',
      to: '2026-11-19',
      compare: 'none',
      evidence: 'measure=submitted&side=now&shown=57802&asOf=1763500000123',
    },
  });
  const mps = ['agency', 'MPS'] as const;
  expect(placeOf('shareOnTime', 0.906, { member: mps })).toMatchObject({ agency: 'MPS', shown: '0.906' });
  expect(placeOf('submitted', 3, { at: '2026-11-19T07' })).toMatchObject({ at: '2026-11-19T07' });
});

it('of what was made of something else than the state it shows what is counted now', () => {
  expect(placeOf('submitted', 5, { isNow: true })).toEqual({ measure: 'submitted', side: 'now' });
});

it('leads nowhere where nothing is known, and nobody who may not ask', () => {
  const all = { rights, scope: 'all' } as const;
  expect(proofIn(state, all, {}, 'submitted', undefined)).toBeUndefined();
  expect(proofIn({ ...state, events: 0 }, all, {}, 'submitted', 0)).toBeUndefined();
  expect(proofIn(state, undefined, {}, 'submitted', 5)).toBeUndefined();
  expect(proofIn(state, { rights: ['view'], scope: 'all' }, {}, 'submitted', 5)).toBeUndefined();
});

it('whoever sees a part is led to the evidence of their own units alone', () => {
  const part = { rights, scope: { agencies: ['MPS'], provinces: [] } };
  const of = (...asked: ProofOf) => proofIn(state, part, {}, ...asked)?.path;
  expect(of('late', 5, { member: ['agency', 'MPS'] })).toBe('/explore');
  expect(of('late', 5, { member: ['agency', 'MOJ'] })).toBeUndefined();
  expect(of('submitted', 5, { member: ['province', 'MPS'] })).toBeUndefined();
  expect(of('submitted', 5)).toBeUndefined();
});
