import { expect, it } from 'vitest';
import { judge } from '../../../web/src/stores/sequence.ts';

it('applies the next delta alone, and never papers over a missed one', () => {
  const at = { epoch: 'e', seq: 7 };
  const of = (epoch: string, seq: number) => judge(at, { epoch, seq });
  expect([of('e', 8), of('e', 7), of('e', 3), of('e', 9), of('f', 8)]).toEqual(['apply', 'old', 'old', 'gap', 'gap']);
  expect(judge(undefined, at)).toBe('gap');
});
