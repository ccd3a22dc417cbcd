import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isArray, piecesOf } from '../../server/src/gateway/pieces.ts';

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
/** What the pieces hold, undefined where one of them or the whole is no JSON. */
const read = (text: string, most = 1_000): unknown[] | undefined => {
  const values = piecesOf(Buffer.from(text), most)?.map((piece) => parsed(piece.toString()));
  return values?.includes(undefined) ? undefined : values;
};

it('cuts an array into the bytes of its elements', () => {
  const text = ' [ {"a":"],\\"[{"} ,\t[1,[2]], "x\\\\" ,null\r\n, 1e5 ] ';
  expect(piecesOf(Buffer.from(text), 9)?.map(String)).toEqual(['{"a":"],\\"[{"}', '[1,[2]]', '"x\\\\"', 'null', '1e5']);
  expect(piecesOf(Buffer.from('[]'), 9)).toEqual([]);
  expect(piecesOf(Buffer.from('\ufeff [1]'), 9)?.map(String)).toEqual(['1']);
  expect(isArray(Buffer.from('\ufeff\n[')) && !isArray(Buffer.from('{}')) && !isArray(Buffer.from(''))).toBe(true);
});

it('stops soon behind the most that is asked for', () => {
  expect(piecesOf(Buffer.from('[1,2,3]'), 3)).toHaveLength(3);
  expect(piecesOf(Buffer.from('[1,2,3,4,5,6,7,8'), 3)).toHaveLength(4);
});

it('holds JSON if and only if the whole does', () => {
  const value = fc.oneof(
    fc.array(fc.jsonValue(), { maxLength: 4 }),
    fc.array(fc.constantFrom('"]', ',', '\\', '{'), { maxLength: 3 }),
  );
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 1), (array, space) => {
      expect(read(JSON.stringify(array, undefined, space))).toEqual(JSON.parse(JSON.stringify(array)));
    }),
  );
  const noise = fc.array(fc.constantFrom('[', ']', '{', '}', ',', ':', '"', '\\', '1', 'null', ' ', '"a"'), {
    maxLength: 9,
  });
  let whole = 0;
  fc.assert(
    fc.property(noise, (tokens) => {
      const text = `[${tokens.join('')}`;
      const array = parsed(text);
      if (array !== undefined) whole++;
      expect([text, read(text)]).toEqual([text, array]);
    }),
    { numRuns: 20_000 },
  );
  expect(whole).toBeGreaterThan(50);
});
