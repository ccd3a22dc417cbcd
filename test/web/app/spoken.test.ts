// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { defineComponent, h, nextTick, ref } from 'vue';
import { useSpoken } from '../../../web/src/app/spoken.ts';
import { mount } from '../mount.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function speaking(repeats?: boolean) {
  const isPaused = ref(false);
  const text = ref('Loading');
  const urgent = ref('loading');
  const component = defineComponent({
    setup() {
      const spoken = useSpoken(
        () => text.value,
        () => urgent.value,
        { ...(repeats === undefined ? {} : { repeats }), isPaused: () => isPaused.value },
      );
      return () => h('p', spoken.value);
    },
  });
  const mounted = mount(component, {});
  const say = async (newest: string, state = urgent.value) => {
    text.value = newest;
    urgent.value = state;
    await nextTick();
  };
  const later = async (ms: number) => {
    vi.advanceTimersByTime(ms);
    await nextTick();
  };
  const pause = async (is: boolean) => {
    isPaused.value = is;
    await nextTick();
  };
  return { said: mounted.text, say, later, pause, wrapper: mounted.wrapper };
}

it('says at once that the connection changed, and does not stay with what is over', async () => {
  const { said, say } = speaking();
  await say('Normal', 'live');
  expect(said()).toBe('Normal');
  await say('Disconnected', 'disconnected');
  expect(said()).toBe('Disconnected');
});

it('says the newest of what only goes on changing, twice a minute at most', async () => {
  const { said, say, later } = speaking();
  await say('1 dossier', 'live');
  await say('2 dossiers');
  await say('3 dossiers');
  await later(29_000);
  expect(said()).toBe('1 dossier');
  await later(1_000);
  expect(said()).toBe('3 dossiers');
  await later(120_000);
  await say('4 dossiers');
  await later(1);
  expect(said()).toBe('4 dossiers');
});

it('says nothing while it is paused, and the newest as soon as it goes on', async () => {
  const { said, say, later, pause } = speaking();
  await say('1 dossier', 'live');
  await say('2 dossiers');
  await pause(true);
  await later(120_000);
  await say('3 dossiers', 'disconnected');
  await later(120_000);
  expect(said()).toBe('1 dossier');
  await pause(false);
  expect(said()).toBe('3 dossiers');
});

it('where it does not repeat it speaks of changes of state alone, and it ends with its page', async () => {
  const { said, say, later, wrapper } = speaking(false);
  await say('Live, 2 sec behind', 'live');
  await say('Live, 3 sec behind');
  await later(200_000);
  expect(said()).toBe('Live, 2 sec behind');
  const other = speaking();
  await other.say('newer');
  other.wrapper.unmount();
  wrapper.unmount();
  expect(vi.getTimerCount()).toBe(0);
});
