/** Writes the simulated reports of a trial that are not there yet into its database. Only for a folder of a trial. */
import { parseArgs } from 'node:util';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { localDay } from '@room/contract';
import { databaseFrom, openDatabase, ReportedValueTable } from '@room/database';
import { reportsOfYear, SIMULATOR } from './programme.ts';

const AT_ONCE = 100;

const { values } = parseArgs({ options: { data: { type: 'string' }, catalogue: { type: 'string' } } });
if (values.data === undefined) throw new Error('give --data DIR, the folder of a trial');
const { catalogue, indicators } = await loadCatalogue(values.catalogue ?? DEFAULT_CATALOGUE);
const now = Date.now();
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
const missing = reportsOfYear({ indicators, catalogue, now, today: localDay(now, catalogue.timeZone) }).filter(
  (row) => !told.has(`${keyOf(row)} ${row.revision}`) && !isOthers.has(keyOf(row)),
);
for (let at = 0; at < missing.length; at += AT_ONCE)
  await table.add({ who: SIMULATOR }, missing.slice(at, at + AT_ONCE));
console.log(`reports ${missing.length}`);
