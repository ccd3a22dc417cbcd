import { expect, it } from 'vitest';
import type { Fields } from '../../../../web/src/pages/explore/asked.ts';
import { type EvidentPlace, evidenceFields, placeIn, placeText } from '../../../../web/src/pages/explore/place.ts';

const PLACES: EvidentPlace[] = [
  { measure: 'submitted', side: 'now' },
  { measure: 'shareOnTime', side: 'before', shown: 0.87, asOf: 1_764_300_000_000 },
  { measure: 'late', side: 'now', at: '2026-11-19T07', shown: 0 },
  { measure: 'submitted', side: 'now', member: { dimension: 'source', code: 'urn:portal:a&b=c' } },
];

it.each(PLACES)('what the address says of %o is read again', (place) => {
  expect(placeIn(placeText(place))).toEqual(place);
});

it.each([undefined, '', 'measure=happiness', 'side=now', '%'])('%s names no number', (text) => {
  expect(placeIn(text)).toBeUndefined();
});

it('the API is asked for the question and the place in its answer', () => {
  const fields: Fields = {
    from: '2026-11-01',
    to: '2026-11-30',
    split: 'agency',
    sort: 'late',
    grain: 'day',
    province: 'P1',
  };
  const place: EvidentPlace = {
    measure: 'late',
    side: 'before',
    member: { dimension: 'service', code: 'S1' },
    at: '2026-10-02',
    shown: 3,
    asOf: 7,
  };
  expect(evidenceFields(fields, place)).toEqual({
    from: '2026-11-01',
    to: '2026-11-30',
    province: 'P1',
    split: 'service',
    key: 'S1',
    measure: 'late',
    side: 'before',
    grain: 'day',
    at: '2026-10-02',
    shown: '3',
    asOf: '7',
  });
});
