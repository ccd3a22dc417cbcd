/** Command: prints a link by which an administrator is made, through the running room. */
import { parseArgs } from 'node:util';
import { linkOf } from './access/set-up.ts';
import { runCommand, UsageError } from './command.ts';
import { readConfig } from './config.ts';
import { askRoom } from './operator/ask-room.ts';
import { roomUrl } from './operator/room.ts';

const USAGE = `usage: set-up [--url URL]
  prints a link, good once and for three days, by which an administrator is made
  --url  where the room answers; without it the room of DATA_DIR is asked`;

async function main(words: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { url: { type: 'string' } },
  });
  if (positionals.length > 0) throw new UsageError('these words are no command');
  const config = readConfig();
  const call = await askRoom(config, values.url);
  const { token, url } = await call<{ token: string; url?: string }>('/v1/operator/set-up', {});
  process.stdout.write(`${linkOf(url ?? values.url ?? (await roomUrl(config)), token)}\n`);
}

runCommand(USAGE, main);
