import { expect, it } from 'vitest';
import { orSkip } from '../harness/need.ts';
import { startBroker } from '../kafka/broker.ts';
import { hiccups, LEADER_MS, SHOWN_MS } from './hiccup.ts';

// `npm run faults` has twenty of them.
it('after a hiccup of the broker pulse and forecasts have a leader within 15 s, and events are shown', {
  timeout: 240_000,
}, async (context) => {
  await using broker = await orSkip(context, startBroker());
  const found = await hiccups({ broker, prefix: 'hiccup.', stops: [2_500], sessionTimeout: 6_000 });
  for (const hiccup of found) {
    expect(hiccup.leaderMs, JSON.stringify(found)).toBeLessThan(LEADER_MS);
    expect(hiccup.shownMs, JSON.stringify(found)).toBeLessThan(SHOWN_MS);
  }
});
