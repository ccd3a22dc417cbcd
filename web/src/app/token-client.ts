/** What the page of one's own account asks and tells of the tokens of one's programs. Throws `RequestFailed`. */
import type { ImportKind, ReadingRight, ReadingToken, ReadingTokens, ScopeGrant } from '@room/contract';
import { answerOf, telling } from './client.ts';

export interface TokenForm {
  name: string;
  rights: ReadingRight[];
  imports: ImportKind[];
  scope: ScopeGrant;
  days: number;
}

const TOKENS = '/v1/account/tokens';

export const tokens = {
  list: async (signal: AbortSignal) => (await answerOf(TOKENS, { signal })) as ReadingTokens,
  create: async (form: TokenForm) => (await answerOf(TOKENS, telling(form))) as { token: ReadingToken; secret: string },
  revoke: async (id: string) =>
    (await answerOf(`${TOKENS}/${encodeURIComponent(id)}/revoke`, telling({}))) as ReadingTokens,
};
