/** A field that an event names twice is found wherever it stands, and none where there is none. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fieldTwice } from '../../server/src/twice.ts';

const found = (text: string): string | undefined => fieldTwice(Buffer.from(text), JSON.parse(text));

it.each([
  ['in data', '{"id":"a","data":{"count":1,"count":2}}', 'count'],
  ['beside it', '{"id":"a","data":{},"id":"b"}', 'id'],
  ['in an interval', '{"data":{"interval":{"start":1,"start":1}}}', 'start'],
  ['in a list', '{"a":[{"b":1},{"c":1,"c":2}]}', 'c'],
  ['in other letters', '{"co\\u0075nt":1,"count":2}', 'count'],
  ['behind a text that looks like fields', '{"a":"\\"b\\":1,\\"b\\":2:","c":1,"c":2}', 'c'],
  ['an object for another', '{"data":{"a":1,"b":2},"data":{"c":1}}', 'data'],
  ['with the name of what every object has', '{"__proto__":1,"__proto__":2}', '__proto__'],
])('%s', (_, text, field) => {
  expect(found(text)).toBe(field);
});

it('is none in whatever JSON that a program writes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      expect(found(text)).toBeUndefined();
      // What was read by itself and what is looked through agree.
      expect(fieldTwice(Buffer.from(text), undefined)).toBeUndefined();
    }),
  );
});

it('is found of any field of any object', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (object, at) => {
      const names = Object.keys(object);
      const name = names[at % names.length] ?? '';
      const text = `${JSON.stringify(object).slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(object[name])}}`;
      expect(found(text)).toBe(name);
    }),
  );
});
