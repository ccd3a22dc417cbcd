// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import ExactTables from '../../../web/src/tiles/ExactTables.vue';
import { mount } from '../mount.ts';
import { state } from '../room.ts';

const textsOf = (share: number) => {
  const shown = state({ kind: 'past', statuses: { 1: 5 }, coverage: { asOf: 0, share } });
  const { wrapper } = mount(ExactTables, { state: shown });
  return ['status-1', 'status-9', 'channel-1'].map((name) => wrapper.get(`[data-test="${name}"]`).text());
};

it('a status that nobody counted is a zero where most report, and a dash where most are silent', () => {
  expect(textsOf(0.996)).toEqual(['5', '0', '0']);
  expect(textsOf(0.1)).toEqual(['5', '—', '—']);
});
