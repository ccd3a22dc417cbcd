import { openAccess, type WarehouseOptions } from '@room/warehouse';
import type { Cell, QuarantineRow, Recount } from './recount.ts';

const [, , options = ''] = process.argv;
const access = await openAccess(JSON.parse(options) as WarehouseOptions);
const sum = async (sql: string): Promise<number> => (await access.read<{ n: number }>(sql))[0]?.n ?? 0;
const texts = async (sql: string): Promise<string[]> =>
  (await access.read<{ text: string }>(sql)).map(({ text }) => text);

const rollups: Record<string, number> = {};
for (const grain of ['minute', 'hour', 'day', 'month'])
  for (const dim of ['all', 'province', 'agency', 'service', 'source', 'channel', 'status'])
    rollups[`${grain} by ${dim}`] = await sum(`SELECT sum(reached) AS n FROM rollup_${grain} WHERE dim = '${dim}'`);
for (const grain of ['day', 'month']) {
  rollups[`${grain} by unit`] = await sum(`SELECT sum(reached) AS n FROM rollup_units_${grain}`);
  rollups[`${grain} by meeting`] = await sum(`SELECT sum(reached) AS n FROM rollup_meetings_${grain}`);
}

const UNIT = `'unit' AS dim, concat(agency, ' ', service, ' ', province) AS code, sum(reached) AS r`;
const MEETING = `'meeting' AS dim, concat(agency, ' ', service, ' ', province, ' ', source, ' ', toString(channel), ' ', toString(status)) AS code, sum(reached) AS r`;

const LINK = `'link' AS dim, concat(database, ' ', rollup.dim, ' ', party) AS code, 0 AS r`;

/** How to read what is no rollup by dimension: dimension, code, and the summed column. */
const OTHERS: Record<string, string> = {
  rollup_late: `'day' AS dim, '' AS code, sum(submitted) AS r`,
  rollup_backlog_day: `'level' AS dim, concat(agency, ' ', service, ' ', province) AS code, 0 AS r`,
  rollup_link_interval: LINK,
  rollup_link_latest: LINK,
  rollup_meetings_day: MEETING,
  rollup_meetings_month: MEETING,
  rollup_units_day: UNIT,
  rollup_units_month: UNIT,
};
const cells: Cell[] = [];
interface Row {
  dim: string;
  code: string;
  at: string;
  e: number;
  r: number;
}
for (const table of await texts(
  `SELECT name AS text FROM system.tables WHERE database = currentDatabase() AND name LIKE 'rollup%' AND engine NOT LIKE '%View' ORDER BY name`,
)) {
  const columns = OTHERS[table] ?? 'dim, code, sum(reached) AS r';
  const bucket = table === 'rollup_link_latest' ? `''` : 'toString(bucket)';
  const rows = await access.read<Row>(
    `SELECT ${columns}, ${bucket} AS at, sum(events) AS e FROM ${table} AS rollup GROUP BY dim, code, at`,
  );
  for (const { dim, code, at, e, r } of rows) cells.push([table, dim, code, at, e, r]);
}

const result: Recount = {
  ids: await texts('SELECT id AS text FROM submission ORDER BY id'),
  base: await sum('SELECT sum(count) AS n FROM submission'),
  rollups,
  seen: await sum('SELECT count() AS n FROM event_seen'),
  keys: await texts('SELECT toString(event_key) AS text FROM event_seen ORDER BY event_key'),
  corrected: (
    await access.read<{ key: string; e: number; c: number }>(
      'SELECT toString(event_key) AS key, count() AS e, sum(count) AS c FROM corrected GROUP BY event_key ORDER BY key',
    )
  ).map(({ key, e, c }) => [key, e, c]),
  backlog: await texts('SELECT id AS text FROM backlog ORDER BY id'),
  links: await texts('SELECT id AS text FROM link ORDER BY id'),
  quarantine: await access.read<QuarantineRow>(
    `SELECT portal, source, id, topic, log_partition AS partition, log_offset AS offset,
            toString(received_at) AS receivedAt, code, reason, bytes_base64 AS bytes,
            isNotNull(resolved_at) = 1 AS isResolved
     FROM quarantine FINAL ORDER BY log_partition, log_offset`,
  ),
  cells,
};
await access[Symbol.asyncDispose]();
process.stdout.write(JSON.stringify(result), () => process.exit());
