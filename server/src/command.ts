/** How a command of the room ends: with its help, with an error in words, or quietly when nobody reads its output any more. */
import { userInfo } from 'node:os';
import { keepToOwner } from '@room/operations';

/** The words after a command are not what it takes; told with its usage. */
export class UsageError extends Error {}

/** Runs `main` with the words of the command line; its process ends with 1 where it fails. */
export function runCommand(usage: string, main: (words: string[]) => Promise<void>): void {
  keepToOwner();
  const fail = (error: Error): never => {
    const isMisused =
      error instanceof UsageError || `${(error as NodeJS.ErrnoException).code}`.startsWith('ERR_PARSE_ARGS');
    process.stderr.write(`error: ${error.message}\n${isMisused ? `${usage}\n` : ''}`);
    process.exit(1);
  };
  // As `| head` leaves it: what was asked for is done, and the rest of its output is not wanted.
  process.stdout.on('error', (error: NodeJS.ErrnoException) =>
    error.code === 'EPIPE' ? process.exit(0) : fail(error),
  );
  // Words about progress that nobody hears must not end the work.
  process.stderr.on('error', () => undefined);
  const words = process.argv.slice(2);
  if (words.includes('--help')) process.stdout.write(`${usage}\n`);
  else main(words).catch(fail);
}

/** Who a command's changes are by: whoever may run one on the room's machine. */
export function commandCause(): { who: string } {
  try {
    return { who: `command:${userInfo().username}` };
  } catch {
    // A container's user may have no name.
    return { who: `command:${process.getuid?.() ?? 'unknown'}` };
  }
}
