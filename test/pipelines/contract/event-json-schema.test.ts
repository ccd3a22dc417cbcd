/** The published schema of events against what the gateway decides. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { decode, eventJsonSchema, type Outcome } from '@room/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const NOW = Date.parse('2026-11-19T03:42:07Z');
const fits = new Ajv2020({ strict: false, logger: false }).compile(eventJsonSchema(catalogue));

type Json = Record<string, unknown>;

const submission: Json = {
  procedure: 'DV01',
  agency: 'MPS',
  province: '01',
  channel: 2,
  status: 9,
  count: 1,
  occurredAt: '2026-11-19T10:42:07+07:00',
};
const backlog: Json = { procedure: 'DV01', agency: 'MPS', at: '2026-11-19T10:42:07+07:00', open: 9, overdue: 2 };
const link: Json = {
  database: 'NDB01',
  interval: { start: '2026-11-19T10:00:00+07:00', end: '2026-11-19T10:30:00+07:00' },
  requests: 9,
  errors: { timeout: 2 },
  lastSuccessAt: '2026-11-19T10:20:00+07:00',
};
const event = (data: unknown, envelope: Json = {}): Json => ({
  specversion: '1.0',
  id: 'e-1',
  source: 'urn:portal:national',
  type: 'submission.counted',
  data,
  ...envelope,
});
/** Without members that are undefined: as they are sent. */
const sent = (json: Json): Json => JSON.parse(JSON.stringify(json)) as Json;
const decided = (json: Json): Outcome =>
  decode({ value: Buffer.from(JSON.stringify(json)), headers: {}, timestamp: NOW }, catalogue);

describe('the schema says it too', () => {
  it.each<[string, boolean, Json]>([
    ['an instant', true, {}],
    [
      'an interval',
      true,
      { occurredAt: undefined, interval: { start: '2026-11-19T03:00:00Z', end: '2026-11-19T03:01:00Z' } },
    ],
    ['both', false, { interval: { start: '2026-11-19T03:00:00Z', end: '2026-11-19T03:01:00Z' } }],
    ['neither', false, { occurredAt: undefined }],
    ['less in a correction', true, { count: -1, corrects: 'e-0' }],
    ['less without one', false, { count: -1 }],
    ['nothing', true, { count: 0 }],
    ['in time, at an end', true, { onTime: true, status: 10 }],
    ['in time, on the way', false, { onTime: true, status: 4 }],
    ['a service that is none', false, { procedure: 'DV99' }],
    ['an agency that is none', false, { agency: 'NSA' }],
    ['a province that is none', false, { province: '99' }],
    ['a channel that is none', false, { channel: 4 }],
    ['a status that is none', false, { status: 11 }],
  ])('%s: %s', (_, isTaken, change) => {
    const json = sent(event({ ...submission, ...change }));
    expect([decided(json).ok, fits(json)]).toEqual([isTaken, isTaken]);
  });

  it.each<[string, boolean, Json]>([
    ['a level', true, {}],
    ['a service that is none', false, { procedure: 'DV99' }],
    ['an agency that is none', false, { agency: 'NSA' }],
    ['of a province', true, { province: '01' }],
    ['of a province that is none', false, { province: 'XX' }],
    ['less than nothing', false, { overdue: -1 }],
  ])('of a backlog, %s: %s', (_, isTaken, change) => {
    const json = sent(event({ ...backlog, ...change }, { type: 'backlog.reported' }));
    expect([decided(json).ok, fits(json)]).toEqual([isTaken, isTaken]);
  });

  it.each<[string, boolean, Json]>([
    ['a report', true, {}],
    ['a database that is none', false, { database: 'NDB99' }],
    ['a party that is none', false, { agency: 'NSA' }],
    ['two parties', false, { province: '01' }],
    ['a kind of error that is none', false, { errors: { slow: 1 } }],
    ['less than nothing', false, { requests: -1 }],
  ])('of a link, %s: %s', (_, isTaken, change) => {
    const attributes = { type: 'link.reported', source: 'urn:portal:agency:MOJ' };
    const json = sent(event({ ...link, agency: 'MOJ', ...change }, attributes));
    expect([decided(json).ok, fits(json)]).toEqual([isTaken, isTaken]);
  });

  it('a portal that is none', () => {
    const json = event(submission, { source: 'urn:portal:nowhere' });
    expect([decided(json), fits(json)]).toEqual([expect.objectContaining({ code: 'unknown_source' }), false]);
  });

  it('where no status ends processing, onTime is never given', () => {
    const statuses = catalogue.statuses.map((status) => ({ ...status, finishes: false }));
    const without = new Ajv2020({ strict: false, logger: false }).compile(eventJsonSchema({ ...catalogue, statuses }));
    expect([without(event(submission)), without(event({ ...submission, onTime: true }))]).toEqual([true, false]);
  });
});

/** What fits and is refused all the same, by code and reason: no schema can say it. */
const UNSAID: Readonly<Record<string, [code: string, reason: RegExp]>> = {
  'no day of the calendar': ['invalid_field', /not an instant of RFC 3339/],
  'half a character': ['invalid_field', /well-formed Unicode/],
  'more overdue than open': ['invalid_field', /overdue dossiers among/],
  'in the future': ['time_in_future', /./],
  'too early': ['time_too_early', /./],
  'no interval of a day': ['interval_invalid', /./],
  'not valid on the day': ['code_not_valid', /./],
  'itself corrected': ['corrects_itself', /./],
  'no link of the catalogue': ['unknown_code', /has no link to/],
  'the link of another source': ['wrong_link', /./],
  'more errors than requests': ['invalid_field', /errors among/],
  'a success that belies the interval': ['invalid_field', /lastSuccessAt: lies/],
};

describe('for generated events', () => {
  const any = <T>(...all: T[]): fc.Arbitrary<T> => fc.constantFrom(...all);
  const odd = fc.oneof(
    any<unknown>(undefined, null, '', 'x', 0, -1, 1.5, true, '99', [], {}, '\ud800'),
    fc.jsonValue(),
  );
  const instants = any(
    '2026-11-19T10:42:07+07:00',
    '2026-11-19t03:42:07.1234567z',
    '2026-11-19T03:42Z',
    '2024-05-01T00:00:00Z',
    '2016-12-31T23:59:60Z',
    '2026-11-18T23:59:60Z',
    '2025-02-29T00:00:00Z',
    '2014-12-31T00:00:00Z',
    '2026-12-24T00:00:00Z',
    '2026-11-19T10:42:07',
    '2026-11-19 10:42:07Z',
    '2026-13-19T10:42:07Z',
  );
  const interval = fc.record({ start: instants, end: instants });
  const codes = (all: readonly { code: unknown }[]): fc.Arbitrary<unknown> =>
    fc.constantFrom(...all.map(({ code }) => code));
  const finite = fc.oneof(any(0, 1, -1, 1e9, 1e9 + 1, -1e9, -1e9 - 1), fc.integer());
  const name = any('e-0', 'e-1', 'x'.repeat(200), '😀'.repeat(200), '😀'.repeat(201), '\ude00');
  const mostly = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.oneof({ arbitrary: value, weight: 8 }, { arbitrary: odd, weight: 1 });
  const some = (values: Record<string, fc.Arbitrary<unknown>>, maxKeys: number): fc.Arbitrary<Json> => {
    const each = Object.entries(values).map(([field, value]) => mostly(value).map((given) => [field, given] as const));
    return fc.array(fc.oneof(...each), { maxLength: maxKeys }).map((fields) => Object.fromEntries(fields));
  };
  const units = {
    procedure: codes(catalogue.services),
    agency: codes(catalogue.agencies),
    province: codes(catalogue.provinces),
    channel: codes(catalogue.channels),
    status: codes(catalogue.statuses),
    onTime: fc.boolean(),
    count: finite,
    occurredAt: instants,
    corrects: name,
    extra: odd,
  };
  const timed = fc.oneof(
    { arbitrary: some({ interval }, 1), weight: 1 },
    { arbitrary: interval.map((given) => ({ occurredAt: undefined, interval: given })), weight: 1 },
    { arbitrary: fc.constant({}), weight: 3 },
  );
  const submissions = fc
    .tuple(some(units, 3), timed)
    .map((changes) => Object.assign({}, submission, ...changes) as Json);
  const backlogs = some(
    {
      procedure: units.procedure,
      agency: units.agency,
      province: units.province,
      at: instants,
      open: finite,
      overdue: finite,
      extra: odd,
    },
    2,
  ).map((change) => ({ ...backlog, ...change }));
  const links = fc
    .tuple(
      any<Json>(
        { agency: 'MOJ' },
        { agency: 'MPS' },
        { agency: 'MOF' },
        { province: '01' },
        { agency: 'MOJ', telecom: 'VNPT' },
        {},
      ),
      some(
        {
          database: codes(catalogue.databases),
          interval,
          requests: finite,
          errors: any<unknown>({}, { timeout: 1 }, { invalid: 2, refused: 1 }, { unavailable: 99 }, { slow: 1 }),
          lastSuccessAt: instants,
          extra: odd,
        },
        2,
      ),
    )
    .map(([party, change]) => ({ ...link, ...party, ...change }));
  const base64 = fc.oneof(
    submissions.map((data) => Buffer.from(JSON.stringify(data)).toString('base64')),
    any('e30', 'e30=', '{"a":1}', 'e30x'),
  );
  const envelope = some(
    {
      id: name,
      source: fc.constantFrom(...catalogue.sources.map(({ id }) => id)),
      time: odd,
      subject: any<unknown>('x', null, 5),
      datacontenttype: any('application/json', 'Text/JSON; charset=utf-8', 'application/xml', null),
      simulated: any<unknown>(true, false, null, 'true'),
      specversion: any('1.0', '1.0', '0.3'),
      traceparent: odd,
    },
    2,
  );
  const events = fc
    .tuple(
      fc.oneof(
        { arbitrary: submissions.map((data): Json => ({ data })), weight: 4 },
        { arbitrary: backlogs.map((data): Json => ({ type: 'backlog.reported', data })), weight: 2 },
        {
          arbitrary: links.map((data): Json => ({ type: 'link.reported', source: 'urn:portal:agency:MOJ', data })),
          weight: 2,
        },
        { arbitrary: base64.map((given): Json => ({ data: undefined, data_base64: given })), weight: 1 },
        {
          arbitrary: fc.tuple(submissions, base64).map(([data, given]): Json => ({ data, data_base64: given })),
          weight: 1,
        },
      ),
      envelope,
    )
    .map(([kind, attributes]) => sent(event(undefined, { ...kind, ...attributes })));

  it('the gateway takes exactly what fits, but for what no schema can say', () => {
    const met = new Map<string, number>();
    const count = (what: string): void => void met.set(what, (met.get(what) ?? 0) + 1);
    fc.assert(
      fc.property(events, (json) => {
        const outcome = decided(json);
        if (outcome.ok) {
          expect([json, fits(json), fits.errors]).toEqual([json, true, null]);
          return count('taken');
        }
        if (!fits(json)) return count('refused by both');
        // A schema does not look into Base64.
        if (typeof json['data_base64'] === 'string') return count('in Base64');
        const unsaid = Object.entries(UNSAID).find(
          ([, [code, reason]]) => code === outcome.code && reason.test(outcome.reason),
        );
        expect([json, outcome, unsaid]).toEqual([json, outcome, expect.anything()]);
        return count(unsaid?.[0] ?? '');
      }),
      { numRuns: 8_000 },
    );
    expect([...met.keys()].sort()).toEqual(['taken', 'refused by both', 'in Base64', ...Object.keys(UNSAID)].sort());
    expect(met.get('taken')).toBeGreaterThan(800);
    expect(met.get('refused by both')).toBeGreaterThan(800);
  });
});
