/** Command: puts a backup in the place of a stopped room's data. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type DatabaseSettings, databaseFile } from '@room/database';
import { restore } from './backup/restore.ts';
import { runCommand, UsageError } from './command.ts';
import { readConfig } from './config.ts';
import { lockDirectory } from './lock.ts';

const USAGE = `usage: restore --from NAME|PATH [--data-dir DIR] [--replace]
  --from      a complete backup: its name in BACKUP_DIR, or its folder
  --data-dir  where to; without it DATA_DIR
  --replace   move the data that is there aside (it is kept in replaced-… beside it)`;

/** A database of the data's own folder goes where the data goes. */
const isIn = (dataDirectory: string, settings: DatabaseSettings): boolean =>
  settings.kind === 'sqlite' && settings.file === databaseFile(dataDirectory);

const SAY_MS = 1_000;

async function main(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: { from: { type: 'string' }, 'data-dir': { type: 'string' }, replace: { type: 'boolean', default: false } },
  });
  if (values.from === undefined) throw new UsageError('--from is missing');
  const config = readConfig();
  const { warehouse } = config;
  if (config.kafka !== undefined || warehouse.kind !== 'embedded')
    throw new Error(
      'KAFKA_BROKERS or CLICKHOUSE_URL is set: a room with these settings would not use what is restored; unset them',
    );
  const dataDirectory = resolve(values['data-dir'] ?? config.dataDirectory);
  const named = join(warehouse.backups ?? '', values.from);
  const from = existsSync(values.from) ? values.from : named;
  if (!existsSync(from)) throw new Error(`there is no backup ${values.from}, neither as a path nor as ${named}`);
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  await using _lock = await lockDirectory(dataDirectory);
  let said = { stage: '', at: 0 };
  const began = performance.now();
  const { manifest, replaced } = await restore({
    from,
    dataDirectory,
    replace: values.replace,
    maxMemoryBytes: warehouse.maxMemoryBytes,
    database: isIn(config.dataDirectory, config.database) ? undefined : config.database,
    progress: (stage, bytes, ofBytes) => {
      if (stage === said.stage && performance.now() - said.at < SAY_MS) return;
      said = { stage, at: performance.now() };
      process.stderr.write(`${stage}: ${Math.min(100, Math.floor((100 * bytes) / Math.max(1, ofBytes)))} %\n`);
    },
  });
  const { events } = manifest.warehouse.counted;
  process.stdout.write(
    [
      `${dataDirectory} holds the backup of ${manifest.madeAt} (${Math.round(performance.now() - began)} ms):`,
      `${events} events of submissions counted (levels of backlog not among them), ${manifest.log.pending} more in the log, which count when the room starts`,
      'what portals sent since then is missing: let them send it again, what is here already counts once',
      ...(replaced === undefined ? [] : [`the data that was there is kept in ${replaced}`]),
      '',
    ].join('\n'),
  );
}

runCommand(USAGE, async (words) => {
  await main(words);
  // The engine leaves threads behind.
  process.exit();
});
