/** A consumer that stands still, or only seems to: who is stuck is started again, who works is left alone. */
import { describe, expect, it } from 'vitest';
import { inWords } from './oracle.ts';
import { kafka, LOGS } from './places.ts';
import { hopeless, killedAt, longInsert, rebalanced, stuck, suspended } from './scenarios.ts';

const TIME = { timeout: 240_000 };
const WATCHDOG_MS = 2_000;
const NO_PROGRESS = /ingest made no progress for 2 s .*starting it again/;

describe.each(LOGS)('with the %s log', (_name, where) => {
  it('an insert that never answers is noticed, told and gone over, and counts once', TIME, async (context) => {
    const { tallies, reports } = await stuck(await where(context), 1, WATCHDOG_MS);
    expect(reports.filter((line) => NO_PROGRESS.test(line)).length).toBeGreaterThan(0);
    expect(inWords(tallies)).toBe('');
  });

  it('a member that lost its partition while it stood still changes nothing when it wakes', TIME, async (context) => {
    const fault = { stalls: true, watchdogMs: 3 * WATCHDOG_MS, seed: 'fenced' };
    const { tallies } = await killedAt(await where(context), 'between base and rollups', fault);
    expect(inWords(tallies)).toBe('');
  });
});

it('where starting again does not help the process asks to be ended', TIME, async () => {
  expect(await hopeless(undefined, WATCHDOG_MS)).toMatch(/no progress/);
});

describe('with the Kafka log, in the middle of an insert', () => {
  it('that is longer than the session timeout, heartbeats keep the membership', TIME, async (context) => {
    const { tallies, reports } = await longInsert(await kafka(context));
    expect(reports.filter((line) => line.includes('redelivering'))).toEqual([]);
    expect(inWords(tallies)).toBe('');
  });

  it('the process is suspended until it is no member any more', TIME, async (context) => {
    const { tallies, reports } = await suspended(await kafka(context));
    expect(reports.filter((line) => line.includes('replaying the range')).length).toBeGreaterThan(0);
    expect(inWords(tallies)).toBe('');
  });

  it('the group is rebalanced', TIME, async (context) => {
    const { tallies, reports } = await rebalanced(await kafka(context));
    expect(reports.filter((line) => line.includes('partitions assigned')).length).toBeGreaterThan(1);
    expect(inWords(tallies)).toBe('');
  });
});
