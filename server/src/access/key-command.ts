/** The words of the portal-key command. */
import { parseArgs } from 'node:util';
import { UsageError } from '../command.ts';

export const USAGE = `usage: portal-key create SOURCE… | create --all | create --key-only SOURCE | list | revoke SOURCE
  create      makes a key for each source of the catalogue named (--all: for every one) and prints {"source","key"} lines
  --key-only  prints the key and nothing else
  list        sources that have keys
  revoke      takes all keys of a source away`;

export type KeyCommand =
  | { command: 'create'; sources: readonly string[] | 'all'; keyOnly: boolean }
  | { command: 'list' }
  | { command: 'revoke'; source: string };

/** Throws where words are missing, too many or misspelt: a key that nobody wanted would be one too many. */
export function parseKeyCommand(words: readonly string[]): KeyCommand {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { all: { type: 'boolean', default: false }, 'key-only': { type: 'boolean', default: false } },
  });
  const { all, 'key-only': keyOnly } = values;
  const [command, ...sources] = positionals;
  const [source] = sources;
  if (command === 'create') {
    if (all && source === undefined && !keyOnly) return { command, sources: 'all', keyOnly };
    if (!all && source !== undefined && !(keyOnly && sources.length > 1)) return { command, sources, keyOnly };
  } else if (!all && !keyOnly) {
    if (command === 'list' && source === undefined) return { command };
    if (command === 'revoke' && source !== undefined && sources.length === 1) return { command, source };
  }
  throw new UsageError('these words are no command');
}
