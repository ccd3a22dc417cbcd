import type { Language } from '@room/contract';
import { createI18n } from 'vue-i18n';
import { en } from './en.ts';
import { type MessageKey, vi } from './vi.ts';

export const i18n = createI18n({ legacy: false, locale: 'vi', fallbackLocale: 'vi', messages: { vi, en } });

/** Says one message in one language; the sentence builders take it as an argument. `of`: the number that decides between its forms. */
export type Translate = (key: MessageKey, values?: Record<string, string | number>, of?: number) => string;

export const translatorIn =
  (language: Language): Translate =>
  (key, values = {}, of = 1) =>
    i18n.global.t(key, values, { locale: language, plural: of });
