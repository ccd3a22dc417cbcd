import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { describe, expect, it } from 'vitest';
import { isDue, knownTo, type Look } from '../../../pipelines/src/forecasting/schedule.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const [first, second] = catalogue.sources.map(({ id }) => id) as [string, string];
const at = (time: string): number => Date.parse(`2026-11-19T${time}+07:00`);
const known = (now: string, reported: Record<string, string>): number | undefined =>
  knownTo(
    Object.entries(reported).map(([code, time]) => ({ code, reportedTo: at(time) })),
    catalogue,
    at(now),
  );

describe('an hour is known', () => {
  it('a few minutes after its end, once every source that is in time has reported it', () => {
    expect(known('10:04:00', { [first]: '10:03:55', [second]: '10:03:50' })).toBe(at('10:00:00'));
    expect(known('10:02:00', { [first]: '10:01:55', [second]: '10:01:50' })).toBe(at('09:00:00'));
  });
  it('whoever is late is not waited for; where all are, what came last counts', () => {
    expect(known('10:04:00', { [first]: '10:03:55', [second]: '08:10:00' })).toBe(at('10:00:00'));
    expect(known('10:04:00', { [first]: '06:59:00', [second]: '08:10:00' })).toBe(at('08:00:00'));
  });
  it('not before anything was ever reported', () => {
    expect(known('10:04:00', {})).toBeUndefined();
    expect(known('10:04:00', { 'urn:of:nobody': '10:00:00' })).toBeUndefined();
  });
});

describe('a refresh is due', () => {
  const look: Look = { knownTo: at('10:00:00'), hours: 700, first: '2026-08-21' };

  it('at the start, once two looks see the same history', () => {
    expect(isDue(look, undefined, undefined)).toBe(false);
    expect(isDue(look, { ...look, hours: 600 }, undefined)).toBe(false);
    expect(isDue(look, look, undefined)).toBe(true);
  });
  it('when another hour is known, and when much history came, and not otherwise', () => {
    expect(isDue(look, look, look)).toBe(false);
    expect(isDue(look, look, { ...look, knownTo: at('09:00:00'), hours: 699 })).toBe(true);
    expect(isDue(look, look, { ...look, hours: 690 })).toBe(false);
    expect(isDue(look, look, { ...look, hours: 600 })).toBe(true);
    expect(isDue(look, look, { ...look, first: '2026-08-22' })).toBe(true);
  });
});
