/** Command: goes through the audit's chain, and lists its entries. */
import { parseArgs } from 'node:util';
import { openDatabase, searchAudit, verifyAudit } from '@room/database';
import { auditFilterOf, knownHead, USAGE } from './audit/command.ts';
import { runCommand, UsageError } from './command.ts';
import { readConfig } from './config.ts';

async function main(words: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      known: { type: 'string' },
      who: { type: 'string' },
      action: { type: 'string' },
      kind: { type: 'string' },
      subject: { type: 'string' },
      from: { type: 'string' },
      until: { type: 'string' },
      limit: { type: 'string' },
    },
  });
  const [command, ...rest] = positionals;
  if (rest.length > 0 || (command !== 'verify' && command !== 'list'))
    throw new UsageError('these words are no command');
  const { known, ...filter } = values;
  const head = known === undefined ? undefined : knownHead(known);
  const search = auditFilterOf(filter);
  const { database: settings } = readConfig();
  await using database = await openDatabase({ settings, report: () => undefined });
  if (command === 'list') {
    let { limit } = search;
    for (let { before } = search; limit > 0; ) {
      const { entries, next } = await database.read((query) =>
        searchAudit(query, { ...search, limit, ...(before === undefined ? {} : { before }) }),
      );
      for (const entry of entries) process.stdout.write(`${JSON.stringify(entry)}\n`);
      if (next === undefined) return;
      limit -= entries.length;
      before = next;
    }
    return;
  }
  const verified = await database.read((query) => verifyAudit(query, { known: head }));
  if (!verified.ok)
    throw new Error(
      `the audit is not as it was written: entry ${verified.sequence} is the first broken link, ${verified.reason}; compare with a backup`,
    );
  const { sequence, hash } = verified.head;
  process.stdout.write(`${sequence} entries, each as it was written; the end of the chain is ${sequence}:${hash}\n`);
}

runCommand(USAGE, async (words) => {
  await main(words);
  process.exit();
});
