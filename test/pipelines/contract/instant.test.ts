import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { INSTANT_PATTERN, instantOf } from '../../../pipelines/contract/src/instant.ts';

const two = (most: number) => fc.integer({ min: 0, max: most }).map((n) => String(n).padStart(2, '0'));
/** Near the form of an instant: in range and just out of it. */
const near = fc
  .record({
    year: fc.constantFrom('2026', '2024', '1999', '1000', '0999', '0000', '9999', '2100', '2000', '226'),
    month: two(13),
    day: two(32),
    hour: two(25),
    minute: two(61),
    second: fc.oneof(two(61), fc.constant('59'), fc.constant('')),
    rest: fc.constantFrom('', '', '.123', '.1', '.1234', '.000999999999999', '.', ',123', '.12x'),
    zone: fc.constantFrom('Z', 'z', '', '+07:00', '-11:30', '-00:00', '+23:59', '+7:00', '+24:00', '+07:60', '+0700'),
    separator: fc.constantFrom('T', 'T', 't', ' '),
  })
  .map(
    (it) =>
      `${it.year}-${it.month}-${it.day}${it.separator}${it.hour}:${it.minute}${it.second === '' ? '' : `:${it.second}`}${it.rest}${it.zone}`,
  );

describe('an instant of RFC 3339', () => {
  it.each([
    ['2026-11-19T10:42:07+07:00', '2026-11-19T03:42:07.000Z'],
    ['2026-11-19t03:42:07z', '2026-11-19T03:42:07.000Z'],
    ['2026-11-19T03:42:07.5Z', '2026-11-19T03:42:07.500Z'],
    ['2026-11-19T03:42:07.123456789012345678901234567890Z', '2026-11-19T03:42:07.123Z'],
    ['2026-11-19T03:42:07.0009-00:00', '2026-11-19T03:42:07.000Z'],
    ['2026-11-19T03:42Z', '2026-11-19T03:42:00.000Z'],
    ['2024-02-29T23:59:59+23:59', '2024-02-29T00:00:59.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['0000-02-29T00:00:00Z', '0000-02-29T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.999Z'],
    ['1990-12-31T15:59:60.5-08:00', '1990-12-31T23:59:59.999Z'],
    ['1969-12-31T23:59:60Z', '1969-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, at) => {
    expect(new Date(instantOf(text)).toISOString()).toBe(at);
  });

  it.each([
    '',
    '2026-11-19',
    '2026-11-19T10:42:07',
    '2026-11-19 10:42:07Z',
    '2026-11-19T10:42:07 Z',
    '2026-11-19T10:42:07+0700',
    '2026-11-19T10:42:07+07',
    '2026-11-19T10:42:07.Z',
    '2026-11-19T10:42:07,5Z',
    '2026-11-19T24:00:00Z',
    '2026-11-19T10:60:00Z',
    '2026-11-19T10:42:61Z',
    '2026-11-19T10:42:60Z',
    '2016-12-31T23:59:60+07:00',
    '2025-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-00-19T10:42:07Z',
    '2026-11-31T10:42:07Z',
    '-002026-11-19T10:42:07Z',
    '+002026-11-19T10:42:07Z',
    '2026-11-19T10:42:07Z\n',
    '２０２６-11-19T10:42:07Z',
  ])('%j is none', (text) => {
    expect(instantOf(text)).toBeNaN();
  });

  it('is read as another library reads it, and taken wherever the published pattern and the calendar take it', () => {
    const pattern = new RegExp(INSTANT_PATTERN);
    let read = 0;
    fc.assert(
      fc.property(near, (text) => {
        const at = instantOf(text);
        if (text.includes(':60')) return;
        const upper = text.toUpperCase();
        const parsed = pattern.test(text) ? DateTime.fromISO(upper, { setZone: true }) : undefined;
        expect([text, at]).toEqual([text, parsed?.isValid === true ? parsed.toMillis() : Number.NaN]);
        if (!Number.isNaN(at)) read++;
      }),
      { numRuns: 20_000 },
    );
    expect(read).toBeGreaterThan(200);
  });

  it('is published by a pattern that takes whatever is read', () => {
    const pattern = new RegExp(INSTANT_PATTERN);
    fc.assert(
      fc.property(near, (text) => {
        if (!Number.isNaN(instantOf(text))) expect(text).toMatch(pattern);
      }),
      { numRuns: 5_000 },
    );
  });
});
