/** The operator's token: from the environment, or made once by the server and kept in a file that only the owner can read. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The server's: made where there is none. */
export async function operatorToken(given: string | undefined, file: string): Promise<string> {
  const known = await tokenIn(given, file);
  if (known !== undefined) return known;
  const token = randomBytes(32).toString('base64url');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
  return token;
}

/** A command's: one that it made itself would be no room's. */
export async function knownToken(given: string | undefined, file: string): Promise<string> {
  const known = await tokenIn(given, file);
  if (known !== undefined) return known;
  throw new Error(
    `there is no operator's token at ${file}; set DATA_DIR to the folder of a room that was started, or OPERATOR_TOKEN to its token`,
  );
}

async function tokenIn(given: string | undefined, file: string): Promise<string | undefined> {
  if (given !== undefined && given !== '') return given;
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares in constant time, whatever the lengths. */
export const isOperator = (given: string | undefined, token: string): boolean =>
  given !== undefined && timingSafeEqual(digest(given), digest(token));

/** The token of an `Authorization: Bearer` header. */
export const bearer = (header: string | undefined): string | undefined =>
  /^Bearer ([\w.~+/=-]+)$/i.exec(header ?? '')?.[1];
