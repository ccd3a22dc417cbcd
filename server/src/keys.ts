/** Command: makes, lists and revokes portal keys. A key is printed once, when it is made. */
import { loadCatalogue } from '@room/catalogue';
import { sourcesOf } from '@room/contract';
import { databaseFile, openDatabase, PortalKeyTable } from '@room/database';
import { parseKeyCommand, USAGE } from './access/key-command.ts';
import { takeOverKeysFile } from './access/keys-file.ts';
import { createKeys } from './access/portal-keys.ts';
import { commandCause, runCommand } from './command.ts';
import { readConfig } from './config.ts';
import { assertRoom } from './operator/room.ts';

async function main(words: string[]): Promise<void> {
  const asked = parseKeyCommand(words);
  const { database: settings, keysFile, dataDirectory, catalogueFolder } = readConfig();
  // A database elsewhere may be that of several servers.
  if (settings.kind === 'sqlite' && settings.file === databaseFile(dataDirectory)) assertRoom(dataDirectory);
  const told = (line: unknown): unknown => process.stdout.write(`${JSON.stringify(line)}\n`);
  const warn = (message: string): unknown => process.stderr.write(`${message}\n`);

  await using database = await openDatabase({
    settings,
    report: (level, message) => void (level === 'warn' && warn(message)),
  });
  const table = new PortalKeyTable(database);
  await takeOverKeysFile({ file: keysFile, table, report: warn });

  if (asked.command === 'create') {
    const { catalogue } = await loadCatalogue(catalogueFolder);
    const known = sourcesOf(catalogue);
    const sources = asked.sources === 'all' ? known : asked.sources;
    const unknown = sources.find((source) => !known.includes(source));
    if (unknown !== undefined)
      throw new Error(
        `the catalogue in ${catalogueFolder} has no source ${unknown}; it has ${known.slice(0, 5).join(', ')}${known.length > 5 ? ' …' : ''}. ` +
          'Where the room has another, set CATALOGUE for this command too',
      );
    const { name, expiresAt } = asked;
    for (const { source, key } of await createKeys(table, { cause: commandCause(), sources, name, expiresAt }))
      if (asked.keyOnly) process.stdout.write(`${key}\n`);
      else told({ source, key });
  } else if (asked.command === 'revoke') {
    const { source, which } = asked;
    const revoked = await table.revoke(commandCause(), source, which);
    if (revoked === 0)
      throw new Error(
        which === undefined
          ? `${source} has no keys, so none was revoked; "list" shows which sources have some`
          : `${source} has no key ${which}, so none was revoked; "show ${source}" shows its keys`,
      );
    process.stdout.write(`${revoked} keys revoked\n`);
  } else if (asked.command === 'show')
    for (const row of await table.list(asked.source)) {
      const { id, name, created_at, created_by, expires_at, last_used_at, revoked_at } = row;
      told({
        id,
        name,
        createdAt: created_at,
        createdBy: created_by,
        expiresAt: expires_at,
        lastUsedAt: last_used_at,
        revokedAt: revoked_at,
      });
    }
  else for (const line of bySource(await table.valid())) told(line);
}

/** Sources with the number of their keys that are neither revoked nor expired. */
function bySource(
  keys: Awaited<ReturnType<PortalKeyTable['valid']>>,
): { source: string; keys: number; newest: string }[] {
  const now = new Date().toISOString();
  const found = new Map<string, { source: string; keys: number; newest: string }>();
  for (const { source, created_at, expires_at } of keys) {
    if (expires_at !== null && expires_at <= now) continue;
    const before = found.get(source);
    const newest = before === undefined || created_at > before.newest ? created_at : before.newest;
    found.set(source, { source, keys: (before?.keys ?? 0) + 1, newest });
  }
  return [...found.values()];
}

runCommand(USAGE, async (words) => {
  await main(words);
  process.exit();
});
