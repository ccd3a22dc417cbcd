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

it('asks about few new keys at full capacity', () => {
  const filter = new KeyFilter(50_000);
  for (let n = 0; n < filter.capacity; n++) filter.add(randomUUID());
  const doubtful = Array.from({ length: 20_000 }, () => randomUUID()).filter((key) => filter.has(key)).length;
  expect(doubtful / 20_000).toBeLessThan(0.03);
});
