// @vitest-environment happy-dom
/** A field of a number says what it understood, and lets no other thing be sent. */
import { expect, it } from 'vitest';
import NumberInput from '../../../web/src/app/NumberInput.vue';
import { mount } from '../mount.ts';

const field = (language: 'vi' | 'en', props: Record<string, unknown> = {}) => {
  const { wrapper, text, set } = mount(
    NumberInput,
    { label: 'Giá trị', modelValue: undefined, ...props },
    { language },
  );
  const input = wrapper.find('input');
  const told = () => wrapper.findComponent(NumberInput).emitted('update:modelValue')?.at(-1)?.[0];
  return { input, element: input.element as HTMLInputElement, text, set, told };
};

it('reads a decimal comma and points of thousands on a Vietnamese page', async () => {
  const { input, element, text, told } = field('vi', { suffix: ' %' });
  await input.setValue('7,5');
  expect([told(), element.checkValidity(), text()]).toEqual([7.5, true, 'Giá trị Số đã nhập: 7,5 %']);
  await input.setValue('18.700.000');
  expect([told(), text()]).toEqual([18_700_000, 'Giá trị Số đã nhập: 18.700.000 %']);
});

it('is not valid with what it does not understand, and says how to write it', async () => {
  const { input, element, text, told } = field('vi');
  await input.setValue('72,9');
  await input.setValue('72.9');
  expect([told(), element.checkValidity(), text()]).toEqual([undefined, false, 'Giá trị Viết số như 1.234,5']);
  expect(input.attributes('aria-invalid')).toBe('true');
});

it('refuses a fraction of a count and what is out of bounds, in the language of the page', async () => {
  const whole = field('vi', { isWhole: true });
  await whole.input.setValue('7,5');
  expect([whole.told(), whole.element.checkValidity(), whole.text()]).toEqual([
    undefined,
    false,
    'Giá trị Phải là số nguyên',
  ]);
  const bound = field('en', { least: 0.5, most: 3 });
  await bound.input.setValue('3.01');
  expect([bound.told(), bound.text()]).toEqual([undefined, 'Giá trị From 0.5 to 3']);
});

it('takes what is set from elsewhere, written in the language of the page', async () => {
  const { element, set } = field('vi', { modelValue: 1234.5 });
  expect(element.value).toBe('1.234,5');
  await set({ modelValue: 0.7 });
  expect(element.value).toBe('0,7');
});
