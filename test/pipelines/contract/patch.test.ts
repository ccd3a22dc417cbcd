import { apply, diff, type Json } from '@room/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer(), { maxLength: 3 }));
const key = fc.constantFrom('a', 'b', 'c', 'd');
const state = fc.letrec((tie) => ({
  node: fc.dictionary(key, fc.oneof({ depthSize: 'small' }, leaf, tie('node'))),
})).node;

it('a patch turns the one state into the other', () => {
  fc.assert(
    fc.property(state, state, (before, after) => {
      const patch = diff(before, after);
      expect(patch === undefined ? before : apply(before, patch)).toEqual(after);
    }),
  );
});

it('equal states need no patch, and applying leaves the earlier state alone', () => {
  fc.assert(
    fc.property(state, state, (before, after) => {
      expect(diff(before, structuredClone(before))).toBeUndefined();
      const kept = structuredClone(before);
      apply(before, (diff(before, after) ?? {}) as Json);
      expect(before).toEqual(kept);
    }),
  );
});
