/** A person's tokens, by which their programs read or bring rows of files: made, listed and revoked by their owner. */
import {
  IMPORTS,
  plainText,
  READING_RIGHTS,
  type ReadingToken,
  type ReadingTokens,
  scopeGrantSchema,
} from '@room/contract';
import { z } from 'zod';
import { type Route, route } from '../api/route.ts';
import { shapeOf } from '../api/shape.ts';
import { HttpError } from '../errors.ts';
import type { Door } from './door.ts';
import { causeOf } from './remember.ts';
import { MOST_DAYS, MOST_IMPORT_DAYS } from './tokens.ts';

const rights = z.array(z.enum(READING_RIGHTS)).max(READING_RIGHTS.length);
const imports = z
  .array(z.enum(IMPORTS))
  .max(IMPORTS.length)
  .meta({ description: 'rows of files that it may bring: reports of its units, tasks of a plan' });
const tokenSchema = shapeOf<ReadingToken>()({
  id: z.string(),
  name: z.string(),
  rights: rights.readonly(),
  imports: imports.readonly(),
  scope: scopeGrantSchema,
  createdAt: z.number(),
  expiresAt: z.number(),
  usedAt: z.number().optional().meta({ description: 'last, to some minutes; absent where it was not used yet' }),
}).meta({ id: 'ReadingToken' });
const tokensSchema = shapeOf<ReadingTokens>()({
  tokens: z.array(tokenSchema).readonly(),
  mostDays: z.number().meta({ description: 'for which one may be made' }),
  mostImportDays: z.number().meta({ description: 'for which one that brings rows may be made' }),
}).meta({ id: 'ReadingTokens' });

export function tokenRoutes({ accounts, tokens }: Pick<Door, 'accounts' | 'tokens'>): Route[] {
  const mostDays = async (person: string): Promise<number> =>
    (await accounts.table.identity(person)) === undefined ? MOST_DAYS.ours : MOST_DAYS.vouched;
  const tokensOf = async (person: string): Promise<ReadingTokens> => ({
    tokens: await tokens.list(person),
    mostDays: await mostDays(person),
    mostImportDays: Math.min(MOST_IMPORT_DAYS, await mostDays(person)),
  });
  return [
    route({
      method: 'get',
      path: '/v1/account/tokens',
      summary: 'one’s own tokens, which programs show to read what one may see, or to bring rows of files',
      right: 'self',
      answer: { schema: tokensSchema },
      handle: ({ principal }) => tokensOf(principal.id),
    }),
    route({
      method: 'post',
      path: '/v1/account/tokens',
      summary: 'makes a token that reads, or brings rows of files as one’s own; its secret is told this once',
      right: 'self',
      body: z
        .strictObject({
          name: plainText(100).meta({ description: 'to know it by' }),
          rights,
          imports: imports.default([]),
          scope: scopeGrantSchema.meta({ description: 'whose numbers it sees in full; at most one’s own' }),
          days: z.int().min(1).max(MOST_DAYS.ours).meta({ description: 'for which it is good' }),
        })
        .refine(({ rights: reads, imports: brings }) => reads.length + brings.length > 0, {
          path: ['rights'],
          message: 'give it a right to read, or rows that it may bring',
        }),
      answer: {
        schema: z.strictObject({
          token: tokenSchema,
          secret: z.string().meta({ description: 'goes along as Authorization: Bearer …' }),
        }),
      },
      refuses: {
        403: 'it would have a right, or see a unit, that its owner does not',
        409: 'there are as many as one person has at most',
      },
      handle: async ({ principal, body }) => tokens.create(principal, body, await mostDays(principal.id)),
    }),
    route({
      method: 'post',
      path: '/v1/account/tokens/{id}/revoke',
      summary: 'ends a token, everywhere and at once',
      right: 'self',
      params: z.strictObject({ id: z.string().max(64) }),
      body: z.strictObject({}),
      answer: { schema: tokensSchema },
      refuses: { 404: 'there is no such token of yours' },
      handle: async ({ principal, params: { id } }) => {
        if (!(await tokens.table.revoke(causeOf(principal), principal.id, id)))
          throw new HttpError(404, 'no_such_token', 'you have no such token, or not any more');
        return tokensOf(principal.id);
      },
    }),
  ];
}
