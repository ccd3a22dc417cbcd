/** Applies the numbered SQL of `migrations/`, each once; every statement is safe to run again after a crash in between. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Access } from './access.ts';

const FOLDER = fileURLToPath(new URL('../migrations', import.meta.url));

export interface Dialect {
  timeZone: string;
  /** Name of the cluster whose tables are replicated; the engine clause is all that differs. */
  cluster?: string;
  /** Days that rollups by second and by minute are kept. */
  keepSeconds: number;
  keepMinutes: number;
}

/** Blocks per partition whose tokens are remembered; a range is replayed long before so many others came. */
const WINDOW = 10_000;

export function render(sql: string, dialect: Dialect): string {
  const replicated = dialect.cluster !== undefined;
  return sql
    .replaceAll('{{on_cluster}}', replicated ? `ON CLUSTER '${dialect.cluster}'` : '')
    .replaceAll(/\{\{engine:(\w+)(?:\((\w+)\))?\}\}/g, (_, engine: string, argument: string | undefined) =>
      replicated
        ? `Replicated${engine}('/clickhouse/tables/{database}/{table}', '{replica}'${argument === undefined ? '' : `, ${argument}`})`
        : `${engine}(${argument ?? ''})`,
    )
    .replaceAll(
      '{{deduplicated}}',
      replicated
        ? `SETTINGS replicated_deduplication_window = ${WINDOW}, replicated_deduplication_window_seconds = 31536000`
        : `SETTINGS non_replicated_deduplication_window = ${WINDOW}`,
    )
    .replaceAll('{{keep_seconds}}', String(dialect.keepSeconds))
    .replaceAll('{{keep_minutes}}', String(dialect.keepMinutes))
    .replaceAll('{{time_zone}}', dialect.timeZone);
}

/** Statements of a file; comments go, so that a `;` in one cannot cut a statement. */
export const statements = (sql: string): string[] =>
  sql
    .replaceAll(/^\s*--.*$/gm, '')
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');

/** Brings the schema up to date and returns the files applied now. Throws when buckets were cut in another time zone. */
export async function migrate(access: Access, dialect: Dialect): Promise<string[]> {
  const bootstrap = `CREATE TABLE IF NOT EXISTS migration {{on_cluster}} (
    name String, hash String, time_zone String, applied_at DateTime64(3, 'UTC')
  ) ENGINE = {{engine:MergeTree}} ORDER BY name`;
  await access.command(render(bootstrap, dialect));
  const applied = new Map(
    (
      await access.read<{ name: string; hash: string; time_zone: string }>(
        'SELECT name, hash, time_zone FROM migration',
      )
    ).map((row) => [row.name, row]),
  );
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
  const done: string[] = [];
  for (const name of names) {
    const sql = await readFile(`${FOLDER}/${name}`, 'utf8');
    const hash = createHash('sha256').update(sql).digest('hex').slice(0, 16);
    const before = applied.get(name);
    if (before !== undefined) {
      if (before.time_zone !== dialect.timeZone)
        throw new Error(
          `this warehouse cuts its days in ${before.time_zone}, the catalogue says ${dialect.timeZone}; use another DATA_DIR or database`,
        );
      if (before.hash !== hash)
        throw new Error(`migration ${name} was changed after it was applied; add a new one instead`);
      continue;
    }
    for (const statement of statements(render(sql, dialect))) await access.command(statement);
    await access.command(
      `INSERT INTO migration (name, hash, time_zone, applied_at) VALUES ('${name}', '${hash}', '${dialect.timeZone}', now64(3))`,
    );
    done.push(name);
  }
  return done;
}
