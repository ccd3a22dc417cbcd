// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import ProvinceList from '../../../web/src/tiles/ProvinceList.vue';
import { mount, textOf } from '../mount.ts';
import { measures, NOW, state } from '../room.ts';

const usual = { low: 90, median: 100, high: 110, days: 20 };

it('ranks places by what was submitted; only what leaves its own usual range says so', () => {
  const shown = state({
    provinces: {
      N: { ...measures({ submitted: 150 }), usual },
      S: { ...measures({ submitted: 105 }), usual },
    },
  });
  const { wrapper } = mount(ProvinceList, { state: shown }, { language: 'en' });
  expect(wrapper.findAll('li').map((row) => textOf(row.element))).toEqual(['North 50% above usual 150', 'South 105']);
});

it('nobody is judged whose portal is late or silent, nor anybody while too few report', () => {
  const provinces = { N: { ...measures({ submitted: 150 }), usual }, S: { ...measures({ submitted: 105 }), usual } };
  const text = (some: Parameters<typeof state>[0]) =>
    textOf(mount(ProvinceList, { state: state({ provinces, ...some }) }, { language: 'en' }).wrapper.element);
  expect(text({})).toContain('50% above usual');
  expect(text({ isCoverageLow: true })).not.toContain('usual');
  for (const status of ['late', 'silent'] as const)
    expect(text({ sources: { 'urn:n': { status, reportedTo: NOW - 900_000, weight: 0.1 } } })).not.toContain('usual');
});

it('beside a limit of 20 % a size does not read as 20 %', () => {
  const provinces = { N: { ...measures({ submitted: 1_204 }), usual: { ...usual, high: 1_100, median: 1_000 } } };
  const { wrapper } = mount(ProvinceList, { state: state({ provinces }) }, { language: 'en' });
  expect(textOf(wrapper.element)).toContain('20.4% above usual');
});

it('a silent place is marked, and its nothing is a dash', () => {
  const shown = state({
    sources: { 'urn:s': { status: 'silent', reportedTo: NOW - 900_000, weight: 1 } },
    provinces: { N: measures({ submitted: 0 }) },
  });
  const { wrapper } = mount(ProvinceList, { state: shown }, { language: 'en' });
  const [north, south] = wrapper.findAll('li');
  expect([north && textOf(north.element), north?.find('svg').exists()]).toEqual(['North 0', false]);
  expect([south && textOf(south.element), south?.find('svg').exists()]).toEqual(['South —', true]);
});

it('of a handful of dossiers it says how many more or fewer there are, and no percentage', () => {
  const few = { low: 0, median: 3, high: 6, days: 20 };
  const shown = state({
    provinces: { N: { ...measures({ submitted: 14 }), usual: few }, S: { ...measures({ submitted: 3 }), usual: few } },
  });
  const { wrapper } = mount(ProvinceList, { state: shown }, { language: 'en' });
  expect(wrapper.findAll('li').map((row) => textOf(row.element))).toEqual([
    'North 11 dossiers above usual 14',
    'South 3',
  ]);
});
