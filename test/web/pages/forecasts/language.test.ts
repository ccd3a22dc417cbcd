// @vitest-environment happy-dom
/** What comes from the catalogue is in the language of the page. */
import { expect, it } from 'vitest';
import { forecasts as messages } from '../../../../web/src/i18n/forecasts.ts';
import { addMessages } from '../../../../web/src/i18n/index.ts';
import { pages } from '../../../../web/src/i18n/pages.ts';
import ProjectionTable from '../../../../web/src/pages/forecasts/ProjectionTable.vue';
import TargetTable from '../../../../web/src/pages/forecasts/TargetTable.vue';
import SourcesList from '../../../../web/src/tiles/SourcesList.vue';
import { mount } from '../../mount.ts';
import { catalogue, forecasts, state } from '../../room.ts';

addMessages(pages);
addMessages(messages);

const both = (vi: string, en: string) => ({ vi, en });
const named = {
  ...catalogue,
  targets: [
    {
      id: 'a',
      label: both('Nộp trực tuyến từ 50%', '50% filed online'),
      metric: 'shareOnline' as const,
      value: 0.5,
      from: '2026-01-01',
      by: '2026-12-31',
      source: both('Quyết định 766', 'Decision 766'),
    },
  ],
  provenance: [{ what: both('Lịch', 'Calendar'), source: both('Bộ luật', 'Labour Code'), licence: both('mở', 'open') }],
};
const outlook = { id: 'a', unit: 'share', probability: 0.5, reached: 0.48, state: 'open', neededShare: 0.52 } as const;

it.each([
  [
    'vi',
    'Mục tiêu Khả năng Hiện nay Dự kiến Còn cần Nộp trực tuyến từ 50% · hạn 31/12/2026 Quyết định 766 50% 48,0% — phần còn lại cần 52,0%',
    'Lịch Bộ luật (mở)',
  ],
  [
    'en',
    'Target Chance So far Expected Still needed 50% filed online · by 31 Dec 2026 Decision 766 50% 48.0% — the rest needs 52.0%',
    'Calendar Labour Code (open)',
  ],
] as const)('names targets and the sources of data in %s', (language, target, source) => {
  const table = mount(
    TargetTable,
    { state: state({ forecasts: forecasts({ targets: [outlook] }) }) },
    { language, catalogue: named },
  );
  expect(table.text()).toContain(target);
  expect(mount(SourcesList, {}, { language, catalogue: named }).text()).toBe(source);
});

it('tells trial forecasts, by which bands are measured, from those that were published and came due', () => {
  const found = { mean: 130, bands: [[125, 135]], counted: 60, backtests: 28, from: '2026-11-19', to: '2026-11-19' };
  const shown = state({ forecasts: forecasts({ projections: { day: found } } as never) });
  const tableIn = (language: 'vi' | 'en') => mount(ProjectionTable, { state: shown }, { language }).text();
  expect(tableIn('en')).toMatch(/Bands measured by .*28 trial forecasts$/);
  expect(tableIn('vi')).toMatch(/Dải đo bằng .*28 dự báo thử$/);
  for (const { calibrationNone, backtests } of Object.values(messages)) {
    expect(backtests).toMatch(/trial|thử/);
    expect(calibrationNone).toMatch(/published.*trial|công bố.*thử/);
  }
});
