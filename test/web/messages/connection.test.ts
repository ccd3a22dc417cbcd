import { expect, it } from 'vitest';
import { connectionOf, staleLimit } from '../../../web/src/messages/connection.ts';
import { speechIn } from '../../../web/src/messages/context.ts';
import { catalogue, NOW, state } from '../room.ts';

const vi = speechIn('vi', catalogue);
const up = { connected: true, lostAt: undefined, isSilent: false, isQuiet: false };
/** Computed anew at `at`, as states are each few seconds, whatever the sources report. */
const computed = (at: number) => state({ computedAt: at });
const of = (...args: [Parameters<typeof connectionOf>[0], Parameters<typeof connectionOf>[1], number]) => {
  const connection = connectionOf(args[0], args[1], catalogue, args[2], vi);
  return `${connection.state}: ${connection.text}`;
};

it('measures how far behind a live wall is', () => {
  expect(of(state(), up, NOW)).toBe('live: Trực tiếp, trễ 2 giây');
});

it('calls numbers stale past the limit of the sources that still report', () => {
  expect(staleLimit(state(), catalogue)).toBe(120_000);
  expect(of(computed(NOW + 110_000), up, NOW + 110_000)).toContain('live');
  expect(of(computed(NOW + 190_000), up, NOW + 190_000)).toBe('stale: Chậm 3 phút');
});

it('takes no limit under a minute, and none from a silent source', () => {
  const sources = {
    'urn:a': { status: 'reporting', weight: 1 } as const,
    'urn:n': { status: 'silent', weight: 1 } as const,
  };
  expect(staleLimit(state({ sources }), catalogue)).toBe(60_000);
});

it('says since when there is no connection, with or without numbers', () => {
  const down = { connected: false, lostAt: NOW, isSilent: false, isQuiet: false };
  expect(of(state(), down, NOW + 185_000)).toBe('disconnected: Mất kết nối, trễ 3 phút');
  expect(of(undefined, down, NOW + 5_000)).toBe('disconnected: Mất kết nối 5 giây');
  expect(of(undefined, { connected: false, lostAt: undefined, isSilent: false, isQuiet: false }, NOW)).toContain(
    'loading',
  );
});

it('tells nothing yet, and a past period, apart', () => {
  expect(of(state({ events: 0 }), up, NOW)).toBe('empty: Chưa có dữ liệu');
  expect(of(state({ kind: 'past' }), up, NOW + 9e9)).toBe('live: Kỳ đã qua');
});

it('says that nothing came for a moment, and judges nothing yet', () => {
  const quiet = { ...up, isQuiet: true };
  expect(of(state(), quiet, NOW)).toBe('quiet: Đang chờ máy chủ, trễ 2 giây');
  expect(of(state(), quiet, NOW + 40_000)).toContain('stale');
});

it('tells silence and a lost connection apart', () => {
  const silent = { connected: false, lostAt: NOW, isSilent: true, isQuiet: false };
  expect(of(state(), silent, NOW + 7_000)).toBe('silent: Máy chủ im lặng, trễ 9 giây');
  expect(of(state(), { ...silent, isSilent: false, isQuiet: false }, NOW + 7_000)).toBe(
    'disconnected: Mất kết nối, trễ 9 giây',
  );
});

it('shows numbers that nobody computes any more, though the server is heard', () => {
  expect(of(state(), up, NOW + 10_000)).toContain('live');
  expect(of(state(), up, NOW + 40_000)).toBe('stale: Ngừng cập nhật 42 giây');
});

it('shows numbers of a time that is to come as a fault, not as new ones', () => {
  expect(of(computed(NOW + 3_000), up, NOW)).toContain('live');
  expect(of(computed(NOW + 600_000), up, NOW)).toBe('ahead: Đồng hồ lệch 10 phút');
});

it('has one age of its numbers, by the second that is written beside them, whatever became of the connection', () => {
  // Nine tenths of a second are not written, and so no part of the age.
  const shown = state({ coverage: { asOf: NOW - 1_100, share: 1 } });
  const later = NOW + 20_000;
  const lost = { connected: false, lostAt: NOW + 6_000, isSilent: false, isQuiet: false };
  expect(of({ ...shown, computedAt: later }, up, later)).toBe('live: Trực tiếp, trễ 22 giây');
  expect(of(shown, up, later)).toBe('stale: Ngừng cập nhật 22 giây');
  expect(of(shown, lost, later)).toBe('disconnected: Mất kết nối, trễ 22 giây');
  expect(of(shown, { ...lost, isSilent: true, isQuiet: false }, later)).toBe('silent: Máy chủ im lặng, trễ 22 giây');
  // Of a period that is over there is no such age.
  expect(of({ ...shown, kind: 'past' }, lost, later)).toBe('disconnected: Mất kết nối 14 giây');
});
