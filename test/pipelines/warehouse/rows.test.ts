/** What ingest writes in the engine's own format is what the engine reads. */
import type { Submission } from '@room/contract';
import {
  type Access,
  eventKey,
  hashed,
  Ledger,
  migrate,
  openAccess,
  RowBinary,
  writeSubmission,
} from '@room/warehouse';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tempDir } from '../../harness/temp.ts';
import { rows, submission } from './rows.ts';

let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Access;

beforeAll(async () => {
  // A folder of any name that a user may have.
  folder = await tempDir("it's a room\\");
  access = await openAccess({ kind: 'embedded', directory: folder.path, readers: 1, maxMemoryBytes: 2 ** 31 });
  await migrate(access, { timeZone: 'Asia/Ho_Chi_Minh' });
});
afterAll(async () => {
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const LATEST = Date.UTC(2030, 0, 1);
const text = fc.string({ unit: 'grapheme', maxLength: 200 });
const counted = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
const event = fc.record({
  kind: fc.constant('submission' as const),
  source: text,
  id: text,
  simulated: fc.boolean(),
  occurredAt: fc.integer({ min: Date.UTC(2028, 0, 1), max: LATEST }),
  span: fc.integer({ min: 0, max: 86_400_000 }),
  day: fc.constant(''),
  service: fc.constantFrom('DV01', 'S'),
  agency: fc.constantFrom('MPS', 'x'.repeat(64)),
  province: fc.constantFrom('34-01', ''),
  channel: fc.integer({ min: 1, max: 255 }),
  status: fc.integer({ min: 1, max: 255 }),
  count: counted,
  submitted: counted,
  submittedOnline: counted,
});
/** Most events have neither. */
const optional = fc.record({ corrects: text, onTime: fc.boolean() }, { requiredKeys: [], noNullPrototype: true });
const origin = fc.record({
  partition: fc.integer({ min: 0, max: 65_535 }),
  offset: fc.maxSafeNat(),
  timestamp: fc.integer({ min: 0, max: LATEST }),
});

it('every column of a submission reads back as it was written', async () => {
  const given = fc.sample(fc.tuple(event, optional, origin), { numRuns: 1_000, seed: 7 });
  const written = new RowBinary();
  const expected = given.map(([plain, more, from], n) => {
    const it: Submission = { ...plain, ...more };
    // The number makes the place of each row known.
    const id = `${n}:${it.id}`;
    writeSubmission(written, eventKey(it.source, id), { ...it, id }, from, 2n ** 64n - 1n);
    return {
      event_key: hashed(it.source, id),
      source: it.source,
      id,
      corrects: it.corrects ?? '',
      occurred: it.occurredAt,
      span_ms: it.span,
      service: it.service,
      agency: it.agency,
      province: it.province,
      channel: it.channel,
      status: it.status,
      on_time: it.onTime ?? null,
      count: it.count,
      submitted: it.submitted,
      submitted_online: it.submittedOnline,
      received: from.timestamp,
      simulated: it.simulated,
      log_partition: from.partition,
      log_offset: from.offset,
      range: '18446744073709551615',
    };
  });
  await new Ledger(access).insertRange('t', { submission: written.bytes, backlog: '', quarantine: '' });
  const found = await access.read(
    `SELECT toString(event_key) AS event_key, source, id, corrects, toUnixTimestamp64Milli(occurred_at) AS occurred, span_ms, service,
       agency, province, channel, status, on_time, count, submitted, submitted_online,
       toUnixTimestamp64Milli(received_at) AS received, simulated, log_partition, log_offset, toString(range_id) AS range
     FROM submission ORDER BY toUInt32(extract(id, '^\\\\d+'))`,
  );
  expect(found).toHaveLength(expected.length);
  for (const [n, row] of found.entries()) expect(row).toEqual(expected[n]);
});

it('a large range is one block, whatever its bytes look like', async () => {
  const events = Array.from({ length: 50_000 }, (_, n) => submission(`l${n}`, '2031-01-15T03:00:00Z'));
  const range = rows(events, '5');
  // Two line feeds end the rows of a statement that holds them.
  expect(range.submission).toContain(0x0a);
  expect(Buffer.from(range.submission).includes('\n\n')).toBe(true);
  await new Ledger(access).insertRange('large', range);
  expect(
    await access.read(
      `SELECT rows FROM system.parts WHERE database = currentDatabase() AND table = 'submission' AND partition = '2031' AND active`,
    ),
  ).toEqual([{ rows: 50_000 }]);
});
