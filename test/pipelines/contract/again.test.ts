import { asReceived, deferredOf, HEADERS, movedOf } from '@room/contract';
import { describe, expect, it } from 'vitest';

const NOW = Date.parse('2026-11-19T03:42:07Z');
const record = (headers: Record<string, string>) => ({ timestamp: NOW, headers });
const PLACE = { topic: 'submissions', partition: 2, offset: 17, at: NOW - 60_000 };
const WAIT = {
  since: NOW - 1_000,
  times: 3,
  ends: [
    [0, 5],
    [1, 9],
  ],
};

it('reads where a record stood first and what it waits for, as ingest writes it', () => {
  expect(movedOf(record({ [HEADERS.moved]: JSON.stringify(PLACE) }))).toEqual(PLACE);
  expect(deferredOf(record({ [HEADERS.deferred]: JSON.stringify(WAIT) }))).toEqual(WAIT);
  expect(movedOf(record({}))).toBeUndefined();
  expect(deferredOf(record({}))).toBeUndefined();
});

it('judges a record by the time at which the log took it first, and by its own where that is later', () => {
  const moved = JSON.stringify(PLACE);
  const deferred = JSON.stringify(WAIT);
  expect(asReceived(record({ [HEADERS.moved]: moved })).timestamp).toBe(PLACE.at);
  expect(asReceived(record({ [HEADERS.deferred]: deferred })).timestamp).toBe(WAIT.since);
  expect(asReceived(record({ [HEADERS.moved]: moved, [HEADERS.deferred]: deferred })).timestamp).toBe(PLACE.at);
  expect(asReceived(record({ [HEADERS.moved]: JSON.stringify({ ...PLACE, at: NOW + 1 }) })).timestamp).toBe(NOW);
  const plain = record({});
  expect(asReceived(plain)).toBe(plain);
});

describe('what a stranger writes into such headers is passed over', () => {
  const bad = ['', 'x', '1', 'null', '[]', '"x"', '{}', '{', '\u0000', '['.repeat(50_000)];
  it.each([
    ...bad,
    JSON.stringify({ ...PLACE, topic: 1 }),
    JSON.stringify({ ...PLACE, partition: -1 }),
    JSON.stringify({ ...PLACE, offset: 1.5 }),
    JSON.stringify({ ...PLACE, offset: '17' }),
    JSON.stringify({ ...PLACE, at: 0 }),
    JSON.stringify({ ...PLACE, at: 1e300 }),
    JSON.stringify({ ...PLACE, more: 'x'.repeat(70_000) }),
  ])('moved %#', (text) => {
    expect(movedOf(record({ [HEADERS.moved]: text }))).toBeUndefined();
  });
  it.each([
    ...bad,
    JSON.stringify({ ...WAIT, since: NOW + 1 }),
    JSON.stringify({ ...WAIT, since: -1 }),
    JSON.stringify({ ...WAIT, times: -1 }),
    JSON.stringify({ ...WAIT, ends: {} }),
    JSON.stringify({ ...WAIT, ends: [[0]] }),
    JSON.stringify({ ...WAIT, ends: [[0, '5']] }),
    JSON.stringify({ ...WAIT, ends: Array.from({ length: 20_000 }, () => [0, 1]) }),
  ])('deferred %#', (text) => {
    expect(deferredOf(record({ [HEADERS.deferred]: text }))).toBeUndefined();
  });
});
