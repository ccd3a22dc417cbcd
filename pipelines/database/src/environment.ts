/** The variables that choose and reach the database. Takes the environment as a value: only a `config.ts` reads the real one. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '@room/runtime';

export type DatabaseSettings =
  | { kind: 'sqlite'; file: string }
  /** `url` holds the password too. */
  | { kind: 'postgres'; url: string };

/** Of a room that keeps it itself. */
export const databaseFile = (dataDirectory: string): string => join(dataDirectory, 'database', 'room.db');

/** A file of its own where no server is named. An error names the variable. */
export function databaseFrom(env: Environment, dataDirectory: string): DatabaseSettings {
  const text = env['DATABASE_URL'];
  if (text === undefined || text === '') return { kind: 'sqlite', file: databaseFile(dataDirectory) };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'file:' && /^file:\/\/\/.*[^/]$/i.test(text))
    return { kind: 'sqlite', file: fileURLToPath(url) };
  const isServer = url?.protocol === 'postgres:' || url?.protocol === 'postgresql:';
  // What is wrong may be a password.
  if (url === undefined || !isServer || url.pathname.length < 2)
    throw new Error(
      'DATABASE_URL must look like postgres://user@host:5432/database, or file:///folder/room.db for a file of this machine',
    );
  const password = env['DATABASE_PASSWORD'];
  if (password !== undefined && password !== '') {
    if (url.password !== '') throw new Error('DATABASE_URL has a password and DATABASE_PASSWORD is set; remove one');
    url.password = encodeURIComponent(password);
  }
  return { kind: 'postgres', url: url.href };
}
