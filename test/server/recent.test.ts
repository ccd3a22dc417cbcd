import { eventKey } from '@room/warehouse';
import { expect, it } from 'vitest';
import { RecentKeys } from '../../server/src/gateway/recent.ts';

const key = (n: number): string => eventKey('urn:portal:national', `event-${n}`);
const CAPACITY = 800;
const KINDS = ['submission', 'correction', 'backlog', 'link'] as const;
const event = (kind: (typeof KINDS)[number], count: number, isJudged: boolean) => ({
  kind,
  count,
  isJudged,
  mark: markOf(count),
});
const markOf = (n: number): number => 2 ** 32 - 1 - Math.abs(n);
const kindOf = (n: number) => KINDS[n % 4] ?? 'submission';

it('the keys accepted last are remembered, and only about as many as asked for', () => {
  const recent = new RecentKeys({ capacity: CAPACITY, isFollowed: false });
  for (let n = 0; n < 5_000; n++) recent.add(key(n), event(kindOf(n), -n, n % 2 === 0));
  for (let n = 4_400; n < 5_000; n++)
    expect(recent.get(key(n))).toEqual({
      kind: kindOf(n),
      correction: kindOf(n) === 'correction',
      count: -n,
      isJudged: n % 2 === 0,
      mark: markOf(n),
    });
  for (let n = 0; n < 4_000; n++) expect(recent.get(key(n))).toBeUndefined();
});

it('keys that differ in one digit only, whichever it is, are different keys', () => {
  const digits = '00000000-0000-0000-0000-000000000000';
  const keys = [digits];
  for (let at = 0; at < digits.length; at++)
    if (digits[at] !== '-') for (const digit of 'f8') keys.push(digits.slice(0, at) + digit + digits.slice(at + 1));
  for (const [n, one] of keys.entries()) {
    const recent = new RecentKeys({ capacity: 4 * keys.length, isFollowed: false });
    for (const other of keys) if (other !== one) recent.add(other, event('submission', 1, true));
    expect(recent.get(one), one).toBeUndefined();
    recent.add(one, event(kindOf(n), 1, true));
    expect(recent.get(one)?.kind, one).toEqual(kindOf(n));
  }
});

it('says up to where in each partition keys may have been forgotten', () => {
  const recent = new RecentKeys({ capacity: CAPACITY, isFollowed: true });
  for (let n = 0; n < CAPACITY; n++)
    recent.learn(key(n), event('submission', 1, true), { partition: n % 2, offset: 1_000 + n });
  expect([...recent.floors]).toEqual([]);
  recent.learn(key(CAPACITY), event('submission', 1, true), { partition: 0, offset: 5_000 });
  // A quarter is gone: 200 keys, the last ones at 1,198 and 1,199.
  expect(Object.fromEntries(recent.floors)).toEqual({ 0: 1_199, 1: 1_200 });
  expect(recent.get(key(0))).toBeUndefined();
  expect(recent.get(key(200))).toBeDefined();
});

it('a key that is read again late is remembered for as long as one that is new, and counts as what it was first', () => {
  const recent = new RecentKeys({ capacity: CAPACITY, isFollowed: true });
  recent.learn(key(0), event('submission', 1, true), { partition: 0, offset: 0 });
  for (let n = 1; n < CAPACITY; n++) recent.learn(key(n), event('submission', 1, true), { partition: 0, offset: n });
  recent.learn(key(0), { ...event('correction', 1, true), mark: 5 }, { partition: 1, offset: 700 });
  for (let n = CAPACITY; n < CAPACITY + 300; n++)
    recent.learn(key(n), event('submission', 1, true), { partition: 0, offset: n });
  expect(recent.get(key(0))).toEqual({ correction: false, ...event('submission', 1, true) });
  expect(recent.floors.get(1)).toBeUndefined();
});

it('tells of keys of its own that it forgot before they were met in the log', () => {
  const recent = new RecentKeys({ capacity: CAPACITY, isFollowed: true });
  for (let n = 0; n < 200; n++) recent.add(key(n), event('submission', 1, true));
  for (let n = 0; n < 150; n++) recent.learn(key(n), event('submission', 1, true), { partition: 0, offset: n });
  for (let n = 200; n <= CAPACITY; n++) recent.learn(key(n), event('submission', 1, true), { partition: 0, offset: n });
  expect([recent.lost, recent.floors.get(0)]).toEqual([50, 150]);
  const unfollowed = new RecentKeys({ capacity: CAPACITY, isFollowed: false });
  for (let n = 0; n < 3 * CAPACITY; n++) unfollowed.add(key(n), event('submission', 1, true));
  expect(unfollowed.lost).toBe(0);
});

it('an id that was refused is free again, and those behind it are found all the same', () => {
  for (const isFollowed of [false, true]) {
    const recent = new RecentKeys({ capacity: CAPACITY, isFollowed });
    for (let n = 0; n < CAPACITY; n++) recent.learn(key(n), event(kindOf(n), n, false), { partition: 0, offset: n });
    for (let n = 0; n < CAPACITY; n += 2) recent.forget(key(n));
    for (let n = 0; n < CAPACITY; n++) expect(recent.get(key(n)) === undefined, `${n}`).toBe(n % 2 === 0);
    recent.add(key(0), event('submission', 7, true));
    recent.learn(key(2), event('correction', -7, false), { partition: 0, offset: CAPACITY });
    expect(recent.get(key(0))).toMatchObject({ kind: 'submission', count: 7, isJudged: true });
    expect(recent.get(key(2))).toMatchObject({ kind: 'correction', count: -7, isJudged: false });
    expect(recent.lost).toBe(0);
  }
});
