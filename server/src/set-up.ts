/** Command: prints a link by which an administrator is made, through the running room. */
import { parseArgs } from 'node:util';
import { knownToken } from './access/operator.ts';
import { linkOf } from './access/set-up.ts';
import { runCommand, UsageError } from './command.ts';
import { readConfig } from './config.ts';
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
  const base = values.url ?? (await roomUrl(config));
  const token = await knownToken(config.operatorToken, config.operatorTokenFile);
  const response = await fetch(`${base}/v1/operator/set-up`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  }).catch((cause: unknown) => {
    throw new Error(`no room answers at ${base}; start it, or give --url`, { cause });
  });
  const answer = (await response.json()) as { token?: string; error?: { reason: string } };
  if (answer.token === undefined) throw new Error(answer.error?.reason ?? `the room answered ${response.status}`);
  process.stdout.write(`${linkOf(config.publicUrls[0] ?? base, answer.token)}\n`);
}

runCommand(USAGE, main);
