/** Mounts one component alone in a DOM, with what the shell provides to all of them. */
import { type ComponentMountingOptions, mount as mountBare, type VueWrapper } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { type Component, computed, defineComponent, h, type Ref, ref } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';
import { provideAll } from '../../web/src/app/provided.ts';
import { speechIn } from '../../web/src/messages/context.ts';
import { NOW, catalogue as small } from './room.ts';

/** What is read in it, element by element: without what only eyes see, a number in one piece. */
export function textOf(node: Node): string {
  if (node instanceof Text) return node.data.trim();
  if (!(node instanceof Element)) return '';
  if (node.getAttribute('aria-hidden') === 'true') return '';
  if (node.classList.contains('number')) return node.textContent ?? '';
  return [...node.childNodes]
    .map(textOf)
    .filter((text) => text !== '')
    .join(' ')
    .replace(/\s+/g, ' ');
}

export interface Mounted {
  wrapper: VueWrapper;
  /** The room's time, to be moved. */
  now: Ref<number>;
  /** `textOf` all of it. */
  text: () => string;
  /** Changes some of its props. */
  set: (props: Record<string, unknown>) => Promise<void>;
}

export function mount(
  component: Component,
  props: Record<string, unknown>,
  {
    language = 'vi',
    catalogue = small,
    slots = {},
  }: { language?: 'vi' | 'en'; catalogue?: typeof small; slots?: ComponentMountingOptions<Component>['slots'] } = {},
): Mounted {
  const now = ref(NOW);
  const shown = ref(props);
  const shell = defineComponent({
    setup() {
      provideAll({ reference: { catalogue }, speech: computed(() => speechIn(language, catalogue)), now });
      return () => h(component, shown.value, slots as never);
    },
  });
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/:rest(.*)*', component: { render: () => null } }],
  });
  const wrapper = mountBare(shell, { global: { plugins: [createPinia(), router] } });
  return {
    wrapper,
    now,
    text: () => textOf(wrapper.element),
    async set(changed) {
      shown.value = { ...shown.value, ...changed };
      await wrapper.vm.$nextTick();
    },
  };
}
