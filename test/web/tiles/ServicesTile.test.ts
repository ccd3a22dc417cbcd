// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import ServicesTile from '../../../web/src/tiles/ServicesTile.vue';
import { mount, textOf } from '../mount.ts';
import { measures, state } from '../room.ts';

it('names leading services alone, and the share that was submitted online', () => {
  const shown = state({
    total: measures({ submitted: 40, submittedOnline: 30 }),
    services: { s1: measures({ submitted: 12 }), s2: measures({ submitted: 28 }) },
  });
  const { wrapper } = mount(ServicesTile, { state: shown, fresh: true, rows: 4 });
  expect(wrapper.findAll('li').map((row) => textOf(row.element))).toEqual(['One 12 hồ sơ']);
  expect(wrapper.get('[data-test="online"]').text()).toBe('75,0%');
});

it('says a dash where nobody reports, and never a zero', () => {
  const { wrapper } = mount(ServicesTile, { state: state({ events: 0, total: measures() }), fresh: true, rows: 4 });
  expect(wrapper.findAll('li').map((row) => textOf(row.element))).toEqual(['One —']);
  expect(wrapper.get('[data-test="online"]').text()).toBe('—');
});
