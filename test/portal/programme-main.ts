/** Writes the simulated reports and tasks of a trial that are not there yet into its database. Only for a folder of a trial. */
import { parseArgs } from 'node:util';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { type DirectiveBody, deploymentSchema, localDay } from '@room/contract';
import { Conflict, DirectiveTable, Documents, databaseFrom, openDatabase, ReportedValueTable } from '@room/database';
import { givenRow, taskId } from '../../server/src/alerts/directives/tasks.ts';
import { DEPLOYMENT } from '../../server/src/programmes/board-routes.ts';
import { deploymentsOf } from './deployments.ts';
import { reportsOfYear, SIMULATOR } from './programme.ts';
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
for (let at = 0; at < missing.length; at += AT_ONCE)
  await table.add({ who: SIMULATOR }, missing.slice(at, at + AT_ONCE));
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
