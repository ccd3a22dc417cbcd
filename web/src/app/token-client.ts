/** What the page of one's own account asks and tells of reading tokens. Throws `RequestFailed`. */
import type { ReadingRight, ReadingToken, ReadingTokens, ScopeGrant } from '@room/contract';
import { answerOf, telling } from './client.ts';

export interface TokenForm {
  name: string;
  rights: ReadingRight[];
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
