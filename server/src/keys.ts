/** Command: makes, lists and revokes portal keys. A key is printed once, when it is made. */
import { loadCatalogue } from '@room/catalogue';
import { createKeys, listKeys, revokeKeys } from './access/portal-keys.ts';
import { readConfig } from './config.ts';

const USAGE = `usage: portal-key create SOURCE… | create --all | list | revoke SOURCE
  create   makes a key for each source of the catalogue named (--all: for every one) and prints {"source","key"} lines
  list     sources that have keys
  revoke   takes all keys of a source away`;

async function main([command, ...names]: string[]): Promise<void> {
  const config = readConfig();
  if (command === 'create' && names.length > 0) {
    const { catalogue } = await loadCatalogue(config.catalogueFolder);
    const known = catalogue.sources.map(({ id }) => id);
    const sources = names.includes('--all') ? known : names;
    const unknown = sources.find((source) => !known.includes(source));
    if (unknown !== undefined)
      throw new Error(
        `the catalogue has no source ${unknown}; it has ${known.slice(0, 5).join(', ')}${known.length > 5 ? ' …' : ''}`,
      );
    for (const made of await createKeys(config.keysFile, sources)) process.stdout.write(`${JSON.stringify(made)}\n`);
  } else if (command === 'list') {
    for (const row of await listKeys(config.keysFile)) process.stdout.write(`${JSON.stringify(row)}\n`);
  } else if (command === 'revoke' && names[0] !== undefined) {
    process.stdout.write(`${await revokeKeys(config.keysFile, names[0])} keys revoked\n`);
  } else throw new Error(USAGE);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`error: ${(error as Error).message}\n`);
  process.exit(1);
});
