/** Command: looks at quarantined events and has them replayed, through the running room. */
import { operatorToken } from './access/operator.ts';
import { readConfig } from './config.ts';

const USAGE = `usage: quarantine list [--source S] [--code C] [--all] | show ID | replay ID | replay --source S | replay --code C
  --url http://host:port   the room, where it is not on HOST and PORT
  list     newest first, at most 200; --all shows replayed ones too
  show     one event with its bytes, headers and place in the log
  replay   sends events through counting again, at most 1,000 a call; what fails again stays in quarantine`;

interface Options {
  command: string | undefined;
  id: string | undefined;
  url: string | undefined;
  filter: Record<string, string>;
}

function parse(words: readonly string[]): Options {
  const options: Options = { command: words[0], id: undefined, url: undefined, filter: {} };
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--all') options.filter['all'] = 'true';
    else if (word === '--source' || word === '--code' || word === '--url') {
      const value = words[++at];
      if (value === undefined) throw new Error(`${word} needs a value\n${USAGE}`);
      if (word === '--url') options.url = value;
      else options.filter[word.slice(2)] = value;
    } else if (word.startsWith('--')) throw new Error(`unknown option ${word}\n${USAGE}`);
    else options.id = word;
  }
  return options;
}

async function main(words: readonly string[]): Promise<void> {
  const options = parse(words);
  const config = readConfig();
  const token = await operatorToken(config.operatorToken, config.operatorTokenFile);
  const base = `${options.url ?? `http://${config.host}:${config.port}`}/v1/operator/quarantine`;
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

  let answer: unknown;
  if (options.command === 'list') answer = await call(`?${new URLSearchParams(options.filter)}`);
  else if (options.command === 'show' && options.id !== undefined)
    answer = await call(`/${encodeURIComponent(options.id)}`);
  else if (options.command === 'replay' && (options.id !== undefined || Object.keys(options.filter).length > 0)) {
    const body = options.id === undefined ? options.filter : { quarantineId: options.id };
    answer = await call('/replay', { method: 'POST', body: JSON.stringify(body) });
  } else throw new Error(USAGE);
  process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`error: ${(error as Error).message}\n`);
  process.exit(1);
});
