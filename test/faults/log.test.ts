/**
 * The log repeats itself, goes back, or begins anew: nothing is counted twice and nothing is passed over. Lost answers are the
 * warehouse's as much as the log's: they are here with the embedded one, and with Kafka in `npm run faults`.
 */
import { describe, expect, it } from 'vitest';
import { inWords } from './oracle.ts';
import { kafka, LOGS } from './places.ts';
import { lostAnswers, recreated, recreatedAlive, redelivered, rewound, sentAgain } from './scenarios.ts';

const TIME = { timeout: 240_000 };

describe.each(LOGS)('with the %s log', (_name, where) => {
  it('the same ids again, in other company and out of order, count once', TIME, async (context) => {
    expect(inWords((await sentAgain(await where(context))).tallies)).toBe('');
  });

  it('the position goes back to the first of thousands of events', TIME, async (context) => {
    expect(inWords((await rewound(await where(context))).tallies)).toBe('');
  });

  it('the topic is made again, and other events stand under the same offsets', TIME, async (context) => {
    expect(inWords((await recreated(await where(context))).tallies)).toBe('');
  });
});

it('answers of inserts and commits are lost, and batches are cut otherwise each time', TIME, async () => {
  const { tallies, reports } = await redelivered(undefined);
  expect(inWords(tallies)).toBe('');
  for (const times of lostAnswers(reports)) expect(times).toBeGreaterThan(0);
});

it('Kafka: the topic is made again under a running process', TIME, async (context) => {
  expect(inWords((await recreatedAlive(await kafka(context))).tallies)).toBe('');
});
