/** Records as strangers write them: good ones, good ones with something changed, and noise. The same seed makes the same ones. */
import type { RawRecord } from '@room/contract';
import { type Random, randomOf } from '../portal/random.ts';

/** When the log took them, milliseconds since 1970 UTC; good events are shortly before. */
export const NOW = Date.parse('2026-11-19T03:42:07Z');
const SOURCE = 'urn:portal:national';

export const whole = (random: Random, below: number): number => Math.floor(random.next() * below);
export const oneOf = <T>(random: Random, values: readonly T[]): T => {
  const value = values[whole(random, values.length)];
  if (value === undefined) throw new Error('nothing to choose from');
  return value;
};

const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const objects = (levels: number): string => `${'{"a":'.repeat(levels)}0${'}'.repeat(levels)}`;

/** Values in JSON: of every type, at the edges, long, deep, and not quite JSON. */
const TOKENS = [
  'null',
  'true',
  'false',
  '"true"',
  '0',
  '-0',
  '1',
  '-1',
  '1.5',
  '1e9',
  '1e400',
  '-1e400',
  '9007199254740993',
  '12345678901234567890',
  '""',
  '"x"',
  '"\\ud800"',
  '"\\udc00\\ud83d"',
  '"\\u0000"',
  '"😀"',
  '"hồ sơ"',
  '"1.0"',
  '"DV01"',
  '"__proto__"',
  '"2026-11-19T10:42:07+07:00"',
  '"2026-11-19t03:42:07.123456789z"',
  '"2016-12-31T23:59:60Z"',
  '"2099-01-01T00:00:00Z"',
  '"9999-12-31T23:59:59-23:59"',
  '"0000-01-01T00:00:00Z"',
  '"2026-02-30T00:00:00Z"',
  '"application/json; charset=utf-8"',
  '"APPLICATION/JSON"',
  '"e30="',
  '"submission.counted"',
  '"backlog.reported"',
  '"link.reported"',
  '"NDB01"',
  '{"timeout":1}',
  '[]',
  '{}',
  '{"start":"2026-11-18T17:00:00Z","end":"2026-11-19T03:00:00Z"}',
  '{"toString":1,"constructor":{},"__proto__":{"a":1}}',
  nested(31),
  nested(32),
  nested(3_000),
  objects(40),
  objects(2_000),
  `"${'x'.repeat(201)}"`,
  `"${'😀'.repeat(500)}"`,
  `"${'\\ud83d'.repeat(500)}"`,
  `{${Array.from({ length: 400 }, (_, at) => `"field${at}":${at}`).join(',')}}`,
  '',
  'undefined',
  'NaN',
  '[1,',
  '"\\x"',
];
const LONG = [`"${'x'.repeat(16_384)}"`, `"${'é'.repeat(9_000)}"`, nested(20_000), objects(9_000), ' '.repeat(17_000)];

const ENVELOPE: readonly (readonly [string, string])[] = [
  ['specversion', '"1.0"'],
  ['id', '"e-1"'],
  ['source', `"${SOURCE}"`],
  ['type', '"submission.counted"'],
];
const DATA: readonly (readonly [string, string])[] = [
  ['procedure', '"DV01"'],
  ['agency', '"MPS"'],
  ['province', '"01"'],
  ['channel', '2'],
  ['status', '1'],
  ['count', '1'],
  ['occurredAt', '"2026-11-19T10:42:07+07:00"'],
];
const LEVEL: readonly (readonly [string, string])[] = [
  ['procedure', '"DV01"'],
  ['agency', '"MPS"'],
  ['at', '"2026-11-19T10:42:07+07:00"'],
  ['open', '12'],
  ['overdue', '3'],
];
const LINK: readonly (readonly [string, string])[] = [
  ['database', '"NDB01"'],
  ['province', '"01"'],
  ['interval', '{"start":"2026-11-18T17:00:00Z","end":"2026-11-19T03:00:00Z"}'],
  ['requests', '12'],
  ['errors', '{"timeout":1}'],
  ['lastSuccessAt', '"2026-11-19T02:00:00Z"'],
];
const MORE_ENVELOPE = [
  'time',
  'subject',
  'datacontenttype',
  'dataschema',
  'simulated',
  'data_base64',
  'traceparent',
  '__proto__',
  'constructor',
  'data',
  '😀',
];
const MORE_DATA = [
  'agency',
  'telecom',
  'onTime',
  'corrects',
  'interval',
  'occurredAt',
  'citizen',
  '__proto__',
  'toJSON',
  '\\ud800',
];

/** The fields with some changed, left out, said twice or added. */
function changed(random: Random, fields: readonly (readonly [string, string])[], more: readonly string[]): string {
  const written = fields.map(([name, value]) => [name, value] as [string, string]);
  for (let changes = random.next() < 0.6 ? 0 : 1 + whole(random, 3); changes > 0; changes--) {
    const token = random.next() < 0.02 ? oneOf(random, LONG) : oneOf(random, TOKENS);
    const at = whole(random, written.length + 3);
    const field = written[at];
    if (field === undefined) written.push([oneOf(random, more), token]);
    else if (random.next() < 0.15) written.splice(at, 1);
    else field[1] = token;
  }
  return `{${written.map(([name, value]) => `"${name}":${value}`).join(',')}}`;
}

function dataOf(random: Random): string {
  const data = random.next() < 0.2 ? changed(random, LEVEL, MORE_DATA) : changed(random, DATA, MORE_DATA);
  return random.next() < 0.03 ? oneOf(random, TOKENS) : data;
}

/** An event in JSON, as good as it comes. */
export function eventText(random: Random, id: string): string {
  const kind = random.next();
  const type = kind < 0.15 ? '"backlog.reported"' : kind < 0.3 ? '"link.reported"' : '"submission.counted"';
  const own: Record<string, string> = { id: JSON.stringify(id), type };
  if (type.includes('link')) own['source'] = '"urn:portal:province:01"';
  const envelope = ENVELOPE.map(([name, value]): [string, string] => [name, own[name] ?? value]);
  const fields = type.includes('backlog') ? LEVEL : type.includes('link') ? LINK : undefined;
  const data = fields === undefined ? dataOf(random) : changed(random, fields, MORE_DATA);
  const field: [string, string] =
    random.next() < 0.05 ? ['data_base64', `"${Buffer.from(data).toString('base64')}"`] : ['data', data];
  return changed(random, [...envelope, field], MORE_ENVELOPE);
}

/** The bytes with some changed, cut out, doubled or put in. */
export function spoiled(random: Random, bytes: Buffer): Buffer {
  let result = Buffer.from(bytes);
  for (let changes = 1 + whole(random, 4); changes > 0; changes--) {
    const at = whole(random, result.length + 1);
    const to = Math.min(result.length, at + whole(random, 9));
    const kind = whole(random, 4);
    if (kind === 0) for (let byte = at; byte < to; byte++) result[byte] = whole(random, 256);
    else if (kind === 1) result = Buffer.concat([result.subarray(0, at), result.subarray(to)]);
    else if (kind === 2) result = Buffer.concat([result.subarray(0, to), result.subarray(at)]);
    else result = Buffer.concat([result.subarray(0, at), Buffer.from(oneOf(random, TOKENS)), result.subarray(at)]);
  }
  return result;
}

export function noise(random: Random): Buffer {
  const bytes = Buffer.alloc(whole(random, random.next() < 0.01 ? 20_000 : 300));
  for (let at = 0; at < bytes.length; at++) bytes[at] = whole(random, 256);
  return bytes;
}

const HEADER_VALUES = [
  '',
  'true',
  'false',
  'True',
  '1',
  '1.0',
  '0.3',
  SOURCE,
  'urn:portal:province:01',
  'submission.counted',
  'backlog.reported',
  'link.reported',
  'application/json',
  'APPLICATION/JSON; charset=utf-8',
  'application/cloudevents+json',
  'application/cloudevents+avro',
  'text/plain',
  'not a time',
  '\ud800',
  '\u0000',
  '😀'.repeat(300),
  'x'.repeat(17_000),
  String(NOW),
  '9'.repeat(16),
  '-1',
];
const HEADER_NAMES = [
  'ce_specversion',
  'ce_id',
  'ce_source',
  'ce_type',
  'ce_time',
  'ce_simulated',
  'ce_data',
  'ce_data_base64',
  'ce___proto__',
  'ce_',
  'CE_id',
  'content-type',
  'Content-Type',
  'portal',
  'received-at',
  'verdict',
  '__proto__',
  'trace',
];

function headersOf(random: Random, isBinary: boolean): Record<string, string> {
  const headers: Record<string, string> = isBinary
    ? {
        ce_specversion: '1.0',
        ce_id: 'b-1',
        ce_source: SOURCE,
        ce_type: random.next() < 0.1 ? 'backlog.reported' : 'submission.counted',
        'content-type': 'application/json',
      }
    : random.next() < 0.5
      ? { 'content-type': 'application/cloudevents+json', portal: SOURCE, 'received-at': String(NOW) }
      : {};
  for (let changes = whole(random, 3); changes > 0; changes--) {
    const name = oneOf(random, HEADER_NAMES);
    if (random.next() < 0.2) delete headers[name];
    else headers[name] = oneOf(random, HEADER_VALUES);
  }
  return headers;
}

const TIMES = [-1, 0, 1, NOW - 200_000_000, 8.64e15, 8.64e15 + 1, 2 ** 63, Number.NaN, Number.NEGATIVE_INFINITY];

export function* records(seed: string, count: number): Iterable<RawRecord> {
  const random = randomOf(seed);
  for (let made = 0; made < count; made++) {
    const kind = random.next();
    const isBinary = random.next() < 0.3;
    const text = isBinary ? dataOf(random) : eventText(random, oneOf(random, ['e-1', 'e-2', '😀', 'e 3']));
    const value = kind < 0.05 ? noise(random) : kind < 0.25 ? spoiled(random, Buffer.from(text)) : Buffer.from(text);
    const record: RawRecord = {
      value,
      headers: headersOf(random, isBinary),
      timestamp: random.next() < 0.05 ? oneOf(random, TIMES) : NOW,
    };
    if (random.next() < 0.05) record.opaque = { [oneOf(random, HEADER_NAMES)]: '/w==' };
    yield record;
  }
}
