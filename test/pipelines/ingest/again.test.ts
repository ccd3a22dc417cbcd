/** What is decided of a record that stands in the wrong partition, and of a correction whose original is unknown. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { deferredOf, HEADERS, movedOf, partitionKey } from '@room/contract';
import { type Committed, EmbeddedLog, KafkaLog, type LogRecord, type NewRecord } from '@room/log';
import { eventKey, type Seen } from '@room/warehouse';
import { expect, it } from 'vitest';
import { appendedAgain, type Placement } from '../../../pipelines/src/ingest/again.ts';
import { decide, Planner, questions } from '../../../pipelines/src/ingest/plan.ts';
import { NATIONAL, submission } from '../../harness/client.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const NOW = Date.parse('2026-11-19T03:42:07Z');
const HOUR = 3_600_000;
const PARTITIONS = 6;
const { partitionOf } = KafkaLog.prototype;
const six: Placement = { partitions: PARTITIONS, partitionOf };
const right = (rootId: string): number => partitionOf(partitionKey(NATIONAL, rootId), PARTITIONS);
const wrong = (rootId: string): number => (right(rootId) + 1) % PARTITIONS;

interface Change {
  data?: object;
  headers?: Record<string, string>;
  at?: number;
}

const record = (partition: number, id: string, { data = {}, headers = {}, at = NOW }: Change = {}): LogRecord => ({
  partition,
  offset: 7,
  timestamp: at,
  headers,
  value: Buffer.from(JSON.stringify(submission(id, { occurredAt: '2026-11-19T10:00:00+07:00', ...data }))),
});

function planned(records: readonly LogRecord[], placement?: Placement, seen: ReadonlyMap<string, Seen> = new Map()) {
  const planner = new Planner(seen, 'submissions', '1');
  planner.add(decide(records, catalogue, placement));
  return planner.plan();
}

/** A log whose partitions end there, and are counted up to there. */
const log = (ends: readonly number[], counted: readonly number[]) => ({
  ends: async () => new Map(ends.entries()),
  committed: async () =>
    new Map(
      [...counted.entries()].map(([partition, offset]): [number, Committed] => [partition, { offset, metadata: '' }]),
    ),
});

const codes = (records: readonly LogRecord[], placement?: Placement) =>
  Object.keys(planned(records, placement).quarantined);

/** The record as it stands in the log after `again` was appended. */
const stored = ({ value, headers, partition }: NewRecord, at: number): LogRecord => ({
  partition: partition ?? 0,
  offset: 99,
  timestamp: at,
  value: Buffer.from(value),
  headers: headers as Record<string, string>,
});

it('counts where the key says, and moves what stands elsewhere with its key, its bytes and its place', async () => {
  expect(planned([record(right('a'), 'a')], six)).toMatchObject({ keys: [eventKey(NATIONAL, 'a')], again: [] });
  const strayed = record(wrong('a'), 'a', { headers: { portal: NATIONAL, x: 'y' } });
  const result = planned([strayed], six);
  expect(result).toMatchObject({ keys: [], duplicates: 0, days: [] });
  expect(result.rows.submission).toHaveLength(0);
  const [moved] = await appendedAgain(result.again, log([], []));
  expect(moved).toMatchObject({ key: partitionKey(NATIONAL, 'a'), partition: right('a'), value: strayed.value });
  expect(moved?.headers).toMatchObject({ portal: NATIONAL, x: 'y' });
  const arrived = stored(moved as NewRecord, NOW + HOUR);
  expect(movedOf(arrived)).toEqual({ topic: 'submissions', partition: wrong('a'), offset: 7, at: NOW });
  expect(planned([arrived], six).keys).toEqual([eventKey(NATIONAL, 'a')]);
});

it('a correction belongs where its original does', () => {
  const data = { corrects: 'a', count: -1 };
  expect(planned([record(wrong('a'), 'c', { data })], six).again).toMatchObject([
    { why: 'moved', partition: right('a'), key: partitionKey(NATIONAL, 'a') },
  ]);
});

it('keeps the first place when partitions were added and it is moved once more', async () => {
  const [first] = await appendedAgain(planned([record(wrong('a'), 'a')], six).again, log([], []));
  const more: Placement = { partitions: 6, partitionOf: () => 5 - right('a') };
  const [second] = await appendedAgain(planned([stored(first as NewRecord, NOW + 1)], more).again, log([], []));
  expect(movedOf(stored(second as NewRecord, NOW + 2))).toMatchObject({ partition: wrong('a'), offset: 7, at: NOW });
});

it('restores headers that are no UTF-8', async () => {
  const opaque = { odd: Buffer.from([0xff, 0x01]).toString('base64') };
  const [moved] = await appendedAgain(planned([{ ...record(wrong('a'), 'a'), opaque }], six).again, log([], []));
  expect(moved?.headers?.['odd']).toEqual(Buffer.from([0xff, 0x01]));
});

it('asks for no key of a record that is moved', () => {
  expect(questions(decide([record(wrong('a'), 'a')], catalogue, six), () => false).keys).toEqual([]);
});

it('what cannot be counted stays in quarantine where it stands', () => {
  expect(planned([record(wrong('a'), 'a', { data: { procedure: 'nothing' } })], six)).toMatchObject({
    again: [],
    quarantined: { unknown_code: 1 },
  });
});

it('a range that an earlier version stored is decided as that version did', () => {
  const data = { corrects: 'a', count: -1 };
  expect(planned([record(wrong('a'), 'a')]).keys).toHaveLength(1);
  expect(codes([record(right('a'), 'c', { data })])).toEqual(['corrects_unknown']);
});

it('an event of another source than the portal that brought it is never counted', () => {
  const theirs = record(right('a'), 'a', { headers: { portal: 'urn:portal:province:01' } });
  expect(codes([theirs], six)).toEqual(['wrong_source']);
  expect(codes([theirs], { partitions: 1, partitionOf: () => 0 })).toEqual(['wrong_source']);
  expect(planned([record(right('a'), 'a', { headers: { portal: NATIONAL } })], six).keys).toHaveLength(1);
});

it('the time of a moved event is judged as if it had never been moved, whatever a stranger says', () => {
  const data = { occurredAt: new Date(NOW + HOUR / 2).toISOString() };
  const early = JSON.stringify({ topic: 't', partition: 0, offset: 1, at: NOW - HOUR });
  const late = JSON.stringify({ topic: 't', partition: 0, offset: 1, at: NOW + 99 * HOUR });
  expect(codes([record(right('a'), 'a', { data })], six)).toEqual([]);
  expect(codes([record(right('a'), 'a', { data, headers: { [HEADERS.moved]: early } })], six)).toEqual([
    'time_in_future',
  ]);
  const future = { occurredAt: new Date(NOW + 2 * HOUR).toISOString() };
  expect(codes([record(right('a'), 'a', { data: future, headers: { [HEADERS.moved]: late } })], six)).toEqual([
    'time_in_future',
  ]);
});

const correction = (change: Change = {}): LogRecord =>
  record(right('a'), 'c', { ...change, data: { corrects: 'a', count: -1 } });
const waiting = (deferred: object, at = NOW): LogRecord =>
  correction({ at, headers: { [HEADERS.deferred]: JSON.stringify(deferred) } });

it('a correction waits until all that stood in the log is counted, and is decided then', async () => {
  const ends = [10, 20, 30, 40, 50, 60];
  const others = [...ends.entries()].filter(([partition]) => partition !== right('a'));
  const first = planned([correction()], six);
  expect([first.again.map(({ why }) => why), first.quarantined]).toEqual([['deferred'], {}]);
  const none = ends.map(() => 0);
  const [once] = await appendedAgain(first.again, log(ends, none));
  expect(once).toMatchObject({ partition: right('a'), key: partitionKey(NATIONAL, 'a') });
  const again = stored(once as NewRecord, NOW + 500);
  expect(deferredOf(again)).toEqual({ since: NOW, times: 1, ends: others });

  // Meanwhile the log has grown, which is no matter, and all but one partition is counted up to where it was.
  const last = others.at(-1)?.[0] ?? 0;
  const counted = ends.map((end, partition) => (partition === last ? end - 1 : end));
  const [twice] = await appendedAgain(planned([again], six).again, log([99, 99, 99, 99, 99, 99], counted));
  const still = stored(twice as NewRecord, NOW + 900);
  expect(deferredOf(still)).toEqual({ since: NOW, times: 2, ends: [[last, ends[last]]] });

  const [thrice] = await appendedAgain(planned([still], six).again, log([], ends));
  const ripe = stored(thrice as NewRecord, NOW + 1_200);
  expect(deferredOf(ripe)?.ends).toEqual([]);
  expect(codes([ripe], six)).toEqual(['corrects_unknown']);
  const known = new Map<string, Seen>([[eventKey(NATIONAL, 'a'), { correction: false }]]);
  expect(planned([ripe], six, known)).toMatchObject({ keys: [eventKey(NATIONAL, 'c')], again: [] });
});

it('waits for nothing where the original is known, was counted just before, or there is one partition only', () => {
  const known = new Map<string, Seen>([[eventKey(NATIONAL, 'a'), { correction: false }]]);
  expect(planned([correction()], six, known)).toMatchObject({ keys: [eventKey(NATIONAL, 'c')], again: [] });
  expect(planned([record(right('a'), 'a'), correction()], six).keys).toHaveLength(2);
  const one: Placement = { partitions: 1, partitionOf: EmbeddedLog.prototype.partitionOf };
  expect(codes([{ ...correction(), partition: 0 }], one)).toEqual(['corrects_unknown']);
});

it('does not wait for ever, whatever a stranger writes', () => {
  const far = [[0, Number.MAX_SAFE_INTEGER]];
  expect(codes([waiting({ since: NOW, times: 1, ends: far }, NOW + HOUR - 1)], six)).toEqual([]);
  expect(codes([waiting({ since: NOW, times: 1, ends: far }, NOW + HOUR)], six)).toEqual(['corrects_unknown']);
  expect(codes([waiting({ since: NOW, times: 20_000, ends: far })], six)).toEqual(['corrects_unknown']);
  // What is no such header is as if it were not there: the waiting begins.
  expect(planned([waiting({ since: NOW + 1, times: -1, ends: far })], six).again).toHaveLength(1);
});

it('decides the same of the same records, whatever the log looks like by then', () => {
  const records = [
    record(wrong('b'), 'b'),
    correction(),
    waiting({ since: NOW, times: 1, ends: [] }),
    record(right('d'), 'd'),
  ];
  const { again: _one, ...first } = planned(records, six);
  const { again: _two, ...second } = planned(records, six);
  expect(second).toEqual(first);
});
