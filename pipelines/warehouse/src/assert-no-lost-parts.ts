/**
 * Parts that the embedded engine cannot read are put aside when it starts, and their rows are missing without a word: after a disk
 * that was full to the last byte, or a power failure. A total that lacks them must not be shown as if it were whole.
 */

interface PartReader {
  read<T>(sql: string): Promise<T[]>;
}

interface PutAside {
  table: string;
  part: string;
  path: string;
}

const NAMED = 5;

/** Throws, naming the remedy, where parts were put aside whose rows are nowhere else. */
export async function assertNoLostParts(access: PartReader, directory: string): Promise<void> {
  // A merged part that broke is no loss while the parts it was made of are still there: they take its place.
  const lost = await access.read<PutAside>(
    `SELECT aside.table AS table, aside.name AS part, aside.path AS path FROM system.detached_parts AS aside
     LEFT JOIN (SELECT database, table, partition_id, groupArray(min_block_number) AS firsts, groupArray(max_block_number) AS lasts
                FROM system.parts WHERE active GROUP BY database, table, partition_id) AS standing
       ON standing.database = aside.database AND standing.table = aside.table AND standing.partition_id = aside.partition_id
     WHERE startsWith(aside.reason, 'broken')
       AND NOT (has(standing.firsts, aside.min_block_number) AND has(standing.lasts, aside.max_block_number))
     ORDER BY table, part`,
  );
  if (lost.length === 0) return;
  const named = lost.slice(0, NAMED).map(({ table, part }) => `${table} ${part}`);
  const more = lost.length > NAMED ? ` and ${lost.length - NAMED} more` : '';
  throw new Error(
    `the warehouse in ${directory} has lost rows: the engine cannot read ${named.join(', ')}${more}, as after a full disk or a ` +
      'power failure. Restore the last backup (npm run restore). To go on without these rows instead, remove ' +
      `${[...new Set(lost.map(({ path }) => path))].slice(0, NAMED).join(', ')}`,
  );
}
