/** What is to be done once an answer is over, sent whole or cut off. */
import type { ServerResponse } from 'node:http';

const waiting = new WeakMap<ServerResponse, (() => void)[]>();

/**
 * In the order in which it was asked for, once. All of the room that follow an answer share one listener of it: each with its own,
 * and those by which a file is piped, were more than Node takes for a leak.
 */
export function onceClosed(response: ServerResponse, then: () => void): void {
  const asked = waiting.get(response);
  if (asked !== undefined) return void asked.push(then);
  const all = [then];
  waiting.set(response, all);
  response.once('close', () => {
    for (const each of all) each();
  });
}
