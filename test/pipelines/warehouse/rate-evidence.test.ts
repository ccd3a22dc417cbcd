/** The rate of the present: of the same seconds as on a wall, and its events give it. */
import { addDays, type Submission } from '@room/contract';
import { Ledger, openAccess, RateEvidence, type Warehouse } from '@room/warehouse';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tempDir } from '../../harness/temp.ts';
import { copyWarehouse } from '../../harness/template.ts';
import { rows, submission } from './rows.ts';

/** Of late: seconds are not kept for ever. */
const DAY = addDays(new Date().toISOString().slice(0, 10), -1);
const at = (time: string): number => Date.parse(`${DAY}T${time}Z`);
const event = (id: string, time: string, change: Partial<Submission> = {}): Submission =>
  submission(id, `${DAY}T${time}Z`, { source: 'urn:a', ...change });

let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Warehouse;
let rates: RateEvidence;

beforeAll(async () => {
  folder = await tempDir('rate');
  await copyWarehouse(folder.path, 'Asia/Ho_Chi_Minh');
  access = await openAccess({ kind: 'embedded', directory: folder.path, readers: 2, maxMemoryBytes: 2 ** 31 });
  rates = new RateEvidence(access);
  const events = [
    // The first and the last second of the sixty before 10:00:30, and those beside them.
    event('early', '09:59:29.999'),
    event('first', '09:59:30', { count: 3, submitted: 3 }),
    event('taken back', '09:59:50', { count: -1, submitted: -1, corrects: 'first' }),
    event('finished', '09:59:55', { status: 9, submitted: 0, submittedOnline: 0 }),
    event('last', '10:00:29.999'),
    event('late', '10:00:30'),
    // By the minute, and coarser, which is in no minute.
    event('minute', '11:00:00', { span: 60_000, count: 7, submitted: 7 }),
    event('second', '11:00:10'),
    event('hour', '11:00:00', { span: 3_600_000, count: 500, submitted: 500 }),
  ];
  await new Ledger(access).insertRange('t:0:1', rows(events, '1', at('12:00:00')));
});
afterAll(async () => {
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

it('is of the sixty seconds before, and its events add up to it', async () => {
  const made = await rates.evidence(at('10:00:30.400'));
  expect(made).toMatchObject({
    by: 'second',
    from: at('09:59:30'),
    to: at('10:00:30'),
    perMinute: 3,
    sum: 3,
    matches: true,
  });
  expect(made.events.map(({ id }) => id).sort()).toEqual(['first', 'last', 'taken back']);
  expect(made.more).toBe(0);
});

it('is of the last whole minute where that was reported by the minute', async () => {
  const made = await rates.evidence(at('11:01:20'));
  expect(made).toMatchObject({
    by: 'minute',
    from: at('11:00:00'),
    to: at('11:01:00'),
    perMinute: 8,
    sum: 8,
    matches: true,
  });
  expect(made.events.map(({ id }) => id).sort()).toEqual(['minute', 'second']);
});

it('is nothing where nothing was reported', async () => {
  expect(await rates.evidence(at('03:00:00'))).toMatchObject({
    perMinute: 0,
    sum: 0,
    matches: true,
    events: [],
    more: 0,
  });
});
