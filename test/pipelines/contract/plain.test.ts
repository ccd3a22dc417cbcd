import { submissionDataSchema, submissionEventSchema } from '@room/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlainSubmission, isSame } from '../../../pipelines/contract/src/plain.ts';

const event: Record<string, unknown> & { data: Record<string, unknown> } = {
  specversion: '1.0',
  id: 'e-1',
  source: 'urn:portal:national',
  type: 'submission.counted',
  time: '2026-11-19T03:42:08.250Z',
  subject: 'DV01',
  dataschema: '/v1/events/schema',
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

const ODD: unknown[] = [
  undefined,
  null,
  '',
  'x',
  'x'.repeat(64),
  'x'.repeat(65),
  'x'.repeat(200),
  'x'.repeat(201),
  '😀'.repeat(200),
  '😀'.repeat(201),
  '\ud800',
  '\ude00\ud83d',
  'x\ud83d',
  0,
  -0,
  -5,
  1.5,
  1e9,
  1e9 + 1,
  -1e9,
  -1e9 - 1,
  2 ** 53,
  Number.NaN,
  true,
  'true',
  'free',
  [],
  {},
  { a: 1 },
  '1.0',
  'application/json; charset=utf-8',
  '2026-11-19t10:42:07z',
  '2026-11-19T10:42:07',
];

/** Whether the shortcut took it; what it takes the schema must take too, with the same content. */
function agrees(changed: Record<string, unknown>): boolean {
  if (!isPlainSubmission(changed)) return false;
  const parsed = submissionEventSchema.safeParse(changed);
  expect(parsed.error).toBeUndefined();
  expect(changed).toMatchObject(parsed.data ?? {});
  return true;
}

describe('a plain submission', () => {
  it('is recognised as such, with and without what is optional', () => {
    expect(isPlainSubmission(event)).toBe(true);
    const { onTime: _, corrects: __, ...data } = event.data;
    const { time: ___, subject: ____, ...envelope } = event;
    expect(isPlainSubmission({ ...envelope, data, traceparent: '00-aa' })).toBe(true);
  });

  // Whoever adds a field to the schema alone makes nothing plain; whoever lists it without a check meets the odd values.
  it('is none once the schemas have a field more or less than the shortcut looks at', () => {
    const known = Object.keys(submissionDataSchema.shape);
    expect(isSame(known, submissionDataSchema.shape)).toBe(true);
    expect(isSame(known, { ...submissionDataSchema.shape, extra: 1 })).toBe(false);
    expect(isSame([...known, 'extra'], submissionDataSchema.shape)).toBe(false);
    expect(isSame(known, { ...submissionDataSchema.shape, corrects: undefined })).toBe(true);
  });

  it('is one that the schema takes too, whichever of its fields is odd', () => {
    // Nothing below would be looked at otherwise.
    expect(isPlainSubmission(event)).toBe(true);
    const fields = [...Object.keys(submissionEventSchema.shape), 'extension'];
    const dataFields = [...Object.keys(submissionDataSchema.shape), 'extra'];
    for (const value of ODD) {
      for (const field of fields) agrees({ ...event, [field]: value });
      for (const field of dataFields) agrees({ ...event, data: { ...event.data, [field]: value } });
    }
    for (const field of dataFields) {
      const { [field]: _, ...data } = event.data;
      agrees({ ...event, data });
    }
  });

  it('is one that the schema takes too, with several fields changed', () => {
    const odd = fc.oneof(fc.constantFrom(...ODD), fc.jsonValue());
    const envelope = fc.dictionary(fc.constantFrom(...Object.keys(event), 'data_base64', 'extension'), odd, {
      maxKeys: 2,
    });
    const data = fc.dictionary(fc.constantFrom(...Object.keys(event.data), 'interval', 'x', '__proto__'), odd, {
      maxKeys: 2,
    });
    let plain = 0;
    fc.assert(
      fc.property(envelope, data, fc.boolean(), (ofEnvelope, ofData, isWhole) => {
        const changed = { ...event, ...ofEnvelope, ...(isWhole ? {} : { data: { ...event.data, ...ofData } }) };
        if (agrees(changed)) plain++;
      }),
      { numRuns: 5_000 },
    );
    expect(plain).toBeGreaterThan(500);
  });
});
