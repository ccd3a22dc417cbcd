// @vitest-environment happy-dom
import { expect, it, vi } from 'vitest';
import { defineComponent, h } from 'vue';
import TileBoundary from '../../../web/src/tiles/TileBoundary.vue';
import { mount } from '../mount.ts';

it('a tile that fails says so in its place, and comes back by itself', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  let isBroken = true;
  const tile = defineComponent({
    setup: () => () => {
      if (isBroken) throw new RangeError('a bad number');
      return h('p', 'whole');
    },
  });
  const { now, text, set, wrapper } = mount(
    TileBoundary,
    { label: 'Map', area: 'places' },
    { language: 'en', slots: { default: () => h(tile) } },
  );
  await set({});
  expect(text()).toBe('Map This tile failed. The others are right. trying again in 15 sec code RangeError');
  expect(told.mock.calls.flat().some((said) => said instanceof RangeError)).toBe(true);
  now.value += 14_000;
  await set({});
  expect(text()).toContain('trying again in 1 sec');
  isBroken = false;
  now.value += 2_000;
  await set({});
  expect(text()).toBe('whole');
  // Whoever looks after the screen is told, also that it is over.
  expect(wrapper.findComponent(TileBoundary).emitted('failed')).toEqual([[true], [false]]);
  vi.restoreAllMocks();
});
