/** SIGKILL at every instant in the life of a range. The next process cuts its batches otherwise, and counts exactly once. */
import { describe, expect, it } from 'vitest';
import { inWords } from './oracle.ts';
import { INSTANTS } from './orders.ts';
import { LOGS } from './places.ts';
import { killedAt, unfinished } from './scenarios.ts';

describe.each(LOGS)('with the %s log, SIGKILL', (_name, where) => {
  it.for(INSTANTS)('%s', { timeout: 240_000 }, async (instant, context) => {
    const { tallies, reports } = await killedAt(await where(context), instant);
    expect(inWords(tallies)).toBe('');
    const replays = reports.filter((line) => line.includes('replaying the range')).length;
    expect(replays).toBe(instant === 'after the commit' ? 0 : 1);
  });
});

it('SIGKILL while the engine has noted blocks whose rows do not stand yet', { timeout: 240_000 }, async () => {
  const { tables, tallies } = await unfinished(undefined);
  expect(tables).toBeGreaterThan(6);
  expect(inWords(tallies)).toBe('');
});
