/** People who have an account, and how they sign in. */
import { z } from 'zod';
import { RIGHTS } from './rights.ts';
import { plainText } from './schema.ts';
import { scopeGrantSchema } from './scope.ts';

/** What somebody signs in with beside the password, and their name in the audit: as `lan.nguyen` or an address. */
export const personIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._@+-]{1,99}$/, 'small letters, digits and . _ @ + -, from 2 to 100 of them');

/** As it is kept. */
export const personSchema = z.strictObject({
  name: plainText(200),
  rights: z.array(z.enum(RIGHTS)).max(RIGHTS.length),
  scope: scopeGrantSchema,
  /** May not sign in; what they did stays. */
  isDisabled: z.boolean().default(false),
});
export type Person = z.infer<typeof personSchema>;

/** As an administrator sees it. */
export interface Account extends Person {
  id: string;
  version: number;
  hasPassword: boolean;
  /** Their identity provider, which vouches for them and says at each sign-in what they may do. */
  issuer?: string;
  /** Since when they keep the right to administer, which the provider gives no more: nobody else has it. Milliseconds since 1970 UTC. */
  keptSince?: number;
  /** Until when the open link that sets a password is good, milliseconds since 1970 UTC. */
  invitedUntil?: number;
}
