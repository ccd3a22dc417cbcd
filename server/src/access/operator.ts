/** The operator's token: from the environment, or made once and kept in a file that only the owner can read. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RequestHandler } from 'express';
import { HttpError } from '../errors.ts';

export async function operatorToken(given: string | undefined, file: string): Promise<string> {
  if (given !== undefined && given !== '') return given;
  const stored = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (stored !== undefined) return stored.trim();
  const token = randomBytes(32).toString('base64url');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
  return token;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares in constant time, whatever the lengths. */
const isOperator = (given: string | undefined, token: string): boolean =>
  given !== undefined && timingSafeEqual(digest(given), digest(token));

/** The token of an `Authorization: Bearer` header. */
export const bearer = (header: string | undefined): string | undefined =>
  /^Bearer ([\w.~+/=-]+)$/i.exec(header ?? '')?.[1];

/** Lets only those through who bring the operator's token. */
export const operatorsOnly =
  (token: string): RequestHandler =>
  (request, _response, next) => {
    if (!isOperator(bearer(request.get('authorization')), token))
      throw new HttpError(
        401,
        'not_operator',
        'give the operator\'s token as "Authorization: Bearer …"; it stands in DATA_DIR/operator-token or OPERATOR_TOKEN',
      );
    next();
  };
