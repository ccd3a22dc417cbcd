import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { decode, type Outcome } from '@room/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const NOW = Date.parse('2026-11-19T03:42:07Z');

const data = {
  procedure: 'DV01',
  agency: 'MPS',
  province: '01',
  channel: 2,
  status: 1,
  count: 1,
  occurredAt: '2026-11-19T10:42:07+07:00',
};
const event = (change: object = {}, envelope: object = {}): Record<string, unknown> => ({
  specversion: '1.0',
  id: 'e-1',
  source: 'urn:portal:national',
  type: 'submission.counted',
  data: { ...data, ...change },
  ...envelope,
});
const decidedAt = (json: unknown, timestamp: number): Outcome =>
  decode({ value: Buffer.from(JSON.stringify(json)), headers: {}, timestamp }, catalogue);
const decided = (json: unknown): Outcome => decidedAt(json, NOW);
const bytes = (text: string, headers: Record<string, string> = {}) =>
  decode({ value: Buffer.from(text), headers, timestamp: NOW }, catalogue);

describe('a good event', () => {
  it('is counted under the units that own its codes on its day', () => {
    expect(decided(event())).toMatchObject({
      ok: true,
      event: { province: '34-01', agency: 'MPS', day: '2026-11-19', submitted: 1, submittedOnline: 1, count: 1 },
    });
  });

  it('counts as submitted only with an entry status, and as online only by an online channel', () => {
    expect(decided(event({ status: 9, onTime: true }))).toMatchObject({
      ok: true,
      event: { submitted: 0, onTime: true },
    });
    expect(decided(event({ channel: 1 }))).toMatchObject({ ok: true, event: { submitted: 1, submittedOnline: 0 } });
  });

  it('reads a reused province code by the day of the event', () => {
    const on = (occurredAt: string) => decided(event({ province: '15', agency: 'MPS', occurredAt }));
    expect(on('2025-06-30T23:59:59+07:00')).toMatchObject({ ok: true, event: { province: '63-15' } });
    expect(on('2025-07-01T00:00:00+07:00')).toMatchObject({ ok: true, event: { province: '34-15' } });
  });

  it('takes the day of the catalogue, not the one of UTC', () => {
    expect(decided(event({ occurredAt: '2026-11-18T18:00:00Z' }))).toMatchObject({
      ok: true,
      event: { day: '2026-11-19' },
    });
  });

  it('is read in the binary mode of the Kafka binding too', () => {
    const headers = {
      ce_specversion: '1.0',
      ce_id: 'b-1',
      ce_source: 'urn:portal:national',
      ce_type: 'submission.counted',
      ce_simulated: 'true',
      'content-type': 'application/json',
    };
    expect(bytes(JSON.stringify(data), headers)).toMatchObject({ ok: true, event: { id: 'b-1', simulated: true } });
  });

  it('may carry extension attributes, which are not carried along', () => {
    const outcome = decided(event({}, { traceparent: '00-aa', citizenname: 'X' }));
    expect(outcome.ok && Object.keys(outcome.event)).not.toContain('citizenname');
  });

  it('may report a backlog level', () => {
    const level = { procedure: 'DV01', agency: 'MPS', at: data.occurredAt, open: 12, overdue: 3 };
    expect(decided({ ...event(), type: 'backlog.reported', data: level })).toMatchObject({
      ok: true,
      event: { kind: 'backlog', open: 12, overdue: 3 },
    });
    const ofPart = (province: string) =>
      decided({ ...event(), type: 'backlog.reported', data: { ...level, province } });
    expect(ofPart('01')).toMatchObject({ ok: true, event: { kind: 'backlog', province: '34-01' } });
    expect(ofPart('99')).toMatchObject({ ok: false, code: 'unknown_code' });
  });
});

const link = {
  database: 'NDB01',
  agency: 'MOJ',
  interval: { start: '2026-11-19T10:00:00+07:00', end: '2026-11-19T10:30:00+07:00' },
  requests: 120,
  errors: { timeout: 3, refused: 1 },
  lastSuccessAt: '2026-11-19T10:29:58+07:00',
};
const linked = (change: object = {}, source = 'urn:portal:agency:MOJ'): Outcome =>
  decided(event({}, { type: 'link.reported', source, data: { ...link, ...change } }));

describe('a report of a link', () => {
  it('is counted under the database, the party and what kind of party it is', () => {
    expect(linked()).toMatchObject({
      ok: true,
      event: {
        kind: 'link',
        database: 'population',
        dim: 'agency',
        party: 'MOJ',
        requests: 120,
        timeout: 3,
        unavailable: 0,
        refused: 1,
        invalid: 0,
        lastSuccessAt: Date.parse('2026-11-19T03:29:58Z'),
      },
    });
    const telecom = { agency: undefined, telecom: 'VNPT' };
    expect(linked(telecom, 'urn:telecom:vnpt')).toMatchObject({ ok: true, event: { dim: 'telecom', party: 'VNPT' } });
    const province = { agency: undefined, province: '01' };
    expect(linked(province, 'urn:portal:province:01')).toMatchObject({ ok: true, event: { party: '34-01' } });
  });

  it('may have no success and no request', () => {
    const failed = { errors: { unavailable: 120 }, lastSuccessAt: '2026-11-18T08:00:00Z' };
    expect(linked(failed)).toMatchObject({ ok: true });
    expect(linked({ ...failed, lastSuccessAt: undefined })).toMatchObject({ ok: true });
    expect(linked({ requests: 0, errors: undefined, lastSuccessAt: undefined })).toMatchObject({ ok: true });
  });

  it.each<[string, RegExp, object]>([
    ['invalid_field', /exactly one of/, { province: '01' }],
    ['invalid_field', /exactly one of/, { agency: undefined }],
    ['invalid_field', /130 errors among 120/, { errors: { invalid: 130 } }],
    ['invalid_field', /requests/, { requests: -1 }],
    ['invalid_field', /requests/, { requests: 1_000_000_001 }],
    ['invalid_field', /lastSuccessAt/, { lastSuccessAt: undefined }],
    ['invalid_field', /lastSuccessAt/, { lastSuccessAt: '2026-11-19T09:59:59+07:00' }],
    ['invalid_field', /lastSuccessAt/, { lastSuccessAt: '2026-11-19T10:30:01+07:00' }],
    ['invalid_field', /lastSuccessAt/, { errors: { refused: 120 } }],
    ['unknown_field', /citizen/, { citizen: 'X' }],
    ['unknown_field', /slow/, { errors: { slow: 1 } }],
    ['interval_invalid', /./, { interval: { start: link.interval.end, end: link.interval.start } }],
    ['interval_invalid', /./, { interval: { start: '2026-11-18T16:59:00Z', end: '2026-11-18T17:01:00Z' } }],
    ['time_in_future', /./, { interval: { start: link.interval.start, end: '2026-11-19T12:00:00+07:00' } }],
    ['time_too_early', /./, { interval: { start: '2014-01-01T00:00:00Z', end: '2014-01-01T01:00:00Z' } }],
    ['unknown_code', /database/, { database: 'NDB99' }],
    ['unknown_code', /agency/, { agency: 'NSA' }],
    ['unknown_code', /no link to NDB01/, { agency: 'MPS' }],
    ['wrong_link', /reported by urn:portal:agency:MOF/, { agency: 'MOF' }],
  ])('%s %s', (code, reason, change) => {
    expect(linked(change)).toMatchObject({ ok: false, code, reason: expect.stringMatching(reason) });
  });

  it('comes from a source that the catalogue has; one of links alone reports nothing else', () => {
    expect(linked({}, 'urn:portal:nowhere')).toMatchObject({ code: 'unknown_source' });
    expect(decided(event({}, { source: 'urn:telecom:vnpt' }))).toMatchObject({ code: 'unknown_source' });
  });
});

describe('a bad event names its fault', () => {
  it('and what is missing by its name', () => {
    const { agency: _, ...without } = data;
    expect(decided({ ...event({}), data: { ...without, count: 'one' } })).toMatchObject({
      code: 'invalid_field',
      reason: expect.stringMatching(/^data\.agency is missing; data\.count: (?!is missing)/),
    });
    expect(decided({ ...event({}), data: undefined })).toMatchObject({ reason: 'data is missing' });
  });

  it.each([
    ['not_json', '{"specversion":'],
    ['not_json', Buffer.from([0x22, 0xff, 0x22])],
    ['not_an_event', '[1,2]'],
    ['not_an_event', '"text"'],
    ['too_large', JSON.stringify(event({}, { subject: 'x'.repeat(17_000) }))],
  ])('%s', (code, text) => {
    expect(decode({ value: Buffer.from(text), headers: {}, timestamp: NOW }, catalogue)).toMatchObject({
      ok: false,
      code,
    });
  });

  it.each([
    ['unknown_type', event({}, { type: 'submission.deleted' })],
    ['unknown_field', event({ citizen: 'Nguyễn Văn A' })],
    ['invalid_field', event({ count: '1' })],
    ['invalid_field', event({ count: 1.5 })],
    ['invalid_field', event({ occurredAt: '2026-11-19T10:42:07' })],
    ['invalid_field', event({ occurredAt: undefined })],
    ['invalid_field', event({ interval: { start: data.occurredAt, end: data.occurredAt } })],
    ['invalid_field', event({}, { id: '' })],
    ['invalid_field', event({}, { id: 'half \ud800 pair' })],
    ['invalid_field', event({}, { specversion: '0.3' })],
    ['unknown_source', event({}, { source: 'urn:portal:nowhere' })],
    ['unknown_code', event({ procedure: 'DV99' })],
    ['unknown_code', event({ agency: 'NASA' })],
    ['unknown_code', event({ province: '00' })],
    ['unknown_code', event({ channel: 7 })],
    ['unknown_code', event({ status: 11 })],
    ['code_not_valid', event({ province: '02' })],
    ['code_not_valid', event({ agency: 'G04' })],
    ['time_in_future', event({ occurredAt: '2099-01-01T00:00:00Z' })],
    // Local time of Viet Nam written as UTC.
    ['time_in_future', event({ occurredAt: new Date(NOW + 7 * 3_600_000).toISOString() })],
    ['time_in_future', event({ occurredAt: new Date(NOW + 3_600_001).toISOString() })],
    ['time_too_early', event({ occurredAt: '1970-01-01T00:00:00Z' })],
    [
      'interval_invalid',
      event({ occurredAt: undefined, interval: { start: '2026-11-18T10:00:00Z', end: '2026-11-18T09:00:00Z' } }),
    ],
    [
      'interval_invalid',
      event({ occurredAt: undefined, interval: { start: '2026-11-18T16:00:00Z', end: '2026-11-18T18:00:00Z' } }),
    ],
    ['count_negative', event({ count: -1 })],
    ['on_time_not_finished', event({ onTime: true })],
    ['corrects_itself', event({ corrects: 'e-1', count: -1 })],
  ])('%s', (code, json) => {
    const outcome = decided(json);
    expect(outcome).toMatchObject({ ok: false, code });
    expect(!outcome.ok && outcome.reason.length).toBeGreaterThan(10);
  });

  it('names the unknown field, and what the code was valid for', () => {
    expect(decided(event({ phone: '09…' }))).toMatchObject({ reason: expect.stringContaining('phone') });
    expect(decided(event({ province: '02' }))).toMatchObject({ reason: expect.stringContaining('2025-06-30') });
  });
});

it('decides anything that JSON can say, and never throws', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(bytes(text)).toHaveProperty('ok');
    }),
  );
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...Object.keys(data), 'corrects', 'onTime', 'interval', 'x'), fc.jsonValue()),
      (change) => {
        expect(decided(event(change))).toHaveProperty('ok');
      },
    ),
  );
});

it('decides the same at any later time: only the time of receipt counts', () => {
  const future = event({ occurredAt: new Date(NOW + 3_600_001).toISOString() });
  expect(decidedAt(future, NOW)).toEqual(decidedAt(future, NOW));
  expect(decidedAt(future, NOW + 2)).toMatchObject({ ok: true });
});
