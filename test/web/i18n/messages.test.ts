import { expect, it } from 'vitest';
import { account } from '../../../web/src/i18n/account.ts';
import { accounts } from '../../../web/src/i18n/accounts.ts';
import { administration } from '../../../web/src/i18n/administration.ts';
import { alerts } from '../../../web/src/i18n/alerts.ts';
import { annotations } from '../../../web/src/i18n/annotations.ts';
import { api } from '../../../web/src/i18n/api.ts';
import { ask } from '../../../web/src/i18n/ask.ts';
import { directives } from '../../../web/src/i18n/directives.ts';
import { en } from '../../../web/src/i18n/en.ts';
import { evidence } from '../../../web/src/i18n/evidence.ts';
import { evidenceFiles } from '../../../web/src/i18n/evidence-files.ts';
import { explore } from '../../../web/src/i18n/explore.ts';
import { fields } from '../../../web/src/i18n/fields.ts';
import { forecasts } from '../../../web/src/i18n/forecasts.ts';
import { translatorIn } from '../../../web/src/i18n/index.ts';
import { kept } from '../../../web/src/i18n/kept.ts';
import { leaders } from '../../../web/src/i18n/leaders.ts';
import { links } from '../../../web/src/i18n/links.ts';
import { notebooks } from '../../../web/src/i18n/notebooks.ts';
import { numbers } from '../../../web/src/i18n/numbers.ts';
import { pages } from '../../../web/src/i18n/pages.ts';
import { past } from '../../../web/src/i18n/past.ts';
import { periods } from '../../../web/src/i18n/periods.ts';
import { programmes } from '../../../web/src/i18n/programmes.ts';
import { progress } from '../../../web/src/i18n/progress.ts';
import { refused } from '../../../web/src/i18n/refused.ts';
import { ringing } from '../../../web/src/i18n/ringing.ts';
import { routes } from '../../../web/src/i18n/routes.ts';
import { rowsFile } from '../../../web/src/i18n/rows-file.ts';
import { rules } from '../../../web/src/i18n/rules.ts';
import { scenes } from '../../../web/src/i18n/scenes.ts';
import { screens } from '../../../web/src/i18n/screens.ts';
import { serviceIndex } from '../../../web/src/i18n/service-index.ts';
import { services } from '../../../web/src/i18n/services.ts';
import { shown } from '../../../web/src/i18n/shown.ts';
import { tasks } from '../../../web/src/i18n/tasks.ts';
import { vi } from '../../../web/src/i18n/vi.ts';
import { walls } from '../../../web/src/i18n/walls.ts';
import { who } from '../../../web/src/i18n/who.ts';

/** What the pages bring along. */
const PAGES = [
  account,
  accounts,
  administration,
  alerts,
  annotations,
  api,
  ask,
  directives,
  evidence,
  evidenceFiles,
  explore,
  fields,
  forecasts,
  kept,
  links,
  leaders,
  notebooks,
  pages,
  past,
  periods,
  programmes,
  progress,
  refused,
  ringing,
  routes,
  rowsFile,
  numbers,
  rules,
  scenes,
  shown,
  screens,
  serviceIndex,
  services,
  tasks,
  walls,
  who,
];
const all = { vi: { ...vi } as Record<string, string>, en: { ...en } as Record<string, string> };
for (const page of PAGES) {
  Object.assign(all.vi, page.vi);
  Object.assign(all.en, page.en);
}
const keys = Object.keys(all.vi);
const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();

it('one dossier is no dossiers, in the language that tells them apart', () => {
  const said = (of: number) => translatorIn('en')('periodDay', { count: of }, of);
  expect([0, 1, 2].map(said)).toEqual(['0 dossiers submitted.', '1 dossier submitted.', '2 dossiers submitted.']);
  expect(translatorIn('vi')('periodDay', { count: 2 }, 2)).toBe('2 hồ sơ nộp.');
});

it('no page takes the word of another', () => {
  const names = [vi, ...PAGES.map((page) => page.vi)].flatMap((of) => Object.keys(of));
  expect(names).toEqual([...new Set(names)]);
  expect(Object.keys(all.en).sort()).toEqual([...keys].sort());
});

it.each(keys)('%s is said in both languages', (key) => {
  expect(all.en[key]).toMatch(/./);
  // A sentence may leave a range's unit out, but never take a value that the other does not have.
  for (const form of (all.en[key] ?? '').split(' | ')) expect(places(form)).toEqual(places(all.vi[key] ?? ''));
});

it('an alert that rings and one that is acknowledged have one word each, and rows of any kind are not called units', () => {
  const said = [vi, ...PAGES.map((page) => page.vi)].flatMap((of) => Object.values(of));
  expect(said.filter((text) => /đang kêu|báo động|chưa ai nhận/i.test(text))).toEqual([]);
  const rows = [scenes.vi.rowsMore, explore.vi.others, alerts.vi.driversOthers, rules.vi.backtestMore];
  expect(rows.filter((text) => /nơi|đơn vị/.test(text))).toEqual([]);
});
