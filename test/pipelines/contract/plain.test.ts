import { submissionEventSchema } from '@room/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, isPlainSubmission, plainInstant } from '../../../pipelines/contract/src/plain.ts';

const event = {
  specversion: '1.0',
  id: 'e-1',
  source: 'urn:portal:national',
  type: 'submission.counted',
  time: '2026-11-19T03:42:08.250Z',
  subject: 'DV01',
  datacontenttype: 'application/json',
  simulated: true,
  data: {
    procedure: 'DV01',
    agency: 'MPS',
    province: '01',
    channel: 2,
    status: 9,
    onTime: true,
    count: -1,
    occurredAt: '2026-11-19T10:42:07+07:00',
    corrects: 'e-0',
  },
};
const written = submissionEventSchema.shape.time;

const two = (most: number) => fc.integer({ min: 0, max: most }).map((n) => String(n).padStart(2, '0'));
/** Near the form of an instant: in range and just out of it. */
const near = fc
  .record({
    year: fc.constantFrom('2026', '2024', '1999', '1000', '0999', '2100', '226'),
    month: two(13),
    day: two(32),
    hour: two(25),
    minute: two(61),
    second: two(61),
    rest: fc.constantFrom('', '.123', '.1', '.1234', ',123', '.12x'),
    zone: fc.constantFrom('Z', 'z', '', '+07:00', '-11:30', '+7:00', '+24:00', '+07:60', '+0700', '~07:00'),
    separator: fc.constantFrom('T', 'T', 'T', ' ', 't'),
  })
  .map(
    (it) => `${it.year}-${it.month}-${it.day}${it.separator}${it.hour}:${it.minute}:${it.second}${it.rest}${it.zone}`,
  );

describe('an instant', () => {
  it('is read without the schema where it is written plainly', () => {
    for (const text of [event.time, event.data.occurredAt, '2028-03-01T00:00:00Z', '1000-01-01T00:00:00.001-05:45'])
      expect([text, plainInstant(text)]).toEqual([text, Date.parse(text)]);
  });

  it('is read as the schema and Date.parse read it, or left to them', () => {
    const agrees = (text: string): void => {
      const at = plainInstant(text);
      if (Number.isNaN(at)) return;
      expect([text, written.safeParse(text).success, at]).toEqual([text, true, Date.parse(text)]);
    };
    for (const year of ['2023', '2024', '2100'])
      for (let month = 1; month <= 12; month++)
        for (let day = 28; day <= 31; day++) agrees(`${year}-${String(month).padStart(2, '0')}-${day}T00:00:00Z`);
    fc.assert(fc.property(near, agrees), { numRuns: 3_000 });
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2200-01-01') }), (date) => {
        if (Number.isNaN(date.getTime())) return;
        agrees(date.toISOString());
        expect(instantOf(date.toISOString())).toBe(date.getTime());
      }),
    );
  });
});

describe('a plain submission', () => {
  it('is recognised as such, with and without what is optional', () => {
    expect(isPlainSubmission(event)).toBe(true);
    const { onTime: _, corrects: __, ...data } = event.data;
    const { time: ___, subject: ____, ...envelope } = event;
    expect(isPlainSubmission({ ...envelope, data, traceparent: '00-aa' })).toBe(true);
  });

  it('is one that the schema takes too, with the same content', () => {
    const odd = fc.oneof(
      fc.constantFrom<unknown>(
        undefined,
        null,
        '',
        'x',
        'x'.repeat(64),
        'x'.repeat(65),
        'x'.repeat(201),
        '\ud800',
        '😀',
      ),
      fc.constantFrom<unknown>(0, -0, 1.5, 1e9, 1e9 + 1, -1e9, -1e9 - 1, 2 ** 53, Number.NaN, true, [], {}, '1.0'),
      near,
      fc.jsonValue(),
    );
    const envelope = fc.dictionary(fc.constantFrom(...Object.keys(event), 'dataschema', 'extension'), odd, {
      maxKeys: 2,
    });
    const data = fc.dictionary(fc.constantFrom(...Object.keys(event.data), 'interval', 'x', '__proto__'), odd, {
      maxKeys: 2,
    });
    let plain = 0;
    fc.assert(
      fc.property(envelope, data, fc.boolean(), (ofEnvelope, ofData, isWhole) => {
        const changed = { ...event, ...ofEnvelope, ...(isWhole ? {} : { data: { ...event.data, ...ofData } }) };
        if (!isPlainSubmission(changed)) return;
        plain++;
        const parsed = submissionEventSchema.safeParse(changed);
        expect(parsed.error).toBeUndefined();
        expect(changed).toMatchObject(parsed.data ?? {});
      }),
      { numRuns: 5_000 },
    );
    expect(plain).toBeGreaterThan(500);
  });
});
