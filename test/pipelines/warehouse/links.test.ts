/** Reports of links whose intervals overlap: what the room answers against plain reasoning over the reports. */
import { type Catalogue, LINK_SPAN_MS, type LinkReport, localDay, startOfDay } from '@room/contract';
import { type Access, eventKey, Ledger, LinkStore, linkRow, openAccess } from '@room/warehouse';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { standingReports } from '../../../pipelines/warehouse/src/standing-reports.ts';
import { tempDir } from '../../harness/temp.ts';
import { copyWarehouse } from '../../harness/template.ts';

const TIME_ZONE: Catalogue['timeZone'] = 'Asia/Ho_Chi_Minh';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Yesterday is that of every report here. */
const TODAY = startOfDay(localDay(Date.now(), TIME_ZONE), TIME_ZONE);
const DAY = localDay(TODAY - 1, TIME_ZONE);

interface Told extends LinkReport {
  received: number;
  offset: number;
}

let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Access;
let store: LinkStore;
let ledger: Ledger;
let ranges = 0;
beforeAll(async () => {
  folder = await tempDir('links');
  await copyWarehouse(folder.path, TIME_ZONE);
  access = await openAccess({ kind: 'embedded', directory: folder.path, readers: 2, maxMemoryBytes: 2 ** 31 });
  store = new LinkStore(access);
  ledger = new Ledger(access);
});
afterAll(async () => {
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function insert(reports: readonly Told[]): Promise<void> {
  const token = `t:0:${++ranges}`;
  const link = reports
    .map(({ received, offset, ...report }) => {
      const origin = { partition: 0, offset, timestamp: received };
      return linkRow(eventKey(report.source, report.id), report, origin, String(ranges));
    })
    .join('\n');
  // Twice: a replay changes nothing.
  for (let time = 0; time < 2; time++)
    await ledger.insertRange(token, { submission: new Uint8Array(), backlog: '', link, quarantine: '' });
}

/** Minutes of yesterday, when the log took it, and how much. */
const told = (party: string, [start, length]: [number, number], taken: number, requests: number, failed = 0): Told => ({
  kind: 'link',
  source: `urn:${party}`,
  id: `${party}-${taken}`,
  simulated: false,
  database: 'population',
  dim: 'province',
  party,
  start: TODAY - 24 * HOUR + start * MINUTE,
  end: TODAY - 24 * HOUR + (start + length) * MINUTE,
  requests,
  timeout: failed,
  unavailable: 0,
  refused: 0,
  invalid: 0,
  received: TODAY + taken,
  offset: taken,
});

/** By the contract's words: of equal starts the last one; then from the last one taken back, what meets nothing that stands. */
function standingOf(reports: readonly Told[]): Told[] {
  const meets = (one: Told, other: Told): boolean => one.start < other.end && other.start < one.end;
  const ofStart = reports.filter(
    ({ start, offset }) => !reports.some((other) => other.start === start && other.offset > offset),
  );
  const standing: Told[] = [];
  for (const report of ofStart.toSorted((one, other) => other.offset - one.offset))
    if (!standing.some((other) => meets(other, report))) standing.push(report);
  return standing.toSorted((one, other) => one.start - other.start);
}

function byParty(reports: readonly Told[]): Map<string, Told[]> {
  const parties = new Map<string, Told[]>();
  for (const report of reports) parties.set(report.party, [...(parties.get(report.party) ?? []), report]);
  return parties;
}

const sum = (reports: readonly Told[], of: (report: Told) => number): number =>
  reports.reduce((so, report) => so + of(report), 0);

/** In half hours of one day. */
const reportsOf = fc.array(
  fc.record({
    start: fc.integer({ min: 0, max: 47 }),
    length: fc.integer({ min: 1, max: 12 }),
    requests: fc.integer({ min: 0, max: 100 }),
  }),
  { minLength: 1, maxLength: 12 },
);
const partiesOf = fc.array(reportsOf, { minLength: 20, maxLength: 40 }).chain((parties) => {
  const reports = parties.flatMap((drawn, party) =>
    drawn.map(({ start, length, requests }, n) =>
      told(`p${party}`, [start * 30, Math.min(length, 48 - start) * 30], n, requests, Math.floor(requests / 3)),
    ),
  );
  return fc.record({
    order: fc.shuffledSubarray(reports, { minLength: reports.length }),
    size: fc.integer({ min: 20, max: 100 }),
  });
});
const hourOf = ({ start }: Told): number => start - ((start - TODAY + 24 * HOUR) % HOUR);
let draws = 0;

it('tells no minute twice: days, hours and the last report are of those that stand, in whatever order and batches they came', async () => {
  await fc.assert(
    fc.asyncProperty(partiesOf, async ({ order, size }) => {
      const draw = ++draws;
      // Parties of their own, as what was inserted stays.
      const reports = order.map((report) => ({
        ...report,
        party: `${report.party}-${draw}`,
        id: `${draw}-${report.id}`,
      }));
      for (let at = 0; at < reports.length; at += size) await insert(reports.slice(at, at + size));
      const [days, latest] = [await store.days(DAY, DAY), await store.latest()];
      for (const [party, own] of byParty(reports)) {
        const id = `population.${party}`;
        const standing = standingOf(own);
        expect(days.get(id)?.get(DAY)).toMatchObject({
          requests: sum(standing, ({ requests }) => requests),
          timeout: sum(standing, ({ timeout }) => timeout),
          told: sum(standing, ({ start, end }) => end - start),
          replaced: own.length - standing.length,
        });
        const end = standing.at(-1)?.end ?? 0;
        const last = standing.filter((report) => report.end > end - LINK_SPAN_MS);
        expect(latest.get(id)).toMatchObject({
          start: last[0]?.start,
          end,
          requests: sum(last, ({ requests }) => requests),
          timeout: sum(last, ({ timeout }) => timeout),
        });
        if (!party.startsWith('p0-') && !party.startsWith('p1-')) continue;
        const hours = await store.hours({ database: 'population', party }, TODAY - 24 * HOUR, TODAY);
        const wanted = new Map<number, number>();
        for (const report of standing) wanted.set(hourOf(report), (wanted.get(hourOf(report)) ?? 0) + report.requests);
        expect(new Map([...hours].map(([at, { requests }]) => [at, requests]))).toEqual(wanted);
      }
    }),
    { numRuns: 3 },
  );
});

it('a window that slides leaves the latest whole hours, not the last one alone', async () => {
  const party = 'sliding';
  await insert(Array.from({ length: 20 }, (_, n) => told(party, [n * 10, 60], n, 6)));
  // Ends at 4:10, 3:10, 2:10 and 1:10.
  expect((await store.days(DAY, DAY)).get(`population.${party}`)?.get(DAY)).toMatchObject({
    requests: 24,
    told: 4 * HOUR,
    replaced: 16,
  });
});

it('an hour that is told again as a whole takes the place of its parts, and a part the place of the whole', async () => {
  const parts = Array.from({ length: 6 }, (_, n) => told('whole', [n * 10, 10], n, 10));
  await insert([...parts, told('whole', [1, 58], 6, 55)]);
  await insert([told('part', [0, 60], 0, 60), told('part', [20, 10], 1, 9)]);
  const days = await store.days(DAY, DAY);
  expect(days.get('population.whole')?.get(DAY)).toMatchObject({ requests: 55, told: 58 * MINUTE, replaced: 6 });
  expect(days.get('population.part')?.get(DAY)).toMatchObject({ requests: 9, told: 10 * MINUTE, replaced: 1 });
});

it('is judged by its last hour: one short interval without errors hides none that failed before it', async () => {
  const failing = told('hidden', [0, 1_200], 0, 10_000, 9_000);
  const clean = told('hidden', [1_200, 10], 1, 30);
  await insert([
    failing,
    clean,
    ...[0, 1, 2, 3, 4, 5, 6].map((n) => told('better', [n * 10, 10], n, 100, n === 0 ? 99 : 0)),
  ]);
  const latest = await store.latest();
  expect(latest.get('population.hidden')).toMatchObject({ start: failing.start, end: clean.end, requests: 10_030 });
  // What failed ended an hour ago.
  expect(latest.get('population.better')).toMatchObject({ requests: 600, timeout: 0 });
});

it('which of many stand is found without comparing each with each', () => {
  const count = 20_000;
  const reports = Array.from({ length: count }, (_, n) => ({
    start: 2 * n,
    end: 2 * n + 3,
    received: n % 7,
    offset: n,
  }));
  const standing = standingReports(reports);
  expect(standing.length).toBeGreaterThan(count / 3);
  expect(standing.every(({ end }, n) => end <= (standing[n + 1]?.start ?? end))).toBe(true);
});
