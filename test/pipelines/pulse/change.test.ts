import { expect, it } from 'vitest';
import { changeOf } from '../../../pipelines/src/pulse/change.ts';

const told = (value: unknown) => changeOf(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));

it('days and hours of a change', () => {
  expect(told({ days: ['2026-11-19'], hours: [498_000] })).toEqual({ days: ['2026-11-19'], hours: new Set([498_000]) });
  expect(told({ days: [], hours: [] })).toEqual({ days: [], hours: new Set() });
  expect(told({ days: [], hours: [], levels: true })).toEqual({ days: [], hours: new Set(), levels: true });
});

it('an earlier version tells no hours: all of its days may have changed, and nothing where it names none', () => {
  expect(told({ days: ['2026-11-19'] })).toEqual({ days: ['2026-11-19'], hours: 'all' });
  expect(told({ days: [] })).toEqual({ days: [], hours: new Set() });
});

it.each(['', 'null', '[]', '{"days":5}', '{"days":[5]}', 'x'])('%j may mean anything', (text) => {
  expect(told(text)).toEqual({ days: [], hours: 'all', unread: expect.stringMatching(/./) });
});

it('of a later version all may have changed', () => {
  const later = { version: 2, days: ['2026-11-19'], hours: [498_000] };
  expect(told(later)).toEqual({ days: [], hours: 'all', unread: expect.stringContaining('version 2') });
});

it.each([['x'], [1.5], '5', {}, [null]])('hours that are none mean all: %j', (hours) => {
  expect(told({ days: ['2026-11-19'], hours })).toEqual({ days: ['2026-11-19'], hours: 'all' });
});
