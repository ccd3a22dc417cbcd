/** Why the identity provider's way led to nothing, by the server's code. */
import type { MessageKey } from '../i18n/index.ts';

export const REFUSED_WORDS: Readonly<Record<string, MessageKey>> = {
  sign_in_expired: 'signInExpired',
  sign_in_cancelled: 'signInCancelled',
  provider_away: 'providerAway',
  provider_failed: 'providerFailed',
  no_mapping: 'noMapping',
  account_disabled: 'accountIsDisabled',
  database_away: 'databaseAway',
};

/** What the address of the page says: `#refused=CODE.REQUEST`. */
export interface Refused {
  key: MessageKey;
  requestId: string;
}

export function refusedIn(hash: string): Refused | undefined {
  const [, code = '', requestId = ''] = /^#refused=([a-z_]{1,40})\.([\w.:-]{1,100})$/.exec(hash) ?? [];
  return requestId === '' ? undefined : { key: REFUSED_WORDS[code] ?? 'providerFailed', requestId };
}
