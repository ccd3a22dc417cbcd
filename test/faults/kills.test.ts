/**
 * SIGKILL at every instant in the life of a range. The next process cuts its batches otherwise, and counts exactly once. With Kafka
 * one instant that leaves a range cut off and one that leaves none; `npm run faults` takes them all with either log.
 */
import { describe, expect, it } from 'vitest';
import { inWords } from './oracle.ts';
import { INSTANTS, type Instant } from './orders.ts';
import { embedded, kafka } from './places.ts';
import { killedAt, replays, replaysAfter, unfinished } from './scenarios.ts';

const LOGS = [
  ['embedded', embedded, INSTANTS],
  ['Kafka', kafka, ['between base and rollups', 'after the commit'] satisfies Instant[]],
] as const;

describe.each(LOGS)('with the %s log, SIGKILL', (_name, where, instants) => {
  it.for<Instant>(instants)('%s', { timeout: 240_000 }, async (instant, context) => {
    const { tallies, reports } = await killedAt(await where(context), instant);
    expect(inWords(tallies)).toBe('');
    expect(replays(reports)).toBe(replaysAfter(instant));
  });
});

it('SIGKILL while the engine has noted blocks whose rows do not stand yet', { timeout: 240_000 }, async () => {
  const { tables, tallies } = await unfinished(undefined);
  expect(tables).toBeGreaterThan(6);
  expect(inWords(tallies)).toBe('');
});
