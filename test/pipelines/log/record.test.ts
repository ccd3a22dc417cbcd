/** Whatever a producer puts in a record's headers, time and value, it becomes a record of the port. */
import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type ReadMessage, toRecord } from '../../../pipelines/log/src/record.ts';
import { config } from '../../harness/config.ts';

const NOW = '1800000000000';
const latin = Buffer.from([0x68, 0xf4]);
const read = (more: Partial<ReadMessage> = {}): ReturnType<typeof toRecord> =>
  toRecord(3, { offset: '7', timestamp: NOW, value: Buffer.from('v'), headers: {}, ...more });

it('a header without a value is none, of a repeated one the last value stands', () => {
  const { headers, opaque } = read({
    headers: {
      traceparent: null,
      ce_id: Buffer.from('a'),
      twice: [Buffer.from('1'), Buffer.from('2')],
      gone: [latin, null],
    },
  });
  expect({ headers, opaque }).toEqual({ headers: { ce_id: 'a', twice: '2' }, opaque: undefined });
});

it('what is no UTF-8 stands beside, in base64, its name too', () => {
  const { headers, opaque } = read({
    headers: { ce_id: latin, other: Buffer.from('hồ sơ') },
    unnamedHeaders: [
      [latin, Buffer.from('x')],
      [Buffer.from([0xff]), null],
    ],
  });
  expect(headers).toEqual({ other: 'hồ sơ' });
  expect(opaque).toEqual({ ce_id: 'aPQ=', 'base64:aPQ=': 'eA==', 'base64:/w==': '' });
});

it('names of properties that every object has are names like others', () => {
  const given = Object.defineProperty({ constructor: Buffer.from('c'), toString: latin }, '__proto__', {
    value: Buffer.from('p'),
    enumerable: true,
  });
  const { headers, opaque } = read({ headers: given });
  expect(Object.entries(headers).sort()).toEqual([
    ['__proto__', 'p'],
    ['constructor', 'c'],
  ]);
  expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
  expect(Object.entries(opaque ?? {})).toEqual([['toString', 'aPQ=']]);
});

it('a tombstone has an empty value', () => {
  expect(read({ value: null }).value).toHaveLength(0);
});

it.each(['-1', '0', '946684799999', '4102444800000', '9223372036854775807', '-9223372036854775808'])(
  'a record of the time %s says that it has none',
  (timestamp) => {
    const { unreadable, timestamp: time } = read({ timestamp });
    expect(unreadable).toMatch(/LogAppendTime/);
    expect(new Date(time).getUTCFullYear()).toBe(2000);
  },
);

it.each(['946684800000', '4102444799999'])('a record of the time %s is taken as it is', (timestamp) => {
  expect(read({ timestamp })).toMatchObject({ timestamp: Number(timestamp) });
  expect(read({ timestamp }).unreadable).toBeUndefined();
});

it('never throws, keeps the value, and every header with a value once: as text, or in base64', () => {
  const bytes = fc.uint8Array({ maxLength: 40 }).map((it) => Buffer.from(it));
  const noText = bytes.map((it) => Buffer.from([0xff, ...it]));
  const text = fc.string({ unit: 'binary', maxLength: 20 }).map((it) => Buffer.from(it));
  const value = fc.oneof(bytes, text, fc.constant(null));
  const name = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'ce_id', '', 'base64:'));
  const headers = fc
    .array(fc.tuple(name, fc.oneof(value, fc.array(value, { minLength: 2, maxLength: 3 }))), { maxLength: 5 })
    .map((pairs) => Object.fromEntries(pairs));
  const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
  const message = fc.record({
    offset: fc.nat().map(String),
    timestamp: fc.oneof(long, fc.constant(NOW), fc.constant('')),
    value,
    headers: fc.oneof(headers, fc.constant(null), fc.constant(undefined)),
    unnamedHeaders: fc.option(fc.array(fc.tuple(noText, value), { maxLength: 3 }), { nil: undefined }),
    unreadable: fc.option(fc.string(), { nil: undefined }),
  });
  fc.assert(
    fc.property(message, (given) => {
      const record = toRecord(0, given as ReadMessage);
      expect(record.value.equals(given.value ?? Buffer.alloc(0))).toBe(true);
      expect(record.timestamp).toBeGreaterThan(0);
      for (const [key, values] of Object.entries(given.headers ?? {})) {
        const last = Array.isArray(values) ? values.at(-1) : values;
        const stands = [Object.hasOwn(record.headers, key), Object.hasOwn(record.opaque ?? {}, key)];
        if (last === null || last === undefined) expect(stands).toEqual([false, false]);
        else expect(stands).toEqual([isUtf8(last), !isUtf8(last)]);
      }
      JSON.stringify(record.headers);
    }),
    { numRuns: config.fuzz },
  );
});
