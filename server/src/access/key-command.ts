/** The words of the portal-key command. */
import { parseArgs } from 'node:util';
import { instantOf } from '@room/contract';
import { UsageError } from '../command.ts';

export const USAGE = `usage: portal-key create SOURCE… | create --all | create --key-only SOURCE | list | show SOURCE | revoke SOURCE [--key NAME|ID]
  create      makes a key for each source of the catalogue named (--all: for every one) and prints {"source","key"} lines
  --key-only  prints the key and nothing else
  --name      what the key is called in lists, as "gateway 2, from March"
  --expires   from when on it is worth nothing: days from now as 90d, or an instant as 2027-01-31T00:00:00+07:00
  list        sources that have keys
  show        each key of a source: its name, when it was made and used last, when it expires or was revoked
  revoke      takes all keys of a source away, or the one of this name or id; within a second on every server`;

export type KeyCommand =
  | {
      command: 'create';
      sources: readonly string[] | 'all';
      keyOnly: boolean;
      name: string | undefined;
      expiresAt: string | undefined;
    }
  | { command: 'list' }
  | { command: 'show'; source: string }
  | { command: 'revoke'; source: string; which: string | undefined };

const DAY_MS = 86_400_000;

/** Throws where words are missing, too many or misspelt: a key that nobody wanted would be one too many. */
export function parseKeyCommand(words: readonly string[], now = Date.now()): KeyCommand {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      'key-only': { type: 'boolean', default: false },
      name: { type: 'string' },
      expires: { type: 'string' },
      key: { type: 'string' },
    },
  });
  const { all, 'key-only': keyOnly, name, expires, key: which } = values;
  const [command, ...sources] = positionals;
  const [source] = sources;
  const isPlain = !all && !keyOnly && name === undefined && expires === undefined;
  if (command === 'create' && which === undefined) {
    const expiresAt = expires === undefined ? undefined : instantAfter(expires, now);
    const made = { command, keyOnly, name, expiresAt } as const;
    if (all && source === undefined && !keyOnly) return { ...made, sources: 'all' };
    if (!all && source !== undefined && !(keyOnly && sources.length > 1)) return { ...made, sources };
  } else if (isPlain && sources.length <= 1) {
    if (command === 'list' && source === undefined && which === undefined) return { command };
    if (command === 'show' && source !== undefined && which === undefined) return { command, source };
    if (command === 'revoke' && source !== undefined) return { command, source, which };
  }
  throw new UsageError('these words are no command');
}

function instantAfter(text: string, now: number): string {
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  const at = days === undefined ? instantOf(text) : now + Number(days) * DAY_MS;
  if (Number.isNaN(at)) throw new UsageError(`--expires is ${text}; give days as 90d, or 2027-01-31T00:00:00+07:00`);
  if (at <= now) throw new UsageError(`--expires is ${text}, which is over`);
  return new Date(at).toISOString();
}
