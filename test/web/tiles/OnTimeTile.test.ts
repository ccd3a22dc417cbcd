// @vitest-environment happy-dom
import type { VueWrapper } from '@vue/test-utils';
import { expect, it } from 'vitest';
import MarkIcon from '../../../web/src/tiles/MarkIcon.vue';
import OnTimeTile from '../../../web/src/tiles/OnTimeTile.vue';
import { mount, textOf } from '../mount.ts';
import { catalogue, measures, state } from '../room.ts';

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

const marksOf = (wrapper: VueWrapper): string[] =>
  wrapper.findAllComponents(MarkIcon).map((icon) => icon.props('mark') as string);

it('shows no more lines than it has room for: the last one says how many others there are, and how many of them are on time', () => {
  const many = {
    ...catalogue,
    agencies: ['A', 'B', 'C', 'D'].map((id) => ({ id, code: id, label: { vi: id, en: id } })),
  };
  const agencies = { A: of(85, 15), B: of(93, 7), C: of(99, 1), D: of(98, 2) };
  const shown = state({ total: of(375, 25), agencies });
  const { wrapper, text } = mount(
    OnTimeTile,
    { state: shown, fresh: true, rows: 2 },
    { language: 'en', catalogue: many },
  );
  expect(rows(wrapper)).toEqual(['A 15 late, on time 85.0%']);
  expect(text()).toContain('and 3 others, 2 on time (95% or more)');
  const few = { ...shown, agencies: { A: agencies.A, B: of(2, 1), C: of(1, 0) } };
  const none = mount(OnTimeTile, { state: few, fresh: true, rows: 2 }, { language: 'en', catalogue: many });
  expect(none.text()).toContain('and 3 others, too few to judge');
  expect(wrapper.get('ol').attributes('aria-label')).toBe('urgent first, then most late');
  expect(wrapper.get('[data-test="on-time"]').element.parentElement?.textContent).toContain('on time today');
});

it('where too few report nobody is judged: each mark is hatched, and the most late come first', () => {
  const shown = state({ isCoverageLow: true, total: of(175, 35), agencies: { A: of(80, 20), B: of(95, 15) } });
  const { wrapper } = mount(OnTimeTile, { state: shown, fresh: true, rows: 4 }, { language: 'en' });
  expect(marksOf(wrapper)).toEqual(['unknown', 'unknown']);
  expect(wrapper.get('ol').attributes('aria-label')).toBe('most late first');
  expect(
    marksOf(mount(OnTimeTile, { state: { ...shown, isCoverageLow: false }, fresh: true, rows: 4 }).wrapper),
  ).toEqual(['act', 'act']);
});

it('an office whose own portal is silent is not judged', () => {
  const silent = { status: 'silent', reportedTo: 0, weight: 0.1 } as const;
  const shown = state({ total: of(175, 35), agencies: { A: of(80, 20), B: of(80, 25) }, sources: { 'urn:b': silent } });
  const ofB = { id: 'urn:b', label: { vi: 'B', en: 'B' }, unit: 'B', lateAfter: 30, silentAfter: 300 };
  const { wrapper } = mount(
    OnTimeTile,
    { state: shown, fresh: true, rows: 4 },
    { catalogue: { ...catalogue, sources: [ofB] } },
  );
  expect(marksOf(wrapper)).toEqual(['act', 'unknown']);
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
