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
