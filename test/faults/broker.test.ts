import { expect, it } from 'vitest';
import { orSkip } from '../harness/need.ts';
import { startBroker } from '../kafka/broker.ts';
import { brokerOutage } from './broker.ts';
import { inWords } from './oracle.ts';

/** Longer than the room waits for an acknowledgement; `npm run faults` takes 30 s. */
const STOPPED_MS = 10_000;

it('the broker stands still, is killed and comes back: 503 meanwhile, and nothing acknowledged is lost', {
  timeout: 240_000,
}, async (context) => {
  await using broker = await orSkip(context, startBroker());
  const { tallies, acknowledged, stopped, gone } = await brokerOutage(broker, STOPPED_MS);
  // One request may have been on its way when the broker stopped; none is taken afterwards.
  const answers = [...stopped.slice(1), ...gone];
  expect(answers.length).toBeGreaterThan(0);
  for (const { status, code, retryAfter } of answers)
    expect([status, code, Number(retryAfter) > 0]).toEqual([503, 'log_unavailable', true]);
  expect(acknowledged).toBeGreaterThan(200);
  expect(inWords(tallies)).toBe('');
});
