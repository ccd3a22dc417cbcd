/** Equal ids in different partitions, and corrections before their originals: whatever is killed, each counts once. */
import { expect, it } from 'vitest';
import { byTable, inWords } from './oracle.ts';
import type { Instant } from './orders.ts';
import { kafka } from './places.ts';
import { strewnAbout } from './scenarios.ts';

// Before the insert is after what is moved was appended again. `npm run faults` also kills after it, or nobody.
it.for<Instant>(['before the insert'])('killed %s', { timeout: 240_000 }, async (instant, context) => {
  const { tallies, moved, deferred } = await strewnAbout(await kafka(context), instant);
  expect(inWords(tallies)).toBe('');
  expect(moved).toBeGreaterThan(900);
  expect(deferred).toBeGreaterThan(0);
});

it('without equal ids in one partition they count twice', { timeout: 240_000 }, async (context) => {
  const guard = 'equal ids in one partition';
  const { tallies, missed, moved } = await strewnAbout(await kafka(context), undefined, { off: [guard], seed: guard });
  expect([[...missed], moved]).toEqual([[guard], 0]);
  expect(byTable(tallies).find(({ table }) => table === 'submission')?.double).toBeGreaterThan(0);
});
