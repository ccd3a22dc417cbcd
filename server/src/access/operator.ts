/**
 * The operator's tokens: one in a file that only the owner can read, by which commands on the machine find their way in, and the one of
 * the environment, where it has one.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The server's. The file's is kept from start to start, but made anew where another is set: whoever sets one may mean to end that. */
export async function operatorTokens(given: string | undefined, file: string): Promise<readonly string[]> {
  const known = given === undefined || given === '' ? await tokenIn(file) : undefined;
  if (known !== undefined) return [known];
  const made = randomBytes(32).toString('base64url');
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${made}\n`, { mode: 0o600 });
  await rename(draft, file);
  return given === undefined || given === '' ? [made] : [given, made];
}

/** A command's, and where it has it from. One that it made itself would be no room's. */
export async function knownToken(given: string | undefined, file: string): Promise<{ token: string; from: string }> {
  if (given !== undefined && given !== '') return { token: given, from: 'OPERATOR_TOKEN' };
  const token = await tokenIn(file);
  if (token !== undefined) return { token, from: file };
  throw new Error(
    `there is no operator's token at ${file}; set DATA_DIR to the folder of a room that was started, or OPERATOR_TOKEN to its token`,
  );
}

async function tokenIn(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares in constant time, whatever the lengths. */
export const isOperator = (given: string | undefined, tokens: readonly string[]): boolean =>
  given !== undefined && tokens.filter((token) => timingSafeEqual(digest(given), digest(token))).length > 0;

/** The token of an `Authorization: Bearer` header. */
export const bearer = (header: string | undefined): string | undefined =>
  /^Bearer ([\w.~+/=-]+)$/i.exec(header ?? '')?.[1];
