/** Command: says whether a briefing is as the room signed it, and which of its figures were corrected since. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { sealedSchema } from '@room/contract';
import { openDatabase } from '@room/database';
import { verifyBriefing } from './briefing/verify.ts';
import { runCommand, UsageError } from './command.ts';
import { readConfig } from './config.ts';

const USAGE = `usage: briefing verify FILE
  FILE  a signed briefing as /programmes gives it; the room of DATA_DIR, or of DATABASE_URL, is asked`;

async function main(words: string[]): Promise<void> {
  const { positionals } = parseArgs({ args: words, allowPositionals: true, options: {} });
  const [command, file, ...rest] = positionals;
  if (command !== 'verify' || file === undefined || rest.length > 0) throw new UsageError('these words are no command');
  const read = sealedSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!read.success) throw new Error(`${file} is no signed briefing`);
  await using database = await openDatabase({ settings: readConfig().database, report: () => undefined });
  const { verdict, id, madeAt = 0, corrected } = await verifyBriefing(read.data, database);
  if (verdict === 'unknownKey') throw new Error(`${file} was signed by a key that this room never had`);
  if (verdict === 'changed') throw new Error(`${file} is not as it was signed`);
  if (verdict === 'unreadable')
    throw new Error(`${file} was signed by this room, by a version that wrote it another way`);
  process.stdout.write(`briefing ${id}, as it was signed; made ${new Date(madeAt).toISOString()}\n`);
  for (const { code, indicator, by, period, was, now, at } of corrected)
    process.stdout.write(
      `${code}: ${[indicator, by, period].filter((part) => part !== undefined).join(' ')} was ${was}, ${now === null ? 'taken back' : `now ${now}`} since ${new Date(at).toISOString()}\n`,
    );
  if (corrected.length === 0) process.stdout.write('no figure of it was corrected since\n');
}

runCommand(USAGE, async (words) => {
  await main(words);
  process.exit();
});
