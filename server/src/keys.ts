/** Command: makes, lists and revokes portal keys. A key is printed once, when it is made. */
import { dirname } from 'node:path';
import { loadCatalogue } from '@room/catalogue';
import { parseKeyCommand, USAGE } from './access/key-command.ts';
import { createKeys, listKeys, revokeKeys } from './access/portal-keys.ts';
import { runCommand } from './command.ts';
import { readConfig } from './config.ts';
import { assertRoom } from './operator/room.ts';

async function main(words: string[]): Promise<void> {
  const asked = parseKeyCommand(words);
  const { keysFile, dataDirectory, catalogueFolder } = readConfig();
  // Keys kept elsewhere may be those of several servers.
  if (dirname(keysFile) === dataDirectory) assertRoom(dataDirectory);

  if (asked.command === 'create') {
    const { catalogue } = await loadCatalogue(catalogueFolder);
    const known = catalogue.sources.map(({ id }) => id);
    const sources = asked.sources === 'all' ? known : asked.sources;
    const unknown = sources.find((source) => !known.includes(source));
    if (unknown !== undefined)
      throw new Error(
        `the catalogue has no source ${unknown}; it has ${known.slice(0, 5).join(', ')}${known.length > 5 ? ' …' : ''}`,
      );
    for (const made of await createKeys(keysFile, sources))
      process.stdout.write(`${asked.keyOnly ? made.key : JSON.stringify(made)}\n`);
  } else if (asked.command === 'list')
    for (const row of await listKeys(keysFile)) process.stdout.write(`${JSON.stringify(row)}\n`);
  else {
    const revoked = await revokeKeys(keysFile, asked.source);
    if (revoked === 0)
      throw new Error(`${asked.source} has no keys, so none was revoked; "list" shows which sources have some`);
    process.stdout.write(`${revoked} keys revoked\n`);
  }
}

runCommand(USAGE, main);
