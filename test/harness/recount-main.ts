import { join } from 'node:path';
import { openAccess } from '@room/warehouse';

const [, , dataDir = ''] = process.argv;
const access = await openAccess({
  kind: 'embedded',
  directory: join(dataDir, 'warehouse'),
  readers: 1,
  maxMemoryBytes: 2 ** 31,
});
const sum = async (sql: string): Promise<number> => (await access.read<{ n: number }>(sql))[0]?.n ?? 0;
const rollups: Record<string, number> = {};
for (const grain of ['minute', 'hour', 'day', 'month'])
  for (const dim of ['all', 'province', 'agency', 'service', 'source', 'channel', 'status'])
    rollups[`${grain} by ${dim}`] = await sum(`SELECT sum(reached) AS n FROM rollup_${grain} WHERE dim = '${dim}'`);
const result = {
  ids: (await access.read<{ id: string }>('SELECT id FROM submission ORDER BY id')).map(({ id }) => id),
  base: await sum('SELECT sum(count) AS n FROM submission'),
  rollups,
  seen: await sum('SELECT count() AS n FROM event_seen'),
};
await access[Symbol.asyncDispose]();
process.stdout.write(JSON.stringify(result), () => process.exit());
