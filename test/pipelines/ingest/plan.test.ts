import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import type { LogRecord } from '@room/log';
import { eventKey } from '@room/warehouse';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decide, Planner, questions } from '../../../pipelines/src/ingest/plan.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const SOURCE = 'urn:portal:national';
const NOW = Date.parse('2026-11-19T03:42:07Z');

const record = (offset: number, id: string, change: object = {}, headers: Record<string, string> = {}): LogRecord => ({
  partition: 0,
  offset,
  timestamp: NOW,
  headers,
  value: Buffer.from(
    JSON.stringify({
      specversion: '1.0',
      id,
      source: SOURCE,
      type: 'submission.counted',
      data: {
        procedure: 'DV01',
        agency: 'MPS',
        province: '01',
        channel: 2,
        status: 1,
        count: 1,
        occurredAt: '2026-11-19T10:00:00+07:00',
        ...change,
      },
    }),
  ),
});
const planned = (records: LogRecord[], seen = new Map<string, { correction: boolean }>()) => {
  const planner = new Planner(seen, 'submissions', '1');
  // In two pieces: where a caller cuts changes nothing.
  const decided = decide(records, catalogue);
  planner.add(decided.slice(0, 2));
  planner.add(decided.slice(2));
  return planner.plan();
};
const rows = (text: string) =>
  text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

it('counts an id once, within a range and against other ranges', () => {
  const result = planned(
    [record(0, 'a'), record(1, 'a', { count: 7 }), record(2, 'b')],
    new Map([[eventKey(SOURCE, 'b'), { correction: false }]]),
  );
  expect(result.rows.submission).toEqual(planned([record(0, 'a')]).rows.submission);
  expect(result).toMatchObject({ duplicates: 2, quarantined: {}, days: ['2026-11-19'] });
});

it('takes a correction of a known event, and quarantines one of an unknown event or of a correction', () => {
  const correction = { corrects: 'a', count: -1 };
  expect(planned([record(0, 'a'), record(1, 'c', correction)]).keys).toHaveLength(2);
  expect(
    planned([record(1, 'c', correction)], new Map([[eventKey(SOURCE, 'a'), { correction: false }]])).keys,
  ).toHaveLength(1);
  expect(rows(planned([record(1, 'c', correction)]).rows.quarantine)).toMatchObject([
    { code: 'corrects_unknown', log_offset: 1 },
  ]);
  expect(
    rows(
      planned([record(1, 'c', correction)], new Map([[eventKey(SOURCE, 'a'), { correction: true }]])).rows.quarantine,
    ),
  ).toMatchObject([{ code: 'corrects_correction' }]);
});

it('keeps the gateway at its word: what it refused is not counted', () => {
  const result = planned([
    record(0, 'a', {}, { portal: 'urn:portal:agency:MPS', verdict: 'wrong_source', 'verdict-reason': 'why' }),
  ]);
  expect(result.keys).toEqual([]);
  expect(rows(result.rows.quarantine)).toMatchObject([
    { code: 'wrong_source', reason: 'why', portal: 'urn:portal:agency:MPS' },
  ]);
});

it('quarantines bytes that are no event with their place and content', () => {
  const bad = { ...record(4, 'x'), value: Buffer.from([0xff, 0x00]) };
  const [row] = rows(planned([bad]).rows.quarantine);
  expect(row).toMatchObject({ code: 'not_json', log_partition: 0, log_offset: 4, topic: 'submissions' });
  expect(Buffer.from(String(row?.['bytes_base64']), 'base64')).toEqual(bad.value);
});

it('asks about doubtful keys and every original, and about no surely new one', () => {
  const decided = decide([record(0, 'new'), record(1, 'old'), record(2, 'c', { corrects: 'z', count: -1 })], catalogue);
  expect(questions(decided, (key) => key !== eventKey(SOURCE, 'old')).sort()).toEqual(
    [eventKey(SOURCE, 'old'), eventKey(SOURCE, 'z')].sort(),
  );
});

it('gives the same bytes for the same records, and loses none: each is counted, a duplicate or in quarantine', () => {
  const one = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    count: fc.integer({ min: -1, max: 3 }),
    corrects: fc.option(fc.constantFrom('a', 'b', 'q'), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 12 }), (events) => {
      const records = events.map(({ id, ...change }, offset) => record(offset, id, change));
      const result = planned(records);
      expect(planned(records)).toEqual(result);
      expect(result.keys.length + result.duplicates + sum(Object.values(result.quarantined))).toBe(records.length);
      expect(new Set(result.keys).size).toBe(result.keys.length);
    }),
  );
});
