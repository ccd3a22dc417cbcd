/** Makes a migrated warehouse in a folder, or says what stands in one: as JSON, all that could tell it from another. */
import { migrate, openAccess } from '@room/warehouse';

const [, , task = '', directory = '', timeZone = ''] = process.argv;
const access = await openAccess({ kind: 'embedded', directory, readers: 1, maxMemoryBytes: 2 ** 31 });

async function description(): Promise<unknown> {
  const of = 'WHERE database = currentDatabase()';
  // Identities and sizes on the disk are a table's own; when what was applied is no matter of the schema.
  const tables = await access.read<{ name: string }>(
    `SELECT * EXCEPT (uuid, metadata_modification_time, data_paths, metadata_path, total_bytes, total_bytes_uncompressed)
     REPLACE (arraySort(dependencies_table) AS dependencies_table, arraySort(loading_dependent_table) AS loading_dependent_table,
       arraySort(loading_dependencies_table) AS loading_dependencies_table, replaceRegexpAll(create_table_query, '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '') AS create_table_query)
     FROM system.tables ${of} ORDER BY name`,
  );
  const columns = await access.read(
    `SELECT * EXCEPT (data_compressed_bytes, data_uncompressed_bytes, marks_bytes) FROM system.columns ${of} ORDER BY table, position`,
  );
  const parts = await access.read(
    `SELECT table, name, rows, active FROM system.parts ${of} AND active ORDER BY table, name`,
  );
  const rows = await access.read('SELECT * EXCEPT applied_at FROM migration ORDER BY name');
  const mutations = await access.read(
    `SELECT table, command, is_done FROM system.mutations ${of} ORDER BY table, command`,
  );
  return { tables, columns, parts, rows, mutations };
}

if (task === 'migrate') await migrate(access, { timeZone });
else process.stdout.write(JSON.stringify(await description()));
await access[Symbol.asyncDispose]();
