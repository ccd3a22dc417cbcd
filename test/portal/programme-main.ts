/** Writes the simulated reports and tasks of a trial that are not there yet into its database. Only for a folder of a trial. */
import { createHash, randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { type DirectiveBody, deploymentSchema, type EvidenceFile, type KeptReport, localDay } from '@room/contract';
import {
  Conflict,
  DirectiveTable,
  Documents,
  databaseFrom,
  EvidenceFileTable,
  openDatabase,
  REPORTED_VALUE,
  ReportedValueTable,
} from '@room/database';
import { givenRow, taskId } from '../../server/src/alerts/directives/tasks.ts';
import { DEPLOYMENT } from '../../server/src/programmes/board-routes.ts';
import { deploymentsOf } from './deployments.ts';
import { reportsOfYear, SIMULATOR, type SimReport } from './programme.ts';
import { tasksOfYear } from './tasks.ts';

const AT_ONCE = 100;

const { values } = parseArgs({ options: { data: { type: 'string' }, catalogue: { type: 'string' } } });
if (values.data === undefined) throw new Error('give --data DIR, the folder of a trial');
const { catalogue, indicators, essential } = await loadCatalogue(values.catalogue ?? DEFAULT_CATALOGUE);
const now = Date.now();
const today = localDay(now, catalogue.timeZone);
await using database = await openDatabase({
  settings: databaseFrom({}, values.data),
  report: (event) => console.error(event),
});
const table = new ReportedValueTable(database);
const keyOf = (row: { indicator: string; by_unit: string; period: string }): string =>
  JSON.stringify([row.indicator, row.by_unit, row.period]);
// Somebody who tries the page out goes on from what they wrote there.
const told = new Set((await table.list()).map((row) => `${keyOf(row)} ${row.revision}`));
const isOthers = new Set((await table.list()).filter(({ who }) => who !== SIMULATOR).map(keyOf));
const missing = reportsOfYear({ indicators, catalogue, now, today }).filter(
  (row) => !told.has(`${keyOf(row)} ${row.revision}`) && !isOthers.has(keyOf(row)),
);
// The newest of the first start has a file, so that pages show one.
const filed = told.size === 0 ? missing.findLast(({ by_unit }) => by_unit === '') : undefined;
const files = new EvidenceFileTable(database);
if (filed !== undefined) filed.evidence = await withFile(filed);
for (let at = 0; at < missing.length; at += AT_ONCE)
  await table.add({ who: SIMULATOR }, missing.slice(at, at + AT_ONCE), async (edit, row, subject) => {
    const { file } = JSON.parse(row.evidence) as KeptReport['evidence'];
    if (file !== undefined) await files.attachIn(edit, file.id, { kind: REPORTED_VALUE, subject });
  });
const directives = new DirectiveTable(database);
const tasks = tasksOfYear({ catalogue, now, today });
// They are given once; what somebody did with them since stays.
const there = await directives.giveAll(
  { who: SIMULATOR },
  tasks.map((task) => givenRow(task, now, catalogue)),
  { isTrial: true },
);
if (there.length === 0) {
  const rows = tasks.map(({ state, givenAt, settledAt, more, dueWas, ...task }) => ({
    ...givenRow({ ...task, due: dueWas ?? task.due }, now, catalogue, more),
    state,
    given_at: new Date(givenAt).toISOString(),
    settled_at: settledAt === undefined ? null : new Date(settledAt).toISOString(),
    ...(state === 'open' ? {} : { remind_at: null }),
  }));
  await directives.giveAll({ who: SIMULATOR }, rows);
  // Put off: what it was before stays to be read.
  for (const { dueWas, due, ...task } of tasks.filter((each) => each.dueWas !== undefined))
    await directives.move({ who: SIMULATOR }, taskId(task), 1, 'changed', (row) => {
      const body = JSON.parse(row.body) as DirectiveBody;
      return { ...row, due, body: JSON.stringify({ ...body, order: { ...body.order, due } }) };
    });
}
const deployments = new Documents({ database, kind: DEPLOYMENT, schema: deploymentSchema });
const deployed = new Set((await deployments.list()).map(({ id }) => id));
for (const [id, deployment] of Object.entries(deploymentsOf(essential)))
  if (!deployed.has(id))
    await deployments.create({ who: SIMULATOR }, id, deployment).catch((error: unknown) => {
      // Somebody took it back: it stays so.
      if (!(error instanceof Conflict)) throw error;
    });
console.log(`reports ${missing.length}`);

/** Its evidence, with a table of its own number. */
async function withFile({ indicator, period, value, evidence }: SimReport): Promise<string> {
  const name = `${indicator}-${period}.csv`;
  const bytes = Buffer.from(`indicator,period,value,note\r\n${indicator},${period},${value},mô phỏng / simulated\r\n`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const given = { id: randomUUID(), sha256, type: 'text/csv', name };
  const bounds = { since: new Date(now).toISOString(), files: 1, bytes: 1e6, roomBytes: 1e6 };
  const kept = await files.create({ who: SIMULATOR }, given, bytes, bounds);
  if (typeof kept === 'string') throw new Error(`there is no room for the file of ${name}`);
  const { id, size, who, at } = kept;
  const file: EvidenceFile = { id, name, type: 'text/csv', size, sha256, who, at: Date.parse(at) };
  return JSON.stringify({ ...(JSON.parse(evidence) as KeptReport['evidence']), file });
}
