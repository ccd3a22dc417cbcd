// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import NumberTile from '../../../web/src/tiles/NumberTile.vue';
import { mount } from '../mount.ts';

const usual = {
  label: 'Hồ sơ nộp hôm nay',
  text: '57.802',
  raw: 57_802,
  test: 'submitted-today',
  share: 0.75,
  note: 'đến 10:42:07',
  size: 'hero',
  known: true,
  fresh: true,
};

it('says its number as one text, and how far it is reported', () => {
  const { wrapper, text } = mount(NumberTile, usual);
  expect(text()).toBe('Hồ sơ nộp hôm nay 57.802 đến 10:42:07');
  expect(wrapper.get('[data-test="submitted-today"]').attributes('data-value')).toBe('57802');
  expect(wrapper.get('.solid').attributes('style')).toBe('width: 75%;');
  expect(wrapper.get('section').classes()).not.toContain('old');
});

it('a true zero stands on a full rule; what is not known is a dash on an empty one, and never a zero', async () => {
  const { wrapper, text, set } = mount(NumberTile, { ...usual, text: '0', raw: 0, share: 1 });
  expect(text()).toContain('0');
  expect(wrapper.get('.solid').attributes('style')).toBe('width: 100%;');
  await set({ text: undefined, raw: undefined });
  expect(text()).toBe('Hồ sơ nộp hôm nay — đến 10:42:07');
  expect(wrapper.get('.solid').attributes('style')).toBe('width: 0%;');
  expect(wrapper.get('[data-test="submitted-today"]').attributes('data-value')).toBeUndefined();
});

it('while it is awaited it has neither dash nor hatch, which would say that nothing is known', () => {
  const { wrapper, text } = mount(NumberTile, { ...usual, text: undefined, raw: undefined, note: '', waiting: true });
  expect(text()).toBe('Hồ sơ nộp hôm nay');
  expect(wrapper.get('.rule').classes()).toContain('waiting');
});

it('an old number is grey, one of too few reports is hatched', async () => {
  const { wrapper, set } = mount(NumberTile, usual);
  await set({ fresh: false, known: false });
  expect(wrapper.get('section').classes()).toContain('old');
  expect(wrapper.get('.number').classes()).toContain('doubtful');
  expect(wrapper.get('.number').text()).toBe('57.802');
});
