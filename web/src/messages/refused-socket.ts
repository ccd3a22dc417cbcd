/** Why a page hears no numbers, by the code of the server's refusal. */
import type { MessageKey } from '../i18n/index.ts';

const WORDS: Readonly<Record<string, MessageKey>> = {
  sockets_of_person: 'refusedOfPerson',
  sockets_of_screen: 'refusedOfScreen',
  sockets_full: 'refusedFull',
  not_signed_in: 'refusedSession',
  no_right: 'refusedRight',
  other_origin: 'refusedAddress',
  other_host: 'refusedAddress',
  busy: 'refusedBusy',
  database_away: 'refusedDatabase',
};

export interface RefusedSocket {
  key: MessageKey;
  code: string;
}

/** What the server answered to whoever asked for a socket; undefined where it is no refusal. */
export function refusedSocketIn(answer: string): RefusedSocket | undefined {
  const [, code] = /"message":"([a-z_]{1,40}): /.exec(answer) ?? [];
  return code === undefined ? undefined : { key: WORDS[code] ?? 'refusedOtherwise', code };
}
