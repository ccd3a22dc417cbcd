/** The link by which the first administrator is made. */
import { hostname } from 'node:os';
import type { Door } from './door.ts';

/** A wildcard is where a room listens, not where another machine finds it. */
export function linkOf(url: string, token: string): string {
  const found = new URL(url);
  if (found.hostname === '0.0.0.0' || found.hostname === '[::]') found.hostname = hostname();
  return `${found.origin}/sign-in#invitation=${token}`;
}

/**
 * A room that shows strangers nothing and that nobody can sign in to prints the link, at each start a new one. Not into the log: whoever
 * reads that later must not find a way in.
 */
export async function tellSetUp(
  { accounts, isUnclaimed }: Pick<Door, 'accounts' | 'isUnclaimed'>,
  url: string,
): Promise<void> {
  if (!isUnclaimed()) return;
  const { token, expiresAt } = await accounts.invite('room');
  process.stderr.write(
    `Nobody has an account yet, and without one this room shows nothing. Make the first administrator, once and until ` +
      `${new Date(expiresAt).toISOString()}, at\n  ${linkOf(url, token)}\n`,
  );
}
