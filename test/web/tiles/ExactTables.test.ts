// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import ExactTables from '../../../web/src/tiles/ExactTables.vue';
import { mount } from '../mount.ts';
import { catalogue, state } from '../room.ts';

const textsOf = (share: number) => {
  const shown = state({ kind: 'past', statuses: { 1: 5 }, coverage: { asOf: 0, share } });
  const { wrapper } = mount(ExactTables, { state: shown });
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
  expect(textsOf(0.996)).toEqual(['5', '0', '0']);
  expect(textsOf(0.1)).toEqual(['5', '—', '—']);
});
