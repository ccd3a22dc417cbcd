import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { describe, expect, it } from 'vitest';
import { isDue, knownTo, type Observation } from '../../../pipelines/src/forecasting/schedule.ts';

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
  const look: Observation = {
    at: at('10:34:00'),
    knownTo: at('10:00:00'),
    hours: 700,
    first: '2026-08-21',
    counted: 3_000_000,
    today: 40_000,
  };
  /** The same, of half an hour ago. */
  const before: Observation = { ...look, at: at('10:04:00') };

  it('at the start, once two looks see the same history', () => {
    expect(isDue(look, undefined, undefined)).toBe(false);
    expect(isDue(look, { ...look, hours: 600 }, undefined)).toBe(false);
    expect(isDue(look, look, undefined)).toBe(true);
  });
  it('when another hour is known, and when much history came, and not otherwise', () => {
    expect(isDue(look, look, before)).toBe(false);
    expect(isDue(look, look, { ...before, knownTo: at('09:00:00'), hours: 699 })).toBe(true);
    expect(isDue(look, look, { ...before, hours: 690 })).toBe(false);
    expect(isDue(look, look, { ...before, hours: 600 })).toBe(true);
    expect(isDue(look, look, { ...before, first: '2026-08-22' })).toBe(true);
  });
  it('when counts of the time before changed: an import into known hours, an office that reports late', () => {
    expect(isDue(look, look, { ...before, counted: 2_990_000 })).toBe(false);
    expect(isDue(look, look, { ...before, counted: 2_900_000 })).toBe(true);
    expect(isDue(look, look, { ...before, today: 39_500 })).toBe(false);
    expect(isDue(look, look, { ...before, today: 38_500 })).toBe(true);
    // Corrections take away.
    expect(isDue(look, look, { ...before, today: 41_500 })).toBe(true);
  });
  it('of a handful no more than chance makes none', () => {
    const few = { ...look, counted: 0, today: 12 };
    expect(isDue(few, few, { ...few, at: before.at, today: 9 })).toBe(false);
    expect(isDue(few, few, { ...few, at: before.at, today: 2 })).toBe(true);
  });
  it('not while counts still come in, nor again within ten minutes', () => {
    const last = { ...before, counted: 2_900_000 };
    expect(isDue(look, { ...look, counted: 2_980_000 }, last)).toBe(false);
    expect(isDue(look, look, { ...last, at: at('10:30:00') })).toBe(false);
  });
  it('but a history that comes in for hours is not waited for any longer than two', () => {
    const loading = { ...look, hours: 690 };
    expect(isDue(look, loading, { ...before, knownTo: at('09:00:00') })).toBe(false);
    expect(isDue(look, loading, { ...before, knownTo: at('08:00:00') })).toBe(true);
  });
});
