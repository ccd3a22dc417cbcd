/** The first thing that a program asks with its token, ready to be run in a POSIX shell. */
import { addDays, type ReadingRight } from '@room/contract';

export interface ReadingExampleOptions {
  /** Of the room, as this browser reached it. */
  origin: string;
  secret: string;
  rights: readonly ReadingRight[];
  /** Local day. */
  today: string;
}

/** Without the right to analyse, what a wall shows. */
export function readingExample({ origin, secret, rights, today }: ReadingExampleOptions): string {
  const week = new URLSearchParams({
    from: addDays(today, -6),
    to: today,
    measures: 'submitted,shareOnTime',
    grain: 'day',
    compare: 'previous',
  });
  const path = rights.includes('analyse') ? `/v1/query?${week}` : '/v1/snapshot';
  return [`curl '${origin}${path}' \\`, `  -H 'authorization: Bearer ${secret}'`].join('\n');
}

/** How rows of a file are brought by it: the token stands in a file of its user's, never among the words of a command. */
export const importExample = ({ origin, secret }: Pick<ReadingExampleOptions, 'origin' | 'secret'>): string =>
  [
    `(umask 077; cat > room-token <<'END'`,
    secret,
    'END',
    ')',
    `npm run import -- FILE.csv --mapping ROWS.json --url ${origin} --token-file room-token`,
  ].join('\n');
