import type { LogRecord } from '@room/log';
import { expect, it } from 'vitest';
import { decodePending, encodePending, newRangeId, rangeOf } from '../../../pipelines/src/ingest/range.ts';

const record = (offset: number, text: string): LogRecord => ({
  partition: 3,
  offset,
  timestamp: 1,
  value: Buffer.from(text),
  headers: {},
});

const range = (...records: LogRecord[]) => rangeOf('t', records, '7');

it('the same records under the same id have the same token, whoever cut them', () => {
  expect(range(record(5, 'a'), record(6, 'b'))).toEqual(range(record(5, 'a'), record(6, 'b')));
});

it('other records at the same offsets have another token, so a topic created again loses nothing', () => {
  const before = range(record(0, 'a'), record(1, 'b'));
  expect(range(record(0, 'a'), record(1, 'c')).token).not.toBe(before.token);
  expect(range(record(0, 'ab'), record(1, '')).token).not.toBe(before.token);
});

it('a range decided anew is another one, even of the same records, so offsets that were set back count nothing twice', () => {
  const records = [record(0, 'a'), record(1, 'b')];
  const [one, other] = [rangeOf('t', records, newRangeId()), rangeOf('t', records, newRangeId())];
  expect(one.id).not.toBe(other.id);
  expect(one.token).not.toBe(other.token);
});

it('a pending range survives the metadata, and foreign metadata is none', () => {
  const pending = { last: 9, token: 't:0:1-9:aa', id: '7', catalogue: 'c' };
  expect(decodePending(encodePending(pending))).toEqual(pending);
  expect(decodePending(encodePending({ ...pending, partitions: 6 }))).toEqual({ ...pending, partitions: 6 });
  expect(decodePending(encodePending({ ...pending, since: 0 }))).toEqual({ ...pending, since: 0 });
  expect(decodePending(JSON.stringify({ ...pending, partitions: 'x', since: 'y' }))).toEqual(pending);
  expect(decodePending('{"last":9,"token":"t","catalogue":"c"}')).toMatchObject({ id: '' });
  for (const text of ['', 'x', '{}', '{"last":"9"}', 'null']) expect(decodePending(text)).toBeUndefined();
});
