import { expect, it } from 'vitest';
import { orSkip } from '../harness/need.ts';
import { startBroker } from '../kafka/broker.ts';
import { hiccups } from './hiccup.ts';

const WITHIN_MS = 15_000;

it('after each hiccup of the broker pulse and foresight have a leader within 15 s, and events are shown', {
  timeout: 150_000,
}, async (context) => {
  await using broker = await orSkip(context, startBroker());
  const found = await hiccups({ broker, prefix: 'hiccup.', stops: [1_500, 2_500, 4_000], sessionTimeout: 3_000 });
  for (const hiccup of found) {
    expect(hiccup.leaderMs, JSON.stringify(found)).toBeLessThan(WITHIN_MS);
    expect(hiccup.shownMs, JSON.stringify(found)).toBeLessThan(WITHIN_MS);
  }
});
