// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { addMessages } from '../../../web/src/i18n/index.ts';
import { past } from '../../../web/src/i18n/past.ts';
import ExactTables from '../../../web/src/tiles/ExactTables.vue';
import { mount } from '../mount.ts';
import { catalogue, measures, state } from '../room.ts';

addMessages(past);

const three = {
  ...catalogue,
  statuses: [...catalogue.statuses, { code: 5, label: { vi: 'Moved', en: 'Moved' }, entry: false, finishes: false }],
};
const textsOf = (share: number, moved: number) => {
  const shown = state({ kind: 'past', statuses: { 1: 5, 5: moved }, coverage: { asOf: 0, share } });
  const { wrapper } = mount(ExactTables, { state: shown }, { catalogue: three });
  return ['status-1', 'status-9', 'channel-1'].map((name) => wrapper.get(`[data-test="${name}"]`).text());
};

it('a table that goes on in another column has its head there again, and every row once', () => {
  const services = Array.from({ length: 50 }, (_, nth) => ({ ...catalogue.services[0], code: `many-${nth}` }));
  const many = { ...catalogue, services } as typeof catalogue;
  const headsOf = (parted: boolean) => {
    const { wrapper } = mount(
      ExactTables,
      { state: state({ kind: 'past' }), parted },
      { language: 'en', catalogue: many },
    );
    expect(wrapper.findAll('[data-test^="service-many-"]')).toHaveLength(50);
    const tables = wrapper.findAll('table').filter((table) => table.text().startsWith('Services'));
    return tables.map((table) => [table.get('th').text(), table.findAll('tbody tr').length]);
  };
  expect(headsOf(false)).toEqual([['Services', 50]]);
  expect(headsOf(true)).toEqual([
    ['Services', 17],
    ['Services (continued)', 17],
    ['Services (continued)', 16],
  ]);
});

it('a status that nobody counted is a zero where most report, and a dash where most are silent', () => {
  expect(textsOf(0.996, 2)).toEqual(['5', '0', '0']);
  expect(textsOf(0.1, 2)).toEqual(['5', '—', '—']);
});

it('where no change of status was reported at all, nobody knows that there was none', () => {
  expect(textsOf(0.996, 0)).toEqual(['5', '—', '0']);
});

it('offices of a part of the period without numbers are told in one line, by name on demand; one that is silent keeps its row', () => {
  const [office] = catalogue.agencies;
  const former = ['f1', 'f2', 'f3'].map((id) => ({ ...office, id, label: { vi: id, en: id }, short: undefined }));
  const dated = {
    ...catalogue,
    agencies: [...catalogue.agencies, ...former.map((unit) => ({ ...unit, validTo: '2026-06-30' }))],
  };
  const shown = state({
    kind: 'past',
    period: { from: '2026-01-01', to: '2026-11-18' },
    agencies: { f1: measures({ submitted: 3 }) },
  });
  const { wrapper } = mount(
    ExactTables,
    { state: shown, parted: true },
    { language: 'en', catalogue: dated as typeof catalogue },
  );
  expect(wrapper.find('[data-test="agency-f1"]').text()).toBe('3');
  expect(wrapper.find('[data-test="agency-f2"]').exists()).toBe(false);
  expect(wrapper.find('[data-test="agency-A"]').exists()).toBe(true);
  const folded = wrapper.get('[data-test="folded-agency"]');
  expect(folded.get('summary').text()).toBe('and 2 that existed for a part of the period, without numbers');
  expect(folded.text()).toMatch(/f2; f3$/);
});
