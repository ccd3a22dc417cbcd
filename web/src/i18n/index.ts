import { compile, createCoreContext, registerMessageCompiler, translate } from '@intlify/core-base';
import type { Language } from '@room/contract';
import type { account } from './account.ts';
import type { accounts } from './accounts.ts';
import type { administration } from './administration.ts';
import type { alerts } from './alerts.ts';
import type { annotations } from './annotations.ts';
import type { api } from './api.ts';
import type { ask } from './ask.ts';
import type { directives } from './directives.ts';
import { en } from './en.ts';
import type { evidence } from './evidence.ts';
import type { evidenceFiles } from './evidence-files.ts';
import type { explore } from './explore.ts';
import type { fields } from './fields.ts';
import type { forecasts } from './forecasts.ts';
import type { kept } from './kept.ts';
import type { leaders } from './leaders.ts';
import type { links } from './links.ts';
import type { notebooks } from './notebooks.ts';
import type { numbers } from './numbers.ts';
import type { pages } from './pages.ts';
import type { past } from './past.ts';
import type { periods } from './periods.ts';
import type { programmeTiles } from './programme-tiles.ts';
import type { programmes } from './programmes.ts';
import type { progress } from './progress.ts';
import type { refused } from './refused.ts';
import type { ringing } from './ringing.ts';
import type { routes } from './routes.ts';
import type { rowsFile } from './rows-file.ts';
import type { rules } from './rules.ts';
import type { scenes } from './scenes.ts';
import type { screens } from './screens.ts';
import type { serviceIndex } from './service-index.ts';
import type { services } from './services.ts';
import type { shown } from './shown.ts';
import type { tasks } from './tasks.ts';
import { type MessageKey as Common, vi } from './vi.ts';
import type { walls } from './walls.ts';
import type { who } from './who.ts';

/** Of all pages: those of one page are there once it is. */
export type MessageKey =
  | Common
  | keyof (typeof account)['vi']
  | keyof (typeof accounts)['vi']
  | keyof (typeof administration)['vi']
  | keyof (typeof alerts)['vi']
  | keyof (typeof annotations)['vi']
  | keyof (typeof api)['vi']
  | keyof (typeof ask)['vi']
  | keyof (typeof directives)['vi']
  | keyof (typeof evidence)['vi']
  | keyof (typeof evidenceFiles)['vi']
  | keyof (typeof explore)['vi']
  | keyof (typeof fields)['vi']
  | keyof (typeof forecasts)['vi']
  | keyof (typeof kept)['vi']
  | keyof (typeof links)['vi']
  | keyof (typeof leaders)['vi']
  | keyof (typeof notebooks)['vi']
  | keyof (typeof pages)['vi']
  | keyof (typeof past)['vi']
  | keyof (typeof periods)['vi']
  | keyof (typeof programmes)['vi']
  | keyof (typeof programmeTiles)['vi']
  | keyof (typeof progress)['vi']
  | keyof (typeof refused)['vi']
  | keyof (typeof ringing)['vi']
  | keyof (typeof routes)['vi']
  | keyof (typeof numbers)['vi']
  | keyof (typeof rowsFile)['vi']
  | keyof (typeof rules)['vi']
  | keyof (typeof scenes)['vi']
  | keyof (typeof screens)['vi']
  | keyof (typeof serviceIndex)['vi']
  | keyof (typeof services)['vi']
  | keyof (typeof shown)['vi']
  | keyof (typeof tasks)['vi']
  | keyof (typeof walls)['vi']
  | keyof (typeof who)['vi'];

// The core of vue-i18n alone: a message is asked for by its key in a named language, which needs nothing of Vue.
registerMessageCompiler(compile);
const messages: Record<Language, Record<string, string>> = { vi: { ...vi }, en: { ...en } };
const context = createCoreContext({ locale: 'vi', fallbackLocale: 'vi', messages });

/** Messages that a page brings along. */
export function addMessages<Key extends string>(
  more: Readonly<Record<Language, { readonly [key in Key]: string }>>,
): void {
  Object.assign(messages.vi, more.vi);
  Object.assign(messages.en, more.en);
}

type Values = Record<string, string | number>;
let prepared = (values: Values): Values => values;
/** What becomes of values before they stand in a message: pages have texts of strangers, and a wall is no larger for them. */
export const prepareValues = (prepare: typeof prepared): void => {
  prepared = prepare;
};

/** Says one message in one language; the sentence builders take it as an argument. `of`: the number that decides between its forms. */
export type Translate = (key: MessageKey, values?: Values, of?: number) => string;

export const translatorIn =
  (language: Language): Translate =>
  (key, values = {}, of = 1) =>
    String(translate(context, key, prepared(values), { locale: language, plural: of }));
