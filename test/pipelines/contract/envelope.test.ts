import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { decode, eventJsonSchema, MAX_DEPTH, MAX_EVENT_BYTES, MAX_REASON_LENGTH, type Outcome } from '@room/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const NOW = Date.parse('2026-11-19T03:42:07Z');
const SOURCE = 'urn:portal:national';

const data = {
  procedure: 'DV01',
  agency: 'MPS',
  province: '01',
  channel: 2,
  status: 1,
  count: 1,
  occurredAt: '2026-11-19T10:42:07+07:00',
};
const event = (envelope: object = {}): Record<string, unknown> => ({
  specversion: '1.0',
  id: 'e-1',
  source: SOURCE,
  type: 'submission.counted',
  data,
  ...envelope,
});
const base64 = (json: unknown): string => Buffer.from(JSON.stringify(json)).toString('base64');
type Headers = Record<string, string>;
const decided = (text: string | Uint8Array, headers: Headers = {}, opaque?: Headers, timestamp = NOW): Outcome =>
  decode(
    { value: typeof text === 'string' ? Buffer.from(text) : text, headers, timestamp, ...(opaque && { opaque }) },
    catalogue,
  );
const structured = (json: unknown): Outcome => decided(JSON.stringify(json));
const BINARY = {
  ce_specversion: '1.0',
  ce_id: 'b-1',
  ce_source: SOURCE,
  ce_type: 'submission.counted',
  'content-type': 'application/json',
};
const binary = (headers: Headers = {}, text = JSON.stringify(data), opaque?: Headers): Outcome =>
  decided(text, { ...BINARY, ...headers }, opaque);

const ajv = new Ajv2020({ strict: false, logger: false });
const matches = ajv.compile(eventJsonSchema(catalogue));

describe('an event as CloudEvents and RFC 3339 allow it is counted, and the published schema takes it too', () => {
  it.each<[string, Record<string, unknown>]>([
    ['a media type with parameters', event({ datacontenttype: 'application/json; charset=utf-8' })],
    ['a media type in capitals', event({ datacontenttype: 'Application/JSON;CHARSET="UTF-8"' })],
    ['another media type of JSON', event({ datacontenttype: 'text/json' })],
    ['a suffix of JSON', event({ datacontenttype: 'application/vnd.portal.v1+JSON ; v=1' })],
    ['no media type', event({ datacontenttype: null })],
    [
      'every optional attribute null',
      event({ subject: null, dataschema: null, simulated: null, time: null, data_base64: null }),
    ],
    ['data as Base64', event({ data: undefined, data_base64: base64(data) })],
    ['data as Base64 and null', event({ data: null, data_base64: base64(data), datacontenttype: 'application/json' })],
    ['a time in small letters', event({ time: '2026-11-27t10:00:00z' })],
    ['a time at a leap second', event({ time: '2016-12-31T23:59:60Z' })],
    ['a time that nobody can read', event({ time: 'yesterday' })],
    ['a time that is no text', event({ time: 1_764_000_000 })],
    ['an instant in small letters', event({ data: { ...data, occurredAt: '2026-11-19t03:42:07.1234567z' } })],
    ['an instant without an offset known', event({ data: { ...data, occurredAt: '2026-11-19T03:42:07-00:00' } })],
    ['an instant at a leap second', event({ data: { ...data, occurredAt: '2026-06-30T23:59:60Z' } })],
    ['an id of 200 characters of two units each', event({ id: '😀'.repeat(200) })],
    ['other attributes', event({ traceparent: '00-aa', comexample: { a: [1] } })],
  ])('%s', (_, json) => {
    expect(structured(json)).toMatchObject({ ok: true });
    expect([matches(json), matches.errors]).toEqual([true, null]);
  });
});

describe('an event that is none is refused, and by the published schema too', () => {
  it.each<[string, Record<string, unknown>]>([
    ['both data and Base64', event({ data_base64: base64(data) })],
    ['neither', event({ data: undefined })],
    ['both null', event({ data: null, data_base64: null })],
    ['no Base64', event({ data: undefined, data_base64: '{"a":1}' })],
    ['Base64 that is no text', event({ data: undefined, data_base64: 5 })],
    ['Base64 without its padding', event({ data: undefined, data_base64: 'e30' })],
    ['a media type of something else', event({ datacontenttype: 'application/xml' })],
    ['a media type that only ends so', event({ datacontenttype: 'application/notjson' })],
    ['a required attribute null', event({ id: null })],
    ['an id too long by one', event({ id: '😀'.repeat(201) })],
    ['a boolean as text', event({ simulated: 'true' })],
    ['a boolean as number', event({ simulated: 1 })],
    ['onTime as text', event({ data: { ...data, status: 9, onTime: 'true' } })],
    ['no instant', event({ data: { ...data, occurredAt: '2026-11-19T10:42:07' } })],
    ['neither instant nor interval', event({ data: { ...data, occurredAt: undefined } })],
    [
      'instant and interval',
      event({ data: { ...data, interval: { start: data.occurredAt, end: '2026-11-19T11:00:00+07:00' } } }),
    ],
    ['an unknown field', event({ data: { ...data, citizen: 'X' } })],
  ])('%s', (_, json) => {
    const outcome = structured(json);
    expect(outcome).toMatchObject({ ok: false, code: expect.stringMatching(/^(invalid|unknown)_field$/) });
    expect(matches(JSON.parse(JSON.stringify(json)))).toBe(false);
  });

  it.each<[string, Record<string, unknown>]>([
    ['Base64 of something else than JSON', event({ data: undefined, data_base64: 'e30x' })],
    ['Base64 of no UTF-8', event({ data: undefined, data_base64: Buffer.from([0x22, 0xff, 0x22]).toString('base64') })],
    ['a day that is none', event({ data: { ...data, occurredAt: '2025-02-29T00:00:00Z' } })],
  ])('%s, which no schema can say', (_, json) => {
    expect(structured(json)).toMatchObject({ ok: false, code: 'invalid_field' });
  });
});

describe('binary mode', () => {
  it.each<[string, Headers]>([
    ['with parameters', { 'content-type': 'application/json; charset=utf-8' }],
    ['of another case', { 'content-type': 'Application/JSON' }],
    ['of a suffix', { 'content-type': 'application/vnd.portal+json' }],
    ['with a time that nobody can read', { ce_time: 'soon' }],
    ['with a header that is no attribute', { ce_data_base64: 'x', ce_data: 'y', ce_datacontenttype: 'text/plain' }],
    ['with a header of another kind', { 'content-length': '5', traceparent: '00-aa' }],
  ])('%s', (_, headers) => {
    expect(binary(headers)).toMatchObject({ ok: true, event: { id: 'b-1', source: SOURCE, simulated: false } });
  });

  it('needs no content type', () => {
    const { 'content-type': _, ...headers } = BINARY;
    expect(decided(JSON.stringify(data), headers)).toMatchObject({ ok: true, event: { id: 'b-1' } });
  });

  it('gives way to an event that says it is structured', () => {
    const headers = { ...BINARY, 'content-type': 'APPLICATION/CloudEvents+JSON; charset=utf-8' };
    expect(decided(JSON.stringify(event()), headers)).toMatchObject({ ok: true, event: { id: 'e-1' } });
  });

  it.each([
    ['true', true],
    ['false', false],
  ])('reads simulated %s', (text, simulated) => {
    expect(binary({ ce_simulated: text })).toMatchObject({ ok: true, event: { simulated } });
  });

  it.each(['True', 'TRUE', '1', '0', '', 'yes', ' true', 'constructor'])('refuses simulated %j', (text) => {
    expect(binary({ ce_simulated: text })).toMatchObject({ ok: false, code: 'invalid_field', id: 'b-1' });
  });

  it.each<[string, Headers, string]>([
    ['data of another type', { 'content-type': 'text/plain' }, JSON.stringify(data)],
    ['an empty id', { ce_id: '' }, JSON.stringify(data)],
    ['data that is no object', {}, '5'],
  ])('refuses %s', (_, headers, text) => {
    expect(binary(headers, text)).toMatchObject({ ok: false, code: 'invalid_field', source: SOURCE });
  });

  it('keeps source and id where the value cannot be read, and where an attribute is missing', () => {
    const names = { source: SOURCE, id: 'b-1', rootId: 'b-1' };
    expect(binary({}, '')).toMatchObject({ code: 'not_json', ...names });
    expect(binary({}, '{"corrects":')).toMatchObject({ code: 'not_json', ...names });
    const { ce_specversion: _, ...headers } = BINARY;
    expect(decided(JSON.stringify(data), headers)).toMatchObject({ code: 'invalid_field', ...names });
    expect(binary({ ce_subject: 'x'.repeat(MAX_EVENT_BYTES) })).toMatchObject({ code: 'too_large', ...names });
  });

  it('refuses an attribute that is no UTF-8, and reads over another header', () => {
    const names = { source: SOURCE, id: 'b-1' };
    const opaque = { trace: '/w==' };
    expect(binary({}, undefined, opaque)).toMatchObject({ ok: true });
    expect(binary({}, undefined, { ce_subject: '/w==' })).toMatchObject({ code: 'header_not_utf8', ...names });
    expect(binary({}, undefined, { 'content-type': '/w==' })).toMatchObject({ code: 'header_not_utf8', ...names });
    expect(decided(JSON.stringify(event()), {}, opaque)).toMatchObject({ ok: true });
    const { ce_id: _, ...headers } = BINARY;
    expect(decided(JSON.stringify(data), headers, { ce_id: '/w==' })).toMatchObject({
      code: 'header_not_utf8',
      source: SOURCE,
    });
    expect(decided('{}', {}, { ce_specversion: '/w==' })).toMatchObject({ code: 'header_not_utf8' });
  });
});

describe('size and depth', () => {
  const long = (bytes: number): string => {
    const text = JSON.stringify(event({ subject: '' }));
    return text.replace('"subject":""', `"subject":"${'x'.repeat(bytes - text.length)}"`);
  };
  const nested = (levels: number): string =>
    JSON.stringify(event()).replace('"specversion"', `"ext":${'['.repeat(levels)}${']'.repeat(levels)},"specversion"`);
  const names = { source: SOURCE, id: 'e-1', rootId: 'e-1' };

  it('takes an event of the most bytes, and tells whose it was where there is one more', () => {
    expect(decided(long(MAX_EVENT_BYTES))).toMatchObject({ ok: true });
    expect(decided(long(MAX_EVENT_BYTES + 1))).toMatchObject({ ok: false, code: 'too_large', ...names });
    expect(decided(long(1024 * 1024))).toMatchObject({ code: 'too_large', ...names });
    const unread = decided(long(1024 * 1024 + 1));
    expect(unread).toMatchObject({ code: 'too_large' });
    expect(unread).not.toHaveProperty('id');
    expect(decided('x'.repeat(MAX_EVENT_BYTES + 1))).toMatchObject({ code: 'not_json' });
  });

  it('takes an event of the most levels, and refuses one more, or thousands', () => {
    expect(decided(nested(MAX_DEPTH - 1))).toMatchObject({ ok: true });
    for (const levels of [MAX_DEPTH, 2_000, 7_000])
      expect(decided(nested(levels))).toMatchObject({ code: 'too_deep', ...names });
    expect(decided(nested(100_000))).toMatchObject({ code: 'too_large', ...names });
    for (const field of ['type', 'source', 'id', 'data', 'specversion', 'time', 'simulated'])
      expect(decided(`{"${field}":${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}}`)).toMatchObject({ code: 'too_deep' });
    const deep = Buffer.from(`{"a":${'['.repeat(3_000)}${']'.repeat(3_000)}}`).toString('base64');
    expect(structured(event({ data: undefined, data_base64: deep }))).toMatchObject({ code: 'too_deep', ...names });
    expect(binary({}, `{"a":${'['.repeat(3_000)}${']'.repeat(3_000)}}`)).toMatchObject({ code: 'too_deep' });
  });

  it('says why in few words of well-formed Unicode, whatever was sent', () => {
    const many = Object.fromEntries(Array.from({ length: 900 }, (_, at) => [`😀field${at}`, 1]));
    for (const json of [
      event({ data: { ...data, ...many } }),
      event({ type: '😀'.repeat(3_000) }),
      event({ type: '\ud800' }),
      event({ id: '\ud800'.repeat(2_000) }),
      event({ source: `${'x'.repeat(199)}😀${'y'.repeat(3_000)}` }),
      event({ data: { ...data, procedure: '\ud83d' } }),
      event({ data: { corrects: '😀'.repeat(3_000) } }),
    ]) {
      const outcome = structured(json);
      if (outcome.ok) throw new Error('it was taken');
      expect(outcome.reason.length).toBeLessThanOrEqual(MAX_REASON_LENGTH);
      for (const text of [outcome.reason, outcome.source, outcome.id, outcome.rootId]) {
        expect(text ?? '').not.toMatch(/\p{Surrogate}/u);
        expect((text ?? '').length).toBeLessThanOrEqual(MAX_REASON_LENGTH);
      }
    }
  });
});

describe('the gateway and a log with other clocks', () => {
  const at = (occurredAt: string, headers: Headers, timestamp: number): Outcome =>
    decided(JSON.stringify(event({ data: { ...data, occurredAt } })), headers, undefined, timestamp);
  const DAY = 86_400_000;
  const latest = new Date(NOW + 3_600_000).toISOString();
  const received = { portal: SOURCE, 'received-at': String(NOW) };

  it('what the gateway accepted is counted where the log is behind', () => {
    expect(at(latest, received, NOW)).toMatchObject({ ok: true });
    expect(at(latest, received, NOW - 3 * DAY)).toMatchObject({ ok: true });
    expect(at(latest, received, NOW + 3 * DAY)).toMatchObject({ ok: true });
    expect(at(latest, {}, NOW - 1)).toMatchObject({ ok: false, code: 'time_in_future' });
  });

  it('only a record with a portal has a time of receipt, and only a number is one', () => {
    expect(at(latest, { 'received-at': String(NOW) }, NOW - 1)).toMatchObject({ code: 'time_in_future' });
    for (const text of ['', 'x', '1e99', '-1', ' 9', '9'.repeat(400)])
      expect(at(latest, { ...received, 'received-at': text }, NOW - 1)).toMatchObject({ code: 'time_in_future' });
  });

  it('no clock makes an event of the far future countable, nor any timestamp an error', () => {
    for (const timestamp of [-1, 0, 8.64e15 + 1, 2 ** 63, Number.MAX_VALUE, Number.NEGATIVE_INFINITY, Number.NaN])
      expect(at('2100-01-01T00:00:00.001Z', {}, timestamp)).toMatchObject({ ok: false, code: 'time_in_future' });
    expect(at('9999-12-31T23:59:59Z', { ...received, 'received-at': '9'.repeat(15) }, NOW)).toMatchObject({
      code: 'time_in_future',
    });
  });

  it('an event of another source than the portal that it came with is never counted', () => {
    expect(at(data.occurredAt, { ...received, portal: 'urn:portal:province:01' }, NOW)).toMatchObject({
      ok: false,
      code: 'wrong_source',
      source: SOURCE,
      id: 'e-1',
    });
  });
});
