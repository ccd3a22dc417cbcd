// @vitest-environment happy-dom
/** What the targets' tile says; how it stands on a wall is TargetsTile.test.ts. */
import type { Target, TargetOutlook } from '@room/contract';
import { expect, it } from 'vitest';
import TargetsTile from '../../../web/src/tiles/TargetsTile.vue';
import { mount } from '../mount.ts';
import { catalogue, forecasts, NOW, state } from '../room.ts';

const target = (id: string): Target => ({
  id,
  label: { vi: `Mục tiêu ${id}`, en: `Target ${id}` },
  metric: 'shareOnline',
  value: 0.5,
  from: '2026-01-01',
  by: '2026-12-31',
  source: { vi: 'a test', en: 'a test' },
});
const outlook = (id: string, probability: number): TargetOutlook => ({
  id,
  probability,
  reached: 0.48,
  unit: 'share',
  state: 'open',
});
const all = { path: '/forecasts', query: { lang: 'en' } };
const tile = (ids: string[], known: TargetOutlook[], at = NOW) =>
  mount(
    TargetsTile,
    { state: state({ forecasts: forecasts({ knownTo: at, targets: known }) }), fresh: true, all },
    { language: 'en', catalogue: { ...catalogue, targets: ids.map(target) } },
  );

it('one target: the answer in words before its chance, where it ends, by when, and where it stands', () => {
  const { wrapper, text } = tile(['a'], [outlook('a', 0.86)]);
  expect(text()).toMatch(/Target a ≥ 50% likely \(86%\) 48\.0% since 1 Jan ?by 31 Dec on course/);
  const ending = tile(['a'], [{ ...outlook('a', 0.86), unit: 'share', neededShare: 0.51, projected: 0.533 }]).text();
  expect(ending).toMatch(
    /likely \(86%\) whole year expected 53\.3% ?by 31 Dec the rest needs 51\.0% ?48\.0% since 1 Jan/,
  );
  expect(wrapper.get('[data-test="target-a"]').attributes('data-value')).toBe('0.86');
});

it('nothing is said to be certain while anything is to come', () => {
  expect(tile(['a'], [outlook('a', 0.9999)]).text()).toContain('>99%');
});

it('one without a forecast says so, without a mark and a chance', () => {
  const { wrapper, text } = tile(['a'], []);
  expect(text()).toContain('no forecast yet');
  expect(wrapper.find('.rows svg').exists()).toBe(false);
  expect(wrapper.find('strong').exists()).toBe(false);
});

it('what rests on counts of too long ago says its age', () => {
  expect(tile(['a'], [outlook('a', 0.86)], NOW - 5 * 3_600_000).text()).toContain('from counts 5 hr old');
});

it('of many the likeliest to be missed, and a way to the others', () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  const { wrapper } = tile(
    ids,
    ids.map((id, nth) => outlook(id, 0.9 - nth / 10)),
  );
  const shown = wrapper.findAll('li[data-value]').map((row) => row.attributes('data-test'));
  expect(shown).toEqual(['target-f', 'target-e', 'target-d']);
  const more = wrapper.get('[data-test="targets-more"]');
  expect([more.text(), more.attributes('href')]).toEqual(['and 3 more targets', '/forecasts?lang=en']);
});
