// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { defineComponent, h, nextTick, ref } from 'vue';
import { addMessages } from '../../../web/src/i18n/index.ts';
import { scenes } from '../../../web/src/i18n/scenes.ts';
import { speechIn } from '../../../web/src/messages/context.ts';
import { inWords, provideSaid, sentences, useSaid } from '../../../web/src/scenes/said.ts';
import { mount } from '../mount.ts';
import { catalogue } from '../room.ts';

addMessages(scenes);

it('a scene says what its tiles say, of many the first, and nothing of one that is gone', async () => {
  const texts = ref(['One.', '', 'Two.', 'Three.', 'Four.', 'Five.']);
  const Tile = defineComponent({
    props: { text: { type: String, required: true } },
    setup: (props) => {
      useSaid(() => props.text);
      return () => h('i');
    },
  });
  const Scene = defineComponent({
    setup: () => {
      const said = provideSaid();
      return () => h('div', [h('p', said.value), ...texts.value.map((text, at) => h(Tile, { key: at, text }))]);
    },
  });
  const { text } = mount(Scene, {});
  await nextTick();
  expect(text()).toBe('One. Two. Three. Four.');
  texts.value = ['One.', 'Else.'];
  await nextTick();
  await nextTick();
  expect(text()).toBe('One. Else.');
  // Nobody asks: it stands in no scene.
  expect(() => mount(Tile, { text: 'alone' })).not.toThrow();
});

it('sentences end, and signs are read as words, in either language', () => {
  expect(sentences(['Waiting', undefined, ' ', 'None rings.', '3 more'])).toBe('Waiting. None rings. 3 more.');
  expect(inWords('Ha Noi 12 ▲ 10% · late', speechIn('en', catalogue))).toBe('Ha Noi 12 up 10%, late');
  expect(inWords('Hà Nội 12 ▼ 10%', speechIn('vi', catalogue))).toBe('Hà Nội 12 giảm 10%');
});
