/** Numbers as a language writes them: what is 18.700.000 and 7,5 in one is 18,700,000 and 7.5 in the other. Pure. */
import type { Language } from '@room/contract';

const MARKS: Readonly<Record<Language, { thousands: string; decimal: string }>> = {
  vi: { thousands: '\\.', decimal: ',' },
  en: { thousands: ',', decimal: '\\.' },
};
const LOCALES: Readonly<Record<Language, string>> = { vi: 'vi-VN', en: 'en-US' };
/** Digits beyond these are no longer exact. */
const MOST_DIGITS = 15;

/** Undefined where it is none in this language: a comma of the other language is refused, not guessed. */
export function readNumber(text: string, language: Language): number | undefined {
  const { thousands, decimal } = MARKS[language];
  const plain = text.trim();
  const written = new RegExp(`^(?:\\d+|\\d{1,3}(?:${thousands}\\d{3})+)(?:${decimal}\\d+)?$`);
  if (plain.replace(/\D/g, '').length > MOST_DIGITS || !written.test(plain)) return undefined;
  return Number(plain.replace(new RegExp(thousands, 'g'), '').replace(new RegExp(decimal), '.'));
}

export const writeNumber = (value: number, language: Language): string =>
  new Intl.NumberFormat(LOCALES[language], { maximumSignificantDigits: MOST_DIGITS }).format(value);
