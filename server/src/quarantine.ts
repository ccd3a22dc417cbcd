/** Command: looks at quarantined events and has them replayed, through the running room. */
import { knownToken } from './access/operator.ts';
import { runCommand } from './command.ts';
import { readConfig } from './config.ts';
import { parseCommand, USAGE } from './operator/command.ts';
import { roomUrl } from './operator/room.ts';

async function main(words: readonly string[]): Promise<void> {
  const options = parseCommand(words);
  const config = readConfig();
  const token = await knownToken(config.operatorToken, config.operatorTokenFile);
  const base = `${options.url ?? (await roomUrl(config))}/v1/operator/quarantine`;
  const call = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const response = await fetch(`${base}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    }).catch((cause: unknown) => {
      throw new Error(`no room answers at ${base}; start it, or give --url`, { cause });
    });
    const body = (await response.json()) as { error?: { reason: string } };
    if (!response.ok) throw new Error(body.error?.reason ?? `the room answered ${response.status}`);
    return body;
  };

  const { command, id, filter } = options;
  let answer: unknown;
  if (command === 'list') {
    const { all, ...texts } = filter;
    answer = await call(`?${new URLSearchParams({ ...texts, ...(all === undefined ? {} : { all: 'true' }) })}`);
  } else if (command === 'show') answer = await call(`/${encodeURIComponent(id ?? '')}`);
  else {
    const body = JSON.stringify(id === undefined ? filter : { quarantineId: id });
    answer = await call('/replay', { method: 'POST', body });
  }
  process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
}

runCommand(USAGE, main);
