import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { KeyFilter } from '../../../pipelines/src/ingest/bloom.ts';

/** The engine's form: two little-endian halves. */
function stored(key: string): Buffer {
  const hex = key.replaceAll('-', '');
  const buffer = Buffer.alloc(16);
  buffer.writeBigUInt64LE(BigInt(`0x${hex.slice(0, 16)}`), 0);
  buffer.writeBigUInt64LE(BigInt(`0x${hex.slice(16)}`), 8);
  return buffer;
}

it('never calls a known key new, whether it was counted here or read back', () => {
  const filter = new KeyFilter(20_000);
  const counted = Array.from({ length: 5_000 }, () => randomUUID());
  const read = Array.from({ length: 5_000 }, () => randomUUID());
  for (const key of counted) filter.add(key);
  filter.addStored(Buffer.concat(read.map(stored)));
  expect([...counted, ...read].every((key) => filter.has(key))).toBe(true);
  expect(filter.size).toBe(10_000);
});

it('asks about few new keys, however far it has outgrown what it was made for', () => {
  const filter = new KeyFilter(5_000);
  const counted = Array.from({ length: 100_000 }, () => randomUUID());
  for (const key of counted) filter.add(key);
  const doubtful = Array.from({ length: 20_000 }, () => randomUUID()).filter((key) => filter.has(key)).length;
  expect(doubtful / 20_000).toBeLessThan(0.03);
  expect(counted.every((key) => filter.has(key))).toBe(true);
  expect(filter.bytes).toBeLessThan(512 * 1024);
});

it('takes no more memory for a billion keys than for a hundred million', () => {
  expect(new KeyFilter(1e9).bytes).toBe(128 * 1024 * 1024);
  expect(new KeyFilter(1e8).bytes).toBe(128 * 1024 * 1024);
});
