/**
 * The engine writes a block's id into its table's deduplication log, and a moment later gives the part its name. A process that is
 * killed in between leaves an id without rows: the block's replay would pass for a repeat, and its rows be lost for ever.
 */
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const LOGS = 'deduplication_logs';
const LOG_FILE = /^deduplication_log_(\d+)\.txt$/;
/** Partition, first and last block, level, perhaps a mutation. */
const PART = /^([^_]+)_(\d+)_(\d+)_\d+(?:_\d+)?$/;
const ADDED = '1';
const DROPPED = '2';

interface Blocks {
  partition: string;
  first: number;
  last: number;
}

function blocksOf(name: string): Blocks | undefined {
  const [, partition, first, last] = PART.exec(name) ?? [];
  return partition === undefined ? undefined : { partition, first: Number(first), last: Number(last) };
}

/** Log files of one table, oldest first. */
async function filesOf(folder: string): Promise<string[]> {
  const numbered = (await readdir(folder)).flatMap((name) => {
    const number = LOG_FILE.exec(name)?.[1];
    return number === undefined ? [] : [{ name, number: Number(number) }];
  });
  return numbered.sort((a, b) => a.number - b.number).map(({ name }) => join(folder, name));
}

/** Ids that stand in the log, with the part each of them went into. */
async function noted(files: readonly string[]): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const file of files)
    for (const line of (await readFile(file, 'utf8')).split('\n')) {
      const [operation, part, id] = line.split('\t');
      if (part === undefined || id === undefined) continue;
      if (operation === ADDED) ids.set(id, part);
      else ids.delete(id);
    }
  return ids;
}

/** Strikes ids without rows out of one table's log, in the engine's own way. */
async function mend(logs: string): Promise<string[]> {
  const files = await filesOf(logs);
  const newest = files.at(-1);
  if (newest === undefined) return [];
  const standing = (await readdir(dirname(logs))).flatMap((name) => blocksOf(name) ?? []);
  const isThere = (part: string): boolean => {
    const blocks = blocksOf(part);
    return (
      blocks === undefined ||
      standing.some(
        ({ partition, first, last }) => partition === blocks.partition && first <= blocks.first && blocks.last <= last,
      )
    );
  };
  const missing = [...(await noted(files))].filter(([, part]) => !isThere(part));
  if (missing.length > 0)
    await appendFile(newest, missing.map(([id, part]) => `${DROPPED}\t${part}\t${id}\n`).join(''));
  return missing.map(([, part]) => part);
}

/** Call it before the engine opens `directory`. Returns the names of the parts that were noted and are not there. */
export async function repairDedupLog(directory: string): Promise<string[]> {
  const parts: string[] = [];
  for (const group of await entries(join(directory, 'store')))
    for (const table of await entries(group)) {
      const logs = join(table, LOGS);
      if ((await entries(table)).includes(logs)) parts.push(...(await mend(logs)));
    }
  return parts;
}

async function entries(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  return names.map((name) => join(folder, name));
}
