import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { placeAt } from '@room/contract';
import type { LogRecord } from '@room/log';
import { eventKey, type Seen, type Standings } from '@room/warehouse';
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
const planned = (records: LogRecord[], seen = new Map<string, Seen>()) => {
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

const original = (seen: Partial<Seen>): Map<string, Seen> =>
  new Map([[eventKey(SOURCE, 'a'), { correction: false, ...seen }]]);
const codes = (records: LogRecord[], seen?: Map<string, Seen>): unknown[] =>
  rows(planned(records, seen).rows.quarantine).map(({ code }) => code);

it('never lets corrections take more than their original counted', () => {
  const by = (offset: number, count: number) => record(offset, `c${offset}`, { corrects: 'a', count });
  const TOO_MUCH = 'corrects_too_much';
  // Within a range, one after the other.
  expect(codes([record(0, 'a', { count: 5 }), by(1, -5)])).toEqual([]);
  expect(codes([record(0, 'a', { count: 5 }), by(1, -6)])).toEqual([TOO_MUCH]);
  expect(codes([record(0, 'a', { count: 5 }), by(1, -3), by(2, -3), by(3, -2)])).toEqual([TOO_MUCH]);
  expect(codes([record(0, 'a', { count: 5 }), by(1, 2), by(2, -7)])).toEqual([]);
  expect(codes([record(0, 'a', { count: 0 }), by(1, -1)])).toEqual([TOO_MUCH]);
  // After what other ranges counted and corrected.
  const known = original({ kind: 'submission', count: 5, corrected: -3 });
  expect(codes([by(1, -2)], known)).toEqual([]);
  expect(codes([by(1, -1), by(2, -2), by(3, -1)], known)).toEqual([TOO_MUCH]);
  expect(rows(planned([by(1, -3)], known).rows.quarantine)).toMatchObject([
    { reason: 'corrects "a", which counted 5, of which its corrections left 2: -3 would make it less than zero' },
  ]);
  // What an earlier version counted and the base table let go of.
  expect(codes([by(1, -1_000)], original({}))).toEqual([]);
});

it('takes away only where other ranges counted the original, unless an earlier version decided the range', () => {
  const known = original({ kind: 'submission', count: 5, corrected: 0 });
  const decided = decide([record(1, 'c', { corrects: 'a', count: -2 })], catalogue);
  const [taking] = questions(decided, () => true).takings;
  const refused = (standings?: Standings): unknown[] => {
    const planner = new Planner(known, 'submissions', '1', standings);
    planner.add(decided);
    return rows(planner.plan().rows.quarantine).map(({ code }) => code);
  };
  const standing = (count: number, isWhole = true): Standings =>
    new Map(taking === undefined ? [] : [[placeAt(taking.target, taking.event), { count, isWhole }]]);
  expect(refused(standing(2))).toEqual([]);
  expect(refused(standing(1))).toEqual(['corrects_elsewhere']);
  expect(refused(standing(0, false))).toEqual(['corrects_gone']);
  expect(refused()).toEqual([]);
});

it('corrects submissions only', () => {
  const correction = record(1, 'c', { corrects: 'a', count: -1 });
  expect(codes([correction], original({ kind: 'backlog', count: 0 }))).toEqual(['corrects_other_type']);
  expect(codes([correction], original({ kind: 'link', count: 0 }))).toEqual(['corrects_other_type']);
  const level = { procedure: 'DV01', agency: 'MPS', at: '2026-11-19T10:00:00+07:00', open: 3, overdue: 1 };
  const backlog = {
    ...record(0, 'a'),
    value: Buffer.from(
      JSON.stringify({ specversion: '1.0', id: 'a', source: SOURCE, type: 'backlog.reported', data: level }),
    ),
  };
  expect(codes([backlog, correction])).toEqual(['corrects_other_type']);
});

it('a place in the log is one case: equal bytes are two, a range that is planned again has the same', () => {
  const bad = (offset: number, change: Partial<LogRecord> = {}): LogRecord => ({
    ...record(offset, 'x'),
    value: Buffer.from('{'),
    ...change,
  });
  const ids = (records: LogRecord[]): unknown[] =>
    rows(planned(records).rows.quarantine).map(({ quarantine_id }) => quarantine_id);
  const found = ids([bad(1), bad(2)]);
  expect(new Set(found).size).toBe(2);
  expect(ids([bad(1), bad(2)])).toEqual(found);
  const elsewhere = [bad(1, { partition: 1 }), bad(1, { timestamp: NOW + 1 })].flatMap((one) => ids([one]));
  expect(new Set([...found, ...elsewhere]).size).toBe(4);
});

it('keeps the gateway at its word: what it refused is not counted', () => {
  const result = planned([record(0, 'a', {}, { portal: SOURCE, verdict: 'time_in_future', 'verdict-reason': 'why' })]);
  expect(result.keys).toEqual([]);
  expect(rows(result.rows.quarantine)).toMatchObject([{ code: 'time_in_future', reason: 'why', portal: SOURCE }]);
});

it('quarantines bytes that are no event with their place and content', () => {
  const bad = { ...record(4, 'x'), value: Buffer.from([0xff, 0x00]) };
  const [row] = rows(planned([bad]).rows.quarantine);
  expect(row).toMatchObject({ code: 'not_json', log_partition: 0, log_offset: 4, topic: 'submissions' });
  expect(Buffer.from(String(row?.['bytes_base64']), 'base64')).toEqual(bad.value);
});

it('asks about doubtful keys and every original, and about no surely new one', () => {
  const decided = decide([record(0, 'new'), record(1, 'old'), record(2, 'c', { corrects: 'z', count: -1 })], catalogue);
  const [old, z] = [eventKey(SOURCE, 'old'), eventKey(SOURCE, 'z')];
  const taking = { target: z, event: expect.objectContaining({ id: 'c' }) };
  expect(questions(decided, (key) => key !== old)).toEqual({ keys: [old, z], targets: [z], takings: [taking] });
  // What brings something, or nothing, is held against no place.
  const harmless = [
    record(0, 'a'),
    record(1, 'c', { corrects: 'z', count: 1 }),
    record(2, 'd', { corrects: 'z', count: 0 }),
  ];
  expect(questions(decide(harmless, catalogue), () => true).takings).toEqual([]);
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
