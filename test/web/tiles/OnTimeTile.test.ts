// @vitest-environment happy-dom
import type { VueWrapper } from '@vue/test-utils';
import { expect, it } from 'vitest';
import OnTimeTile from '../../../web/src/tiles/OnTimeTile.vue';
import { mount, textOf } from '../mount.ts';
import { measures, state } from '../room.ts';

const rows = (wrapper: VueWrapper): string[] => wrapper.findAll('li').map((row) => textOf(row.element));
const of = (onTime: number, late: number, submitted = 0) => measures({ onTime, late, submitted });

it('ranks who is late, on time first, and says the share of all', () => {
  const shown = state({ total: of(180, 20), agencies: { A: of(95, 5), B: of(85, 15) } });
  const { wrapper } = mount(OnTimeTile, { state: shown, fresh: true, rows: 4 }, { language: 'en' });
  expect(rows(wrapper)).toEqual(['Office B 15 late, on time 85.0%', 'A 5 late, on time 95.0%']);
  const share = wrapper.get('[data-test="on-time"]');
  expect([share.text(), share.attributes('data-value')]).toEqual(['90.0%', '0.9']);
});

it('where nothing is finished it says who received most, and no share', () => {
  const shown = state({ agencies: { A: of(0, 0, 3), B: of(0, 0, 9) } });
  const { wrapper } = mount(OnTimeTile, { state: shown, fresh: true, rows: 4 }, { language: 'en' });
  expect(rows(wrapper)).toEqual(['Office B received 9', 'A received 3']);
  expect(wrapper.get('[data-test="on-time"]').text()).toBe('—');
});

it('shows no more rows than it has room for', () => {
  const shown = state({ total: of(180, 20), agencies: { A: of(95, 5), B: of(85, 15) } });
  expect(rows(mount(OnTimeTile, { state: shown, fresh: true, rows: 1 }).wrapper)).toHaveLength(1);
});

it('rows keep their places for a minute, whatever their numbers do', async () => {
  const first = state({ total: of(180, 20), agencies: { A: of(95, 5), B: of(85, 15) } });
  const { wrapper, now, set } = mount(OnTimeTile, { state: first, fresh: true, rows: 4 }, { language: 'en' });
  const turned = { ...first, agencies: { A: of(60, 40), B: of(85, 15) } };
  await set({ state: turned });
  expect(rows(wrapper)).toEqual(['Office B 15 late, on time 85.0%', 'A 40 late, on time 60.0%']);
  now.value += 61_000;
  await set({ state: { ...turned } });
  expect(rows(wrapper)).toEqual(['A 40 late, on time 60.0%', 'Office B 15 late, on time 85.0%']);
});

it('no share is made of a handful of dossiers, of one office or of all', () => {
  const some = state({ total: of(180, 20), agencies: { A: of(3, 1), B: of(85, 15) } });
  const tile = (shown: typeof some) =>
    mount(OnTimeTile, { state: shown, fresh: true, rows: 4 }, { language: 'en' }).wrapper;
  expect(rows(tile(some))).toEqual(['Office B 15 late, on time 85.0%', 'A 1 late, on time —']);
  const night = tile(state({ total: of(3, 1, 9), agencies: { A: of(3, 1, 2), B: of(0, 0, 7) } }));
  expect(rows(night)).toEqual(['Office B received 7', 'A received 2']);
  expect(night.get('[data-test="on-time"]').text()).toBe('—');
});
