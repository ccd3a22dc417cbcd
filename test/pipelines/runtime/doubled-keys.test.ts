/** Fields that stand twice in a JSON text, against a plain reading of made-up documents. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { doubledKey } from '../../../pipelines/runtime/src/doubled-keys.ts';

it.each([
  ['{"a":1,"a":2}', 'a'],
  ['{"a":1,"\\u0061":2}', 'a'],
  ['{"a":{"b":1,"c":[{"d":1},{"d":2,"d":3}]}}', 'd'],
  ['{"a":"\\"a\\":1,","b":["a","a"],"c":{"a":1}}', undefined],
  ['[{"a":1},{"a":1}]', undefined],
  ['{"a":{"x":1},"b":{"x":1},"a":1}', 'a'],
  ['{"":1,"":2}', ''],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
  // What is no JSON is its parser's to say.
  ['{"a":1,"a', undefined],
  ['}{', undefined],
  ['', undefined],
])('%s has twice: %s', (text, key) => expect(doubledKey(text)).toBe(key));

it('is none in whatever was written from a value, and found wherever it is put in', () => {
  fc.assert(
    fc.property(fc.json(), fc.string(), (json, key) => {
      expect(doubledKey(json)).toBeUndefined();
      const name = JSON.stringify(key);
      expect(doubledKey(`{"z":${json},"y":{${name}:1,"${key === 'w' ? 'v' : 'w'}":${json},${name}:2}}`)).toBe(key);
    }),
  );
});

it('takes a time that grows with the length alone', () => {
  const deep = '['.repeat(1_000_000);
  expect(doubledKey(deep)).toBeUndefined();
  const many = `{${Array.from({ length: 200_000 }, (_, n) => `"k${n}":0`).join(',')},"k7":1}`;
  expect(doubledKey(many)).toBe('k7');
});
