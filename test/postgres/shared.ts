/** The PostgreSQL server that all test files share. It is started when the first of them asks, by the process that runs them all. */
import { inject } from 'vitest';
import { Unavailable } from '../harness/need.ts';

export type Answer = { url: string } | { unavailable: string } | { failed: string };

/** Where whoever needs one may make databases. Rejects with `Unavailable` where this machine has none. */
export async function sharedPostgres(): Promise<string> {
  const answer = (await (await fetch(inject('sharedPostgres'))).json()) as Answer;
  if ('unavailable' in answer) throw new Unavailable(answer.unavailable);
  if ('failed' in answer) throw new Error(answer.failed);
  return answer.url;
}
