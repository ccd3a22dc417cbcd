/** What is said of wall displays. */
import type { PairedScreen, WaitingScreen } from '@room/contract';
import type { MessageKey } from '../i18n/index.ts';
import type { Speech } from './context.ts';

/** Who did something, by their name in the audit. */
const nameOf = (who: string): string => who.replace(/^person:/, '');

export const pairedText = ({ paired: { by, at, from } }: PairedScreen, now: number, { t, format }: Speech): string =>
  t('screenPairedBy', { who: nameOf(by), time: format.since(at, now), from });

export const seenText = ({ seen }: PairedScreen, now: number, { t, format }: Speech): string =>
  seen === undefined
    ? t('screenNeverSeen')
    : t('screenSeen', { age: format.span(Math.max(0, now - seen.at)), from: seen.from });

export const askedText = ({ from, askedAt }: WaitingScreen, now: number, { t, format }: Speech): string =>
  t('screenAskedFrom', { from, age: format.span(Math.max(0, now - askedAt)) });

/** What a refusal means here, by the server's code. */
export const SCREEN_REFUSALS: Readonly<Record<string, MessageKey>> = {
  conflict: 'conflict',
  no_such_code: 'screenCodeUnknown',
  no_such_screen: 'screenGone',
  demonstration: 'screensDemonstration',
  no_right: 'screensRefused',
  outside_scope: 'screensRefused',
  not_signed_in: 'screensRefused',
};
