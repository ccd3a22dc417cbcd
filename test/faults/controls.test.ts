/** Each guard taken away from outside: the same fault must now be found by the recount, or the suite could not fail. */
import { expect, it } from 'vitest';
import { CONTROLS } from './controls.ts';
import { byTable, inWords } from './oracle.ts';

it.each(CONTROLS)('without $guard: $fault: $breaks.what in $breaks.tables', { timeout: 240_000 }, async (control) => {
  const { guard, run, breaks } = control;
  const { tallies, missed } = await run(undefined, { off: [guard], seed: `without ${guard}` });
  expect([...missed], `${guard} had no work in this fault`).toEqual([guard]);
  const broken = byTable(tallies).filter(({ table }) => breaks.tables.includes(table));
  expect(
    broken.some((table) => table[breaks.what] > 0),
    `guard ${guard} off: ${inWords(tallies) || 'nothing lost, nothing double'}`,
  ).toBe(true);
});
